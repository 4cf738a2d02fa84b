//! Whether a file is ours to open. Nothing here changes a file before it is known to be.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::connection::Site;
use crate::error::{ErrorClass, OpenError, StorageError, class};
use crate::gate::CommitGate;
use crate::key::{Key, SALT_BYTES};
use crate::limits;

/// Refuses a library with known corruption.
pub(crate) fn check_library() -> Result<(), OpenError> {
    let found = rusqlite::version_number();
    let required = limits::OLDEST_SQLITE;
    if found < required {
        return Err(OpenError::OldSqlite { found, required });
    }
    Ok(())
}

/// Refuses a log whose database is gone: SQLite would delete the log and start empty, as if nothing had been lost.
pub(crate) fn check_files(path: &Path) -> Result<(), OpenError> {
    // The log first: another process may be creating both, and the database comes first then.
    let log = length(&sibling(path, "-wal"))?;
    if log > 0 && length(path)? == 0 {
        let path = path.to_owned();
        return Err(OpenError::Corrupt { path, source: None });
    }
    Ok(())
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// There is nothing.
    Absent,
    /// A database in the clear.
    Plain,
    /// Something else: an encrypted database.
    Encrypted,
}

/// What SQLite begins a file in the clear with (<https://sqlite.org/fileformat.html#magic_header_string>).
const MAGIC: [u8; SALT_BYTES] = *b"SQLite format 3\0";

/// What lies at `path`. A log alone counts as an encrypted database: something was there.
///
/// # Errors
///
/// [`OpenError::File`]: it could not be read.
pub fn form(path: &Path) -> Result<Form, OpenError> {
    Ok(match beginning(path)? {
        None if length(&sibling(path, "-wal"))? > 0 => Form::Encrypted,
        None => Form::Absent,
        Some(MAGIC) => Form::Plain,
        Some(_) => Form::Encrypted,
    })
}

/// Refuses a file that was not made with this key, before SQLite opens it: to SQLite a wrong key looks like damage.
pub(crate) fn check_key(path: &Path, key: Option<&Key>) -> Result<(), OpenError> {
    let Some(key) = key else { return Ok(()) };
    let begins = beginning(path)?;
    let path = path.to_owned();
    match begins {
        None => Ok(()),
        Some(salt) if salt == key.salt() => Ok(()),
        Some(MAGIC) => Err(OpenError::NotEncrypted { path }),
        // The first page of a new file was torn: SQLite empties it.
        Some(_) if length(&sibling(&path, "-journal"))? > 0 => Ok(()),
        Some(_) => Err(OpenError::WrongKey { path }),
    }
}

/// The first bytes of a file, zeros behind the end of a short one; `None` when there is nothing.
fn beginning(path: &Path) -> Result<Option<[u8; SALT_BYTES]>, OpenError> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(SALT_BYTES as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = match read() {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(OpenError::File { path: path.to_owned(), source }),
    };
    let mut beginning = [0; SALT_BYTES];
    beginning.iter_mut().zip(&bytes).for_each(|(byte, read)| *byte = *read);
    Ok((!bytes.is_empty()).then_some(beginning))
}

/// Refuses a file of another application, or of a later release, without changing it.
pub(crate) fn check_owner(site: &Site, connection: &Connection, known: u32) -> Result<(), OpenError> {
    let failed = |error| open_error(site, error);
    if is_empty(connection).map_err(failed)? {
        return Ok(());
    }
    let found = application_id(connection).map_err(failed)?;
    let expected = site.options.application_id;
    if found != expected {
        let path = site.path.clone();
        return Err(OpenError::Foreign { path, found, expected });
    }
    let found = user_version(connection).map_err(failed)?;
    if found > known {
        return Err(OpenError::NewerSchema { found, known });
    }
    Ok(())
}

/// Switches to the write-ahead log, which stays on in the file.
pub(crate) fn enter_wal(site: &Site, connection: &Connection) -> Result<(), OpenError> {
    // Two processes that create the file at once can meet here, and SQLite does not call its busy handler then.
    let mode: String = site
        .patiently(|| connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get("journal_mode")))
        .map_err(|error| open_error(site, error))?;
    if mode == "wal" {
        return Ok(());
    }
    let path = site.path.clone();
    Err(OpenError::NotWal { path, mode: mode.into() })
}

/// Marks an empty file as ours.
pub(crate) fn claim(site: &Site, connection: &Connection, gate: &CommitGate) -> rusqlite::Result<()> {
    if !is_empty(connection)? {
        return Ok(());
    }
    let transaction = site.begin(connection)?;
    if is_empty(&transaction)? {
        transaction.pragma_update(None, "application_id", site.options.application_id.cast_signed())?;
        transaction.execute_batch(include_str!("schema_history.sql"))?;
    }
    gate.commit(transaction)
}

/// The schema version that the file is at.
pub(crate) fn user_version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get("user_version"))
}

/// Sorts an error of opening: damage is told apart, because only damage is set aside.
pub(crate) fn open_error(site: &Site, error: rusqlite::Error) -> OpenError {
    let path = site.path.clone();
    if class(&error) == ErrorClass::Corrupt {
        return OpenError::Corrupt { path, source: Some(error) };
    }
    let source = StorageError::from(error);
    OpenError::Storage { path, source }
}

/// The file that SQLite keeps beside `path` under the same name and `suffix`.
pub(crate) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn length(path: &Path) -> Result<u64, OpenError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => {
            let path = path.to_owned();
            Err(OpenError::File { path, source })
        }
    }
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    let objects: i64 = connection.query_row("SELECT count(*) AS objects FROM sqlite_schema", [], |row| row.get("objects"))?;
    Ok(objects == 0 && application_id(connection)? == 0 && user_version(connection)? == 0)
}

fn application_id(connection: &Connection) -> rusqlite::Result<u32> {
    let id: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get("application_id"))?;
    Ok(id.cast_unsigned())
}
