//! `cargo xtask demo`: builds everything that a working day needs, and starts the day.

use std::process::Command;

use anyhow::Result;

use crate::{
    binaries::{Build, become_program},
    board,
};

/// What the day is like.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Options {
    /// End by itself after so many seconds; the last line is then a JSON object.
    #[arg(long)]
    pub(crate) seconds: Option<u64>,
    /// Listen on this port of 127.0.0.1.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// How many times faster than a real day.
    #[arg(long)]
    pub(crate) speed: Option<f64>,
    /// Repeat the day of this seed.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
}

/// Builds, then becomes the demo.
pub(crate) fn run(options: &Options) -> Result<()> {
    board::build()?;
    Build::Dev.make()?;
    become_program(&mut command(options)?)
}

/// The demo itself: it starts the server, drives the phones and prints the URL and the sign-ins.
pub(crate) fn command(options: &Options) -> Result<Command> {
    let mut command = Command::new(Build::Dev.program("linecrew-demo")?);
    command.arg("--server-bin").arg(Build::Dev.program("linecrew")?);
    let settings = [
        ("--seconds", options.seconds.map(|seconds| seconds.to_string())),
        ("--port", options.port.map(|port| port.to_string())),
        ("--speed", options.speed.map(|speed| speed.to_string())),
        ("--seed", options.seed.map(|seed| seed.to_string())),
    ];
    for (name, value) in settings {
        command.args(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_for_is_passed_on() -> Result<()> {
        let options = Options { seconds: Some(20), speed: Some(1.5), ..Options::default() };
        let command = command(&options)?;
        let words: Vec<_> = command.get_args().skip(2).map(|word| word.to_string_lossy().into_owned()).collect();
        assert_eq!(words, ["--seconds", "20", "--speed", "1.5"]);
        Ok(())
    }
}
