//! The command line.

mod admin;
mod audit;
mod book;
mod form;
mod organisation;
mod output;
mod place;
mod plan;
mod progress;
mod receivables;
mod serve;

use std::{fs::DirBuilder, path::Path};

use anyhow::Context;
use clap::{Parser, Subcommand};

/// Linecrew: the sync server for field crews that are often offline.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLE)]
pub(crate) struct Commands {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLE: &str = "\
A first server:
  linecrew admin import --data ./data people.json
  linecrew serve --data ./data --listen 127.0.0.1:8420

people.json:
  {\"districts\": [{\"id\": \"UUID\", \"name\": \"Gulou\"}],
   \"crews\": [{\"id\": \"UUID\", \"name\": \"Crew 1\", \"district\": \"UUID\"}],
   \"people\": [{\"id\": \"UUID\", \"name\": \"Lin Fang\", \"username\": \"lin.fang\", \"password\": \"...\",
               \"roles\": [{\"role\": \"dispatcher\"}], \"qualifications\": [\"high_voltage\"]}]}

`linecrew serve --help` tells which limits can be set, and how.

LINECREW_LOG sets what is logged, for example LINECREW_LOG=linecrew_server=debug.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves phones, the board and the API.
    Serve(Box<serve::Serve>),
    /// Looks after people, crews and districts. A running server sees the changes at once.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Survey forms. A running server sees the changes at once.
    #[command(subcommand)]
    Form(form::Form),
    /// Takes in plans of meter rotations. A running server sees the changes at once; an open board, when it is loaded again.
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Takes in amounts due, for collectors to collect. A running server sees the changes at once; an open board, when it is loaded again.
    #[command(subcommand)]
    Receivables(receivables::ReceivablesCommand),
    /// Ticket books. A running server sees the changes at once; an open board, when it is loaded again.
    #[command(subcommand)]
    Book(book::Book),
    /// Verifies what the store holds, and changes nothing.
    #[command(subcommand)]
    Audit(audit::Audit),
}

impl Commands {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(serve) => serve.run().await,
            Command::Admin(admin) => admin.run().await,
            Command::Form(form) => form.run().await,
            Command::Plan(plan) => plan.run().await,
            Command::Receivables(receivables) => receivables.run().await,
            Command::Book(book) => book.run().await,
            Command::Audit(audit) => audit.run(),
        }
    }
}

/// Makes the data directory if there is none, for its owner alone: it holds customers' names and addresses.
fn make_data_directory(data: &Path) -> anyhow::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data).with_context(|| format!("failed to make {}", data.display()))
}
