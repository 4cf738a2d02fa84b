//! How this phone stands with the server.

use linecrew_client::{FeedView, StatusView, protocol::time::Timestamp};

use crate::{core::LinecrewCore, error::LinecrewError, hosts::HostTrouble};

/// What is safe, what is not, and how far this phone is behind. Nothing of a customer's is in it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Status {
    /// Edits that only this phone has.
    pub saved_here: u64,
    /// Edits on their way.
    pub sent: u64,
    /// When the oldest of both was confirmed, by this phone's clock.
    pub oldest_pending_at: Option<Timestamp>,
    /// Edits that the server has accepted.
    pub safe: u64,
    /// When the server stored the newest of them.
    pub safe_since: Option<Timestamp>,
    /// Refused edits in the inbox.
    pub needs_attention: u64,
    /// The last server time seen.
    pub last_contact: Option<Timestamp>,
    /// The feeds followed.
    pub feeds: Vec<FeedStatus>,
    /// Documents held.
    pub documents: u64,
    /// How many of them are survey forms.
    pub forms: u64,
    /// How many of them are ticket books.
    pub books: u64,
    /// How many of them are amounts due.
    pub receivables: u64,
    /// Journal entries whose hash the server has not named: only this phone has them for certain.
    pub entries_here: u64,
    /// Journal entries in the server's quarantine.
    pub entries_refused: u64,
    /// Documents that this version of the app cannot show; they are kept and synced.
    pub unreadable: u64,
    /// Documents of which the server sent something that could not be taken.
    pub damaged: u64,
    /// Bytes of the store.
    pub store_bytes: u64,
    /// Whether this phone has locked itself: it was without contact for too long.
    pub locked: bool,
    /// What of the app's own gave no good answer when this library last asked it.
    pub host_trouble: Vec<HostTrouble>,
}

/// Where this phone is in one feed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeedStatus {
    /// The feed, such as `crew/` and its id.
    pub feed: String,
    /// The last entry stored; none before the first.
    pub cursor: Option<u64>,
    /// Its documents here.
    pub documents: u64,
    /// The digest over what is accepted of them: the same on two phones that hold the same.
    pub digest: String,
    /// Whether a state transfer is under way.
    pub transferring: bool,
}

impl Status {
    fn of(view: StatusView, host_trouble: Vec<HostTrouble>) -> Self {
        let StatusView {
            saved_here,
            sent,
            oldest_pending_at,
            safe,
            safe_since,
            needs_attention,
            last_contact,
            feeds,
            documents,
            forms,
            books,
            receivables,
            entries_here,
            entries_refused,
            unreadable,
            damaged,
            store_bytes,
            locked,
        } = view;
        Self {
            saved_here,
            sent,
            oldest_pending_at,
            safe,
            safe_since,
            needs_attention,
            last_contact,
            feeds: feeds.into_iter().map(FeedStatus::from).collect(),
            documents,
            forms,
            books,
            receivables,
            entries_here,
            entries_refused,
            unreadable,
            damaged: damaged.len() as u64,
            store_bytes,
            locked,
            host_trouble,
        }
    }
}

impl From<FeedView> for FeedStatus {
    fn from(view: FeedView) -> Self {
        let FeedView { feed, cursor, documents, digest, transferring } = view;
        Self { feed: feed.to_string(), cursor, documents, digest: digest.to_string(), transferring }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// How this phone stands with the server, all of one moment, locked or not.
    ///
    /// # Errors
    /// The store's.
    pub fn status(&self) -> Result<Status, LinecrewError> {
        self.read(|client| Ok(Status::of(client.status()?, self.host_trouble()?)))
    }
}
