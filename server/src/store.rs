//! Where the server keeps everything, behind one trait: the embedded SQLite store implements it today, another engine can tomorrow.
//!
//! Every method that writes returns after its transaction is durable, together with the [`Effects`] that others must hear of. A store
//! never publishes by itself: what is published was committed, and a lost hint is made good by the next read.

use std::{collections::BTreeSet, future::Future, pin::Pin};

use linecrew_protocol::{
    Reason, Refusal,
    ids::{BatchId, CrewId, DistrictId, DocumentId, InstallationId, PersonId, SessionId, StoreEpoch},
    key::PublicKey,
    model::{
        collection::Ticket,
        form::Text,
        person::{Grant, Principal, Role},
        work::{Member, NewOrder, Phase, WorkCommand, WorkRow, WorkView},
    },
    sync::Page,
    time::Timestamp,
    wire::{Acked, Feed, FeedDigest, HandIn, Health, Inventory, Outcome, Push},
};
use serde::{Deserialize, Serialize};

pub mod collection;
pub mod exposure;
pub mod refused;
pub mod register;
pub mod sqlite;

/// The future of a store's answer.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Why the store could not do it. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full.
    #[error("the store's disk is full")]
    Full,
    /// Too much to do; try again.
    #[error("the store is busy")]
    Busy,
    /// The phone may not follow this feed, or no longer: it has to open a new session.
    #[error("this feed is not the phone's")]
    AccessChanged,
    /// Another copy of this phone has written under its identity. Of what this one sent, what was not known is kept in quarantine.
    #[error("another copy of this phone has written")]
    IdentityReused,
    /// The store is closed or broken; `operation` names what it was doing.
    #[error("the store failed to {operation}")]
    Failed {
        /// What it was doing.
        operation: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Effects {
    /// Both: of a row that changed twice, as it is now.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        self.feeds.extend(later.feeds);
        self.rows.retain(|row| later.rows.iter().all(|newer| newer.row.id != row.row.id));
        self.rows.extend(later.rows);
        self.collection |= later.collection;
        self.refused |= later.refused;
        self.admitted.extend(later.admitted);
        self
    }
}

/// What a commit changed for others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// Feeds with new entries.
    pub feeds: BTreeSet<Feed>,
    /// Rows as the board shows them now.
    pub rows: Vec<BoardRow>,
    /// Whether a journal, a book or a receivable changed.
    pub collection: bool,
    /// Whether other edits wait for a decision than before.
    pub refused: bool,
    /// Phones of which a refused edit was admitted.
    pub admitted: BTreeSet<InstallationId>,
}

/// A row of the board: the projected row, and the commit that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardRow {
    /// Rises with every commit: a reader ignores what is not newer.
    pub revision: u64,
    /// Server time of the newest change.
    pub updated_at: Timestamp,
    /// The row.
    #[serde(flatten)]
    pub row: WorkRow,
}

/// An item with its details.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardDetail {
    /// As in [`BoardRow`].
    pub revision: u64,
    /// As in [`BoardRow`].
    pub updated_at: Timestamp,
    /// Row, notes, materials, reports, history. Names are filled in from the store's people.
    #[serde(flatten)]
    pub view: WorkView,
    /// Edits of this item that were refused and are kept.
    pub quarantined: Vec<QuarantinedEdit>,
    /// What was decided about refused edits of this item, oldest first, with the edits of this item only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<refused::DecisionRecord>,
}

/// A refused edit, kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantinedEdit {
    /// Where it came from.
    pub installation: InstallationId,
    /// Its number there.
    pub device_seq: u64,
    /// Who was signed in.
    pub person: PersonId,
    /// When it came.
    pub received_at: Timestamp,
    /// Why it was refused.
    pub reason: Reason,
    /// In words.
    pub detail: String,
    /// The step that it records, as far as it can be read.
    pub event_kind: Option<String>,
    /// What the person confirmed with it, the words of a note and a line of material included.
    pub body: Option<serde_json::Value>,
}

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The person.
    pub id: PersonId,
    /// The name people see.
    pub name: String,
    /// The name they type.
    pub username: String,
    /// The roles held.
    pub roles: Vec<Grant>,
    /// The crew they work in.
    pub crew: Option<CrewRecord>,
    /// What they are qualified for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifications: Vec<String>,
}

