//! An event: one thing that a person did or decided, immutable.
//!
//! In the document an event is **one scalar**: JSON text under its id in the `events` map (docs/adr/0004). One Automerge operation writes
//! it, so it can be neither half-written nor edited in part, and fields that this build does not know stay as they are.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    ids::{EventId, InstallationId, PersonId},
    limits::MAX_EVENT_BYTES,
    refusal::{Reason, Refusal},
    time::Evidence,
};

/// The envelope that every event of every work kind has; the kind's own part is in `kind` and `body`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened, such as `arrived`.
    pub kind: String,
    /// The person who did it.
    pub by: PersonId,
    /// That person's name, on the office's events only; phones know their crew's names from the assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
    /// The installation that recorded it.
    pub device: InstallationId,
    /// The edit's number on that installation.
    pub device_seq: u64,
    /// What that installation knew about the time.
    pub evidence: Evidence,
    /// What the kind adds.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

impl Event {
    /// The text that goes into the document.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] when it would be longer than [`MAX_EVENT_BYTES`].
    pub fn to_text(&self) -> Result<String, Refusal> {
        let text = serde_json::to_string(self).map_err(|_| Refusal::new(Reason::InvalidValue, "the event cannot be written as JSON"))?;
        if text.len() > MAX_EVENT_BYTES {
            let detail = format!("an event of {} bytes; {MAX_EVENT_BYTES} are allowed", text.len());
            return Err(Refusal::new(Reason::InvalidValue, detail));
        }
        Ok(text)
    }

    /// Reads the text of an event.
    ///
    /// # Errors
    /// [`Reason::UnreadableEvent`] when it is no envelope, or too long to be one.
    pub fn from_text(text: &str) -> Result<Self, Refusal> {
        if text.len() > MAX_EVENT_BYTES {
            return Err(Refusal::new(Reason::InvalidValue, format!("an event of {} bytes", text.len())));
        }
        serde_json::from_str(text).map_err(|error| {
            Refusal::new(Reason::UnreadableEvent, format!("not an event envelope (line {}, column {})", error.line(), error.column()))
        })
    }
}

/// Kind and body of an event, from an enum that serde writes with `kind` beside `body`.
pub(super) fn parts(tagged: impl Serialize) -> (String, Value) {
    let mut tagged = serde_json::to_value(tagged).unwrap_or_default();
    let kind = tagged.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    (kind, tagged.get_mut("body").map(Value::take).unwrap_or_default())
}

/// Such an enum, from an event's kind and body; none when it has no such variant.
pub(super) fn of_parts<T: DeserializeOwned>(kind: &str, body: &Value) -> Option<T> {
    let mut tagged = serde_json::Map::from_iter([("kind".to_owned(), kind.into())]);
    if !body.is_null() {
        tagged.insert("body".to_owned(), body.clone());
    }
    serde_json::from_value(Value::Object(tagged)).ok()
}

/// An event and its key in the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The key.
    pub id: EventId,
    /// The value.
    pub event: Event,
}
