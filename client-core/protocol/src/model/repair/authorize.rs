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
        history::{History, Receipts},
        person::{Principal, Role},
    },
    refusal::{Reason, Refusal},
};

use super::{
    attention::AttentionKind,
    event::RepairEvent,
    fold::{Fold, State, fold},
    order::required,
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
}

/// Judges a phone's edit.
///
/// # Errors
/// The first rule it breaks.
pub fn authorize(edit: &Edit<'_>, principal: &Principal) -> Result<Recorded, Refusal> {
    let before = Snapshot::read(edit.before)?;
    let after = Snapshot::read(edit.after)?;
    let recorded = the_one_new_event(&before, &after, edit.after)?;
    by_its_sender(&recorded.event, edit.device_seq, principal)?;
    let event = RepairEvent::of(&recorded.event)?;
    event.validate()?;
    only_its_sections(edit.touches, recorded.id, &event)?;
    contents_match(&before, &after, &event, principal)?;
    let history = History::read(edit.before, &before, &Receipts::new())?;
    if history.entries().is_empty() {
        return Err(Refusal::new(Reason::StateNotPermitted, "the document has no report yet"));
    }
    permitted(&fold(&history), &before, &event, principal)?;
    Ok(recorded)
}

/// Whether `principal` may record `event` on an item that stands like `fold`. The same answer on the phone and on the server.
///
/// # Errors
/// [`Reason::RoleNotPermitted`], [`Reason::NotYourItem`] or [`Reason::StateNotPermitted`].
pub fn permitted(fold: &Fold, snapshot: &Snapshot, event: &RepairEvent, principal: &Principal) -> Result<(), Refusal> {
    let district = snapshot.meta.district;
    let office = principal.is_office(district);
    let allowed_role = match event {
        RepairEvent::Reported => office || principal.holds(Role::Integrator, district),
        RepairEvent::Resolved { attention, .. } => office || (may_settle(fold, attention) && is_holder(fold, principal)?),
        event if event.is_office() => office,
        _ => principal.holds(Role::RepairCrew, district) && is_holder(fold, principal)?,
    };
    if !allowed_role {
        return Err(Refusal::new(Reason::RoleNotPermitted, "this role does not record such events"));
    }
    if in_order(fold, event, principal) {
        return Ok(());
    }
    let state = serde_json::to_value(fold.state).unwrap_or_default();
    Err(Refusal::new(Reason::StateNotPermitted, format!("not while the item is {}", state.as_str().unwrap_or("unknown"))))
}

/// The crew itself may settle who of them leads.
fn may_settle(fold: &Fold, attention: &str) -> bool {
    fold.attention.iter().any(|open| open.id == attention && open.kind == AttentionKind::AcceptedTwice)
}

fn is_holder(fold: &Fold, principal: &Principal) -> Result<bool, Refusal> {
    if fold.holder.is_some() && fold.holder == principal.crew {
        return Ok(true);
    }
    Err(Refusal::new(Reason::NotYourItem, "the item belongs to another crew"))
}

/// The order of steps (domain 3.1).
fn in_order(fold: &Fold, event: &RepairEvent, principal: &Principal) -> bool {
    use State as S;
    let state = fold.state;
    let working = matches!(state, S::Accepted | S::Departed | S::Arrived | S::WorkStarted | S::Restored);
    match event {
        RepairEvent::Reported => false,
        RepairEvent::Assigned { .. } => !state.is_closed() && !matches!(state, S::Completed | S::FollowedUp),
        RepairEvent::Accepted => (state == S::Assigned || working) && !fold.accepted_by.contains(&principal.person),
        RepairEvent::Departed => matches!(state, S::Accepted | S::Departed),
        RepairEvent::Arrived => matches!(state, S::Accepted | S::Departed | S::Arrived),
        RepairEvent::WorkStarted => state == S::Arrived,
        RepairEvent::Restored(_) => matches!(state, S::Arrived | S::WorkStarted),
        RepairEvent::Completed(_) => matches!(state, S::WorkStarted | S::Restored),
        RepairEvent::Declined { .. } => matches!(state, S::Assigned | S::Accepted | S::Departed),
        RepairEvent::Suspended { .. } => working && state != S::Restored,
        RepairEvent::Resumed => state == S::Suspended,
        RepairEvent::HandedOver { .. } => working || matches!(state, S::Assigned | S::Suspended),
        RepairEvent::NotDone { .. } => (working && state != S::Restored) || state == S::Suspended,
        RepairEvent::Cancelled { .. } | RepairEvent::Linked { .. } => {
            state < S::Completed || matches!(state, S::Declined | S::NotDone | S::Disputed)
        }
        RepairEvent::FollowedUp { .. } => matches!(state, S::Completed | S::NotDone),
        RepairEvent::Archived => state == S::FollowedUp,
        RepairEvent::Noted | RepairEvent::MaterialRecorded { .. } => !state.is_closed() && state != S::Reported,
        RepairEvent::Resolved { attention, choice, .. } => {
            fold.attention.iter().any(|open| open.id == *attention && open.choices.contains(choice))
        }
    }
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
fn only_its_sections(touches: &[Touch], event: EventId, kind: &RepairEvent) -> Result<(), Refusal> {
    let event_key = event.to_string();
    let allowed = |touch: &Touch| {
        let key = touch.key.as_deref();
        match (touch.section.as_deref(), touch.kind) {
            (Some("events"), TouchKind::Put) => key == Some(event_key.as_str()) && !touch.overwrites,
            (Some("notes"), TouchKind::Insert) => matches!(kind, RepairEvent::Noted),
            (Some("materials"), TouchKind::Put) => {
                matches!(kind, RepairEvent::MaterialRecorded { material } if key == Some(material.to_string().as_str()))
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

fn contents_match(before: &Snapshot, after: &Snapshot, event: &RepairEvent, principal: &Principal) -> Result<(), Refusal> {
    if after.notes.len() > MAX_NOTES_BYTES || after.materials.len() > MAX_MATERIALS {
        return Err(Refusal::new(Reason::DocumentLimit, "the notes or the materials are too long"));
    }
    match event {
        RepairEvent::Noted if after.notes.trim().len() <= before.notes.trim().len() => {
            Err(Refusal::new(Reason::InvalidValue, "the note is empty"))
        }
        RepairEvent::MaterialRecorded { material } => {
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
