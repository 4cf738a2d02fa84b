//! Encrypting a database that was written in the clear.
//!
//! The encrypted copy is made beside it, compared with it, brought to stable storage, and renamed over it: a process that ends anywhere
//! in between leaves the one or the other, whole. What the clear file occupied on the medium is free space from then on, and whoever reads
//! the bare medium may find it there until it is written over.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, ffi};

use crate::connection::Site;
use crate::error::OpenError;
use crate::identity::{self, Form, open_error, sibling};
use crate::key::Key;
use crate::options::Options;
use crate::remove::remove_set;
use crate::set_aside::sync_folder;

/// What the copy is called while it is made.
pub(crate) const COPY: &str = "-encrypting";
/// Encrypts the database at `path` with the key in `options`, unless it is encrypted.
///
/// # Errors
/// See [`OpenError`]. The database is as it was, unless the last step failed, making the new name durable: then it is whole in either form.
pub fn encrypt(path: &Path, options: &Options) -> Result<(), OpenError> {
    encrypt_watched(path, options, &mut |_| {})
}

/// Where a test stops the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Locked,
    Exported,
    Compared,
    Synced,
    Renamed,
}

fn encrypt_watched(path: &Path, options: &Options, reached: &mut dyn FnMut(Step)) -> Result<(), OpenError> {
    let Some(key) = options.key.as_ref().filter(|_| matches!(identity::form(path), Ok(Form::Plain))) else { return Ok(()) };
    let site = Site { path: path.to_owned(), options: Options { key: None, ..options.clone() } };
    let failed = |error| open_error(&site, error);
    let file_failed = |source| OpenError::File { path: path.to_owned(), source };
    let connection = site.connect_bare().map_err(failed)?;
    let locked = identity::check_owner(&site, &connection, u32::MAX).and_then(|()| lock(&connection).map_err(failed));
    // Whoever was faster has put another file here, which is none to this connection.
    if identity::form(path)? != Form::Plain {
        return Ok(());
    }
    locked?;
    reached(Step::Locked);
    let copy = sibling(path, COPY);
    begin(path, &copy).map_err(file_failed)?;
    export(&connection, &copy, key).map_err(failed)?;
    reached(Step::Exported);
    if !is_equal(&connection).map_err(failed)? {
        return Err(OpenError::NotEncrypted { path: path.to_owned() });
    }
    reached(Step::Compared);
    connection.execute_batch("DETACH DATABASE encrypted").map_err(failed)?;
    File::open(&copy).and_then(|file| file.sync_all()).map_err(file_failed)?;
    reached(Step::Synced);
    fs::rename(&copy, path).map_err(file_failed)?;
    reached(Step::Renamed);
    sync_folder(path).map_err(file_failed)
}

/// Copies the log into the file and keeps everybody else out, until the connection is closed.
fn lock(connection: &Connection) -> rusqlite::Result<()> {
    let mode: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get("journal_mode"))?;
    if mode != "delete" {
        return Err(busy());
    }
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
}

/// Another process has the database open.
fn busy() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)
}

fn export(connection: &Connection, copy: &Path, key: &Key) -> rusqlite::Result<()> {
    let name = copy.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(copy.to_owned()))?;
    connection.execute("ATTACH DATABASE ?1 AS encrypted KEY ?2", (name, key.spelled().as_str()))?;
    connection.execute_batch("PRAGMA encrypted.synchronous = FULL; PRAGMA fullfsync = ON")?;
    connection.query_row("SELECT sqlcipher_export('encrypted')", [], |_| Ok(()))?;
    // It copies tables and rows, and none of the numbers in the header.
    for name in ["application_id", "user_version"] {
        let number: i64 = connection.query_row(&format!("PRAGMA main.{name}"), [], |row| row.get(0))?;
        connection.pragma_update(Some("encrypted"), name, number)?;
    }
    Ok(())
}

/// Whether the copy is sound and holds the same schema and the same rows.
fn is_equal(connection: &Connection) -> rusqlite::Result<bool> {
    let verdict: String = connection.query_row("PRAGMA encrypted.integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok"
        || differs(
            connection,
            "(SELECT type, name, tbl_name, sql FROM main.sqlite_schema)",
            "(SELECT type, name, tbl_name, sql FROM encrypted.sqlite_schema)",
        )?
    {
        return Ok(false);
    }
    let mut statement =
        connection.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let tables = statement.query_map([], |row| row.get::<_, String>("name"))?.collect::<rusqlite::Result<Vec<_>>>()?;
    for table in tables {
        let quoted = table.replace('"', "\"\"");
        if differs(connection, &format!("main.\"{quoted}\""), &format!("encrypted.\"{quoted}\""))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn differs(connection: &Connection, one: &str, other: &str) -> rusqlite::Result<bool> {
    let sql = format!(
        "SELECT 1 WHERE (SELECT count(*) FROM {one}) <> (SELECT count(*) FROM {other}) OR EXISTS (SELECT * FROM {one} EXCEPT SELECT * FROM {other})"
    );
    Ok(connection.query_row(&sql, [], |_| Ok(())).optional()?.is_some())
}

/// Begins the copy as an empty file that may be read by whoever may read the database. One that was not finished goes: the database itself
/// still has everything.
fn begin(path: &Path, copy: &Path) -> io::Result<()> {
    remove_set(copy)?;
    File::create_new(copy)?.set_permissions(fs::metadata(path)?.permissions())
}

#[cfg(test)]
mod tests;
