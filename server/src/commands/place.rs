//! Where a command works.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use clap::Args;
use linecrew_server::{UtcOffset, open_store, store::sqlite::SqliteStore};

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
    /// Opens the store, beside a running server or without one.
    pub(super) fn open(&self) -> anyhow::Result<Arc<SqliteStore>> {
        super::make_data_directory(&self.data)?;
        open_store(&self.data, self.utc_offset).with_context(|| format!("failed to open {}", self.data.display()))
    }
}
