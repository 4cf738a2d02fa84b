//! The work items, as lists show them.

use linecrew_client::{
    EditCounts, ItemFilter, ItemRow,
    protocol::{
        ids::{CrewId, DocumentId, PersonId},
        model::{
            kinds,
            work::{Customer, Phase, Priority, Site},
        },
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError, values::Json};

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
    /// How urgent.
    pub priority: Priority,
    /// Whose it is.
    pub crew: Option<CrewId>,
    /// Who leads on site.
    pub lead: Option<PersonId>,
    /// For whom.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// What the kind's orders hold.
    pub about: Json,
    /// When it was reported: server time.
    pub reported_at: Timestamp,
    /// The appointment, if there is one.
    pub appointment: Option<Timestamp>,
    /// The steps that the crew may take now.
    pub next: Vec<String>,
    /// Open questions.
    pub questions: u64,
    /// Where this phone's own edits of it are.
    pub edits: EditCounts,
    /// Why it is no longer this phone's, while own edits of it wait for their answer.
    pub withdrawn: Option<String>,
    /// Whether something of the server's could not be taken: what shows may be old.
    pub damaged: bool,
}

impl From<ItemRow> for WorkItem {
    fn from(item: ItemRow) -> Self {
        let ItemRow { row, edits, withdrawn, damage } = item;
        Self {
            id: row.id,
            number: row.number,
            kind: row.kind,
            state: row.state,
            phase: row.phase,
            priority: row.priority,
            crew: row.crew,
            lead: row.lead,
            customer: row.customer,
            site: row.site,
            about: Json(row.about.into()),
            reported_at: row.reported_at,
            appointment: row.appointment,
            next: row.next.crew,
            questions: row.attention.len() as u64,
            edits,
            withdrawn: withdrawn.map(|withdrawal| withdrawal.reason.to_string()),
            damaged: damage.is_some(),
        }
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
}
