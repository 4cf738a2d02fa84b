//! Where a command works.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail, ensure};
use clap::Args;
use linecrew_protocol::ids::DistrictId;
use linecrew_server::{
    UtcOffset, open_store,
    store::{
        CrewRecord, DistrictRecord, Store,
        register::{PersonRecord, Register as _, Who},
        sqlite::{LogAnchor, LogAudit, ReceiptAudit, SqliteStore},
    },
    store_file,
};

#[derive(Debug, Args)]
pub(super) struct Place {
    /// The server's data directory.
    #[arg(long, visible_alias = "data-dir", env = "LINECREW_DATA")]
    data: PathBuf,
    /// Local time: work items are numbered by day, and time limits end with a day.
    #[arg(long, default_value = "+08:00", allow_hyphen_values = true)]
    utc_offset: UtcOffset,
}

impl Place {
    /// Opens the store that is there, beside a running server or without one. In a directory that was mistyped there is none, and none is made:
    /// it would answer that there are no people, no phones and nothing to decide.
    pub(super) fn open(&self) -> anyhow::Result<Arc<SqliteStore>> {
        let is_there = store_file(&self.data).try_exists().with_context(|| format!("failed to look into {}", self.data.display()))?;
        ensure!(
            is_there,
            "there is no store in {}: is --data right? `linecrew serve` and `linecrew admin import` make one",
            self.data.display()
        );
        self.open_or_make()
    }

    /// The same for what sets a server up; makes directory and store when there are none.
    pub(super) fn open_or_make(&self) -> anyhow::Result<Arc<SqliteStore>> {
        super::make_data_directory(&self.data)?;
        open_store(&self.data, self.utc_offset).with_context(|| format!("failed to open {}", self.data.display()))
    }

    /// The data directory.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Local time.
    pub(super) fn utc_offset(&self) -> UtcOffset {
        self.utc_offset
    }

    /// Verifies the receipts in the store, without opening it to write.
    pub(super) fn audit_receipts(&self) -> anyhow::Result<ReceiptAudit> {
        Ok(ReceiptAudit::of(&store_file(&self.data), self.utc_offset.minutes().into())?)
    }

    /// Verifies the history of all phones in the store, without opening it to write.
    pub(super) fn audit_log(&self, kept: &[LogAnchor], progress: &mut dyn FnMut(u64, u64)) -> anyhow::Result<LogAudit> {
        Ok(LogAudit::of(&store_file(&self.data), kept, progress)?)
    }
}

/// The bytes of a file.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("failed to read {}", file.display()))
}

/// The person with this user name, whether or not they may sign in.
pub(super) async fn person(store: &SqliteStore, username: &str) -> anyhow::Result<PersonRecord> {
    store.person(Who::Username(username.to_owned())).await?.with_context(|| format!("nobody is called {username}"))
}

/// The crew with this name or id.
pub(super) async fn crew(store: &SqliteStore, named: &str) -> anyhow::Result<CrewRecord> {
    let crews = store.crews().await?;
    let found: Vec<&CrewRecord> =
        crews.iter().map(|known| &known.crew).filter(|known| known.name == named || known.id.to_string() == named).collect();
    match found.as_slice() {
        [only] => Ok((*only).clone()),
        [] => bail!("there is no crew {named}; there are {}", crews.iter().map(|c| c.crew.name.as_str()).collect::<Vec<_>>().join(", ")),
        _ => bail!("several crews are called {named}: give the id"),
    }
}

/// The district with this name or id.
pub(super) async fn district(store: &SqliteStore, named: &str) -> anyhow::Result<DistrictId> {
    let districts = store.districts().await?;
    let found: Vec<&DistrictRecord> = districts.iter().filter(|known| known.name == named || known.id.to_string() == named).collect();
    match found.as_slice() {
        [only] => Ok(only.id),
        [] => bail!("there is no district {named}; there are {}", districts.iter().map(|d| d.name.as_str()).collect::<Vec<_>>().join(", ")),
        _ => bail!("several districts are called {named}: give the id"),
    }
}
