//! The two places where the writer can live: a thread of its own, or whichever thread calls.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, ThreadId};

use crate::error::{CloseError, StorageError};
use crate::job::Job;
use crate::queue::Queue;
use crate::writer::Writer;

/// The writer on a thread of its own.
pub(crate) struct WriterThread {
    queue: Arc<Queue>,
    thread: ThreadId,
    handle: Mutex<Option<JoinHandle<Writer>>>,
}

impl WriterThread {
    pub(crate) fn start(writer: Writer, max_jobs: usize) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let queue_of_thread = Arc::clone(&queue);
        let handle = thread::Builder::new().name("linecrew-sqlite".to_owned()).spawn(move || serve(writer, &queue_of_thread, max_jobs))?;
        Ok(Self { queue, thread: handle.thread().id(), handle: Mutex::new(Some(handle)) })
    }

    pub(crate) fn push(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        self.check_not_nested()?;
        self.queue.push(job)
    }

    pub(crate) async fn push_async(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        self.check_not_nested()?;
        self.queue.push_async(job).await
    }

    /// Lets the queued jobs run and gives back the writer, unless another clone has already closed it.
    pub(crate) fn stop(&self) -> Result<Option<Writer>, CloseError> {
        if thread::current().id() == self.thread {
            return Err(CloseError::NestedClose);
        }
        self.queue.close();
        let joined = lock(&self.handle).take().map(JoinHandle::join);
        joined.transpose().map_err(|_panic| CloseError::WriterDied)
    }

    fn check_not_nested(&self) -> Result<(), StorageError> {
        if thread::current().id() == self.thread {
            return Err(StorageError::NestedWrite);
        }
        Ok(())
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.queue.close();
        // The last handle can die inside a job, on the writer's own thread, which must not wait for itself.
        if thread::current().id() != self.thread
            && let Some(handle) = lock(&self.handle).take()
        {
            handle.join().ok();
        }
    }
}

fn serve(mut writer: Writer, queue: &Queue, max_jobs: usize) -> Writer {
    let _abandon = AbandonOnUnwind(queue);
    while let Some(jobs) = queue.take(max_jobs) {
        writer.run(jobs);
    }
    writer
}

/// Lets nobody wait for a writer that died.
struct AbandonOnUnwind<'q>(&'q Queue);

impl Drop for AbandonOnUnwind<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

/// The writer on whichever thread calls.
pub(crate) struct InlineWriter {
    writer: Mutex<Option<Writer>>,
    held_by: Mutex<Option<ThreadId>>,
}

impl InlineWriter {
    pub(crate) fn new(writer: Writer) -> Self {
        Self { writer: Mutex::new(Some(writer)), held_by: Mutex::new(None) }
    }

    pub(crate) fn run(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        if self.is_held_here() {
            return Err(StorageError::NestedWrite);
        }
        let mut writer = lock(&self.writer);
        let writer = writer.as_mut().ok_or(StorageError::Closed)?;
        *lock(&self.held_by) = Some(thread::current().id());
        writer.run(VecDeque::from([job]));
        *lock(&self.held_by) = None;
        Ok(())
    }

    pub(crate) fn stop(&self) -> Result<Option<Writer>, CloseError> {
        if self.is_held_here() {
            return Err(CloseError::NestedClose);
        }
        Ok(lock(&self.writer).take())
    }

    fn is_held_here(&self) -> bool {
        *lock(&self.held_by) == Some(thread::current().id())
    }
}

/// A lock that survives a panic of its holder: what these guard is replaced as a whole or not at all.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
