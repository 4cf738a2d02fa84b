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
        document::{Snapshot, event_texts},
        event::{Event, Recorded},
        history::Receipts,
        person::Principal,
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
    permitted(&Proposal { standing: &standing, event: &event, at, reference: edit.reference }, principal)?;
    Ok(recorded)
}

fn the_one_new_event(before: &Snapshot, after: &Snapshot, document: &Automerge) -> Result<Recorded, Refusal> {
    let changed = before.events.iter().any(|(id, text)| after.events.get(id) != Some(text));
    if changed || after.events.len() != before.events.len().saturating_add(1) {
        let detail = format!("{} events before, {} after; exactly one is added by an edit", before.events.len(), after.events.len());
        return Err(Refusal::new(Reason::NotOneEvent, detail));
    }
    let added = after.events.iter().find(|(id, _)| !before.events.contains_key(id));
    let (id, text) = added.ok_or_else(|| Refusal::new(Reason::NotOneEvent, "no new event"))?;
    if event_texts(document, *id).len() != 1 {
        return Err(Refusal::new(Reason::NotOneEvent, "the event's id is taken"));
    }
    Ok(Recorded { id: *id, event: Event::from_text(text)? })
}

fn by_its_sender(event: &Event, device_seq: u64, principal: &Principal) -> Result<(), Refusal> {
    let own = event.by == principal.person && event.device == principal.installation && event.device_seq == device_seq;
    if own && event.by_name.is_none() {
        return Ok(());
    }
    Err(Refusal::new(Reason::WrongAuthor, "the event names another person, installation or number than its sender"))
}

/// Operation by operation: an overwrite with an equal value leaves no trace in the sections, but would win against the office later.
fn only_its_sections(touches: &[Touch], event: EventId, kind: &WorkEvent) -> Result<(), Refusal> {
    let event_key = event.to_string();
    let allowed = |touch: &Touch| {
        let key = touch.key.as_deref();
        match (touch.section.as_deref(), touch.kind) {
            (Some("events"), TouchKind::Put) => key == Some(event_key.as_str()) && !touch.overwrites,
            (Some("notes"), TouchKind::Insert) => matches!(kind, WorkEvent::Noted),
            (Some("materials"), TouchKind::Put) => {
                matches!(kind, WorkEvent::MaterialRecorded { material } if key == Some(material.to_string().as_str()))
            }
            _ => false,
        }
    };
    match touches.iter().find(|touch| !allowed(touch)) {
        None => Ok(()),
        Some(touch) => {
            let section = touch.section.as_deref().or(touch.at_root.as_deref()).unwrap_or("nested");
            Err(Refusal::new(Reason::SectionNotPermitted, format!("writes {section}, which this event does not allow")))
        }
    }
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
