//! What people do, as typed commands. Each is one transaction and returns after it is on disk.

use linecrew_protocol::{
    Refusal,
    ids::{CrewId, DocumentId, EventId, PersonId},
    model::repair::{RepairCommand, RepairEvent, Report, State},
    time::Timestamp,
    wire::Withdrawal,
};
use serde::{Deserialize, Serialize};

use crate::{
    authoring::{self, AuthorError, Moment},
    client::Client,
    error::StoreError,
    host,
    store::{account, document, installation, sighting},
};

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
    /// Where the item stands now, as far as this phone knows.
    pub state: Option<State>,
}

/// Why a command was not carried out. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    StorageFull(#[source] StoreError),
    /// The store failed otherwise.
    #[error("failed to save the edit on this phone")]
    Store(#[source] StoreError),
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::StorageFull(error),
            other => Self::Store(other),
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
        self.record(item, RepairEvent::Accepted)
    }

    /// On the way.
    pub fn depart(&self, item: DocumentId) -> Saved {
        self.record(item, RepairEvent::Departed)
    }

    /// On site.
    pub fn arrive(&self, item: DocumentId) -> Saved {
        self.record(item, RepairEvent::Arrived)
    }

    /// Work begins.
    pub fn start_work(&self, item: DocumentId) -> Saved {
        self.record(item, RepairEvent::WorkStarted)
    }

    /// Work goes on after a suspension.
    pub fn resume(&self, item: DocumentId) -> Saved {
        self.record(item, RepairEvent::Resumed)
    }

    /// Power is back.
    pub fn restore(&self, item: DocumentId, report: Report) -> Saved {
        self.record(item, RepairEvent::Restored(report))
    }

    /// Done on site.
    pub fn complete(&self, item: DocumentId, report: Report) -> Saved {
        self.record(item, RepairEvent::Completed(report))
    }

    /// The crew cannot take it.
    pub fn decline(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.record(item, RepairEvent::Declined { reason: reason.into() })
    }

    /// Work stops for now.
    pub fn suspend(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.record(item, RepairEvent::Suspended { reason: reason.into() })
    }

    /// It cannot be done.
    pub fn not_done(&self, item: DocumentId, reason: impl Into<String>) -> Saved {
        self.record(item, RepairEvent::NotDone { reason: reason.into() })
    }

    /// Gives it to another crew.
    pub fn hand_over(&self, item: DocumentId, crew: CrewId, reason: impl Into<String>) -> Saved {
        self.record(item, RepairEvent::HandedOver { crew, reason: reason.into() })
    }

    /// Settles who leads when two of the crew accepted without seeing each other.
    pub fn settle_lead(&self, item: DocumentId, attention: impl Into<String>, person: PersonId) -> Saved {
        let event = RepairEvent::Resolved { attention: attention.into(), choice: person.to_string(), note: String::new() };
        self.record(item, event)
    }

    /// Adds a line to the notes.
    pub fn note(&self, item: DocumentId, text: impl Into<String>) -> Saved {
        self.execute(item, RepairCommand::Note { text: text.into() })
    }

    /// Writes a line of material.
    pub fn record_material(&self, item: DocumentId, name: impl Into<String>, quantity: f64, unit: impl Into<String>) -> Saved {
        let material = host::new_material(self.host().as_ref());
        self.execute(item, RepairCommand::RecordMaterial { material, name: name.into(), quantity, unit: unit.into() })
    }

    /// Carries out any command.
    pub fn execute(&self, item: DocumentId, command: RepairCommand) -> Saved {
        let host = self.host();
        self.write(move |transaction| {
            let account = account::find(transaction)?.ok_or(CommandError::NotSignedIn)?;
            let held = document::find(transaction, item)?.ok_or(CommandError::UnknownItem { document: item })?;
            if let Some(withdrawal) = held.withdrawal {
                return Err(CommandError::Withdrawn { document: item, withdrawal });
            }
            let principal = account.principal(installation::current(transaction)?.id);
            let moment =
                Moment { event: host::new_event(host.as_ref()), evidence: host::evidence(host.as_ref(), sighting::find(transaction)?) };
            let mut working = authoring::load(transaction, item)?;
            Ok(authoring::save(transaction, &mut working, &principal, &command, &moment)?)
        })
    }

    fn record(&self, item: DocumentId, event: RepairEvent) -> Saved {
        self.execute(item, RepairCommand::Record(event))
    }
}
