//! The handle that apps hold.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use linecrew_protocol::ids::InstallationId;
use linecrew_sqlite::{CloseError, Database, Execution, Options};
use rusqlite::{Connection, Transaction};
use tokio::sync::Mutex;

use crate::{
    attachments::Attachments,
    database_key::{DatabaseKey, DatabaseKeyUnavailable},
    device_key::KeySlot,
    error::{StoreError, flatten},
    fail_point,
    host::{self, Host},
    layout,
    lease::{LEASE, Lease},
    observe::Bell,
    opening,
    store::installation,
    wipe::{self, WipeError},
};

/// How a [`Client`] is opened.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Where writes run: on a thread of their own in an app, inline in a simulation.
    pub execution: Execution,
    /// The app's version, as the server is told.
    pub app_version: String,
    /// Pages (4 KiB) that the store may have; beyond them the phone counts as full. `None`: as many as the disk takes.
    pub max_pages: Option<u32>,
    /// Bytes that the files beside the store may have; beyond them the phone counts as full. `None`: as many as the disk takes.
    pub max_attachment_bytes: Option<u64>,
    /// How long the phone works without contact to its server, by the time that it was seen to run. Then it locks itself.
    pub lease: Duration,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            execution: Execution::Thread,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            max_pages: None,
            max_attachment_bytes: None,
            lease: LEASE,
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database could not be opened; the file is as it was.
    #[error(transparent)]
    Database(linecrew_sqlite::OpenError),
    /// The store is encrypted with another key than the one at hand, or its first bytes are damaged. Nothing was changed: what was confirmed is
    /// in it, and the right key opens it.
    #[error("the store on this phone is not of the key at hand")]
    WrongKey(#[source] linecrew_sqlite::OpenError),
    /// There is a store, and its key is gone. Nothing was changed, and no new key made.
    #[error("the key of this phone's store is gone")]
    KeyLost,
    /// This phone was wiped, and what was left of it is gone now. Opening it again begins with an empty phone.
    #[error("this phone was wiped")]
    Wiped,
    /// A wipe had begun, and could not be finished. Opening it again goes on.
    #[error("this phone is being wiped")]
    Wiping(#[source] WipeError),
    /// The key cannot be used now: try again when the phone is unlocked. Nothing was changed.
    #[error(transparent)]
    KeyUnavailable(#[from] DatabaseKeyUnavailable),
    /// A new installation could not be stored, or an older one's rows not be derived anew. The file is as it was.
    #[error("failed to begin on the store of this phone")]
    Begin(#[source] StoreError),
}

impl From<linecrew_sqlite::OpenError> for OpenError {
    fn from(error: linecrew_sqlite::OpenError) -> Self {
        match error {
            linecrew_sqlite::OpenError::WrongKey { .. } => Self::WrongKey(error),
            other => Self::Database(other),
        }
    }
}

/// One store on one phone. Clones share it; several processes may open the same file.
///
/// Methods block: reading takes well under a millisecond, writing as long as one `fsync`.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    database: Database,
    database_key: DatabaseKeyHandle,
    attachments: Attachments,
    host: HostHandle,
    app_version: String,
    bell: Arc<Bell>,
    lease: Lease,
    key: KeySlot,
    /// Held by whoever gets new tokens: one at a time is enough for all clones.
    refreshing: Mutex<()>,
    /// Whether this phone was wiped since it was opened.
    wiped: AtomicBool,
    /// The last installation read: the answer while the store cannot be read.
    opened_as: InstallationId,
}

/// The host, without a `Debug` of its own.
#[derive(Clone)]
struct HostHandle(Arc<dyn Host>);

impl std::fmt::Debug for HostHandle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Host")
    }
}

/// The key of the store, without a `Debug` of its own.
#[derive(Clone)]
struct DatabaseKeyHandle(Arc<dyn DatabaseKey>);

impl std::fmt::Debug for DatabaseKeyHandle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DatabaseKey")
    }
}

impl Client {
    /// Opens the store at `path`, creating it, with a new installation, if there is none. `key` is what it is encrypted with; a store of an
    /// older build, which is not, is encrypted first, and so are the files beside it; one for which there is no space now is left for the next time.
    ///
    /// # Errors
    /// See [`OpenError`]. A file that cannot be opened is never changed or deleted.
    pub fn open(path: &Path, key: Arc<dyn DatabaseKey>, host: Arc<dyn Host>, options: ClientOptions) -> Result<Self, OpenError> {
        let settings =
            Options { execution: options.execution, max_pages: options.max_pages, on_connect: fail_point::WATCH, ..Options::default() };
        finish_wipe(path, key.as_ref())?;
        let (database, opened_with) = opening::open(path, key.as_ref(), settings)?;
        let opened_as = begin(&database, &host).map_err(OpenError::Begin)?;
        let attachments = Attachments::beside(path, &opened_with, options.max_attachment_bytes);
        attachments.sweep();
        attachments.encrypt_plain();
        let (host, bell) = (HostHandle(host), Arc::new(Bell::default()));
        let shared = Shared {
            database,
            database_key: DatabaseKeyHandle(key),
            attachments,
            host,
            app_version: options.app_version,
            bell,
            lease: Lease::of(options.lease),
            key: KeySlot::default(),
            refreshing: Mutex::default(),
            wiped: AtomicBool::new(false),
            opened_as,
        };
        let client = Self { shared: Arc::new(shared) };
        client.count_lease_now();
        Ok(client)
    }

