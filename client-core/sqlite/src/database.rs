//! The handle that both ends hold.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};

use rusqlite::{Connection, Transaction};
use tokio::sync::oneshot;

use crate::connection::Site;
use crate::error::{CloseError, OpenError, StorageError, WriteError, closed};
use crate::gate::CommitGate;
use crate::identity::{self, open_error};
use crate::job::{Job, TypedJob};
use crate::migrate::{self, Migration};
use crate::options::{Execution, Options};
use crate::readers::Readers;
use crate::writer::Writer;
use crate::writer_thread::{InlineWriter, WriterThread, lock};

/// An open database. Clones share it.
///
/// When the last clone goes, queued jobs still run; use [`close`](Self::close) to learn whether all went well.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    site: Arc<Site>,
    // Fields drop in this order: the writer last, because the last connection to close copies the log.
    readers: Readers,
    watcher: Mutex<Option<Connection>>,
    writer: Lane,
}

enum Lane {
    Thread(WriterThread),
    Inline(InlineWriter),
}

impl Database {
    /// Opens the database `path`, creating it if there is none, and brings it to the last of `migrations`.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]. A file that is damaged, foreign, of another key or of a later release is not changed, and never deleted.
    pub fn open(path: &Path, options: &Options, migrations: &[Migration]) -> Result<Self, OpenError> {
        identity::check_library()?;
        identity::check_files(path)?;
        identity::check_key(path, options.key.as_ref())?;
        let site = Arc::new(Site { path: path.to_owned(), options: options.clone() });
        let gate = Arc::new(CommitGate::default());
        let connection = open_writer(&site, &gate, migrations)?;
        let watcher = site.connect_reader().map_err(|error| open_error(&site, error))?;
        let writer = Writer::new(Arc::clone(&site), gate, connection);
        let shared = Shared {
            readers: Readers::new(Arc::clone(&site)),
            watcher: Mutex::new(Some(watcher)),
            writer: Lane::start(writer, options).map_err(|source| OpenError::Thread { source })?,
            site,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Runs `job` in a savepoint and returns once its commit is on stable storage. Blocks.
    ///
    /// Other queued jobs may share the commit; an error or a panic of this one undoes this one only. `job` must not wait for
    /// anything, since every other write waits for it, and it has no way to commit by itself.
    ///
    /// # Errors
    ///
    /// [`WriteError::Job`]: `job` failed and was rolled back. [`WriteError::Storage`]: the commit failed. After
    /// [`StorageError::Io`] nothing of it is visible, though on a device that then loses power it may turn up: a write that is
    /// tried again must be one that may happen twice.
    pub fn write<T, E>(&self, job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let (sender, receiver) = mpsc::sync_channel(1);
        // An error means that the caller is gone, which a thread that waits here never is.
        let job = Box::new(TypedJob::new(job, move |answer| drop(sender.send(answer))));
        self.shared.writer.push(job)?;
        receiver.recv().unwrap_or(Err(WriteError::Storage(StorageError::Closed)))
    }

    /// The same as [`write`](Self::write), without blocking the thread unless execution is inline.
    ///
    /// # Errors
    ///
    /// As for [`write`](Self::write).
    ///
    /// # Cancellation
    ///
    /// Once it was polled and there was room in the queue, the job runs even if the future is dropped; its answer is lost then.
    pub async fn write_async<T, E>(&self, job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(TypedJob::new(job, move |answer| drop(sender.send(answer))));
        self.shared.writer.push_async(job).await?;
        receiver.await.unwrap_or(Err(WriteError::Storage(StorageError::Closed)))
    }

    /// Runs `job` in one read transaction: all its statements see the same commits. Blocks while all readers are lent, so
    /// `job` must not call `read` again.
    ///
    /// # Errors
    ///
    /// What `job` returned, or why the transaction could not begin.
    pub fn read<T, E: From<rusqlite::Error>>(&self, job: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let connection = self.shared.readers.lend()?;
        let transaction = connection.unchecked_transaction()?;
        job(&transaction)
    }

    /// A number that changes whenever anyone else has committed: this database's writer or another process.
    ///
    /// It only means something in comparison with an earlier answer of the same handle or a clone of it.
    ///
    /// # Errors
    ///
    /// The file could not be read.
    pub fn data_version(&self) -> Result<i64, rusqlite::Error> {
        let watcher = lock(&self.shared.watcher);
        let watcher = watcher.as_ref().ok_or_else(closed)?;
        watcher.query_row("PRAGMA data_version", [], |row| row.get("data_version"))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.site.path
    }

    /// Runs what is queued, copies the log into the database and closes all connections, for every clone. Blocks, also on
    /// reads that are under way. No lock on the file is left when it returns.
    ///
    /// # Errors
    ///
    /// See [`CloseError`].
    pub fn close(self) -> Result<(), CloseError> {
        let writer = self.shared.writer.stop()?;
        self.shared.readers.close();
        drop(lock(&self.shared.watcher).take());
        writer.map_or(Ok(()), Writer::close)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").field("path", &self.path()).finish_non_exhaustive()
    }
}

fn open_writer(site: &Site, gate: &Arc<CommitGate>, migrations: &[Migration]) -> Result<Connection, OpenError> {
    let known = migrate::latest(migrations)?;
    let failed = |error| open_error(site, error);
    let mut connection = site.connect(true).map_err(failed)?;
    identity::check_owner(site, &connection, known)?;
    identity::enter_wal(site, &connection)?;
    site.promote(&mut connection, gate).map_err(failed)?;
    identity::claim(site, &connection, gate).map_err(failed)?;
    migrate::migrate(site, &connection, gate, migrations)?;
    Ok(connection)
}

impl Lane {
    fn start(writer: Writer, options: &Options) -> std::io::Result<Self> {
        match options.execution {
            Execution::Thread => WriterThread::start(writer, options.group.max_jobs).map(Self::Thread),
            Execution::Inline => Ok(Self::Inline(InlineWriter::new(writer))),
        }
    }

    fn push(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        match self {
            Self::Thread(thread) => thread.push(job),
            Self::Inline(inline) => inline.run(job),
        }
    }

    async fn push_async(&self, job: Box<dyn Job>) -> Result<(), StorageError> {
        match self {
            Self::Thread(thread) => thread.push_async(job).await,
            Self::Inline(inline) => inline.run(job),
        }
    }

    fn stop(&self) -> Result<Option<Writer>, CloseError> {
        match self {
            Self::Thread(thread) => thread.stop(),
            Self::Inline(inline) => inline.stop(),
        }
    }
}
