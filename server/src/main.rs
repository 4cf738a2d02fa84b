//! The `linecrew` binary.

mod commands;

use std::io::IsTerminal;

use clap::Parser;
use tracing_subscriber::{EnvFilter, fmt};

fn main() -> anyhow::Result<()> {
    let commands = commands::Commands::parse();
    let filter = EnvFilter::try_from_env("LINECREW_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(commands.run())
}