    /// The installation: what an enrolment binds to a person and to the phone's key.
    #[must_use]
    pub fn installation(&self) -> InstallationId {
        self.read_unleased(|connection| Ok::<_, StoreError>(installation::current(connection)?.id)).unwrap_or(self.shared.opened_as)
    }

    /// Closes the file for all clones, so that no lock is left: a phone's system kills apps that are suspended while holding one.
    ///
    /// # Errors
    /// The log could not be copied; everything confirmed is durable all the same.
    pub fn close(self) -> Result<(), CloseError> {
        self.shared.database.clone().close()
    }

    /// Whether this phone was wiped since it was opened, by whichever clone: they answer errors from then on. Some of its files may still be there,
    /// until [`wipe`](Self::wipe) says that they are not.
    #[must_use]
    pub fn is_wiped(&self) -> bool {
        self.shared.wiped.load(Ordering::Acquire)
    }

    pub(crate) fn note_wiped(&self) {
        self.shared.wiped.store(true, Ordering::Release);
    }

    pub(crate) fn host(&self) -> Arc<dyn Host> {
        Arc::clone(&self.shared.host.0)
    }

    pub(crate) fn app_version(&self) -> &str {
        &self.shared.app_version
    }

    pub(crate) fn bell(&self) -> &Arc<Bell> {
        &self.shared.bell
    }

    pub(crate) fn database_key(&self) -> &dyn DatabaseKey {
        self.shared.database_key.0.as_ref()
    }

    pub(crate) fn attachments(&self) -> &Attachments {
        &self.shared.attachments
    }

    pub(crate) fn lease(&self) -> &Lease {
        &self.shared.lease
    }

    pub(crate) fn refreshing(&self) -> &Mutex<()> {
        &self.shared.refreshing
    }

    pub(crate) fn key_slot(&self) -> &KeySlot {
        &self.shared.key
    }

    pub(crate) fn database(&self) -> &Database {
        &self.shared.database
    }

    /// Runs `job` in one read transaction, unless this phone is locked.
    pub(crate) fn read<T, E: From<StoreError>>(&self, job: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let host = self.host();
        let mut is_over = false;
        let answer = self.read_unleased(|connection| {
            let checked = self.lease().check(connection, host.as_ref());
            is_over = matches!(checked, Err(StoreError::Locked));
            checked?;
            job(connection)
        });
        self.count_lease(is_over);
        answer
    }

    /// Runs `job` in one read transaction, locked or not: for what syncs, and for what shows nothing of a customer.
    pub(crate) fn read_unleased<T, E: From<StoreError>>(&self, job: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let read = self.shared.database.read(|connection| Ok::<_, StoreError>(job(connection)));
        read.map_err(E::from)?
    }

    /// Runs `job` in one write transaction and tells the observers, unless this phone is locked.
    pub(crate) fn write<T, E>(&self, job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (host, shared) = (self.host(), Arc::clone(&self.shared));
        self.write_unleased(move |transaction| {
            shared.lease.check(transaction, host.as_ref())?;
            job(transaction)
        })
    }

    /// The same, locked or not: for what syncs. The time without contact is counted with every write.
    pub(crate) fn write_unleased<T, E>(&self, job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (host, shared) = (self.host(), Arc::clone(&self.shared));
        let written = self.shared.database.write(move |transaction| {
            shared.lease.count(transaction, host.as_ref()).map_err(StoreError::from)?;
            let answer = job(transaction)?;
            let revision = installation::rise(transaction).map_err(StoreError::from)?;
            Ok::<_, E>((answer, revision))
        });
        let (answer, revision) = written.map_err(flatten)?;
        self.shared.bell.ring(revision);
        Ok(answer)
    }
}

/// Goes on with a wipe that was interrupted.
fn finish_wipe(path: &Path, key: &dyn DatabaseKey) -> Result<(), OpenError> {
    if !wipe::has_begun(path).map_err(|error| OpenError::Wiping(WipeError::Files(error)))? {
        return Ok(());
    }
    wipe::finish(path, key).map_err(OpenError::Wiping)?;
    Err(OpenError::Wiped)
}

fn begin(database: &Database, host: &Arc<dyn Host>) -> Result<InstallationId, StoreError> {
    let known = database.read(installation::find)?;
    if let Some(known) = known {
        layout::bring_up(database)?;
        return Ok(known.id);
    }
    let fresh = host::new_installation(host.as_ref());
    // Another process may be faster: its installation stays.
    let begun = database.write(move |transaction| {
        installation::begin(transaction, fresh)?;
        installation::current(transaction)
    });
    Ok(begun.map_err(|error| flatten(map_job(error)))?.id)
}

fn map_job(error: linecrew_sqlite::WriteError<rusqlite::Error>) -> linecrew_sqlite::WriteError<StoreError> {
    match error {
        linecrew_sqlite::WriteError::Job(error) => linecrew_sqlite::WriteError::Job(error.into()),
        linecrew_sqlite::WriteError::Storage(error) => linecrew_sqlite::WriteError::Storage(error),
    }
}
