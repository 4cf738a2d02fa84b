//! What can go wrong, by what the caller can do about it.

use std::io;
use std::path::PathBuf;

use rusqlite::ffi;

/// What an error of SQLite means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorClass {
    /// No space: free some, then try again.
    Full,
    /// Another connection or process holds the lock: try again.
    Busy,
    /// The file is damaged or is no database: set it aside.
    Corrupt,
    /// The file system, the memory or the number of open files failed for now: try again, and verify.
    Transient,
    /// The file or its folder may not be written.
    ReadOnly,
    /// The data broke a rule of the schema.
    Constraint,
    /// Everything else, mostly a defect of the statement.
    Other,
}

/// Tells what `error` means for the caller.
#[must_use]
pub fn class(error: &rusqlite::Error) -> ErrorClass {
    error.sqlite_error().map_or(ErrorClass::Other, |code| class_of_code(code.extended_code))
}

fn class_of_code(extended_code: i32) -> ErrorClass {
    match extended_code {
        // The shared-memory file could not grow, which is how a full disk shows there.
        ffi::SQLITE_IOERR_SHMSIZE => return ErrorClass::Full,
        ffi::SQLITE_IOERR_CORRUPTFS | ffi::SQLITE_IOERR_DATA => return ErrorClass::Corrupt,
        _ => {}
    }
    match extended_code & 0xff {
        ffi::SQLITE_FULL => ErrorClass::Full,
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => ErrorClass::Busy,
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => ErrorClass::Corrupt,
        ffi::SQLITE_IOERR | ffi::SQLITE_NOMEM | ffi::SQLITE_CANTOPEN | ffi::SQLITE_PROTOCOL | ffi::SQLITE_INTERRUPT => {
            ErrorClass::Transient
        }
        ffi::SQLITE_READONLY | ffi::SQLITE_PERM => ErrorClass::ReadOnly,
        ffi::SQLITE_CONSTRAINT => ErrorClass::Constraint,
        _ => ErrorClass::Other,
    }
}

/// A second copy of `error`, for the other jobs of its group: `rusqlite::Error` is not `Clone`. What SQLite itself
/// reported keeps its code, the rest keeps its text.
pub(crate) fn copy_of(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => rusqlite::Error::SqliteFailure(*code, text.clone()),
        other => {
            let code = other.sqlite_error().map_or(ffi::SQLITE_ERROR, |code| code.extended_code);
            rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(other.to_string()))
        }
    }
}

/// What reading a closed database answers.
pub(crate) fn closed() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_MISUSE), Some("the database is closed".to_owned()))
}

