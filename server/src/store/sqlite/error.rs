//! Where SQLite's errors become the store's.

use linecrew_sqlite::{ErrorClass, OpenError, StorageError, WriteError, class};

use crate::store::StoreError;

/// Why the store could not be opened. The file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenStoreError {
    /// The database could not be opened.
    #[error("failed to open the store's database")]
    Database(#[from] OpenError),
    /// The store's identity could not be read or written.
    #[error("failed to read the store's identity")]
    Life(#[source] WriteError<rusqlite::Error>),
    /// What an earlier version left could not be brought up to this one.
    #[error("failed to bring the store up to this version")]
    Upgrade(#[source] WriteError<rusqlite::Error>),
}

pub(super) fn failed(operation: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Failed { operation, source: source.into() }
}

pub(super) fn of_sqlite(operation: &'static str, source: rusqlite::Error) -> StoreError {
    match class(&source) {
        ErrorClass::Full => StoreError::Full,
        ErrorClass::Busy => StoreError::Busy,
        _ => failed(operation, source),
    }
}

pub(super) fn of_write(operation: &'static str, source: WriteError<rusqlite::Error>) -> StoreError {
    match source {
        WriteError::Job(source) => of_sqlite(operation, source),
        WriteError::Storage(StorageError::Full { .. }) => StoreError::Full,
        // A neighbour's failure took this write with it; by itself it would have gone through.
        WriteError::Storage(StorageError::Busy { .. } | StorageError::GroupRolledBack) => StoreError::Busy,
        WriteError::Storage(source) => failed(operation, source),
    }
}
