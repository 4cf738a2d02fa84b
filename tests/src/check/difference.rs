//! What can differ, in words.

use std::fmt;

use linecrew_protocol::{Refusal, digest::Digest, ids::EventId, wire::Feed};
use serde::Serialize;
use serde_json::Value;

use crate::phone::Remembered;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the variants say it, and their fields are named")]
pub enum Difference {
    /// The office's view cannot be read.
    ServerUnreadable { why: String },
    /// Edits have no answer.
    Pending { phone: String, edits: u64 },
    /// The server still has something for the phone, or does not answer it.
    NotCaughtUp { phone: String, why: String },
    /// Phone and server hold different documents in a feed.
    Feed { phone: String, feed: Feed, on_phone: Option<Digest>, on_server: Option<Digest> },
    /// A document shows differently.
    Row { phone: String, number: String, fields: Vec<String> },
    /// A document that is not the crew's is on the phone.
    Stray { phone: String, number: String },
    /// A document of the crew is not on the phone.
    Lacking { phone: String, number: String },
    /// The phone could not take what the server sent.
    Damaged { phone: String, number: String, damage: Refusal },
    /// A confirmed edit is nowhere on the server.
    Lost { phone: String, event: EventId, edit: Remembered, phone_says: String },
    /// A refused edit is on the server, but the person is not told.
    NotTold { phone: String, event: EventId, edit: Remembered },
    /// The phone says something else about an edit than the server.
    Told { phone: String, event: EventId, edit: Remembered, phone_says: String, server_has: &'static str },
    /// A receipt that a customer holds is not the same on both ends, or not safe.
    Receipt { phone: String, ticket: String, on_phone: String, on_server: String },
    /// The verifier found something.
    Audit { why: String },
}

impl Difference {
    /// Whether a phone may hold something else than the server.
    #[must_use]
    pub fn is_about_replicas(&self) -> bool {
        !matches!(self, Self::Pending { .. } | Self::Lost { .. } | Self::NotTold { .. } | Self::Told { .. } | Self::Audit { .. })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edit = |event: &EventId, edit: &Remembered| {
            let Remembered { document, kind, device_seq } = edit;
            format!("edit {device_seq} ({kind}, event {event}) of {document}")
        };
        match self {
            Self::ServerUnreadable { why } => write!(formatter, "the server cannot be read: {why}"),
            Self::Pending { phone, edits } => write!(formatter, "{phone}: {edits} edits have no answer"),
            Self::NotCaughtUp { phone, why } => write!(formatter, "{phone}: not caught up: {why}"),
            Self::Feed { phone, feed, on_phone, on_server } => {
                let text = |digest: &Option<Digest>| digest.map_or_else(|| "no such feed".to_owned(), |digest| digest.to_string());
                write!(formatter, "{phone}: {feed} is {} here and {} on the server", text(on_phone), text(on_server))
            }
            Self::Row { phone, number, fields } => write!(formatter, "{phone}: {number} differs: {}", fields.join("; ")),
            Self::Stray { phone, number } => write!(formatter, "{phone}: {number} is here, but it is not the crew's"),
            Self::Lacking { phone, number } => write!(formatter, "{phone}: {number} is the crew's, but it is not here"),
            Self::Damaged { phone, number, damage } => write!(formatter, "{phone}: {number} is damaged: {damage}"),
            Self::Lost { phone, event, edit: lost, phone_says } => {
                write!(formatter, "{phone}: LOST {}; the phone says {phone_says}", edit(event, lost))
            }
            Self::NotTold { phone, event, edit: refused } => {
                write!(formatter, "{phone}: {} was refused, and the inbox does not say so", edit(event, refused))
            }
            Self::Receipt { phone, ticket, on_phone, on_server } => {
                write!(formatter, "{phone}: receipt {ticket} is {on_phone} here and {on_server} on the server")
            }
            Self::Audit { why } => write!(formatter, "the verifier: {why}"),
            Self::Told { phone, event, edit: told, phone_says, server_has } => {
                write!(formatter, "{phone}: {} is {server_has} on the server; the phone says {phone_says}", edit(event, told))
            }
        }
    }
}

/// The fields in which two values differ, each with both sides.
#[must_use]
pub fn field_by_field<T: Serialize>(on_phone: &T, on_server: &T) -> Vec<String> {
    let json = |value: &T| serde_json::to_value(value).expect("a row is JSON");
    let mut fields = Vec::new();
    descend("", &json(on_phone), &json(on_server), &mut fields);
    fields
}

fn descend(path: &str, here: &Value, there: &Value, fields: &mut Vec<String>) {
    if here == there {
        return;
    }
    let (Value::Object(ours), Value::Object(theirs)) = (here, there) else {
        fields.push(format!("{} is {here} here and {there} on the server", path.trim_start_matches('.')));
        return;
    };
    let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        descend(&format!("{path}.{name}"), ours.get(name).unwrap_or(&Value::Null), theirs.get(name).unwrap_or(&Value::Null), fields);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_named_with_both_sides() {
        let phone = json!({"state": "arrived", "arrival": {"verdict": "met", "due_at": 7}});
        let server = json!({"state": "arrived", "arrival": {"verdict": "breached", "due_at": 7}});
        assert_eq!(field_by_field(&phone, &server), ["arrival.verdict is \"met\" here and \"breached\" on the server"]);
        assert!(field_by_field(&phone, &phone).is_empty());
    }
}
