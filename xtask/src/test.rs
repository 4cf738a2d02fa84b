//! `cargo xtask test`: everything that must hold, step by step.

mod day;
mod steps;
mod summary;

use std::time::Instant;

use anyhow::{Result, bail};

use self::{
    steps::{STEPS, Step},
    summary::{Outcome, Summary},
};
use crate::tools::{self, Tool};

/// Which tests.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only formatting, lints and the Rust tests.
    #[arg(long)]
    quick: bool,
    /// Only this step (can be given again).
    #[arg(long, value_name = "STEP", value_parser = clap::builder::PossibleValuesParser::new(STEPS.iter().map(|step| step.name)))]
    only: Vec<String>,
    /// Let the Rust tests take longer: more seeds, more rounds.
    #[arg(long)]
    pub(crate) deep: bool,
}

impl Options {
    fn wants(&self, step: &Step) -> bool {
        if self.only.is_empty() { step.quick || !self.quick } else { self.only.iter().any(|name| name == step.name) }
    }
}

/// Runs the steps that are wanted, up to the first that fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    let wanted: Vec<&Step> = STEPS.iter().filter(|step| options.wants(step)).collect();
    let needed: Vec<Tool> = wanted.iter().flat_map(|step| step.tools).copied().collect();
    tools::require(&needed)?;
    let mut summary = Summary::default();
    for step in wanted {
        if summary.failed().is_some() {
            summary.add(step.name, Outcome::NotRun);
            continue;
        }
        eprintln!("\n── {} ──", step.name);
        let start = Instant::now();
        summary.add(step.name, Outcome::of((step.run)(options), start.elapsed()));
    }
    eprintln!("\n{summary}");
    match summary.failed() {
        None => Ok(()),
        Some((name, why)) => bail!("{name}: {why}\nrepeat it with: cargo xtask test --only {name}"),
    }
}
