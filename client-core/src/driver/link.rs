//! How the live connection is, for a screen.

use std::sync::Arc;

use linecrew_protocol::time::Timestamp;

use super::SyncStop;

/// How the live connection is. Times are this phone's own clock.
#[derive(Debug, Clone)]
pub enum LinkState {
    /// There is none.
    Offline {
        /// Since when.
        since: Timestamp,
        /// When it is tried again; `None` while the driver does not run.
        next_try: Option<Timestamp>,
        /// What ended the last attempt; also a key that cannot be used now.
        why: Option<Arc<SyncStop>>,
    },
    /// One is being opened.
    Connecting,
    /// It is open: edits go out and come in as they are made.
    Live {
        /// Since when.
        since: Timestamp,
    },
    /// Nothing is sent until this phone is enrolled again. Work goes on, and its edits wait.
    NeedsSignIn,
    /// Nothing is sent until the app or the server is updated. Work goes on, and its edits wait.
    UpgradeRequired,
    /// The person of this phone may not work here at the moment. What was confirmed is handed in; what is confirmed now waits.
    Suspended,
    /// The office has revoked this phone. Everything confirmed on it was handed in, and it is wiped: the next opening begins an empty phone.
    Revoked,
}

impl LinkState {
    pub(super) fn idle(now: Timestamp) -> Self {
        Self::Offline { since: now, next_try: None, why: None }
    }

    /// Whether edits go out as they are made.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live { .. })
    }
}
