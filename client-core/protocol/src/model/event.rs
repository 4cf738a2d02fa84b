//! An event: one thing that a person did or decided, immutable.
//!
//! In the document an event is **one scalar**: JSON text under its id in the `events` map (docs/adr/0004). One Automerge operation writes
//! it, so it can be neither half-written nor edited in part, and fields that this build does not know stay as they are.

use serde::{Deserialize, Serialize};

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
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub body: serde_json::Value,
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

/// An event and its key in the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The key.
    pub id: EventId,
    /// The value.
    pub event: Event,
}
