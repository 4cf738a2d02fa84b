//! Frames that carry edits up and entries down.

use minicbor::{
    Decode, Encode,
    bytes::{ByteArray, ByteVec},
};
use serde::{Deserialize, Serialize};

use crate::{
    codes::codes,
    digest::Digest,
    ids::{DocumentId, InstallationId},
    key::{ChainLink, PublicKey, Signature, Statement, content_of},
    refusal::Reason,
    time::Timestamp,
};

use super::Feed;

/// Phone to server: edits with consecutive numbers from `first_seq`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Push {
    /// The `device_seq` of the first edit.
    #[n(0)]
    pub first_seq: u64,
    /// The edits.
    #[n(1)]
    pub edits: Vec<Edit>,
    /// The link of the edit before the first one.
    #[n(2)]
    pub previous: ChainLink,
    /// The phone's signature over the link of the last one: [`Statement::Batch`].
    #[n(3)]
    pub signature: Signature,
}

impl Push {
    /// The contents of the edits, in order.
    pub fn contents(&self) -> impl Iterator<Item = [u8; 32]> {
        self.edits.iter().map(Edit::content)
    }

    /// Whether this phone vouches for it.
    #[must_use]
    pub fn is_signed(&self, installation: InstallationId, key: &PublicKey) -> bool {
        let link = self.contents().fold(self.previous, |link, content| link.then(&content));
        let last_seq = self.first_seq.saturating_add(self.edits.len() as u64).saturating_sub(1);
        Statement::Batch { installation, last_seq, link: &link }.is_signed(key, &self.signature)
    }
}

/// One edit: one change of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Edit {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// The actor's generation: how often the phone has rebased this document.
    #[n(1)]
    pub generation: u32,
    /// The raw Automerge change chunk (type 1). Empty when the phone has it no longer.
    #[n(2)]
    pub change: ByteVec,
    /// What the edit was, when the phone has no longer the change but only [this](content_of).
    #[n(3)]
    pub lost: Option<ByteArray<32>>,
}

impl Edit {
    /// What the edit is in the chain of its phone.
    #[must_use]
    pub fn content(&self) -> [u8; 32] {
        match &self.lost {
            Some(content) if self.change.is_empty() => **content,
            _ => content_of(self.document, self.generation, &self.change),
        }
    }
}

/// Server to phone: these edits are on the server's disk, with what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Acked {
    /// One outcome for each edit, in order of `device_seq`. A gap in a push gives no outcomes, only `next_seq`.
    #[n(0)]
    pub outcomes: Vec<Outcome>,
    /// The `device_seq` that the server wants next.
    #[n(1)]
    pub next_seq: u64,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Outcome {
    /// The edit's number.
    #[n(0)]
    pub device_seq: u64,
    /// When the server stored it.
    #[n(1)]
    pub received_at: Timestamp,
    /// Accepted, or kept in quarantine.
    #[n(2)]
    pub verdict: Verdict,
    /// The hash of the journal entry in the edit, when there is one: the phone gives up a receipt for this hash only.
    #[n(3)]
    pub entry: Option<ByteArray<32>>,
}

/// Accepted, or kept in quarantine with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// It is part of the document.
    #[n(0)]
    Accepted,
    /// It is kept beside the document, where people see it.
    #[n(1)]
    #[cbor(map)]
    Quarantined {
        /// The code.
        #[n(0)]
        reason: Reason,
        /// For a person; no customer data.
        #[n(1)]
        detail: String,
    },
}

/// Server to phone: entries of one feed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entries {
    /// The feed.
    #[n(0)]
    pub feed: Feed,
    /// What happened to documents, several entries of one document collapsed.
    #[n(1)]
    pub entries: Vec<Entry>,
    /// The phone's cursor once these are stored. During a state transfer it stays where the transfer began.
    #[n(2)]
    pub cursor: u64,
    /// During a state transfer: the token to go on from here.
    #[n(3)]
    pub transfer: Option<ByteVec>,
    /// This page ends a state transfer: what the phone holds of this feed and the transfer did not list is no longer in it.
    #[n(4)]
    pub transfer_done: bool,
}

/// What happened to one document of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// What.
    #[n(1)]
    pub kind: EntryKind,
    /// The changes that the phone lacks, each after all it depends on. The phone's own edits are not sent back.
    #[n(2)]
    pub changes: Vec<ChangeRecord>,
}

/// Entered, changed or left.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum EntryKind {
    /// The document is new to the feed.
    #[n(0)]
    Enter,
    /// It has changes.
    #[n(1)]
    Changed,
    /// It is no longer in the feed.
    #[n(2)]
    Leave(#[n(0)] Withdrawal),
}

/// Why a document leaves a phone: people are told.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Withdrawal {
    /// The code.
    #[n(0)]
    pub reason: LeaveReason,
    /// Who decided, by name.
    #[n(1)]
    pub by: Option<String>,
    /// When: server time.
    #[n(2)]
    pub at: Timestamp,
    /// Who has it now, by name.
    #[n(3)]
    pub to: Option<String>,
}

codes! {
    /// Why a document leaves. A number is never re-used.
    LeaveReason {
        /// It was given to another crew.
        Reassigned = 1,
        /// It was cancelled.
        Cancelled = 2,
        /// It was linked to another item.
        Linked = 3,
        /// It is archived.
        Archived = 4,
        /// Another crew was already on site.
        WorkStandsElsewhere = 5,
        /// The phone no longer follows the feed.
        AccessEnded = 6,
        /// A state transfer did not list it.
        NotListed = 7,
    }
}

/// A change and when the server stored it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ChangeRecord {
    /// The raw Automerge change chunk (type 1).
    #[n(0)]
    pub change: ByteVec,
    /// When the server stored it.
    #[n(1)]
    pub received_at: Timestamp,
}

/// Server to phone: nothing more to send for now; both ends should hold the same.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CaughtUp {
    /// What the server holds, per feed.
    #[n(0)]
    pub feeds: Vec<FeedDigest>,
}

/// A feed's cursor and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedDigest {
    /// The feed.
    #[n(0)]
    pub feed: Feed,
    /// Its last `feed_seq`.
    #[n(1)]
    pub seq: u64,
    /// The digest over its documents.
    #[n(2)]
    pub digest: Digest,
}

/// Phone to server: these cursors are on the phone's disk.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stored {
    /// Feeds and their cursors.
    #[n(0)]
    pub feeds: Vec<FeedDigest>,
}

/// Phone to server: digests differ; this is what I hold. The server answers with entries for what differs, without a new download.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Inventory {
    /// The feed.
    #[n(0)]
    pub feed: Feed,
    /// Every document of it that the phone holds.
    #[n(1)]
    pub holdings: Vec<Holding>,
}

/// A document and the fingerprint of its heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Holding {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// The digest of this document alone.
    #[n(1)]
    pub fingerprint: Digest,
}
