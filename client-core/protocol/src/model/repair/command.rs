//! What people do with a repair dispatch, as commands. The phone keeps a command until its edit is safe, so that it can be carried out
//! again on top of what others did (rebase).

use automerge::{Automerge, ReadDoc, transaction::Transactable};
use serde::{Deserialize, Serialize};

use crate::{
    ids::MaterialId,
    limits::MAX_TEXT_CHARS,
    model::{
        command::{Author, Written, create, put_json, unwritable, write},
        document::{Assignment, Material, Meta, Snapshot, section},
        history::{History, Receipts},
    },
    refusal::{Reason, Refusal},
};

use super::{
    authorize::permitted,
    event::RepairEvent,
    fold::fold,
    order::{Order, required},
};

/// A command: an event, and the edit of the section that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairCommand {
    /// An event without more.
    Record(RepairEvent),
    /// Adds a line to the notes.
    Note {
        /// The line.
        text: String,
    },
    /// Writes a line of material.
    RecordMaterial {
        /// The line's id.
        material: MaterialId,
        /// What.
        name: String,
        /// How much.
        quantity: f64,
        /// Of which unit.
        unit: String,
    },
}

impl RepairCommand {
    /// The event that this command records.
    #[must_use]
    pub fn event(&self) -> RepairEvent {
        match self {
            Self::Record(event) => event.clone(),
            Self::Note { .. } => RepairEvent::Noted,
            Self::RecordMaterial { material, .. } => RepairEvent::MaterialRecorded { material: *material },
        }
    }

    fn validate(&self) -> Result<(), Refusal> {
        match self {
            Self::Record(RepairEvent::Noted | RepairEvent::MaterialRecorded { .. }) => {
                Err(Refusal::new(Reason::InvalidValue, "notes and materials have commands of their own"))
            }
            Self::Record(event) => event.validate(),
            Self::Note { text } => required("text", text),
            Self::RecordMaterial { name, quantity, unit, .. } => {
                required("name", name)?;
                required("unit", unit)?;
                if quantity.is_finite() && *quantity >= 0.0 {
                    return Ok(());
                }
                Err(Refusal::new(Reason::InvalidValue, "quantity must be a number of zero or more"))
            }
        }
    }
}

/// Carries out a command on a copy of `document`.
///
/// # Errors
/// Why it is not allowed, in the words that the server would use.
pub fn execute(document: &Automerge, command: &RepairCommand, author: &Author) -> Result<Written, Refusal> {
    command.validate()?;
    let snapshot = Snapshot::read(document)?;
    let history = History::read(document, &snapshot, &Receipts::new())?;
    let event = command.event();
    permitted(&fold(&history), &snapshot, &event, &author.principal)?;
    let recorded = author.sign(event.into_parts());
    write(document, snapshot.meta.id, author, recorded, |transaction| match command {
        RepairCommand::Record(RepairEvent::Assigned { crew, .. }) => {
            let since = author.evidence.interval().latest;
            put_json(transaction, "assignment", &Assignment { crew: Some(*crew), since, by: Some(author.principal.person) })
        }
        RepairCommand::Record(_) => Ok(()),
        RepairCommand::Note { text } => {
            let notes = section(transaction, "notes")?;
            let end = transaction.length(&notes);
            let line: String = text.trim().chars().take(MAX_TEXT_CHARS).chain(['\n']).collect();
            transaction.splice_text(&notes, end, 0, &line).map_err(unwritable)
        }
        RepairCommand::RecordMaterial { material, name, quantity, unit } => {
            let line = Material { name: name.clone(), quantity: *quantity, unit: unit.clone(), by: author.principal.person };
            let text = serde_json::to_string(&line).map_err(|_| Refusal::new(Reason::InvalidValue, "not a line of material"))?;
            let materials = section(transaction, "materials")?;
            transaction.put(&materials, material.to_string(), text).map_err(unwritable)
        }
    })
}

/// The first change of a new repair dispatch. Only a server writes it.
///
/// # Errors
/// When a text is too long, or the author may not report.
pub fn report(meta: &Meta, order: &Order, author: &Author) -> Result<Written, Refusal> {
    let recorded = author.sign(RepairEvent::Reported.into_parts());
    create(meta, author, recorded, |transaction| put_json(transaction, "order", order))
}
