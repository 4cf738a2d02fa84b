//! The work items, as lists show them.

use linecrew_client::{
    EditCounts, ItemFilter, ItemRow,
    protocol::{
        Refusal,
        ids::{CrewId, DistrictId, DocumentId, PersonId},
        model::{
            kinds,
            work::{
                AreaClass, Customer, Phase, Priority, Site, WorkRow,
                clocks::ClockView,
                view::{AttachmentCount, NextSteps},
            },
        },
        time::{Interval, Timestamp, Verdict},
        wire::Withdrawal,
    },
};

use crate::{about::About, core::LinecrewCore, error::LinecrewError};

/// The phases of work, the same for all kinds, in the order of progress.
#[uniffi::remote(Enum)]
pub enum Phase {
    /// Opened, and no crew has it.
    New,
    /// Given to a crew.
    Assigned,
    /// A crew member has taken it.
    Accepted,
    /// On the way.
    Departed,
    /// On site.
    Arrived,
    /// At work: the kind's own steps lie in here.
    Working,
    /// Stopped for now.
    Suspended,
    /// Done on site, which is not yet closed.
    Done,
    /// Could not be done.
    NotDone,
    /// One says done, another not done.
    Disputed,
    /// The crew cannot take it.
    Declined,
    /// Withdrawn.
    Cancelled,
    /// The same as another item.
    Linked,
    /// The office has asked the customer, or checked the result.
    FollowedUp,
    /// Closed.
    Archived,
}

/// How urgent.
#[uniffi::remote(Enum)]
pub enum Priority {
    /// Danger, a hospital, many customers.
    Urgent,
    /// Everything else.
    Normal,
}

/// For whom.
#[uniffi::remote(Record)]
pub struct Customer {
    /// The name.
    pub name: String,
    /// How to reach them, while this phone's person needs it.
    pub phone: Option<String>,
    /// The account that the bills go to.
    pub account: Option<String>,
    /// What they owe, in fen.
    pub arrears_fen: Option<i64>,
}

/// Where.
#[uniffi::remote(Record)]
pub struct Site {
    /// The address as spoken.
    pub address: String,
    /// The national street code (9 digits), when known.
    pub street_code: Option<String>,
}

/// How far away: the class that time limits go by.
#[uniffi::remote(Enum)]
pub enum AreaClass {
    /// City.
    Urban,
    /// Countryside.
    Rural,
    /// Special remote area.
    Remote,
}

/// What the evidence says about a time limit. The same on every phone that holds the same facts.
#[uniffi::remote(Enum)]
pub enum Verdict {
    /// Nothing has been reported yet. Past the limit this means overdue, not breached: the crew may be offline.
    Awaiting,
    /// Surely within the limit.
    Met,
    /// Surely after it.
    Breached,
    /// The evidence spans the limit.
    Undecidable,
}

/// The moments between which something happened; an absent end is unknown.
#[uniffi::remote(Record)]
pub struct Interval {
    /// At this moment or later.
    pub earliest: Option<Timestamp>,
    /// At this moment or earlier.
    pub latest: Option<Timestamp>,
}

/// A time limit.
#[uniffi::remote(Record)]
pub struct ClockView {
    /// Which, such as `arrival`.
    pub name: String,
    /// How long it is, in milliseconds, where it is a plain length of time.
    pub limit_ms: Option<u64>,
    /// Its end.
    pub due_at: Timestamp,
    /// What can be said.
    pub verdict: Verdict,
    /// When it was stopped, as far as anybody can prove.
    pub stopped: Option<Interval>,
}

