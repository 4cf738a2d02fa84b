//! Where each edit is on its way to the server.

use std::fmt;

use linecrew_protocol::{
    Refusal,
    ids::{DocumentId, EventId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{client::Client, error::StoreError, store::outbox};

/// Where an edit is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditStatus {
    /// On this phone's disk.
    SavedHere,
    /// On its way; it may be lost on the way, never here.
    Sent,
    /// On the server's disk, part of the item.
    Safe {
        /// Since when: server time.
        received_at: Timestamp,
    },
    /// Refused, and nobody has decided about it yet: see the inbox.
    NeedsAttention {
        /// Why.
        refusal: Refusal,
    },
    /// Refused, and the person has given it up.
    Withdrawn {
        /// Why it was refused.
        refusal: Refusal,
    },
}

impl fmt::Display for EditStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SavedHere => formatter.write_str("saved here"),
            Self::Sent => formatter.write_str("sent"),
            Self::Safe { .. } => formatter.write_str("safe"),
            Self::NeedsAttention { refusal } => write!(formatter, "needs attention: {refusal}"),
            Self::Withdrawn { refusal } => write!(formatter, "withdrawn: {refusal}"),
        }
    }
}

/// One edit of this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditView {
    /// Its number.
    pub device_seq: u64,
    /// The item.
    pub document: DocumentId,
    /// The item's number, while this phone holds it.
    pub number: Option<String>,
    /// The event in the item's history.
    pub event: EventId,
    /// What it records.
    pub kind: String,
    /// When the person confirmed it, by this phone's clock.
    pub saved_at: Timestamp,
    /// Where it is.
    pub status: EditStatus,
}

/// Which edits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EditsFilter {
    /// Only of this item.
    pub document: Option<DocumentId>,
    /// Only those that are not safe.
    pub unsafe_only: bool,
    /// At most so many, the newest; `None`: all.
    pub newest: Option<u32>,
}

impl Client {
    /// The edits of this installation, in the order in which they were made. One that was made again by a rebase is listed once, as the
    /// newer edit.
    ///
    /// # Errors
    /// The store failed.
    pub fn edits(&self, filter: EditsFilter) -> Result<Vec<EditView>, StoreError> {
        self.read(|connection| Ok(outbox::views(connection, filter)?))
    }
}
