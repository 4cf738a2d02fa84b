//! The gate for what a phone receives from its server, which can be wrong too.

use std::collections::HashMap;

use automerge::{ActorId, Automerge, ChangeHash};

use super::{
    Inspected,
    ancestry::{Ancestry, Seen},
    apply::{check_numbers, with_change},
    references,
};
use crate::refusal::{Reason, Refusal};

/// Applies changes of any actors in the order given: all, or none when one of them is refused. Those already in the document are skipped.
///
/// # Errors
/// As [`super::apply()`], save [`Reason::WrongActor`]: a phone does not know every actor. Another change under an actor and sequence number
/// that the document already has is [`Reason::WrongSequence`].
pub fn receive(document: &mut Automerge, changes: &[Inspected]) -> Result<(), Refusal> {
    let mut last = last_changes(document);
    let mut ancestry = Ancestry::of(document);
    let mut merged = document.clone();
    for inspected in changes {
        if merged.get_change_meta_by_hash(&inspected.hash()).is_some() {
            continue;
        }
        check_numbers(&merged, inspected)?;
        let seen = ancestry.seen(&merged, inspected);
        check_sequence(last.get(inspected.change().actor_id()), &seen, inspected)?;
        references::check(&merged, &seen, inspected.expanded())?;
        merged = with_change(merged, inspected)?;
        last.insert(inspected.change().actor_id().clone(), (inspected.seq(), inspected.hash()));
        ancestry.add(inspected);
    }
    *document = merged;
    Ok(())
}

/// The change is its author's next, and the author had seen the one before: every change in the document passed this rule, so all of them.
fn check_sequence(last: Option<&(u64, ChangeHash)>, seen: &Seen, inspected: &Inspected) -> Result<(), Refusal> {
    let (seq, known) = last.map_or((0, true), |(seq, hash)| (*seq, seen.holds(hash)));
    if inspected.seq() != seq.saturating_add(1) {
        let detail = format!("seq {} after {seq} changes of the same actor", inspected.seq());
        return Err(Refusal::new(Reason::WrongSequence, detail));
    }
    if known { Ok(()) } else { Err(Refusal::new(Reason::WrongSequence, "the change does not depend on its author's last one")) }
}

/// The last change of every author.
fn last_changes(document: &Automerge) -> HashMap<ActorId, (u64, ChangeHash)> {
    let mut last: HashMap<ActorId, (u64, ChangeHash)> = HashMap::new();
    for meta in document.get_changes_meta(&[]) {
        let newest = (meta.seq, meta.hash);
        let known = last.entry(meta.actor.into_owned()).or_insert(newest);
        *known = newest.max(*known);
    }
    last
}
