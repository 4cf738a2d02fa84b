//! Connections, each opened with the same settings for durability and distrust.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{ErrorClass, class};
use crate::gate::CommitGate;
use crate::limits;
use crate::options::Options;

/// Which file, and how it is opened.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) path: PathBuf,
    pub(crate) options: Options,
}

impl Site {
    /// Opens the file without changing it, also not when the connection is dropped; `create` makes an empty one if there is
    /// none.
    pub(crate) fn connect(&self, create: bool) -> rusqlite::Result<Connection> {
        let create = if create { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
        let mut connection = self.unlocked(create)?;
        self.harden(&connection)?;
        if let Some(look) = self.options.on_connect {
            look(&mut connection);
        }
        Ok(connection)
    }

    /// Opens the file as it is, without the settings that keep SQLite from copying it whole.
    pub(crate) fn connect_bare(&self) -> rusqlite::Result<Connection> {
        let connection = self.unlocked(OpenFlags::empty())?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY")?;
        Ok(connection)
    }

    fn unlocked(&self, create: OpenFlags) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(self.options.busy_timeout)?;
        // Before anything else: SQLCipher takes no key once it has read.
        self.options.key.iter().try_for_each(|key| key.unlock(&connection))?;
        Ok(connection)
    }

    /// Opens a connection that can only read and never moves pages from the log into the database.
    pub(crate) fn connect_reader(&self) -> rusqlite::Result<Connection> {
        let connection = self.connect(false)?;
        connection.execute_batch("PRAGMA query_only = ON")?;
        Ok(connection)
    }

    /// Makes `connection` the writer: durable commits, through `gate` only.
    pub(crate) fn promote(&self, connection: &mut Connection, gate: &Arc<CommitGate>) -> rusqlite::Result<()> {
        connection.execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 0",
        )?;
        connection.pragma_update(None, "journal_size_limit", limits::LOG_FILE_BYTES)?;
        if let Some(pages) = self.options.max_pages {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        gate.install(connection)
    }

    /// Takes the write lock, waiting for other processes up to the busy timeout.
    pub(crate) fn begin<'c>(&self, connection: &'c Connection) -> rusqlite::Result<Transaction<'c>> {
        let immediate = TransactionBehavior::Immediate;
        self.waiting_for(connection, Duration::ZERO, || self.patiently(|| Transaction::new_unchecked(connection, immediate)))
    }

    /// Runs `work` with another limit on what SQLite's own busy handler waits for.
    pub(crate) fn waiting_for<T>(
        &self,
        connection: &Connection,
        limit: Duration,
        work: impl FnOnce() -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        connection.busy_timeout(limit)?;
        let result = work();
        connection.busy_timeout(self.options.busy_timeout)?;
        result
    }

    /// Repeats `attempt` while it is busy, up to the busy timeout. Counts attempts instead of reading a clock.
    pub(crate) fn patiently<T>(&self, mut attempt: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let mut attempts_left = self.options.busy_timeout.as_millis() / limits::LOCK_POLL.as_millis();
        loop {
            match attempt() {
                Err(error) if class(&error) == ErrorClass::Busy && attempts_left > 0 => {
                    attempts_left -= 1;
                    thread::sleep(limits::LOCK_POLL);
                }
                result => return result,
            }
        }
    }

    fn harden(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY")?;
        connection.pragma_update(None, "cache_size", -i64::from(self.options.page_cache_kib))
    }
}
