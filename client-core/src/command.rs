//! What people do, as typed commands. Each is one transaction and returns after it is on disk.

use std::io;

use linecrew_protocol::{
    Refusal,
    ids::{CrewId, DocumentId, EventId},
    model::{
        collection::Sealed,
        person::Principal,
        work::{
            Phase, SafetyStep, WorkCommand, WorkEvent,
            files::{Signature, SignerRole, Strokes},
        },
    },
    time::Timestamp,
    wire::Withdrawal,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    authoring::{self, AuthorError, Moment, Working},
    client::Client,
    error::StoreError,
    host::{self, Host},
    store::{account, document, installation, sighting},
};

mod attach;
mod bodies;
mod steps;

pub use attach::{AttachedFile, Content, NewAttachment};
pub use bodies::{
    DisconnectionReport, Exchange, FinalReading, InitialReading, InstalledMeter, MeterServiceReport, RemovedMeter, RepairReport, Service,
};

/// What an edit carries: what a person has confirmed, with all values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Command {
    /// A command on a work item.
    Work(WorkCommand),
    /// An entry of a phone's journal, sealed once: when its edit has to be made again, the new one carries the same text.
    Collection(Sealed),
}

/// An edit that is on this phone's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedEdit {
    /// Its number on this installation.
    pub device_seq: u64,
    /// The item.
    pub document: DocumentId,
    /// The event in the item's history.
    pub event: EventId,
    /// What it records, such as `arrived`.
    pub kind: String,
    /// When, by this phone's clock.
    pub saved_at: Timestamp,
    /// Where the item stands now, as far as this phone knows, in its kind's words.
    pub state: Option<String>,
    /// The same, in words of all kinds.
    pub phase: Option<Phase>,
}

/// Why a command was not carried out. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The rules do not allow it; the server would say the same.
    #[error("{}", .0.detail)]
    Refused(#[source] Refusal),
    /// This phone does not hold the item.
    #[error("item {document} is not on this phone")]
    UnknownItem {
        /// The item asked for.
        document: DocumentId,
    },
    /// The item is no longer this phone's.
    #[error("item {document} was withdrawn from this phone ({})", .withdrawal.reason)]
    Withdrawn {
        /// The item.
        document: DocumentId,
        /// Why, by whom and when.
        withdrawal: Withdrawal,
    },
    /// The item's changes on this phone are damaged; they are fetched anew with the next sync.
    #[error("item {document} is damaged on this phone")]
    DamagedItem {
        /// The item.
        document: DocumentId,
        /// What is wrong.
        #[source]
        damage: Refusal,
    },
    /// Nobody has signed in on this phone yet.
    #[error("nobody has signed in on this phone yet")]
    NotSignedIn,
    /// The phone is full; nothing of the command was written.
    #[error("this phone has no space left to save the edit")]
    StorageFull(#[source] NoSpace),
    /// A file could not be kept on this phone, or not be read where it lies; nothing of the command was written.
    #[error("failed to keep the file on this phone")]
    File(#[source] io::Error),
    /// This phone was without its server for too long: see [`StoreError::Locked`].
    #[error(transparent)]
    Locked(StoreError),
    /// The store failed otherwise.
    #[error("failed to save the edit on this phone")]
    Store(#[source] StoreError),
}

/// What found no space.
#[derive(Debug, thiserror::Error)]
pub enum NoSpace {
    /// The store.
    #[error(transparent)]
    Store(StoreError),
    /// The files beside it.
    #[error("the files beside the store have no space left")]
    Files(#[source] io::Error),
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::StorageFull(NoSpace::Store(error)),
            StoreError::Locked => Self::Locked(error),
            other => Self::Store(other),
        }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::StorageFull(NoSpace::Files(error))
            }
            _ => Self::File(error),
        }
    }
}

impl From<rusqlite::Error> for CommandError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<AuthorError> for CommandError {
    fn from(error: AuthorError) -> Self {
        match error {
            AuthorError::Refused(refusal) => Self::Refused(refusal),
            AuthorError::Damaged { document, damage } => Self::DamagedItem { document, damage },
            AuthorError::Store(error) => error.into(),
        }
    }
}

/// A command's answer: the saved edit, or why there is none. In either case it is known what lies on the disk.
type Saved = Result<SavedEdit, CommandError>;

#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `CommandError`, which says them")]
impl Client {
    /// Takes the item.
    pub fn accept(&self, item: DocumentId) -> Saved {
        self.record(item, WorkEvent::Accepted)
    }

    /// On the way.
    pub fn depart(&self, item: DocumentId) -> Saved {
        self.record(item, WorkEvent::Departed)
    }

