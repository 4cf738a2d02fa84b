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

mod audit_log;
mod author;
mod batch;
mod cache;
mod changes;
mod collection;
mod columns;
mod commit;
mod consequences;
mod contacts;
mod decisions;
mod deliver;
mod detail;
mod documents;
mod edits;
mod error;
mod exposure;
mod feeds;
mod forms;
mod installations;
mod layout;
mod life;
mod limits;
mod meters;
mod notices;
mod numbers;
mod office;
mod page;
mod people;
mod phones;
mod quarantine;
mod reconcile;
mod register;
mod rows;
mod rules;
mod second_look;
mod session;
mod tail;
mod taking;
mod transfer;
mod withdrawal;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, InstallationId, PersonId, SessionId, StoreEpoch},
    model::{collection::Ticket, reference::Reference},
    sync::Page,
    time::Timestamp,
    wire::{Acked, Feed, Inventory, Outcome},
};
use linecrew_sqlite::{Database, Execution, Migration, Options};
use rusqlite::{Connection, Transaction};
use tokio::sync::Semaphore;

pub use self::{
    audit_log::{LogAnchor, LogAudit, LogFinding, LogPlace, LostEdit, ParseAnchorError},
    collection::audit::{AuditError, AuditedEntry, Irregularity, Place, ReceiptAudit},
    error::OpenStoreError,
};
use self::{
    cache::DocumentCache,
    deliver::{Care, Delivered, Inspection},
    forms::Shelf,
    life::Life,
};
use super::{
    Account, Answer, BoardDetail, BoardRow, Contact, CrewWithMembers, Delivery, DistrictRecord, Effects, FormPublished, FormRecord,
    OfficeOrder, Ordered, Organisation, PhoneRecord, QuarantineEntry, RowFilter, SessionOpening, Store, TakeOrder, Taken,
    collection::{
        Billed, BookRecord, Clerk, CollectionDone, CollectionOrder, FlagRecord, NewReceivable, ReceivableFilter, ReceivableRecord,
        SessionDetail, SessionRecord,
    },
};
use crate::{
    clock::{Clock as _, SystemClock},
    rulebook::Rulebook,
};

/// Which build judges: what another one could not, it may.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " with rows of layout 2");

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "the first schema", sql: include_str!("sqlite/schema.sql") },
    Migration { version: 2, name: "all kinds of work", sql: include_str!("sqlite/0002_work.sql") },
    Migration { version: 3, name: "field collection", sql: include_str!("sqlite/0003_collection.sql") },
    Migration { version: 4, name: "trust", sql: include_str!("sqlite/0004_trust.sql") },
    Migration { version: 5, name: "decisions", sql: include_str!("sqlite/0005_decisions.sql") },
    Migration { version: 6, name: "identities of a provider", sql: include_str!("sqlite/0006_oidc.sql") },
];

/// What the embedded store can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The offset of local time from UTC, in minutes: order numbers count by local day.
    pub utc_offset_minutes: i32,
    /// The limits that new orders get.
    pub rulebook: Rulebook,
}

