//! Several jobs in one transaction, each in a savepoint of its own.

use std::collections::VecDeque;

use rusqlite::{Connection, Transaction};

use crate::connection::Site;
use crate::error::{StorageError, copy_of};
use crate::gate::CommitGate;
use crate::job::{Fate, Job, JobEnd};

/// Jobs that ran in one transaction, and what became of it.
#[must_use]
pub(crate) struct Group {
    ran: Vec<Ran>,
    pub(crate) loss: Option<Loss>,
}

/// Why a whole transaction is gone. `None`: a job failed in a way that its error type does not reveal.
pub(crate) struct Loss {
    pub(crate) cause: Option<rusqlite::Error>,
}

struct Ran {
    job: Box<dyn Job>,
    /// The job failed, and not because of what a neighbour wrote before it: its own answer holds without any commit. A job
    /// that refused *after* a neighbour had written may have refused because of that write ("already there"), so its answer
    /// is as good as the commit.
    failed_alone: bool,
}

enum Turn {
    Succeeded,
    Failed,
    TransactionGone { loss: Loss, failed: bool },
}

impl Group {
    /// Runs `waiting` from its front in one transaction and commits it. If the transaction is lost on the way, the jobs that
    /// have not run yet stay in `waiting`.
    ///
    /// # Errors
    ///
    /// The lock could not be taken; no job ran.
    pub(crate) fn run(
        site: &Site,
        connection: &Connection,
        gate: &CommitGate,
        waiting: &mut VecDeque<Box<dyn Job>>,
    ) -> rusqlite::Result<Self> {
        let transaction = site.begin(connection)?;
        let mut group = Self { ran: Vec::with_capacity(waiting.len()), loss: None };
        let mut wrote = false;
        while let Some(mut job) = waiting.pop_front() {
            let turn = run_in_savepoint(&transaction, job.as_mut());
            let failed_alone = match &turn {
                Turn::Succeeded => false,
                Turn::Failed => !wrote,
                Turn::TransactionGone { failed, .. } => *failed,
            };
            wrote |= matches!(turn, Turn::Succeeded);
            group.ran.push(Ran { job, failed_alone });
            if let Turn::TransactionGone { loss, .. } = turn {
                group.loss = Some(loss);
                return Ok(group);
            }
        }
        let cause = gate.commit(transaction).err();
        group.loss = cause.map(|cause| Loss { cause: Some(cause) });
        Ok(group)
    }

    /// Answers the callers: only here, and only after the commit, does a write count as done.
    pub(crate) fn settle(self) {
        for Ran { job, failed_alone } in self.ran {
            match &self.loss {
                Some(loss) if !failed_alone => job.settle(Fate::Lost(loss.for_one_job())),
                _ => job.settle(Fate::Stands),
            }
        }
    }
}

impl Loss {
    fn for_one_job(&self) -> StorageError {
        match &self.cause {
            Some(cause) => StorageError::from(copy_of(cause)),
            None => StorageError::GroupRolledBack,
        }
    }
}

fn run_in_savepoint(transaction: &Transaction<'_>, job: &mut dyn Job) -> Turn {
    if let Err(error) = transaction.execute_batch("SAVEPOINT linecrew_job") {
        return gone(Some(error), false);
    }
    let (failed, cause) = match job.run(transaction) {
        JobEnd::Succeeded => (false, None),
        JobEnd::Failed(cause) => (true, cause),
    };
    // After SQLITE_FULL, SQLITE_IOERR or SQLITE_NOMEM the transaction may be gone, with everything that neighbours wrote in it.
    if transaction.is_autocommit() {
        return gone(cause, failed);
    }
    let end = if failed { "ROLLBACK TO linecrew_job; RELEASE linecrew_job" } else { "RELEASE linecrew_job" };
    match transaction.execute_batch(end) {
        Err(error) => gone(Some(error), failed),
        Ok(()) if failed => Turn::Failed,
        Ok(()) => Turn::Succeeded,
    }
}

fn gone(cause: Option<rusqlite::Error>, failed: bool) -> Turn {
    let loss = Loss { cause };
    Turn::TransactionGone { loss, failed }
}
