//! Connections that read, lent one by one.

use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::connection::Site;
use crate::error::closed;

/// A bounded pool of reading connections, opened when first needed.
pub(crate) struct Readers {
    site: Arc<Site>,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    lent: usize,
    closed: bool,
}

impl Readers {
    pub(crate) fn new(site: Arc<Site>) -> Self {
        Self { site, state: Mutex::default(), returned: Condvar::new() }
    }

    /// Lends a connection, blocking while all are lent.
    pub(crate) fn lend(&self) -> rusqlite::Result<Lent<'_>> {
        let limit = self.site.options.readers.max(1);
        let mut state = self.lock();
        while state.lent >= limit && !state.closed {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(closed());
        }
        state.lent += 1;
        let idle = state.idle.pop();
        drop(state);
        let mut lent = Lent { readers: self, connection: idle };
        lent.connect()?;
        Ok(lent)
    }

    /// Waits for the lent connections and closes all.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.returned.notify_all();
        while state.lent > 0 {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.idle.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that returns to its pool.
pub(crate) struct Lent<'p> {
    readers: &'p Readers,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn connect(&mut self) -> rusqlite::Result<()> {
        if self.connection.is_none() {
            self.connection = Some(self.readers.site.connect_reader()?);
        }
        Ok(())
    }
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("lend connects before it lends")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        // One that is still inside a transaction would hold its snapshot, and the log, for ever.
        let reusable = self.connection.take().filter(Connection::is_autocommit);
        let mut state = self.readers.lock();
        state.idle.extend(reusable);
        state.lent -= 1;
        self.readers.returned.notify_all();
    }
}