impl Default for Settings {
    /// China Standard Time, and the limits of the standard.
    fn default() -> Self {
        Self { utc_offset_minutes: 8 * 60, rulebook: Rulebook::default() }
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
    shelf: Mutex<Shelf>,
}

impl Desk {
    /// The forms as of this transaction.
    fn reference(&self, connection: &Connection) -> rusqlite::Result<Arc<Reference>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).reference(connection)
    }

    /// The local date.
    fn local_day(&self, now: Timestamp) -> String {
        collection::local_day(now, self.settings.utc_offset_minutes)
    }
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
        database.write(layout::bring_up).map_err(OpenStoreError::Upgrade)?;
        let desk = Arc::new(Desk { life, settings, cache: Mutex::default(), shelf: Mutex::default() });
        let author = Arc::clone(&desk);
        database
            .write(move |transaction| {
                let now = SystemClock.now();
                forms::publish_shipped(transaction, &author, now)?;
                second_look::take(transaction, &author, BUILD, now).map(drop)
            })
            .map_err(OpenStoreError::Upgrade)?;
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
        self.write("import people", move |transaction, desk| {
            register::import(transaction, desk, &organisation, SystemClock.now()).map(drop)
        })
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

    fn take_order(&self, order: TakeOrder) -> Answer<'_, Taken> {
        self.write("take an order", move |transaction, desk| taking::take(transaction, desk, &order))
    }

    fn take_orders(&self, orders: Vec<TakeOrder>) -> Answer<'_, Vec<Taken>> {
        self.write("take orders", move |transaction, desk| taking::take_all(transaction, desk, &orders))
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
        self.read("list phones", phones::in_use)
    }

    fn phone(&self, installation: InstallationId) -> Answer<'_, Option<PhoneRecord>> {
        self.read("read a phone", move |connection| phones::one(connection, installation))
    }

    fn revision(&self) -> Answer<'_, u64> {
        self.read("read the revision", changes::newest)
    }

    fn quarantine(&self, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<QuarantineEntry>> {
        self.read("list refused edits", move |connection| quarantine::list(connection, districts.as_deref()))
    }

    fn forms(&self) -> Answer<'_, Vec<FormRecord>> {
        let desk = Arc::clone(&self.desk);
        self.read("list forms", move |connection| Ok(forms::list(&*desk.reference(connection)?)))
    }

    fn publish_form(&self, definition: String, now: Timestamp) -> Answer<'_, FormPublished> {
        self.write("publish a form", move |transaction, desk| forms::publish(transaction, desk, &definition, now))
    }

    fn cash_sessions(&self, day: Option<String>, districts: Option<Vec<DistrictId>>, now: Timestamp) -> Answer<'_, Vec<SessionRecord>> {
        let today = self.desk.local_day(now);
        let job = move |connection: &Connection| collection::sessions(connection, (day.as_deref(), &today), districts.as_deref());
        self.read("list cash sessions", job)
    }

    fn cash_session(&self, session: SessionId, now: Timestamp) -> Answer<'_, Option<SessionDetail>> {
        let today = self.desk.local_day(now);
        self.read("read a cash session", move |connection| collection::session(connection, session, &today))
    }

    fn books(&self, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<BookRecord>> {
        self.read("list ticket books", move |connection| collection::books(connection, districts.as_deref()))
    }

    fn flags(&self, all: bool, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<FlagRecord>> {
        self.read("list flags", move |connection| collection::flags(connection, all, districts.as_deref()))
    }

    fn receivables(&self, filter: ReceivableFilter) -> Answer<'_, Vec<ReceivableRecord>> {
        self.read("list receivables", move |connection| collection::receivables(connection, &filter))
    }

    fn bill(&self, clerk: Clerk, district: DistrictId, items: Vec<NewReceivable>) -> Answer<'_, (Vec<Billed>, Effects)> {
        self.write("take receivables in", move |transaction, desk| collection::bill(transaction, desk, &clerk, district, &items))
    }

    fn collection(&self, clerk: Clerk, order: CollectionOrder) -> Answer<'_, CollectionDone> {
        self.write("carry out an order about collection", move |transaction, desk| collection::order(transaction, desk, &clerk, &order))
    }

    fn verify_receipt(&self, ticket: Ticket, code: String) -> Answer<'_, bool> {
        self.read("verify a receipt", move |connection| collection::verify(connection, &ticket, &code))
    }

    fn open_session(&self, installation: InstallationId, person: PersonId) -> Answer<'_, Option<SessionOpening>> {
        let epoch = self.desk.life.epoch;
        self.read("open a session", move |connection| session::open(connection, epoch, installation, person))
    }

    fn accepted(&self, installation: InstallationId, device_seqs: Vec<u64>) -> Answer<'_, Vec<Outcome>> {
        self.read("look up answers", move |connection| edits::accepted(connection, installation, &device_seqs))
    }

    fn deliver(&self, delivery: Delivery) -> Answer<'_, (Acked, Effects)> {
        Box::pin(async move {
            // Decoding needs no document, so it does not have to wait for the writer, nor the writer for it.
            let push = Arc::new(self.aside("inspect a push", move || Inspection::of(delivery)).await?);
            let again = Arc::clone(&push);
            let admit = |care: Care, push: Arc<Inspection>| {
                self.write("admit a push", move |transaction, desk| deliver::admit(transaction, desk, &push, care))
            };
            let delivered = match admit(Care::Documents, push).await {
                Err(super::StoreError::Failed { source, .. }) => {
                    tracing::error!(error = &*source as &dyn std::error::Error, "a push failed as a whole and is tried edit by edit");
                    admit(Care::Edits, again).await
                }
                delivered => delivered,
            };
            match delivered? {
                Delivered::Answered(acked, effects) => Ok((acked, effects)),
                Delivered::Cloned => Err(super::StoreError::IdentityReused),
            }
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
