//! What the person had confirmed, read from the change that was refused.
//!
//! The change is not trusted: it passes the gate's steps that need no document before anything looks into it, and what is told of it is bounded.
//! The document is not needed. An event is one text under its id, and what a command writes beside it (the words of a note, a line of material) is
//! in the same change.

use automerge::{
    ExpandedChange,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType},
};
use linecrew_protocol::{
    gate,
    ids::EventId,
    limits::MAX_TEXT_CHARS,
    model::{document::Material, event::Event},
};
use serde_json::{Map, Value};

/// Stands between words that would not follow each other in the notes, and for those beyond the limit.
const GAP: &str = " … ";

/// The step, and what it says; neither when the bytes cannot be read.
pub(super) fn confirmed(bytes: &[u8]) -> (Option<String>, Option<Value>) {
    let Ok(inspected) = gate::inspect(bytes) else { return (None, None) };
    let change = inspected.expanded();
    let Some(Event { kind, body, .. }) = change.operations.iter().find_map(event_in) else { return (None, None) };
    let body = match kind.as_str() {
        "noted" => with(body, words(change).map(|words| [("text", words.into())])),
        "material_recorded" => {
            let line = body.get("material").and_then(Value::as_str).and_then(|id| material(change, id));
            let fields = line.map(|line| {
                [("name", shortened(&line.name).into()), ("quantity", line.quantity.into()), ("unit", shortened(&line.unit).into())]
            });
            with(body, fields)
        }
        _ => body,
    };
    (Some(kind), Some(body).filter(|body| !body.is_null()))
}

/// Only a value under an event's id: a text that somebody inserts into the notes may look like an event.
fn event_in(operation: &Op) -> Option<Event> {
    let (key, value) = put(operation)?;
    key.parse::<EventId>().ok()?;
    Event::from_text(value).ok()
}

/// The line under this id. Of several in one change the last one counts, in the document as well.
fn material(change: &ExpandedChange, id: &str) -> Option<Material> {
    let lines = change.operations.iter().rev().filter_map(put).filter(|(key, _)| *key == id);
    lines.filter_map(|(_, value)| serde_json::from_str(value).ok()).next()
}

/// A text that is set under a key.
fn put(operation: &Op) -> Option<(&str, &str)> {
    match (&operation.key, &operation.action) {
        (Key::Map(key), OpType::Put(value)) => Some((key.as_str(), value.as_str()?)),
        _ => None,
    }
}

/// The words that are inserted. Where one does not follow the one before in the same text, the document would show them in another order or
/// far from each other: whoever decides sees that.
fn words(change: &ExpandedChange) -> Option<String> {
    let mut words = String::new();
    let mut before: Option<(&ObjectId, OpId)> = None;
    for (counter, operation) in (change.start_op.get()..).zip(&change.operations) {
        let (Key::Seq(place), OpType::Put(value)) = (&operation.key, &operation.action) else { continue };
        let Some(letters) = value.as_str() else { continue };
        let follows = before.as_ref().is_none_or(|(object, id)| *object == &operation.obj && *place == ElementId::Id(id.clone()));
        if !follows {
            words.push_str(GAP);
        }
        words.push_str(letters);
        before = Some((&operation.obj, OpId::new(counter, &change.actor_id)));
    }
    let words = words.trim();
    if words.is_empty() { None } else { Some(shortened(words)) }
}

/// As much as a command may say.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + GAP.trim_end(),
        None => text.to_owned(),
    }
}

/// A body with these fields; what stands beside the event counts, whatever the event says about itself.
fn with<const N: usize>(body: Value, fields: Option<[(&str, Value); N]>) -> Value {
    let Some(fields) = fields else { return body };
    let mut known = match body {
        Value::Object(known) => known,
        _ => Map::new(),
    };
    known.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(known)
}
