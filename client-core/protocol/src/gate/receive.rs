//! The gate for what a phone receives from its server, which can be wrong too.

use std::collections::HashMap;

use automerge::{ActorId, Automerge};

use super::{
    Inspected,
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
    let mut next = next_sequences(document);
    let mut merged = document.clone();
    for inspected in changes {
        if merged.get_change_meta_by_hash(&inspected.hash()).is_some() {
            continue;
        }
        let expected = next.entry(inspected.change().actor_id().clone()).or_insert(1);
        if inspected.seq() != *expected {
            let detail = format!("seq {} where {expected} is next", inspected.seq());
            return Err(Refusal::new(Reason::WrongSequence, detail));
        }
        *expected += 1;
        check_numbers(&merged, inspected)?;
        references::check(&merged, inspected.expanded())?;
        merged = with_change(merged, inspected)?;
    }
    *document = merged;
    Ok(())
}

fn next_sequences(document: &Automerge) -> HashMap<ActorId, u64> {
    let mut next = HashMap::new();
    for meta in document.get_changes_meta(&[]) {
        let expected = next.entry(meta.actor.into_owned()).or_insert(1);
        *expected = meta.seq.saturating_add(1).max(*expected);
    }
    next
}
