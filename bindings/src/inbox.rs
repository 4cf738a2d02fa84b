//! What this phone's person has to look at: refused edits, and items that have left.

use linecrew_client::{
    Command, InboxBody, InboxItem,
    protocol::{Refusal, ids::DocumentId, time::Timestamp},
};

use crate::{core::LinecrewCore, error::LinecrewError, items::Departure, values::Json};

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct InboxEntry {
    /// Its name in this inbox.
    pub id: i64,
    /// The item.
    pub document: DocumentId,
    /// The number people say, when this phone knew it.
    pub number: Option<String>,
    /// When this phone noted it, by its own clock.
    pub noted_at: Timestamp,
    /// What it is.
    pub body: InboxMatter,
}

/// What there is to know.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum InboxMatter {
    /// An edit was refused. The server keeps it too, and the dispatcher sees it there.
    Refused {
        /// Its number on this installation.
        device_seq: u64,
        /// What the person confirmed, with all values: an app shows it, and offers to do it again.
        confirmed: Json,
        /// When, by this phone's clock.
        confirmed_at: Timestamp,
        /// The reason's name (docs/protocol.md).
        reason: String,
        /// The same in words, for the person.
        detail: String,
        /// Whether this phone's own rules refused it when it was put on top of what others had done, rather than the server.
        by_this_phone: bool,
    },
    /// The item is no longer this phone's.
    Withdrawn {
        /// Why.
        why: Departure,
    },
}

impl TryFrom<InboxItem> for InboxEntry {
    type Error = LinecrewError;
    fn try_from(item: InboxItem) -> Result<Self, LinecrewError> {
        let InboxItem { id, document, number, noted_at, body } = item;
        Ok(Self { id, document, number, noted_at, body: body.try_into()? })
    }
}

impl TryFrom<InboxBody> for InboxMatter {
    type Error = LinecrewError;
    fn try_from(body: InboxBody) -> Result<Self, LinecrewError> {
        Ok(match body {
            InboxBody::Refused { device_seq, command, evidence, refusal: Refusal { reason, detail }, by_this_phone } => Self::Refused {
                device_seq,
                confirmed: json(&command)?,
                confirmed_at: evidence.wall,
                reason: reason.to_string(),
                detail,
                by_this_phone,
            },
            InboxBody::Withdrawn(withdrawal) => Self::Withdrawn { why: withdrawal.into() },
        })
    }
}

fn json(command: &Command) -> Result<Json, LinecrewError> {
    serde_json::to_value(command).map(Json).map_err(|_| LinecrewError::bug("command_as_json", None))
}

#[uniffi::export]
impl LinecrewCore {
    /// What was not dismissed, oldest first.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn inbox(&self) -> Result<Vec<InboxEntry>, LinecrewError> {
        self.read(|client| client.inbox()?.into_iter().map(InboxEntry::try_from).collect())
    }

    /// The person has seen it; of a refused edit: gives it up. Whether there was such an entry.
    ///
    /// # Errors
    /// The store's.
    pub async fn dismiss(&self, entry: i64) -> Result<bool, LinecrewError> {
        self.write(move |client| Ok(client.dismiss(entry)?)).await
    }
}
