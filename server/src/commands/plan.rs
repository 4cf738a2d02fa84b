//! `linecrew plan`.

mod import;
mod order;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use linecrew_server::{
    nem13,
    plan::{self, Mapping, Plan},
};

use super::{
    output,
    place::{Place, district, read},
};
use import::Import;

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Takes in a plan of meter rotations from a CSV file. Running it twice changes nothing; a row that is wrong costs only itself.
    Import {
        #[command(flatten)]
        target: Target,
        /// How the file's columns become fields: a JSON file; server/samples holds an example.
        #[arg(long)]
        mapping: PathBuf,
        /// The file.
        file: PathBuf,
    },
    /// Takes in register readings in the format NEM13: every meter in it is to be exchanged.
    Nem13 {
        #[command(flatten)]
        target: Target,
        /// The plan's name. With a meter's serial it makes sure that nothing is taken in twice.
        #[arg(long)]
        plan: String,
        /// The file.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Target {
    #[command(flatten)]
    place: Place,
    /// The district whose meters these are, by its id or its name.
    #[arg(long)]
    district: String,
}

impl PlanCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Import { target, mapping, file } => {
                let bytes = read(&mapping)?;
                let mapping = Mapping::parse(&bytes).with_context(|| format!("{} is no mapping", mapping.display()))?;
                let plan = plan::read(&read(&file)?, &mapping).with_context(|| format!("{} is no plan", file.display()))?;
                take_in(&target, plan, Vec::new()).await
            }
            Self::Nem13 { target, plan: name, file } => {
                let readings = nem13::read(&read(&file)?).with_context(|| format!("{} gives no readings", file.display()))?;
                let plan = readings.to_plan(&name);
                take_in(&target, plan, readings.bad.iter().map(ToString::to_string).collect()).await
            }
        }
    }
}

async fn take_in(target: &Target, plan: Plan, bad: Vec<String>) -> anyhow::Result<()> {
    let Plan { rows, bad: bad_rows } = plan;
    let bad: Vec<String> = bad.into_iter().chain(bad_rows.iter().map(ToString::to_string)).collect();
    output::problems(bad.iter().cloned())?;
    let store = target.place.open()?;
    let district = district(&store, &target.district).await?;
    let import = Import::run(&store, district, &rows).await?;
    store.close()?;
    let problems = bad.len() + import.refused.len();
    output::problems(import.refused)?;
    output::line(format!("{} meters: {} new, {} there already; {problems} problems", rows.len(), import.created, import.known))?;
    if problems > 0 {
        bail!("not everything was taken in: put the lines above right and run it again");
    }
    Ok(())
}
