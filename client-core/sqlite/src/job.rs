//! One write, from the closure that was handed in to the answer that its caller gets.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Transaction;

use crate::error::{StorageError, WriteError, copy_of};

/// A write whose types the writer need not know.
pub(crate) trait Job: Send {
    /// Runs the write, once, and keeps its result.
    fn run(&mut self, transaction: &Transaction<'_>) -> JobEnd;
    /// Answers the caller.
    fn settle(self: Box<Self>, fate: Fate);
}

/// How a job ended, before its commit.
pub(crate) enum JobEnd {
    /// It wants to be committed.
    Succeeded,
    /// It refused or panicked; with what SQLite said, where the job's error type reveals it.
    Failed(Option<rusqlite::Error>),
}

/// What became of a job's transaction.
pub(crate) enum Fate {
    /// It is committed, or the job's own failure needs no commit.
    Stands,
    /// Nothing of it was written.
    Lost(StorageError),
}

/// A write of known types; `reply` takes the answer.
pub(crate) struct TypedJob<F, T, E, R> {
    stage: Stage<F, T, E>,
    reply: R,
}

enum Stage<F, T, E> {
    Waiting(F),
    Ran(Result<T, E>),
    Panicked,
}

impl<F, T, E, R> TypedJob<F, T, E, R> {
    pub(crate) fn new(write: F, reply: R) -> Self {
        let stage = Stage::Waiting(write);
        Self { stage, reply }
    }
}

impl<F, T, E, R> Job for TypedJob<F, T, E, R>
where
    F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send + 'static,
    R: FnOnce(Result<T, WriteError<E>>) + Send,
{
    fn run(&mut self, transaction: &Transaction<'_>) -> JobEnd {
        // Unwind safety: what a panicking write had changed in the database is rolled back; what it had captured is gone.
        let stage = std::mem::replace(&mut self.stage, Stage::Panicked);
        if let Stage::Waiting(write) = stage
            && let Ok(result) = catch_unwind(AssertUnwindSafe(|| write(transaction)))
        {
            self.stage = Stage::Ran(result);
        }
        match &self.stage {
            Stage::Ran(Ok(_)) => JobEnd::Succeeded,
            Stage::Ran(Err(error)) => JobEnd::Failed(sqlite_cause(error)),
            Stage::Waiting(_) | Stage::Panicked => JobEnd::Failed(None),
        }
    }

    fn settle(self: Box<Self>, fate: Fate) {
        let Self { stage, reply } = *self;
        // A caller that is gone leaves its values to be dropped here, and dropping runs its code.
        let settled = catch_unwind(AssertUnwindSafe(|| reply(stage.answer(fate))));
        settled.ok();
    }
}

impl<F, T, E> Stage<F, T, E> {
    fn answer(self, fate: Fate) -> Result<T, WriteError<E>> {
        match (self, fate) {
            (Self::Panicked, _) => Err(WriteError::Storage(StorageError::JobPanicked)),
            (_, Fate::Lost(error)) => Err(WriteError::Storage(error)),
            (Self::Ran(result), Fate::Stands) => result.map_err(WriteError::Job),
            (Self::Waiting(_), Fate::Stands) => Err(WriteError::Storage(StorageError::Closed)),
        }
    }
}

fn sqlite_cause<E: 'static>(error: &E) -> Option<rusqlite::Error> {
    (error as &dyn Any).downcast_ref().map(copy_of)
}
