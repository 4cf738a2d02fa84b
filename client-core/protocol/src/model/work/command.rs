//! What people do with a work item, as commands. The phone keeps a command until its edit is safe, so that it can be carried out
//! again on top of what others did (rebase).

use automerge::{Automerge, ReadDoc, transaction::Transactable};
use serde::{Deserialize, Serialize};

use crate::{
    ids::MaterialId,
    limits::MAX_TEXT_CHARS,
    model::{
        command::{Author, Written, create, put_json, unwritable, write},
        document::{Assignment, Material, Meta, section},
        history::Receipts,
        kinds,
        reference::Reference,
    },
    refusal::{Reason, Refusal},
};

use super::{
    event::WorkEvent,
    kind::{Description, Proposal},
    order::{Order, required},
    permitted::permitted,
    standing::Standing,
};

/// A command: an event, and the edit of the section that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkCommand {
    /// An event without more.
    Record(WorkEvent),
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

impl WorkCommand {
    /// The event that this command records.
    #[must_use]
    pub fn event(&self) -> WorkEvent {
        match self {
            Self::Record(event) => event.clone(),
            Self::Note { .. } => WorkEvent::Noted,
            Self::RecordMaterial { material, .. } => WorkEvent::MaterialRecorded { material: *material },
        }
    }

    fn validate(&self, kind: &Description) -> Result<(), Refusal> {
        match self {
            Self::Record(WorkEvent::Noted | WorkEvent::MaterialRecorded { .. } | WorkEvent::Opened) => {
                Err(Refusal::new(Reason::InvalidValue, "notes, materials and orders have commands of their own"))
            }
            Self::Record(event) => event.validate(kind),
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
pub fn execute(document: &Automerge, command: &WorkCommand, author: &Author, reference: &Reference) -> Result<Written, Refusal> {
    let standing = Standing::read(document, &Receipts::new())?;
    let kind = standing.describe();
    command.validate(kind)?;
    let event = command.event();
    let at = standing.moment(author.evidence.interval());
    permitted(&Proposal { standing: &standing, event: &event, at, reference }, &author.principal)?;
    let recorded = author.sign(event.into_parts(kind));
    write(document, standing.snapshot.meta.id, author, recorded, |transaction| match command {
        WorkCommand::Record(WorkEvent::Assigned { crew, .. }) => {
            let since = author.evidence.interval().latest;
            put_json(transaction, "assignment", &Assignment { crew: Some(*crew), since, by: Some(author.principal.person) })
        }
        WorkCommand::Record(_) => Ok(()),
        WorkCommand::Note { text } => {
            let notes = section(transaction, "notes")?;
            let end = transaction.length(&notes);
            let line: String = text.trim().chars().take(MAX_TEXT_CHARS).chain(['\n']).collect();
            transaction.splice_text(&notes, end, 0, &line).map_err(unwritable)
        }
        WorkCommand::RecordMaterial { material, name, quantity, unit } => {
            let line = Material { name: name.clone(), quantity: *quantity, unit: unit.clone(), by: author.principal.person };
            let text = serde_json::to_string(&line).map_err(|_| Refusal::new(Reason::InvalidValue, "not a line of material"))?;
            let materials = section(transaction, "materials")?;
            transaction.put(&materials, material.to_string(), text).map_err(unwritable)
        }
    })
}

/// The first change of a new work item. Only a server writes it.
///
/// # Errors
/// When the kind is unknown or the order cannot be written.
pub fn open(meta: &Meta, order: &Order, author: &Author) -> Result<Written, Refusal> {
    let kind = kinds::named(&meta.kind).ok_or_else(|| Refusal::new(Reason::InvalidValue, "kind is none that this version knows"))?;
    let recorded = author.sign(WorkEvent::Opened.into_parts(kind.describe()));
    create(meta, author, recorded, |transaction| put_json(transaction, "order", order))
}
