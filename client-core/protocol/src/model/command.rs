//! Turning a command into a change: one command, one event, one change.

use automerge::{
    Automerge, Change, ObjType, ROOT,
    transaction::{CommitOptions, Transactable, Transaction},
};

use crate::{
    actor::actor_of,
    ids::{DocumentId, EventId},
    model::{
        document::{Meta, SECTIONS, section},
        event::{Event, Recorded},
        person::Principal,
    },
    refusal::{Reason, Refusal},
    time::Evidence,
};

/// Who writes, with what number, knowing what about the time.
#[derive(Debug, Clone)]
pub struct Author {
    /// The person, installation and roles.
    pub principal: Principal,
    /// The person's name, on the office's events.
    pub name: Option<String>,
    /// The edit's number on this installation.
    pub device_seq: u64,
    /// What the installation knows about the time.
    pub evidence: Evidence,
    /// The new event's id.
    pub event: EventId,
    /// The actor's generation in this document: the number of rebases so far.
    pub generation: u32,
}

impl Author {
    /// The envelope around a kind and body.
    #[must_use]
    pub fn sign(&self, (kind, body): (String, serde_json::Value)) -> Recorded {
        let event = Event {
            kind,
            by: self.principal.person,
            by_name: self.name.clone(),
            device: self.principal.installation,
            device_seq: self.device_seq,
            evidence: self.evidence,
            body,
        };
        Recorded { id: self.event, event }
    }
}

/// A change that was made here.
#[derive(Debug, Clone)]
pub struct Written {
    /// The document with the change.
    pub document: Automerge,
    /// The change.
    pub change: Change,
    /// The event in it.
    pub recorded: Recorded,
}

/// Writes `recorded`, and what `more` adds to the same change, into a copy of `document`.
///
/// # Errors
/// What `more` refuses, or [`Reason::Unapplicable`] when Automerge refuses to write.
pub fn write(
    document: &Automerge,
    id: DocumentId,
    author: &Author,
    recorded: Recorded,
    more: impl FnOnce(&mut Transaction<'_>) -> Result<(), Refusal>,
) -> Result<Written, Refusal> {
    let mut next = document.clone();
    next.set_actor(actor_of(author.principal.installation, id, author.generation));
    let text = recorded.event.to_text()?;
    let mut transaction = next.transaction();
    more(&mut transaction)?;
    let events = section(&transaction, "events")?;
    transaction.put(&events, recorded.id.to_string(), text).map_err(unwritable)?;
    // The change's own time is never read: it would be a clock without evidence.
    transaction.commit_with(CommitOptions::default().with_time(0));
    let change = next.get_last_local_change().ok_or_else(|| Refusal::new(Reason::Unapplicable, "no change was written"))?;
    Ok(Written { document: next, change, recorded })
}

/// The genesis change of a document: every section, `meta`, what `fill` writes, and the first event.
///
/// # Errors
/// As [`write()`].
pub fn create(
    meta: &Meta,
    author: &Author,
    recorded: Recorded,
    fill: impl FnOnce(&mut Transaction<'_>) -> Result<(), Refusal>,
) -> Result<Written, Refusal> {
    write(&Automerge::new(), meta.id, author, recorded, |transaction| {
        for (name, kind) in SECTIONS {
            transaction.put_object(ROOT, name, kind).map_err(unwritable)?;
        }
        put_json(transaction, "meta", meta)?;
        fill(transaction)
    })
}

/// Writes the fields of `value` into a section: scalars as scalars, maps as maps.
///
/// # Errors
/// [`Reason::Unapplicable`] when `value` is no map or Automerge refuses.
pub fn put_json(transaction: &mut Transaction<'_>, name: &str, value: &impl serde::Serialize) -> Result<(), Refusal> {
    let target = section(transaction, name)?;
    let value = serde_json::to_value(value).map_err(|_| Refusal::new(Reason::InvalidValue, "not a map of values"))?;
    put_fields(transaction, &target, &value)
}

fn put_fields(transaction: &mut Transaction<'_>, target: &automerge::ObjId, value: &serde_json::Value) -> Result<(), Refusal> {
    use serde_json::Value as V;
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            V::Null => Ok(()),
            V::Bool(flag) => transaction.put(target, key, *flag).map_err(unwritable),
            V::Number(number) => match number.as_i64() {
                Some(whole) => transaction.put(target, key, whole).map_err(unwritable),
                None => transaction.put(target, key, number.as_f64().unwrap_or_default()).map_err(unwritable),
            },
            V::String(text) => transaction.put(target, key, text.as_str()).map_err(unwritable),
            V::Array(_) => Err(Refusal::new(Reason::InvalidValue, "lists are not part of this layout")),
            V::Object(_) => {
                let child = transaction.put_object(target, key, ObjType::Map).map_err(unwritable)?;
                put_fields(transaction, &child, value)
            }
        }?;
    }
    Ok(())
}

/// An Automerge error while writing.
pub fn unwritable(error: automerge::AutomergeError) -> Refusal {
    Refusal::new(Reason::Unapplicable, format!("the change could not be written: {error}"))
}
