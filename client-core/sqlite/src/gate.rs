//! The only way to a commit: SQLite asks the gate, and the gate is open only while the writer itself commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, Transaction};

/// Turns every commit that the writer did not order into a rollback.
///
/// Without it a job could commit by accident: after `SQLITE_FULL` the transaction may be gone, and the next statement of a
/// job that went on regardless would run, and commit, on its own.
#[derive(Debug, Default)]
pub(crate) struct CommitGate {
    open: AtomicBool,
}

impl CommitGate {
    /// Puts the gate before the commits of `connection`.
    pub(crate) fn install(self: &Arc<Self>, connection: &mut Connection) -> rusqlite::Result<()> {
        let gate = Arc::clone(self);
        connection.commit_hook(Some(move || !gate.open.load(Ordering::SeqCst)))
    }

    /// Commits `transaction`; `Ok` means that it is on stable storage.
    pub(crate) fn commit(&self, transaction: Transaction<'_>) -> rusqlite::Result<()> {
        self.open.store(true, Ordering::SeqCst);
        let committed = transaction.commit();
        self.open.store(false, Ordering::SeqCst);
        committed
    }
}
