//! The command line.

mod admin;
mod organisation;
mod serve;

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
               \"roles\": [{\"role\": \"dispatcher\"}]}]}

LINECREW_LOG sets what is logged, for example LINECREW_LOG=linecrew_server=debug.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves phones, the board and the API.
    Serve(serve::Serve),
    /// Looks after people, crews and districts. A running server sees the changes at once.
    #[command(subcommand)]
    Admin(admin::Admin),
}

impl Commands {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(serve) => serve.run().await,
            Command::Admin(admin) => admin.run().await,
        }
    }
}
