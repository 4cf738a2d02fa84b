//! `cargo xtask bench`: measures in release mode.

use std::process::Command;

use anyhow::Result;

use crate::{
    binaries::{Build, become_program},
    board,
};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Passed on to `linecrew-bench` (`cargo xtask bench -- --help` lists them).
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// Builds, then becomes the benchmark.
pub(crate) fn run(options: &Options) -> Result<()> {
    // The server embeds the board, so it does not compile without one.
    board::build()?;
    Build::Release.make()?;
    become_program(Command::new(Build::Release.program("linecrew-bench")?).args(&options.words))
}
