//! The embedded store: one SQLite file, one writer, group commit across phones.
//!
//! Invariants:
//! 1. The truth is the table of raw changes; heads, rows, feeds and digests are made of it in the transaction that stores the change.
//! 2. An answer leaves only after that transaction's commit is on stable storage.
//! 3. Roles, crews and revocations are read inside the transaction that they decide about.
//! 4. What writes runs on the writer's thread, in commit order. What only reads runs in one read transaction.
//!
//! The store's own installation is its epoch: a store that was restored from a backup starts a new life and with it new actors, so it
//! never uses a number again that the lost part had used.

mod cache;
mod changes;
mod columns;
mod commit;
mod deliver;
mod detail;
mod documents;
mod edits;
mod error;
mod feeds;
mod installations;
mod life;
mod limits;
mod numbers;
mod office;
mod page;
mod people;
mod phones;
mod quarantine;
mod reconcile;
mod reports;
mod rows;
mod session;
mod tail;
mod transfer;
mod withdrawal;

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, PersonId, StoreEpoch},
    sync::Page,
    time::Timestamp,
    wire::{Acked, Feed, Inventory},
};
use linecrew_sqlite::{Database, Execution, Migration, Options};
use rusqlite::{Connection, Transaction};
use tokio::sync::Semaphore;

pub use self::error::OpenStoreError;
use self::{cache::DocumentCache, life::Life};
use super::{
    Account, Answer, Binding, BoardDetail, BoardRow, Contact, CrewWithMembers, Delivery, DistrictRecord, Effects, OfficeOrder, Ordered,
    Organisation, PhoneRecord, RowFilter, SessionOpening, Store, TakeReport, Taken,
};

const MIGRATIONS: &[Migration] = &[Migration { version: 1, name: "the first schema", sql: include_str!("sqlite/schema.sql") }];

/// What the embedded store can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The offset of local time from UTC, in minutes: order numbers count by local day.
    pub utc_offset_minutes: i32,
}

impl Default for Settings {
    /// China Standard Time.
    fn default() -> Self {
        Self { utc_offset_minutes: 8 * 60 }
    }
}

/// The embedded store.
#[derive(Debug)]
pub struct SqliteStore {
    database: Database,
    inline: bool,
    /// One per reading connection: whoever waits for a reader holds a future, not a thread.
    readers: Arc<Semaphore>,
    desk: Arc<Desk>,
}

/// What the writer needs beside its transaction.
#[derive(Debug)]
struct Desk {
    life: Life,
    settings: Settings,
    cache: Mutex<DocumentCache>,
}

impl SqliteStore {
    /// Opens the store in the file `path`, and creates it if there is none.
    ///
    /// # Errors
    ///
    /// See [`OpenStoreError`]. A file that is damaged or foreign is left as it is.
    pub fn open(path: &Path, options: Options) -> Result<Arc<Self>, OpenStoreError> {
        Self::open_with(path, options, Settings::default())
    }

    /// The same, with settings.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open).
    pub fn open_with(path: &Path, options: Options, settings: Settings) -> Result<Arc<Self>, OpenStoreError> {
        Self::start(path, &options, settings, Life::go_on)
    }

    /// Opens a file that came from a backup and begins a new life: phones notice, send again what it lacks and take over what it holds.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open).
    pub fn open_restored(path: &Path, options: Options, settings: Settings) -> Result<Arc<Self>, OpenStoreError> {
        Self::start(path, &options, settings, Life::begin)
    }

    fn start(
        path: &Path,
        options: &Options,
        settings: Settings,
        life: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Life> + Send + 'static,
    ) -> Result<Arc<Self>, OpenStoreError> {
        let database = Database::open(path, options, MIGRATIONS)?;
        let life = database.write(life).map_err(OpenStoreError::Life)?;
        let desk = Arc::new(Desk { life, settings, cache: Mutex::default() });
        let inline = options.execution == Execution::Inline;
        let readers = Arc::new(Semaphore::new(options.readers.max(1)));
        Ok(Arc::new(Self { database, inline, readers, desk }))
    }

    /// Finishes what is queued and closes the file.
    ///
    /// # Errors
    ///
    /// When the log could not be copied into the file. What was acknowledged is durable all the same.
    pub fn close(&self) -> Result<(), linecrew_sqlite::CloseError> {
        self.database.clone().close()
    }

    fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            let database = self.database.clone();
            let read = self.aside(operation, move || database.read(job)).await?;
            read.map_err(|source| error::of_sqlite(operation, source))
        })
    }

    /// Does what takes a while where it holds up nobody; in a simulation, at once.
    async fn aside<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, super::StoreError> {
        if self.inline {
            return Ok(work());
        }
        let permit = Arc::clone(&self.readers).acquire_owned().await.map_err(|closed| error::failed(operation, closed))?;
        let done = tokio::task::spawn_blocking(work).await;
        drop(permit);
        done.map_err(|panicked| error::failed(operation, panicked))
    }

    fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        job: impl FnOnce(&Transaction<'_>, &Desk) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        let desk = Arc::clone(&self.desk);
        Box::pin(async move {
            let written = self.database.write_async(move |transaction| job(transaction, &desk)).await;
            written.map_err(|source| error::of_write(operation, source))
        })
    }
}

impl Store for SqliteStore {
    fn epoch(&self) -> StoreEpoch {
        self.desk.life.epoch
    }

    fn import(&self, organisation: Organisation) -> Answer<'_, ()> {
        self.write("import people", move |transaction, _| people::import(transaction, &organisation))
    }

    fn password_hash(&self, username: String) -> Answer<'_, Option<(PersonId, String)>> {
        self.read("read a password hash", move |connection| people::password_hash(connection, &username))
    }

    fn account(&self, person: PersonId) -> Answer<'_, Option<Account>> {
        self.read("read an account", move |connection| people::account(connection, person))
    }

    fn people(&self) -> Answer<'_, Vec<Account>> {
        self.read("read people", people::accounts)
    }

    fn districts(&self) -> Answer<'_, Vec<DistrictRecord>> {
        self.read("list districts", people::districts)
    }

    fn crews(&self) -> Answer<'_, Vec<CrewWithMembers>> {
        self.read("list crews", people::crews)
    }

    fn bind_installation(&self, installation: InstallationId, person: PersonId, name: String, now: Timestamp) -> Answer<'_, Binding> {
        self.write("bind an installation", move |transaction, _| installations::bind(transaction, installation, person, &name, now))
    }

    fn take_report(&self, report: TakeReport) -> Answer<'_, Taken> {
        self.write("take a report", move |transaction, desk| reports::take(transaction, desk, &report))
    }

    fn order(&self, order: OfficeOrder) -> Answer<'_, Ordered> {
        self.write("carry out an office command", move |transaction, desk| office::order(transaction, desk, &order))
    }

    fn rows(&self, filter: RowFilter) -> Answer<'_, (Vec<BoardRow>, Option<DocumentId>)> {
        self.read("list rows", move |connection| rows::list(connection, &filter))
    }

    fn detail(&self, document: DocumentId) -> Answer<'_, Option<BoardDetail>> {
        self.read("read an item", move |connection| detail::read(connection, document))
    }

    fn phones(&self) -> Answer<'_, Vec<PhoneRecord>> {
        self.read("list phones", phones::all)
    }

    fn phone(&self, installation: InstallationId) -> Answer<'_, Option<PhoneRecord>> {
        self.read("read a phone", move |connection| phones::one(connection, installation))
    }

    fn revision(&self) -> Answer<'_, u64> {
        self.read("read the revision", changes::newest)
    }

    fn open_session(&self, installation: InstallationId, person: PersonId) -> Answer<'_, Option<SessionOpening>> {
        let epoch = self.desk.life.epoch;
        self.read("open a session", move |connection| session::open(connection, epoch, installation, person))
    }

    fn deliver(&self, delivery: Delivery) -> Answer<'_, (Acked, Effects)> {
        Box::pin(async move {
            // Decoding needs no document, so it does not have to wait for the writer, nor the writer for it.
            let delivery = self.aside("inspect a push", move || deliver::Inspection::of(delivery)).await?;
            self.write("admit a push", move |transaction, desk| deliver::admit(transaction, desk, &delivery)).await
        })
    }

    fn page(&self, installation: InstallationId, feed: Feed, after: u64, transfer: Option<Vec<u8>>) -> Answer<'_, Page> {
        let epoch = self.desk.life.epoch;
        let request = page::Request { epoch, installation, feed, after, transfer };
        Box::pin(async move {
            let page = self.read("read a feed", move |connection| page::read(connection, &request)).await?;
            page.ok_or(super::StoreError::AccessChanged)
        })
    }

    fn reconcile(&self, installation: InstallationId, inventory: Inventory) -> Answer<'_, Page> {
        let epoch = self.desk.life.epoch;
        Box::pin(async move {
            let job = move |connection: &Connection| reconcile::read(connection, epoch, installation, &inventory);
            self.read("reconcile a feed", job).await?.ok_or(super::StoreError::AccessChanged)
        })
    }

    fn contact(&self, contact: Contact) -> Answer<'_, ()> {
        self.write("note a contact", move |transaction, _| installations::note(transaction, &contact))
    }
}

#[cfg(test)]
pub(crate) mod tests;