impl Account {
    /// The principal behind an edit from `installation`.
    #[must_use]
    pub fn principal(&self, installation: InstallationId) -> Principal {
        Principal { person: self.id, installation, grants: self.roles.clone(), crew: self.crew.as_ref().map(|crew| crew.id) }
    }
}

/// A district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistrictRecord {
    /// The district.
    pub id: DistrictId,
    /// Its name.
    pub name: String,
}

/// A crew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrewRecord {
    /// The crew.
    pub id: CrewId,
    /// Its name.
    pub name: String,
    /// Its district.
    pub district: DistrictId,
}

/// A crew with its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrewWithMembers {
    /// The crew.
    #[serde(flatten)]
    pub crew: CrewRecord,
    /// Its people.
    pub members: Vec<Member>,
}

/// A phone as the board shows it (docs/api.md).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneRecord {
    /// The installation.
    pub installation: InstallationId,
    /// The device's name.
    pub name: String,
    /// Who signed in on it.
    pub person: PersonBrief,
    /// The person's crew.
    pub crew: Option<CrewId>,
    /// Whether it has a live session; filled in by the caller, not by the store.
    pub connected: bool,
    /// When it was last heard of.
    pub last_contact: Option<Timestamp>,
    /// Its own report: edits not yet acknowledged.
    pub pending_edits: u64,
    /// Its own report: since when the oldest waits, by its clock.
    pub oldest_pending_at: Option<Timestamp>,
    /// Its own report: edits in its inbox.
    pub needs_attention: u64,
    /// Feed entries that it has not stored yet.
    pub behind_entries: u64,
    /// Its app's version.
    pub app_version: String,
    /// When it enrolled with its key; absent for a phone from before keys.
    #[serde(default)]
    pub enrolled_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    #[serde(default)]
    pub revoked_at: Option<Timestamp>,
    /// Why.
    #[serde(default)]
    pub revoked_reason: Option<String>,
}

/// A person's id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonBrief {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
}

/// People, crews and districts to create or update: `linecrew admin import` (JSON).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Districts.
    pub districts: Vec<DistrictRecord>,
    /// Crews.
    pub crews: Vec<CrewRecord>,
    /// People, each with a password, its hash, or neither.
    pub people: Vec<NewPerson>,
}

/// A person to create or update.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The person.
    pub id: PersonId,
    /// The name people see.
    pub name: String,
    /// The name they type.
    pub username: String,
    /// Argon2id hash in PHC form. `linecrew admin import` also takes `password` and hashes it before it gets here. Empty: the one that is
    /// there stays; a new person has none, and only a phone.
    #[serde(default)]
    pub password_hash: String,
    /// The roles held.
    pub roles: Vec<Grant>,
    /// The crew they work in.
    #[serde(default)]
    pub crew: Option<CrewId>,
    /// What they are qualified for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifications: Vec<String>,
}

/// Without the hash: a weak password is guessed from it.
impl std::fmt::Debug for NewPerson {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("NewPerson");
        shown.field("id", &self.id).field("username", &self.username).field("roles", &self.roles);
        shown.field("crew", &self.crew).field("qualifications", &self.qualifications).finish_non_exhaustive()
    }
}

/// Work to be taken in, exactly once.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeOrder {
    /// Who takes it.
    pub by: Principal,
    /// Their name.
    pub by_name: String,
    /// The caller's key: the same key and body give the same item.
    pub idempotency_key: String,
    /// SHA-256 of the body as it came.
    pub body_hash: [u8; 32],
    /// Where.
    pub district: DistrictId,
    /// What.
    pub order: NewOrder,
    /// When it was reported or ordered.
    pub reported_at: Timestamp,
    /// When the customer expects the crew, when that is known already.
    pub appointment: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// A new item.
    Created(BoardRow, Effects),
    /// The key came before with the same body.
    Replayed(BoardRow),
    /// The key came before with another body.
    KeyReused,
    /// A time limit reaches into a year whose workdays are not known.
    UnknownYear(i64),
    /// A rule refused it.
    Refused(Refusal),
}

/// An office command on an item.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficeOrder {
    /// Who.
    pub by: Principal,
    /// Their name.
    pub by_name: String,
    /// The item.
    pub document: DocumentId,
    /// What.
    pub command: OfficeCommand,
    /// Now.
    pub now: Timestamp,
}

