//! `linecrew receivables`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use linecrew_protocol::ids::DistrictId;
use linecrew_server::{
    clock::{Clock, SystemClock},
    receivables::{self, CHUNK, Collectors, List, ListRow},
    store::{
        SYSTEM_NAME, Store, StoreError,
        collection::{Billed, Clerk, NewReceivable},
        sqlite::SqliteStore,
        system_principal,
    },
};

use super::{
    output,
    place::{Place, district, read},
    progress::Progress,
};

/// Tries of a chunk while a running server keeps the store busy.
const TRIES: usize = 5;

/// The columns, for those who write the file.
const COLUMNS: &str = "\
The file is CSV in UTF-8 or GB18030. Its headings, in any order; other columns are left alone:
  reference    凭证号     the billing system's own number: the same one is billed once
  account      户号
  customer     户名
  address      地址       may be empty
  period       电费年月   such as 2026-10
  amount_yuan  应收金额   such as 86.40
  collector    收费员     the user name of who collects it";

#[derive(Debug, Subcommand)]
pub(crate) enum ReceivablesCommand {
    /// Takes in amounts due from a CSV file. Running it twice changes nothing; a row that is wrong costs only itself.
    #[command(after_help = COLUMNS)]
    Import {
        #[command(flatten)]
        place: Place,
        /// The district whose customers these are, by its id or its name.
        #[arg(long)]
        district: String,
        /// The file.
        file: PathBuf,
    },
}

impl ReceivablesCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Import { place, district, file } => take_in(&place, &district, &file).await,
        }
    }
}

async fn take_in(place: &Place, district: &str, file: &Path) -> anyhow::Result<()> {
    let bytes = read(file)?;
    let store = place.open()?;
    let imported = import(&store, district, file, &bytes).await;
    store.close()?;
    let Import { created, unchanged, problems } = imported?;
    let count = problems.len();
    output::problems(problems)?;
    output::line(format!("{created} new, {unchanged} there already; {count} problems"))?;
    if count == 0 {
        return Ok(());
    }
    bail!("not everything was taken in: put the lines above right and run it again")
}

async fn import(store: &SqliteStore, named: &str, file: &Path, bytes: &[u8]) -> anyhow::Result<Import> {
    let district = district(store, named).await?;
    let collectors = Collectors::of(&store.people().await?, district);
    let list = receivables::read(bytes, &collectors).with_context(|| format!("{} is no list of receivables", file.display()))?;
    Import::run(store, district, list).await
}

/// What became of the rows.
#[derive(Debug, Default)]
struct Import {
    created: usize,
    unchanged: usize,
    /// In words, by line.
    problems: Vec<String>,
}

impl Import {
    /// Takes all rows in, some hundred at a time. What was taken in stays, whatever happens to the rest.
    async fn run(store: &SqliteStore, district: DistrictId, list: List) -> anyhow::Result<Self> {
        let List { rows, bad } = list;
        let mut import = Self { problems: bad.iter().map(ToString::to_string).collect(), ..Self::default() };
        let progress = Progress::of(rows.len(), "receivables");
        for (number, chunk) in rows.chunks(CHUNK).enumerate() {
            import.chunk(store, district, chunk).await?;
            progress.show(number * CHUNK + chunk.len());
        }
        progress.end();
        Ok(import)
    }

    async fn chunk(&mut self, store: &SqliteStore, district: DistrictId, rows: &[ListRow]) -> anyhow::Result<()> {
        let items: Vec<NewReceivable> = rows.iter().map(|row| row.item.clone()).collect();
        let clerk = Clerk { by: system_principal(store.epoch()), by_name: SYSTEM_NAME.to_owned(), now: SystemClock.now() };
        let mut tries = 1;
        let (billed, _) = loop {
            match store.bill(clerk.clone(), district, items.clone()).await {
                Err(StoreError::Busy) if tries < TRIES => tries += 1,
                billed => break billed?,
            }
        };
        for (row, billed) in rows.iter().zip(billed) {
            match billed {
                Billed::Created(_) => self.created += 1,
                Billed::Unchanged(_) => self.unchanged += 1,
                Billed::Refused(refusal) => {
                    let reference = &row.item.receivable.reference;
                    self.problems.push(format!("line {}, reference {reference}: {}", row.line, refusal.detail));
                }
            }
        }
        Ok(())
    }
}
