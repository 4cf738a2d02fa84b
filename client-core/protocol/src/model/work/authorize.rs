//! Who may add what, judged **by effect** and from the author's own view.
//!
//! The server judges a change against the document as its author saw it, with the very functions that the phone used before it let the
//! person confirm. So an honest phone's edit is refused only for what the phone could not know (a revoked person, another crew), never
//! because somebody else was quicker: what others did meanwhile is the fold's business.

use automerge::Automerge;

use crate::{
    gate::{Touch, TouchKind},
    ids::EventId,
    limits::{MAX_MATERIALS, MAX_NOTES_BYTES},
    model::{
        authorship::{by_its_sender, the_one_new_event, touches_only},
        document::Snapshot,
        event::Recorded,
        history::Receipts,
        person::{Grant, Principal},
        reference::Reference,
    },
    refusal::{Reason, Refusal},
};

use super::{
    event::WorkEvent,
    kind::{By, Proposal},
    order::required,
    permitted::permitted,
    standing::Standing,
};

/// One edit, from its author's view.
#[derive(Debug)]
pub struct Edit<'a> {
    /// What the author saw.
    pub before: &'a Automerge,
    /// The same with the author's change.
    pub after: &'a Automerge,
    /// What the change's operations touch.
    pub touches: &'a [Touch],
    /// The number it came with.
    pub device_seq: u64,
    /// The forms that this end knows.
    pub reference: &'a Reference,
}

/// Judges a phone's edit.
///
/// # Errors
/// The first rule it breaks.
pub fn authorize(edit: &Edit<'_>, principal: &Principal) -> Result<Recorded, Refusal> {
    weigh(edit, principal, false)
}

/// Judges a phone's edit that the office has decided to take as it stands: its author counts as one of the crew that held the item when they
/// wrote it, with the kind's roles and no others. Everything else is asked as ever.
///
/// # Errors
/// As [`authorize`].
pub fn authorize_decided(edit: &Edit<'_>, author: &Principal) -> Result<Recorded, Refusal> {
    weigh(edit, author, true)
}

fn weigh(edit: &Edit<'_>, principal: &Principal, decided: bool) -> Result<Recorded, Refusal> {
    let standing = Standing::read(edit.before, &Receipts::new())?;
    let after = Snapshot::read(edit.after)?;
    let before = &standing.snapshot;
    let recorded = the_one_new_event(before, &after, edit.after)?;
    by_its_sender(&recorded.event, edit.device_seq, principal)?;
    let kind = standing.describe();
    let event = WorkEvent::of(kind, &recorded.event)?;
    event.validate(kind)?;
    if event.by(kind) == By::Server || standing.history.entries().is_empty() {
        return Err(Refusal::new(Reason::RoleNotPermitted, "only the server records such events"));
    }
    only_its_sections(edit.touches, recorded.id, &event)?;
    contents_match(before, &after, &event, principal)?;
    let at = standing.moment(recorded.event.evidence.interval());
    let proposal = Proposal { standing: &standing, event: &event, at, reference: edit.reference };
    if decided {
        permitted(&proposal, &of_the_crew(&standing, principal))?;
    } else {
        permitted(&proposal, principal)?;
    }
    Ok(recorded)
}

/// The author as one of the crew that held the item in their eyes.
fn of_the_crew(standing: &Standing, author: &Principal) -> Principal {
    let grants = standing.describe().roles.iter().map(|role| Grant { role: *role, district: None });
    Principal { grants: grants.collect(), crew: standing.fold.holder, ..author.clone() }
}

fn only_its_sections(touches: &[Touch], event: EventId, kind: &WorkEvent) -> Result<(), Refusal> {
    let event_key = event.to_string();
    touches_only(touches, |touch| {
        let key = touch.key.as_deref();
        match (touch.section.as_deref(), touch.kind) {
            (Some("events"), TouchKind::Put) => key == Some(event_key.as_str()) && !touch.overwrites,
            (Some("notes"), TouchKind::Insert) => matches!(kind, WorkEvent::Noted),
            (Some("materials"), TouchKind::Put) => {
                matches!(kind, WorkEvent::MaterialRecorded { material } if key == Some(material.to_string().as_str()))
            }
            _ => false,
        }
    })
}

fn contents_match(before: &Snapshot, after: &Snapshot, event: &WorkEvent, principal: &Principal) -> Result<(), Refusal> {
    if after.notes.len() > MAX_NOTES_BYTES || after.materials.len() > MAX_MATERIALS {
        return Err(Refusal::new(Reason::DocumentLimit, "the notes or the materials are too long"));
    }
    match event {
        WorkEvent::Noted if after.notes.trim().len() <= before.notes.trim().len() => {
            Err(Refusal::new(Reason::InvalidValue, "the note is empty"))
        }
        WorkEvent::MaterialRecorded { material } => {
            let line = after.materials.get(material).and_then(|lines| lines.first());
            let line = line.ok_or_else(|| Refusal::new(Reason::InvalidValue, "the line of material cannot be read"))?;
            required("name", &line.name)?;
            required("unit", &line.unit)?;
            if line.by != principal.person || !line.quantity.is_finite() || line.quantity < 0.0 {
                return Err(Refusal::new(Reason::InvalidValue, "the line of material has another author or no sane quantity"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