/// What the office can do.
#[derive(Debug, Clone, PartialEq)]
pub enum OfficeCommand {
    /// Give it to a crew; the store fills in the crew's name and people.
    Assign {
        /// The crew.
        crew: CrewId,
        /// Why it changes hands, when it does.
        reason: Option<String>,
    },
    /// Anything else.
    Other(WorkCommand),
}

/// What became of an office command.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one per request, and nearly all are the large one")]
pub enum Ordered {
    /// Done.
    Done(BoardRow, Effects),
    /// There is no such item.
    NotFound,
    /// A rule refused it.
    Refused(Refusal),
}

/// Which rows to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowFilter {
    /// Only this work kind.
    pub kind: Option<String>,
    /// Only this phase.
    pub phase: Option<Phase>,
    /// Only this state, in the kind's words.
    pub state: Option<String>,
    /// Only this crew's.
    pub crew: Option<CrewId>,
    /// Only rows whose number, address or customer holds this text.
    pub text: Option<String>,
    /// Only districts the caller may see; everything when absent.
    pub districts: Option<Vec<DistrictId>>,
    /// At most so many; the store caps it at 500.
    pub limit: usize,
    /// Only rows older than this one (the `next` of the page before).
    pub before: Option<DocumentId>,
}

/// A refused edit with what it was about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantineEntry {
    /// The edit.
    #[serde(flatten)]
    pub edit: QuarantinedEdit,
    /// The document it was for.
    pub document: DocumentId,
    /// That document's number, when there is such an item.
    pub number: Option<String>,
    /// Whether no honest phone sends this: somebody should look.
    pub security: bool,
    /// What it is decided together with.
    pub batch: BatchId,
}

/// A form as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormRecord {
    /// Its name.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: Text,
}

/// What became of a form.
#[derive(Debug, Clone, PartialEq)]
pub enum FormPublished {
    /// It is new.
    New(FormRecord, Effects),
    /// This version is there already, and is the same.
    Known(FormRecord),
    /// This version is there already and asks something else: people have answered it, so it stays.
    Differs(FormRecord),
    /// It is no form that can be published.
    Refused(Refusal),
}

/// The store itself as an author: what follows from an edit by a rule is nobody's decision.
pub const SYSTEM_PERSON: PersonId = PersonId::from_bytes([0x11, 0x4e, 0xc0, 0x3e, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1]);
/// Its name.
pub const SYSTEM_NAME: &str = "Linecrew";

/// The store's own principal.
#[must_use]
pub fn system_principal(epoch: StoreEpoch) -> Principal {
    Principal {
        person: SYSTEM_PERSON,
        installation: InstallationId::from_bytes(*epoch.as_bytes()),
        grants: vec![Grant { role: Role::Admin, district: None }],
        crew: None,
    }
}

/// A phone that opens a session.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionOpening {
    /// Who is signed in, with the roles of this moment.
    pub principal: Principal,
    /// The phone's key.
    pub key: PublicKey,
    /// The store's life.
    pub store: StoreEpoch,
    /// The number wanted next from this installation.
    pub next_device_seq: u64,
    /// The feeds it follows.
    pub feeds: Vec<FeedDigest>,
    /// Whether all it may do is to hand in what it holds: to quarantine, for nothing in return.
    pub hand_in: Option<HandIn>,
}

/// A phone's push, with who is behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Who.
    pub principal: Principal,
    /// What.
    pub push: Push,
    /// Now.
    pub now: Timestamp,
}

/// What a phone said about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// Which phone.
    pub installation: InstallationId,
    /// Its report, when it made one.
    pub health: Option<Health>,
    /// Cursors on its disk, when it named them.
    pub stored: Vec<FeedDigest>,
    /// Now.
    pub now: Timestamp,
}