/// Why a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E> {
    /// The job itself failed; what it had written is gone, its neighbours' writes are not.
    #[error("the write was refused and rolled back")]
    Job(#[source] E),
    /// The commit failed; nothing of the job was written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why storage did not take a write.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No space is left.
    #[error("no space left for the database")]
    Full {
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Another process held the lock for longer than the busy timeout.
    #[error("the database was locked for longer than the busy timeout")]
    Busy {
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The database is damaged. No further write is taken until it is opened anew.
    #[error("the database is damaged")]
    Corrupt {
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file system or the memory failed. The connection was discarded and is verified before the next write.
    #[error("input or output failed on the database")]
    Io {
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Another job of the same group made SQLite roll the whole transaction back, and with it this job. Try again.
    #[error("a neighbour's failure rolled back the whole group of writes")]
    GroupRolledBack,
    /// The job panicked; what it had written is gone.
    #[error("the write panicked and was rolled back")]
    JobPanicked,
    /// A job tried to write through the database that is running it; it would wait for itself.
    #[error("a write was started inside a write")]
    NestedWrite,
    /// The database was closed before the job ran.
    #[error("the database is closed")]
    Closed,
    /// SQLite refused for another reason.
    #[error("the database refused the write")]
    Other {
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
}

impl From<rusqlite::Error> for StorageError {
    fn from(source: rusqlite::Error) -> Self {
        match class(&source) {
            ErrorClass::Full => Self::Full { source },
            ErrorClass::Busy => Self::Busy { source },
            ErrorClass::Corrupt => Self::Corrupt { source },
            ErrorClass::Transient => Self::Io { source },
            ErrorClass::ReadOnly | ErrorClass::Constraint | ErrorClass::Other => Self::Other { source },
        }
    }
}

/// Why a database could not be opened. In every case the file is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The SQLite in this build has the WAL-reset bug.
    #[error("SQLite {found} can corrupt a database; {required} or later is needed")]
    OldSqlite {
        /// The version number of the linked library.
        found: i32,
        /// The oldest one that is safe.
        required: i32,
    },
    /// The file belongs to another application.
    #[error("{path} belongs to another application ({found:#010x} instead of {expected:#010x})")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Its application id.
        found: u32,
        /// Ours.
        expected: u32,
    },
    /// The file was written by a later release.
    #[error("the database has schema {found}, this release knows up to {known}")]
    NewerSchema {
        /// The file's schema version.
        found: u32,
        /// The latest one known here.
        known: u32,
    },
    /// The text of a migration that this file already has was changed.
    #[error("migration {version} ({name}) is not the one that this database was built with")]
    EditedMigration {
        /// The migration's number.
        version: u32,
        /// Its name as known here.
        name: &'static str,
    },
    /// The list of migrations has a gap or is out of order.
    #[error("migration {found} is where {expected} should be")]
    MigrationOrder {
        /// The number that should be there.
        expected: u32,
        /// The number that is there.
        found: u32,
    },
    /// A migration failed; the schema is the one before it.
    #[error("migration {version} ({name}) failed")]
    Migration {
        /// The migration's number.
        version: u32,
        /// Its name.
        name: &'static str,
        /// What SQLite said.
        #[source]
        source: StorageError,
    },
    /// A migration left rows that refer to rows which do not exist; it was rolled back.
    #[error("migration {version} ({name}) breaks a foreign key")]
    MigrationForeignKey {
        /// The migration's number.
        version: u32,
        /// Its name.
        name: &'static str,
    },
    /// The file is damaged, is no database, or its log is there without it. It was left in place: see
    /// [`set_aside`](crate::set_aside()).
    #[error("the database {path} is damaged and was left in place")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite said, if it was asked.
        #[source]
        source: Option<rusqlite::Error>,
    },
    /// The file is encrypted with another key, or its first bytes are damaged. It was left in place, and is not to be set aside: the right
    /// key may turn up.
    #[error("the database {path} is not of this key and was left in place")]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// The file is in the clear: see [`encrypt`](crate::encrypt()).
    #[error("the database {path} is not encrypted")]
    NotEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// The file system cannot hold a write-ahead log.
    #[error("{path} cannot be kept in WAL mode, only in mode {mode}")]
    NotWal {
        /// The file.
        path: PathBuf,
        /// The journal mode that SQLite fell back to.
        mode: Box<str>,
    },
    /// Storage failed while opening.
    #[error("failed to open the database {path}")]
    Storage {
        /// The file.
        path: PathBuf,
        /// How it failed.
        #[source]
        source: StorageError,
    },
    /// The file could not be examined.
    #[error("failed to examine the database file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The writer's thread could not be started.
    #[error("failed to start the database's writer thread")]
    Thread {
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
}

/// Why a database was not closed cleanly. Everything that was acknowledged is durable all the same, in the log.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// The log could not be copied into the database.
    #[error("failed to copy the log into the database")]
    Checkpoint {
        /// How it failed.
        #[source]
        source: StorageError,
    },
    /// The connection could not be closed.
    #[error("failed to close the writing connection")]
    Connection {
        /// How it failed.
        #[source]
        source: StorageError,
    },
    /// The writer's thread had died.
    #[error("the database's writer thread had died")]
    WriterDied,
    /// The database was closed from inside one of its own jobs.
    #[error("the database was closed inside a write")]
    NestedClose,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_classed_by_what_can_be_done() {
        let expected = [
            (ffi::SQLITE_FULL, ErrorClass::Full),
            (ffi::SQLITE_IOERR_SHMSIZE, ErrorClass::Full),
            (ffi::SQLITE_BUSY_SNAPSHOT, ErrorClass::Busy),
            (ffi::SQLITE_LOCKED, ErrorClass::Busy),
            (ffi::SQLITE_CORRUPT_INDEX, ErrorClass::Corrupt),
            (ffi::SQLITE_NOTADB, ErrorClass::Corrupt),
            (ffi::SQLITE_IOERR_CORRUPTFS, ErrorClass::Corrupt),
            (ffi::SQLITE_IOERR_FSYNC, ErrorClass::Transient),
            (ffi::SQLITE_NOMEM, ErrorClass::Transient),
            (ffi::SQLITE_CANTOPEN, ErrorClass::Transient),
            (ffi::SQLITE_READONLY_DIRECTORY, ErrorClass::ReadOnly),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, ErrorClass::Constraint),
            (ffi::SQLITE_MISUSE, ErrorClass::Other),
        ];
        for (code, expected) in expected {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(class(&error), expected, "{code}");
            assert_eq!(class(&copy_of(&error)), expected, "copy of {code}");
        }
        assert_eq!(class(&rusqlite::Error::QueryReturnedNoRows), ErrorClass::Other);
    }
}
