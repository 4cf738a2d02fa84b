//! Why the store on this phone failed.

use linecrew_sqlite::{StorageError, WriteError};

/// The store on this phone could not do it. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The phone is full. What was confirmed before is safe; free some space and try again.
    #[error("this phone has no space left")]
    Full {
        /// What storage said.
        #[source]
        source: StorageError,
    },
    /// Another process kept the store locked.
    #[error("the store is in use by another process")]
    Busy {
        /// What storage said.
        #[source]
        source: StorageError,
    },
    /// The file is damaged: close, set it aside, open anew.
    #[error("the store on this phone is damaged")]
    Damaged {
        /// What storage said.
        #[source]
        source: StorageError,
    },
    /// Storage failed for another reason.
    #[error("the store on this phone failed")]
    Failed {
        /// What storage said.
        #[source]
        source: StorageError,
    },
    /// This phone was without its server for too long and has locked itself. It opens as soon as it hears of it again; what waits is kept, and
    /// sent.
    #[error("this phone is locked: it was without contact to its server for too long; a sync opens it, and nothing on it is lost")]
    Locked,
}

impl From<StorageError> for StoreError {
    fn from(source: StorageError) -> Self {
        match source {
            StorageError::Full { .. } => Self::Full { source },
            StorageError::Busy { .. } => Self::Busy { source },
            StorageError::Corrupt { .. } => Self::Damaged { source },
            _ => Self::Failed { source },
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        StorageError::from(source).into()
    }
}

/// What a write job answered, or why storage did not take it.
pub(crate) fn flatten<E: From<StoreError>>(error: WriteError<E>) -> E {
    match error {
        WriteError::Job(error) => error,
        WriteError::Storage(source) => StoreError::from(source).into(),
    }
}
