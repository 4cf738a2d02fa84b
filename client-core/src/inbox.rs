//! What a person has to know or decide: refused edits with their original values, and items that were taken away.

use linecrew_protocol::{
    Refusal,
    ids::DocumentId,
    time::{Evidence, Timestamp},
    wire::Withdrawal,
};
use serde::{Deserialize, Serialize};

use crate::{client::Client, command::Command, error::StoreError, store::inbox};

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxItem {
    /// Its name in this inbox.
    pub id: i64,
    /// The work item.
    pub document: DocumentId,
    /// The number people say, when this phone knew it.
    pub number: Option<String>,
    /// When this phone noted it, by its own clock.
    pub noted_at: Timestamp,
    /// What it is.
    pub body: InboxBody,
}

/// What there is to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxBody {
    /// An edit was refused. The server keeps it too; the dispatcher sees it there.
    Refused {
        /// Its number on this installation.
        device_seq: u64,
        /// What the person confirmed, with all values.
        command: Command,
        /// When.
        evidence: Evidence,
        /// Why it was refused.
        refusal: Refusal,
        /// Whether this phone's own rules refused it after a rebase, rather than the server.
        by_this_phone: bool,
    },
    /// The item is no longer this phone's.
    Withdrawn(Withdrawal),
}

impl Client {
    /// What has not been dismissed, oldest first.
    ///
    /// # Errors
    /// The store failed.
    pub fn inbox(&self) -> Result<Vec<InboxItem>, StoreError> {
        self.read(|connection| Ok(inbox::open(connection)?))
    }

    /// The person has seen it; of a refused edit: withdraws it. Whether there was such an item.
    ///
    /// # Errors
    /// The store failed.
    pub fn dismiss(&self, id: i64) -> Result<bool, StoreError> {
        self.write(move |transaction| Ok::<_, StoreError>(inbox::dismiss(transaction, id)?))
    }
}
