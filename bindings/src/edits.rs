//! Where each edit is on its way to the server.

use linecrew_client::{
    EditStatus, EditView, EditsFilter,
    protocol::{
        ids::{DocumentId, EventId},
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// Where an edit is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum EditState {
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
        /// The reason's name (docs/protocol.md).
        reason: String,
    },
    /// Refused, and the person has given it up.
    Withdrawn {
        /// The reason's name.
        reason: String,
    },
}

impl From<EditStatus> for EditState {
    fn from(status: EditStatus) -> Self {
        match status {
            EditStatus::SavedHere => Self::SavedHere,
            EditStatus::Sent => Self::Sent,
            EditStatus::Safe { received_at } => Self::Safe { received_at },
            EditStatus::NeedsAttention { refusal } => Self::NeedsAttention { reason: refusal.reason.to_string() },
            EditStatus::Withdrawn { refusal } => Self::Withdrawn { reason: refusal.reason.to_string() },
        }
    }
}

/// One edit of this installation.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Edit {
    /// Its number.
    pub device_seq: u64,
    /// The item.
    pub document: DocumentId,
    /// The item's number, while this phone holds it.
    pub number: Option<String>,
    /// The event in the item's history.
    pub event: EventId,
    /// What it records, such as `arrived`.
    pub kind: String,
    /// When the person confirmed it, by this phone's clock.
    pub saved_at: Timestamp,
    /// Where it is.
    pub state: EditState,
}

impl From<EditView> for Edit {
    fn from(view: EditView) -> Self {
        let EditView { device_seq, document, number, event, kind, saved_at, status } = view;
        Self { device_seq, document, number, event, kind, saved_at, state: status.into() }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// The edits of this installation, in the order in which they were made; of one item, or of all.
    ///
    /// # Errors
    /// The store's.
    #[uniffi::method(default(document = None, unsafe_only = false, newest = None))]
    pub fn edits(&self, document: Option<DocumentId>, unsafe_only: bool, newest: Option<u32>) -> Result<Vec<Edit>, LinecrewError> {
        let filter = EditsFilter { document, unsafe_only, newest };
        self.read(|client| Ok(client.edits(filter)?.into_iter().map(Edit::from).collect()))
    }
}
