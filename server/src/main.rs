//! The `linecrew` binary.

mod commands;

use std::io::IsTerminal;

use clap::Parser;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, filter_fn},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

fn main() -> anyhow::Result<()> {
    let commands = commands::Commands::parse();
    let filter = EnvFilter::try_from_env("LINECREW_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    let log = fmt::layer().with_writer(std::io::stderr).with_ansi(ansi).with_filter(filter.and(filter_fn(is_discreet)));
    tracing_subscriber::registry().with(log).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(commands.run())
}

/// Whether an event holds no more than its words. Below INFO, libraries log what passes through them: warp shows every part of an address, whatever
/// somebody has put there.
fn is_discreet(event: &Metadata<'_>) -> bool {
    event.target().starts_with("linecrew") || *event.level() <= Level::INFO
}
