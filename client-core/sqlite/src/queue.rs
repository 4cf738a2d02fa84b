//! Jobs that wait for the writer's thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::error::StorageError;
use crate::job::Job;
use crate::limits;

/// A bounded queue that threads block on and tasks await.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    drained: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Box<dyn Job>>,
    waiting_tasks: Vec<oneshot::Sender<()>>,
    closed: bool,
}

impl Queue {
    /// Adds `job`, blocking the thread while the queue is full.
    pub(crate) fn push(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        let mut state = self.lock();
        while state.is_full() {
            state = self.drained.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.admit(state, job)
    }

    /// Adds `job`, waiting without a thread while the queue is full.
    pub(crate) async fn push_async(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        let mut job = Some(job);
        while let Some(room) = self.try_push(&mut job)? {
            // An error means that the queue is gone, which the next try reports.
            room.await.ok();
        }
        Ok(())
    }

    /// Takes up to `max_jobs`, blocking while there are none; `None` once closed and empty.
    pub(crate) fn take(&self, max_jobs: usize) -> Option<VecDeque<Box<dyn Job>>> {
        let mut state = self.lock();
        while state.jobs.is_empty() && !state.closed {
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.jobs.len().min(max_jobs.max(1));
        let jobs: VecDeque<_> = state.jobs.drain(..count).collect();
        state.wake_tasks();
        self.drained.notify_all();
        (!jobs.is_empty()).then_some(jobs)
    }

    /// Takes no more jobs; those that are queued remain.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.wake_tasks();
        self.filled.notify_all();
        self.drained.notify_all();
    }

    /// Drops what is queued; their callers see a closed database.
    pub(crate) fn abandon(&self) {
        self.close();
        let jobs = std::mem::take(&mut self.lock().jobs);
        drop(jobs);
    }

    /// Gives the way to room while there is none; otherwise moves `job` into the queue.
    fn try_push(&self, job: &mut Option<Box<dyn Job>>) -> Result<Option<oneshot::Receiver<()>>, StorageError> {
        let mut state = self.lock();
        if state.is_full() {
            let (sender, receiver) = oneshot::channel();
            state.waiting_tasks.push(sender);
            return Ok(Some(receiver));
        }
        if let Some(job) = job.take() {
            self.admit(state, job)?;
        }
        Ok(None)
    }

    fn admit(&self, mut state: MutexGuard<'_, State>, job: Box<dyn Job>) -> Result<(), StorageError> {
        if state.closed {
            // Unlocked first: dropping the job runs its owner's code.
            drop(state);
            return Err(StorageError::Closed);
        }
        state.jobs.push_back(job);
        self.filled.notify_one();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_full(&self) -> bool {
        !self.closed && self.jobs.len() >= limits::QUEUED_JOBS
    }

    fn wake_tasks(&mut self) {
        for task in self.waiting_tasks.drain(..) {
            // An error means that the task was cancelled.
            task.send(()).ok();
        }
    }
}
