//! What people confirmed, as they remember it.

use std::collections::BTreeMap;

use linecrew_client::SavedEdit;
use linecrew_protocol::ids::{DocumentId, EventId};

/// The edits that commands returned, by the event that they recorded.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    edits: BTreeMap<EventId, Remembered>,
}

/// One confirmed edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The item.
    pub document: DocumentId,
    /// What it recorded.
    pub kind: String,
    /// The number that it had at first.
    pub device_seq: u64,
}

impl Journal {
    /// Remembers a command's answer and passes it on.
    pub fn keep(&mut self, saved: SavedEdit) -> SavedEdit {
        let remembered = Remembered { document: saved.document, kind: saved.kind.clone(), device_seq: saved.device_seq };
        self.edits.insert(saved.event, remembered);
        saved
    }

    /// How many edits were confirmed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edits.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The edits, by event.
    pub fn iter(&self) -> impl Iterator<Item = (EventId, &Remembered)> {
        self.edits.iter().map(|(event, remembered)| (*event, remembered))
    }
}
