//! The one connection that writes, and what happens to it when storage fails.

use std::collections::VecDeque;
use std::sync::Arc;

use rusqlite::{Connection, ffi};

use crate::connection::Site;
use crate::error::{CloseError, ErrorClass, StorageError, class, copy_of};
use crate::gate::CommitGate;
use crate::group::{Group, Loss};
use crate::job::{Fate, Job};
use crate::limits;

/// The writer. A connection that failed is never trusted again: it is closed, and the next group opens another one.
pub(crate) struct Writer {
    site: Arc<Site>,
    gate: Arc<CommitGate>,
    state: State,
}

enum State {
    Ready(Connection),
    /// Closed after a failure; `verify`: the file is examined before it is written again.
    Discarded {
        verify: bool,
    },
    /// Found damaged. Only opening the database anew leads out of here.
    Damaged(rusqlite::Error),
}

impl Writer {
    /// Takes over a connection that was promoted.
    pub(crate) fn new(site: Arc<Site>, gate: Arc<CommitGate>, connection: Connection) -> Self {
        let state = State::Ready(connection);
        Self { site, gate, state }
    }

    /// Runs `jobs`, answers each, then tidies the log.
    pub(crate) fn run(&mut self, mut jobs: VecDeque<Box<dyn Job>>) {
        while !jobs.is_empty() {
            match self.attempt(&mut jobs) {
                Ok(group) => group.settle(),
                Err(error) => {
                    for job in jobs.drain(..) {
                        job.settle(Fate::Lost(StorageError::from(copy_of(&error))));
                    }
                }
            }
        }
        self.tidy();
    }

    /// Copies the log into the database and closes the connection.
    pub(crate) fn close(self) -> Result<(), CloseError> {
        let State::Ready(connection) = self.state else {
            return Ok(());
        };
        let truncate = || checkpoint(&connection, "TRUNCATE");
        let checkpointed = self.site.waiting_for(&connection, limits::RESTART_WAIT, truncate);
        let closed = connection.close();
        checkpointed.map_err(|error| CloseError::Checkpoint { source: error.into() })?;
        closed.map_err(|(_, error)| CloseError::Connection { source: error.into() })
    }

    fn attempt(&mut self, jobs: &mut VecDeque<Box<dyn Job>>) -> rusqlite::Result<Group> {
        self.recover()?;
        let State::Ready(connection) = &self.state else {
            return Err(rusqlite::Error::InvalidQuery);
        };
        match Group::run(&self.site, connection, &self.gate, jobs) {
            Ok(group) => {
                if let Some(loss) = &group.loss {
                    self.discard(needs_verification(loss));
                }
                Ok(group)
            }
            Err(error) => {
                if class(&error) != ErrorClass::Busy {
                    self.discard(class(&error) != ErrorClass::Full);
                }
                Err(error)
            }
        }
    }

    fn discard(&mut self, verify: bool) {
        self.state = State::Discarded { verify };
    }

    fn recover(&mut self) -> rusqlite::Result<()> {
        match &self.state {
            State::Ready(_) => Ok(()),
            State::Damaged(error) => Err(copy_of(error)),
            State::Discarded { verify } => self.reopen(*verify),
        }
    }

    fn reopen(&mut self, verify: bool) -> rusqlite::Result<()> {
        match self.reconnect(verify) {
            Ok(connection) => {
                self.state = State::Ready(connection);
                Ok(())
            }
            Err(error) => {
                if class(&error) == ErrorClass::Corrupt {
                    self.state = State::Damaged(copy_of(&error));
                }
                Err(error)
            }
        }
    }

    fn reconnect(&self, verify: bool) -> rusqlite::Result<Connection> {
        let mut connection = self.site.connect(false)?;
        if verify {
            quick_check(&connection)?;
        }
        self.site.promote(&mut connection, &self.gate)?;
        Ok(connection)
    }

    /// Moves the log's pages into the database once there are many, after the callers were answered.
    fn tidy(&mut self) {
        let State::Ready(connection) = &self.state else {
            return;
        };
        if let Err(error) = tidy_log(&self.site, connection)
            && class(&error) == ErrorClass::Transient
        {
            // A failed fsync may have dropped the pages it was for; the log still has them.
            self.discard(true);
        }
    }
}

/// Whether a lost transaction casts doubt on the file. Lack of space, a lock and a broken rule are orderly refusals; anything
/// else, and anything unknown, is not.
fn needs_verification(loss: &Loss) -> bool {
    let orderly = [ErrorClass::Full, ErrorClass::Busy, ErrorClass::Constraint];
    !loss.cause.as_ref().is_some_and(|cause| orderly.contains(&class(cause)))
}

fn quick_check(connection: &Connection) -> rusqlite::Result<()> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get("quick_check"))?;
    if verdict == "ok" {
        return Ok(());
    }
    let corrupt = ffi::Error::new(ffi::SQLITE_CORRUPT);
    Err(rusqlite::Error::SqliteFailure(corrupt, Some(verdict)))
}

fn tidy_log(site: &Site, connection: &Connection) -> rusqlite::Result<()> {
    let LogPages { logged, moved } = checkpoint(connection, "NOOP")?;
    if logged >= limits::RESTART_PAGES {
        site.waiting_for(connection, limits::RESTART_WAIT, || checkpoint(connection, "RESTART"))?;
    } else if logged - moved >= limits::CHECKPOINT_PAGES {
        checkpoint(connection, "PASSIVE")?;
    }
    Ok(())
}

struct LogPages {
    logged: i64,
    moved: i64,
}

/// Copies what it can; pages that a reader or another process still needs stay in the log, which is no error.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<LogPages> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        let logged = row.get("log")?;
        let moved = row.get("checkpointed")?;
        Ok(LogPages { logged, moved })
    })
}