/// How many of this phone's edits of an item are where.
#[uniffi::remote(Record)]
pub struct EditCounts {
    /// Only on this phone.
    pub saved_here: u64,
    /// On their way.
    pub sent: u64,
    /// On the server.
    pub safe: u64,
    /// In the inbox.
    pub needs_attention: u64,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WorkItem {
    /// The document.
    pub id: DocumentId,
    /// The number people say.
    pub number: String,
    /// The work kind, such as `repair_dispatch`.
    pub kind: String,
    /// Where it stands, in the kind's words.
    pub state: String,
    /// The same, in words of all kinds.
    pub phase: Phase,
    /// Its district.
    pub district: DistrictId,
    /// Whose it is.
    pub crew: Option<CrewId>,
    /// Who leads on site.
    pub lead: Option<PersonId>,
    /// How urgent.
    pub priority: Priority,
    /// How far.
    pub area_class: AreaClass,
    /// For whom.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// What it is about.
    pub about: About,
    /// When it was reported: server time.
    pub reported_at: Timestamp,
    /// The appointment, if there is one.
    pub appointment: Option<Timestamp>,
    /// How many edits came after archiving.
    pub late_events: u64,
    /// The time limits.
    pub clocks: Vec<ClockView>,
    /// How many files it has.
    pub files: u64,
    /// How many of them are safe on the server.
    pub files_stored: u64,
    /// The steps that the crew may take now.
    pub next: Vec<String>,
    /// Open questions.
    pub questions: u64,
    /// Where this phone's own edits of it are.
    pub edits: EditCounts,
    /// Why it is no longer this phone's, while own edits of it wait for their answer.
    pub withdrawn: Option<Departure>,
    /// Whether something of the server's could not be taken: what shows may be old.
    pub damaged: bool,
}

/// Why an item leaves a phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Departure {
    /// The reason's name, such as `reassigned` (docs/protocol.md).
    pub reason: String,
    /// Who decided, by name.
    pub by: Option<String>,
    /// When: server time.
    pub at: Timestamp,
    /// Who has it now, by name.
    pub to: Option<String>,
}

impl From<Withdrawal> for Departure {
    fn from(Withdrawal { reason, by, at, to }: Withdrawal) -> Self {
        Self { reason: reason.to_string(), by, at, to }
    }
}

impl WorkItem {
    pub(crate) fn of(row: WorkRow, edits: EditCounts, withdrawn: Option<Withdrawal>, damage: Option<&Refusal>) -> Self {
        let WorkRow {
            id,
            number,
            kind,
            state,
            phase,
            district,
            crew,
            lead,
            priority,
            area_class,
            customer,
            site,
            about,
            reported_at,
            appointment,
            late_events,
            clocks,
            attachments: AttachmentCount { total, stored },
            // What the office may do is for the board.
            next: NextSteps { crew: next, office: _ },
            attention,
        } = row;
        Self {
            about: About::of(&kind, about.into()),
            id,
            number,
            kind,
            state,
            phase,
            district,
            crew,
            lead,
            priority,
            area_class,
            customer,
            site,
            reported_at,
            appointment,
            late_events: late_events as u64,
            clocks,
            files: total as u64,
            files_stored: stored as u64,
            next,
            questions: attention.len() as u64,
            edits,
            withdrawn: withdrawn.map(Departure::from),
            damaged: damage.is_some(),
        }
    }
}

impl From<ItemRow> for WorkItem {
    fn from(ItemRow { row, edits, withdrawn, damage }: ItemRow) -> Self {
        Self::of(row, edits, withdrawn, damage.as_ref())
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// The items on this phone: open ones first, the urgent before the others, then by the time of the report.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], [`LinecrewError::Invalid`] for a kind that nobody knows, and the store's.
    #[uniffi::method(default(open_only = true, kind = None))]
    pub fn items(&self, open_only: bool, kind: Option<String>) -> Result<Vec<WorkItem>, LinecrewError> {
        self.read(|client| {
            let named = kind.map(|kind| kinds::named(&kind).map(|kind| kind.describe().name).ok_or_else(|| LinecrewError::invalid("kind")));
            let filter = ItemFilter { open_only, kind: named.transpose()? };
            Ok(client.items(filter)?.into_iter().map(WorkItem::from).collect())
        })
    }

    /// The item that somebody means who typed this: a number (`20261123-0007`), its count of the day (`7`, `0007`), or an id or its last six
    /// characters or more.
    ///
    /// # Errors
    /// [`LinecrewError::NotFound`], also for what has left this phone; [`LinecrewError::Ambiguous`] when it may be one of several.
    pub fn find_item(&self, text: String) -> Result<DocumentId, LinecrewError> {
        self.read(|client| Ok(client.find_item(&text)?))
    }
}
