//! Taking a plan's rows in, some hundred at a time.

use linecrew_protocol::ids::DistrictId;
use linecrew_server::{
    clock::{Clock, SystemClock},
    plan::PlanRow,
    store::{Store, StoreError, Taken, sqlite::SqliteStore},
};

use super::{super::progress::Progress, order};

/// Rows of one transaction: few enough that a running server's phones wait for none of them, many enough that its `fdatasync` costs little.
const CHUNK: usize = 250;
/// Tries of a chunk while a running server keeps the store busy.
const TRIES: usize = 5;

/// What became of the rows.
#[derive(Debug, Default)]
pub(super) struct Import {
    pub(super) created: usize,
    pub(super) known: usize,
    /// In words, by line.
    pub(super) refused: Vec<String>,
}

impl Import {
    /// Takes all rows in. What was taken in stays, whatever happens to the rest.
    pub(super) async fn run(store: &SqliteStore, district: DistrictId, rows: &[PlanRow]) -> anyhow::Result<Self> {
        let mut import = Self::default();
        let progress = Progress::of(rows.len(), "meters");
        for (number, chunk) in rows.chunks(CHUNK).enumerate() {
            import.chunk(store, district, chunk).await?;
            progress.show(number * CHUNK + chunk.len());
        }
        progress.end();
        Ok(import)
    }

    async fn chunk(&mut self, store: &SqliteStore, district: DistrictId, rows: &[PlanRow]) -> anyhow::Result<()> {
        let now = SystemClock.now();
        let orders = rows.iter().map(|row| order::of(row, store, district, now)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut tries = 1;
        let taken = loop {
            match store.take_orders(orders.clone()).await {
                Err(StoreError::Busy) if tries < TRIES => tries += 1,
                taken => break taken?,
            }
        };
        for (row, taken) in rows.iter().zip(taken) {
            self.count(row, taken);
        }
        Ok(())
    }

    fn count(&mut self, row: &PlanRow, taken: Taken) {
        let mut refuse = |words: &str| self.refused.push(format!("line {}: {words}", row.line));
        match taken {
            Taken::Created(..) => self.created += 1,
            Taken::Replayed(_) => self.known += 1,
            Taken::KeyReused => refuse("this meter was taken in before with other data: cancel that order, or give the plan another name"),
            Taken::UnknownYear(year) => refuse(&format!("the workdays of {year} are not known")),
            Taken::Refused(refusal) => refuse(&refusal.detail),
        }
    }
}
