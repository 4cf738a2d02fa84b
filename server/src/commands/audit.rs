//! `linecrew audit`.

mod csv;
mod log;

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::{output, place::Place};

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Verifies every receipt: the chain of each phone, its signatures, each ticket book, and the store's own chain.
    Receipts(Receipts),
    /// Verifies the whole history: every edit that a phone has signed, every change, every document.
    Log(log::Log),
}

const EXAMPLE: &str = "\
It reads the database beside a running server or without one, and changes nothing. Each finding is a line with its place:

  altered: journal DEVICE, entry 17, ticket D1-00000012: its text says something else
  store: row 4711: its link does not follow

What was altered, removed, reordered, renumbered, duplicated, cut at the end, left out of a book, or summed up wrong is named so. `unsigned` is
no finding by itself: a phone whose key was not available vouches later.

The exit code is 1 when there is a finding, and 0 when there is none, so that a nightly job can tell:
  linecrew audit receipts --data ./data --csv receipts.csv || mail -s 'receipts' cashier@example.org

The CSV (UTF-8, for spreadsheets) and the JSON have one row for each entry of each journal, for the bank and the accounts.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Receipts {
    #[command(flatten)]
    place: Place,
    /// Writes all entries into this file as CSV.
    #[arg(long)]
    csv: Option<PathBuf>,
    /// Writes all entries and findings into this file as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

impl Audit {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Receipts(receipts) => receipts.run(),
            Self::Log(log) => log.run(),
        }
    }
}

impl Receipts {
    fn run(self) -> anyhow::Result<()> {
        let audit = self.place.audit_receipts()?;
        if let Some(file) = &self.csv {
            fs::write(file, csv::of(&audit.entries)).with_context(|| format!("failed to write {}", file.display()))?;
        }
        if let Some(file) = &self.json {
            let text = serde_json::to_vec_pretty(&audit)?;
            fs::write(file, text).with_context(|| format!("failed to write {}", file.display()))?;
        }
        let receipts = audit.entries.iter().filter(|entry| entry.act == "receipt").count();
        let pending = audit.findings.iter().filter(|finding| finding.is_pending()).count();
        let findings = audit.findings.len() - pending;
        let summary =
            format!("{} entries, {receipts} receipts: {findings} findings, {pending} without a signature yet", audit.entries.len());
        output::lines(audit.findings.iter().map(ToString::to_string).chain([summary]))?;
        if findings > 0 {
            bail!("not everything is as it was");
        }
        Ok(())
    }
}