    /// On site.
    pub fn arrive(&self, item: DocumentId) -> Saved {
        self.record(item, WorkEvent::Arrived)
    }

    /// The crew cannot take it.
    pub fn decline(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.record(item, WorkEvent::Declined { reason: reason.into() })
    }

    /// Work stops for now.
    pub fn suspend(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.record(item, WorkEvent::Suspended { reason: reason.into() })
    }

    /// Work goes on after a suspension.
    pub fn resume(&self, item: DocumentId) -> Saved {
        self.record(item, WorkEvent::Resumed)
    }

    /// It cannot be done.
    pub fn not_done(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.record(item, WorkEvent::NotDone { reason: reason.into() })
    }

    /// Gives it to another crew.
    pub fn hand_over(&self, item: DocumentId, crew: CrewId, reason: impl Into<String>) -> Saved {
        self.record(item, WorkEvent::HandedOver { crew, reason: reason.into() })
    }

    /// Makes an appointment with the customer, or moves one; `reason` says why it moves.
    pub fn book(&self, item: DocumentId, appointment: Timestamp, reason: Option<String>) -> Saved {
        self.record(item, WorkEvent::Booked { appointment, reason })
    }

    /// A step of the safety gate was taken. `detail` is the ticket's number, the host of the briefing, the supervisor, the place.
    pub fn record_safety_step(&self, item: DocumentId, step: SafetyStep, detail: impl Into<String>) -> Saved {
        self.record(item, WorkEvent::SafetyRecorded { step, detail: detail.into() })
    }

    /// Work has to begin although the safety gate is not passed: the dispatcher is told.
    pub fn force_start(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.record(item, WorkEvent::ForcedStart { reason: reason.into() })
    }

    /// Corrects a reading, such as `removed/1`.
    pub fn record_value(&self, item: DocumentId, path: impl Into<String>, value: Value) -> Saved {
        self.record(item, WorkEvent::ValueRecorded { path: path.into(), value })
    }

    /// Answers a question of the item's form, such as `site/access`; null takes an answer back.
    pub fn answer(&self, item: DocumentId, path: impl Into<String>, value: Value) -> Saved {
        self.record_value(item, path, value)
    }

    /// Somebody signed on this phone.
    pub fn sign(&self, item: DocumentId, role: SignerRole, name: impl Into<String>, strokes: Strokes) -> Saved {
        self.record(item, WorkEvent::Signed(Signature { role, name: name.into(), strokes }))
    }

    /// Adds a line to the notes.
    pub fn note(&self, item: DocumentId, text: impl Into<String>) -> Saved {
        self.execute(item, WorkCommand::Note { text: text.into() })
    }

    /// Writes a line of material.
    pub fn record_material(&self, item: DocumentId, name: impl Into<String>, quantity: f64, unit: impl Into<String>) -> Saved {
        let material = host::new_material(self.host().as_ref());
        self.execute(item, WorkCommand::RecordMaterial { material, name: name.into(), quantity, unit: unit.into() })
    }

    /// Decides an open question of the item by one of its choices; see [`questions`](Self::questions) for those that the crew may decide.
    pub fn resolve(&self, item: DocumentId, attention: impl Into<String>, choice: impl Into<String>, note: impl Into<String>) -> Saved {
        self.record(item, WorkEvent::Resolved { attention: attention.into(), choice: choice.into(), note: note.into() })
    }

    /// Carries out any command.
    pub fn execute(&self, item: DocumentId, command: WorkCommand) -> Saved {
        let host = self.host();
        self.write(move |transaction| {
            let Prepared { mut working, principal, moment } = Prepared::of(transaction, host.as_ref(), item)?;
            Ok(authoring::save(transaction, &mut working, &principal, &Command::Work(command), &moment)?)
        })
    }

    fn record(&self, item: DocumentId, event: WorkEvent) -> Saved {
        self.execute(item, WorkCommand::Record(event))
    }
}

/// Everything that a command needs to know before it is carried out.
struct Prepared {
    working: Working,
    principal: Principal,
    moment: Moment,
}

impl Prepared {
    fn of(connection: &Connection, host: &dyn Host, item: DocumentId) -> Result<Self, CommandError> {
        let account = account::find(connection)?.ok_or(CommandError::NotSignedIn)?;
        let held = document::find(connection, item)?.ok_or(CommandError::UnknownItem { document: item })?;
        if let Some(withdrawal) = held.withdrawal {
            return Err(CommandError::Withdrawn { document: item, withdrawal });
        }
        let principal = account.principal(installation::current(connection)?.id);
        let moment = Moment { event: host::new_event(host), evidence: host::evidence(host, sighting::find(connection)?) };
        Ok(Self { working: authoring::load(connection, item)?, principal, moment })
    }
}
