//! The `linecrew-phone` binary.

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use linecrew_phone::{Cli, run};
use tracing_subscriber::EnvFilter;

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    // Silent unless asked: the screen belongs to the person.
    let filter = EnvFilter::try_from_env("LINECREW_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("failed to start the runtime")?;
    let exit = runtime.block_on(run(cli));
    // A thread may still wait for a key; nothing of it matters.
    runtime.shutdown_background();
    Ok(exit.into())
}