/// The store.
pub trait Store: register::Register + refused::RefusedDesk + exposure::ExposureDesk + Send + Sync + 'static {
    /// The life of this store: a restore from backup must start a new one.
    fn epoch(&self) -> StoreEpoch;

    /// Creates or updates districts, crews and people.
    fn import(&self, organisation: Organisation) -> Answer<'_, ()>;
    /// The password hash behind a user name.
    fn password_hash(&self, username: String) -> Answer<'_, Option<(PersonId, String)>>;
    /// A person.
    fn account(&self, person: PersonId) -> Answer<'_, Option<Account>>;
    /// Everybody who can sign in, by user name.
    fn people(&self) -> Answer<'_, Vec<Account>>;
    /// All districts.
    fn districts(&self) -> Answer<'_, Vec<DistrictRecord>>;
    /// All crews.
    fn crews(&self) -> Answer<'_, Vec<CrewWithMembers>>;

    /// Takes an order in.
    fn take_order(&self, order: TakeOrder) -> Answer<'_, Taken>;
    /// Takes many orders in at once, all in one transaction; one answer for each.
    fn take_orders(&self, orders: Vec<TakeOrder>) -> Answer<'_, Vec<Taken>>;
    /// Carries out an office command.
    fn order(&self, order: OfficeOrder) -> Answer<'_, Ordered>;
    /// Rows, newest first, and the `before` of the next page.
    fn rows(&self, filter: RowFilter) -> Answer<'_, (Vec<BoardRow>, Option<DocumentId>)>;
    /// One item.
    fn detail(&self, document: DocumentId) -> Answer<'_, Option<BoardDetail>>;
    /// All phones that are in use.
    fn phones(&self) -> Answer<'_, Vec<PhoneRecord>>;
    /// One phone, revoked or not.
    fn phone(&self, installation: InstallationId) -> Answer<'_, Option<PhoneRecord>>;
    /// The revision of the newest commit.
    fn revision(&self) -> Answer<'_, u64>;
    /// Refused edits that nobody has decided about, newest first: those of these districts, and those that belong to none; all when absent.
    fn quarantine(&self, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<QuarantineEntry>>;

    /// The survey forms.
    fn forms(&self) -> Answer<'_, Vec<FormRecord>>;
    /// Publishes a form in every district.
    fn publish_form(&self, definition: String, now: Timestamp) -> Answer<'_, FormPublished>;

    /// Cash sessions, newest first: those of a day, or today's and all that are not settled. Only districts the caller may see.
    fn cash_sessions(
        &self,
        day: Option<String>,
        districts: Option<Vec<DistrictId>>,
        now: Timestamp,
    ) -> Answer<'_, Vec<collection::SessionRecord>>;
    /// One cash session.
    fn cash_session(&self, session: SessionId, now: Timestamp) -> Answer<'_, Option<collection::SessionDetail>>;
    /// Ticket books, newest first.
    fn books(&self, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<collection::BookRecord>>;
    /// Flags, newest first: those that nobody has decided, or all.
    fn flags(&self, all: bool, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<collection::FlagRecord>>;
    /// Receivables by account and period.
    fn receivables(&self, filter: collection::ReceivableFilter) -> Answer<'_, Vec<collection::ReceivableRecord>>;
    /// Takes receivables in, all in one transaction; one answer for each.
    fn bill(
        &self,
        clerk: collection::Clerk,
        district: DistrictId,
        items: Vec<collection::NewReceivable>,
    ) -> Answer<'_, (Vec<collection::Billed>, Effects)>;
    /// Carries out what the office decided about collection.
    fn collection(&self, clerk: collection::Clerk, order: collection::CollectionOrder) -> Answer<'_, collection::CollectionDone>;
    /// Whether there is a receipt with this number and verification code.
    fn verify_receipt(&self, ticket: Ticket, code: String) -> Answer<'_, bool>;

    /// Opens a session; none when the installation is not enrolled for this person. One that was revoked, and one whose person is disabled,
    /// may only hand in what it holds.
    fn open_session(&self, installation: InstallationId, person: PersonId) -> Answer<'_, Option<SessionOpening>>;
    /// What was answered to those of these edits of an installation that are accepted.
    fn accepted(&self, installation: InstallationId, device_seqs: Vec<u64>) -> Answer<'_, Vec<Outcome>>;
    /// Admits a push: every edit ends accepted or in quarantine, durably. Whether its phone has signed it was checked.
    fn deliver(&self, delivery: Delivery) -> Answer<'_, (Acked, Effects)>;
    /// The next page of a feed for a phone (docs/protocol.md).
    fn page(&self, installation: InstallationId, feed: Feed, after: u64, transfer: Option<Vec<u8>>) -> Answer<'_, Page>;
    /// What differs between an inventory and the feed.
    fn reconcile(&self, installation: InstallationId, inventory: Inventory) -> Answer<'_, Page>;
    /// Notes what a phone said about itself.
    fn contact(&self, contact: Contact) -> Answer<'_, ()>;
}
