//! `linecrew-demo`: a real server, twelve real phones and a lively day, to look at and to take part in.
//!
//! `cargo xtask demo` builds everything and starts it. With `--seconds` the day ends by itself; its last line is then a JSON object that says
//! whether everybody holds the same and nothing was lost.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use linecrew_tests::seed::Seed;

mod closing;
mod living;
mod opening;
mod questions;
mod round;
mod scenes;
mod teller;

/// A lively day of four crews.
#[derive(Debug, Parser)]
#[command(name = "linecrew-demo", version)]
struct Options {
    /// The server's program.
    #[arg(long, value_name = "PATH")]
    server_bin: Option<PathBuf>,
    /// End by itself after so many seconds; the last line is then a JSON object.
    #[arg(long)]
    seconds: Option<u64>,
    /// Listen on this port of 127.0.0.1 [default: 8420, or any that is free].
    #[arg(long)]
    port: Option<u16>,
    /// How many times faster people work.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Repeat the plan of this day.
    #[arg(long)]
    seed: Option<u64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    let seed = Seed(options.seed.unwrap_or_else(|| rand::random_range(0..1_000_000)));
    let mut fleet = opening::open(&options, seed).await?;
    let length = options.seconds.map(Duration::from_secs);
    let day = living::live(&mut fleet, options.speed, length);
    tokio::select! {
        () = day => {}
        _ = tokio::signal::ctrl_c() => {
            println!("\nThe demo ends; its data was temporary.");
            return Ok(ExitCode::SUCCESS);
        }
    }
    Ok(closing::close(&mut fleet).await)
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if speed.is_finite() && speed > 0.0 { Ok(speed) } else { Err("a speed is more than zero".to_owned()) }
}
