//! What the store, its keys and the files beside it can say.

use std::{error::Error, io};

use linecrew_client::{
    AttachmentError, CloseError, DatabaseError, DatabaseKeyUnavailable, KeyFileError, KeyUnavailable, OpenError, StorageError, StoreError,
    SyncError, WipeError,
};

use super::LinecrewError;
use crate::hosts::{HostFault, Unanswered};

impl From<StoreError> for LinecrewError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { source } | StoreError::Busy { source } | StoreError::Damaged { source } | StoreError::Failed { source } => {
                source.into()
            }
            StoreError::Locked => Self::Locked,
        }
    }
}

impl From<StorageError> for LinecrewError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full { .. } => Self::StorageFull,
            // A neighbour in the same commit failed: like a lock, it is gone when the call is repeated.
            StorageError::Busy { .. } | StorageError::GroupRolledBack => Self::store("busy"),
            StorageError::Corrupt { .. } => Self::store("damaged"),
            StorageError::Io { .. } => Self::store("io"),
            // It was rolled back; the place is known to the thread that it was on, and to the log.
            StorageError::JobPanicked => Self::panicked(None),
            StorageError::NestedWrite => Self::bug("nested_write", None),
            StorageError::Closed => Self::Closed,
            StorageError::Other { .. } => Self::store("failed"),
        }
    }
}

impl From<SyncError> for LinecrewError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::StorageFull(error) | SyncError::Store(error) => error.into(),
        }
    }
}

impl From<OpenError> for LinecrewError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Database(error) => error.into(),
            OpenError::WrongKey(_) => Self::store("wrong_key"),
            OpenError::KeyLost => Self::store("key_lost"),
            OpenError::Wiped => Self::Wiped,
            OpenError::Wiping(error) => error.into(),
            OpenError::KeyUnavailable(error) => error.into(),
            OpenError::Begin(error) => error.into(),
        }
    }
}

impl From<DatabaseError> for LinecrewError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::NewerSchema { .. } => Self::upgrade_required("store"),
            DatabaseError::Corrupt { .. } => Self::store("damaged"),
            DatabaseError::WrongKey { .. } => Self::store("wrong_key"),
            DatabaseError::Migration { source, .. } | DatabaseError::Storage { source, .. } => source.into(),
            DatabaseError::File { source, .. } | DatabaseError::Thread { source } => source.into(),
            DatabaseError::Foreign { .. } | DatabaseError::NotEncrypted { .. } | DatabaseError::NotWal { .. } => Self::store("failed"),
            DatabaseError::OldSqlite { .. } => Self::bug("old_sqlite", None),
            DatabaseError::EditedMigration { .. } | DatabaseError::MigrationOrder { .. } | DatabaseError::MigrationForeignKey { .. } => {
                Self::bug("migration", None)
            }
        }
    }
}

impl From<CloseError> for LinecrewError {
    fn from(error: CloseError) -> Self {
        match error {
            CloseError::Checkpoint { .. } | CloseError::Connection { .. } => Self::store("not_closed"),
            CloseError::WriterDied => Self::bug("writer_died", None),
            CloseError::NestedClose => Self::bug("nested_close", None),
        }
    }
}

impl From<WipeError> for LinecrewError {
    fn from(error: WipeError) -> Self {
        match error {
            WipeError::Unanswered { pending } => Self::Unanswered { pending },
            WipeError::Store(error) => error.into(),
            WipeError::Key(error) => error.into(),
            WipeError::Files(error) => error.into(),
        }
    }
}

impl From<DatabaseKeyUnavailable> for LinecrewError {
    fn from(error: DatabaseKeyUnavailable) -> Self {
        of_key(&error, "database_key")
    }
}

impl From<KeyUnavailable> for LinecrewError {
    fn from(error: KeyUnavailable) -> Self {
        of_key(&error, "device_key")
    }
}

/// A key of the app's that says that it cannot be used now is as one of ours; whatever else it does is a fault of the app's.
fn of_key(error: &dyn Error, key: &str) -> LinecrewError {
    match error.source().and_then(|source| source.downcast_ref::<Unanswered>()) {
        Some(unanswered) if unanswered.how != HostFault::Unavailable => (*unanswered).into(),
        _ => LinecrewError::KeyUnavailable { code: key.to_owned() },
    }
}

/// A device key that lies in a file.
impl From<KeyFileError> for LinecrewError {
    fn from(error: KeyFileError) -> Self {
        match error {
            KeyFileError::File { source, .. } if is_full(&source) => Self::StorageFull,
            KeyFileError::File { .. } | KeyFileError::Exposed { .. } | KeyFileError::NotAKey { .. } | KeyFileError::NoRandomness => {
                Self::KeyUnavailable { code: "device_key".to_owned() }
            }
        }
    }
}

impl From<AttachmentError> for LinecrewError {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::Store(error) => error.into(),
            AttachmentError::Damaged { .. } => Self::store("damaged"),
            AttachmentError::Read { source, .. } => source.into(),
        }
    }
}

/// A file or folder of the app's own.
impl From<io::Error> for LinecrewError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::not_found("file"),
            _ if is_full(&error) => Self::StorageFull,
            _ => Self::store("file"),
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}
