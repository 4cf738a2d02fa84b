//! What an edit may be, whatever kind of document it is for: one new event of its sender, and nothing beside it.

use automerge::Automerge;

use crate::{
    gate::Touch,
    model::{
        document::{Snapshot, event_is_alone},
        event::{Event, Recorded},
        person::Principal,
    },
    refusal::{Reason, Refusal},
};

/// The event that `after` has more than `before`.
///
/// # Errors
/// [`Reason::NotOneEvent`] when it is not exactly one, or an old one changed.
pub(super) fn the_one_new_event(before: &Snapshot, after: &Snapshot, document: &Automerge) -> Result<Recorded, Refusal> {
    let changed = before.events.iter().any(|(id, text)| after.events.get(id) != Some(text));
    if changed || after.events.len() != before.events.len().saturating_add(1) {
        let detail = format!("{} events before, {} after; exactly one is added by an edit", before.events.len(), after.events.len());
        return Err(Refusal::new(Reason::NotOneEvent, detail));
    }
    let added = after.events.iter().find(|(id, _)| !before.events.contains_key(id));
    let (id, text) = added.ok_or_else(|| Refusal::new(Reason::NotOneEvent, "no new event"))?;
    event_is_alone(document, *id)?;
    Ok(Recorded { id: *id, event: Event::from_text(text)? })
}

/// # Errors
/// [`Reason::WrongAuthor`] when the event does not name its sender and number.
pub(super) fn by_its_sender(event: &Event, device_seq: u64, principal: &Principal) -> Result<(), Refusal> {
    let own = event.by == principal.person && event.device == principal.installation && event.device_seq == device_seq;
    if own && event.by_name.is_none() {
        return Ok(());
    }
    Err(Refusal::new(Reason::WrongAuthor, "the event names another person, installation or number than its sender"))
}

/// Operation by operation: an overwrite with an equal value leaves no trace in the sections, but would win against the office later.
///
/// # Errors
/// [`Reason::SectionNotPermitted`] naming the section.
pub(super) fn touches_only(touches: &[Touch], allowed: impl Fn(&Touch) -> bool) -> Result<(), Refusal> {
    match touches.iter().find(|touch| !allowed(touch)) {
        None => Ok(()),
        Some(touch) => {
            let section = touch.section.as_deref().or(touch.at_root.as_deref()).unwrap_or("nested");
            Err(Refusal::new(Reason::SectionNotPermitted, format!("writes {section}, which this event does not allow")))
        }
    }
}
