//! How this phone stands with the server.

use linecrew_protocol::{Refusal, digest::Digest, ids::DocumentId, time::Timestamp, wire::Feed};
use serde::{Deserialize, Serialize};

use crate::{
    client::Client,
    error::StoreError,
    store::{
        book, contact, document, feed, form, inbox, installation, item,
        journal::{self, Kept},
        lease, outbox, receivable, sighting,
    },
};

/// What is safe, what is not, and how far this phone is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
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
    pub feeds: Vec<FeedView>,
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
    pub damaged: Vec<DamagedDocument>,
    /// Bytes of the store.
    pub store_bytes: u64,
    /// Whether this phone has locked itself: it was without contact for too long.
    pub locked: bool,
}

impl StatusView {
    /// Edits that the server has not answered.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.saved_here.saturating_add(self.sent)
    }
}

/// Where this phone is in one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedView {
    /// The feed.
    pub feed: Feed,
    /// The last entry stored; none before the first.
    pub cursor: Option<u64>,
    /// Its documents here.
    pub documents: u64,
    /// The digest over their accepted heads.
    pub digest: Digest,
    /// Whether a state transfer is under way.
    pub transferring: bool,
}

/// A document of which the server sent something that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DamagedDocument {
    /// The document.
    pub document: DocumentId,
    /// What was wrong.
    pub damage: Refusal,
}

impl Client {
    /// How this phone stands with the server, all of one moment, locked or not: nothing of a customer's is in it.
    ///
    /// # Errors
    /// The store failed.
    pub fn status(&self) -> Result<StatusView, StoreError> {
        let (lease, host) = (self.lease(), self.host());
        self.read_unleased(|connection| {
            let counts = outbox::counts(connection)?;
            let (documents, forms) = (document::count(connection)?, form::count(connection)?);
            let (books, receivables) = (book::count(connection)?, receivable::count(connection)?);
            let shown = [item::count(connection)?, forms, contact::count(connection)?, books, receivables];
            let shown = shown.into_iter().fold(0, u64::saturating_add);
            Ok(StatusView {
                saved_here: counts.saved,
                sent: counts.sent,
                oldest_pending_at: counts.oldest_pending_at,
                safe: counts.accepted,
                safe_since: counts.newest_received_at,
                needs_attention: inbox::count_refused(connection)?,
                last_contact: sighting::find(connection)?.map(|sighting| sighting.server),
                feeds: feed::views(connection)?,
                documents,
                forms,
                books,
                receivables,
                entries_here: journal::count(connection, Kept::Here)?,
                entries_refused: journal::count(connection, Kept::Refused)?,
                unreadable: documents.saturating_sub(shown),
                damaged: document::damaged(connection)?,
                store_bytes: installation::store_bytes(connection)?,
                locked: lease.is_over(lease::find(connection, host.boot())?, host.as_ref()),
            })
        })
    }
}
