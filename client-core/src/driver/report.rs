//! What a sync did, and why it stopped.

use linecrew_protocol::wire::{DecodeError, EncodeError, Farewell, Goodbye, HandIn};

use crate::{
    device_key::KeyUnavailable,
    error::StoreError,
    sync::{HandError, SyncError},
    transport::TransportError,
    wipe::WipeError,
};

/// What one [`sync_once`](super::SyncDriver::sync_once) did.
#[derive(Debug)]
pub struct SyncReport {
    /// Edits sent, counted again when sent again.
    pub pushed: u64,
    /// Edits that the server accepted: safe.
    pub accepted: u64,
    /// Edits that the server keeps beside the items, with a reason: see the inbox.
    pub quarantined: u64,
    /// Items of which something new came.
    pub received: u64,
    /// Edits that the server has not answered; unknown only when the store could not be read.
    pub still_pending: Option<u64>,
    /// Whether both ends proved to hold the same; `None` when it did not come to the comparison.
    pub equal: Option<bool>,
    /// Why it stopped early; `None` when everything is sent and received.
    pub stopped: Option<SyncStop>,
}

impl SyncReport {
    /// Whether nothing is left to do, on both ends.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.stopped.is_none() && self.still_pending == Some(0)
    }
}

/// Why syncing stopped. Whatever it is, what was not acknowledged is still on this phone and still pending.
#[derive(Debug, thiserror::Error)]
pub enum SyncStop {
    /// The time that was given is over; the next sync goes on from here.
    #[error("the time for this sync ran out")]
    Deadline,
    /// Nobody is signed in, or the server gives this phone no tokens any more.
    #[error("the sign-in has ended: ask the office for a new invitation; everything saved here stays and is sent then")]
    NeedsSignIn,
    /// The server refused a token that it had just given. The sign-in stays: only a refused renewal ends it.
    #[error("the server refused what it had just let in; this phone tries again")]
    TokenRefused,
    /// The office has revoked this phone. Everything that was confirmed on it is with the server, in quarantine.
    #[error("the office has revoked this phone: everything confirmed on it was handed in, and it is wiped")]
    Revoked,
    /// The office has revoked this phone, everything was handed in, and wiping it failed; it is tried again.
    #[error("the office has revoked this phone: everything confirmed on it was handed in, and it could not be wiped")]
    NotWiped(#[source] WipeError),
    /// The person of this phone may not work here at the moment. Everything that was confirmed on it is with the server, in quarantine.
    #[error("this phone's person may not work here at the moment: everything confirmed on it was handed in; ask the office")]
    Suspended,
    /// The key cannot be used now, and nothing is sent that it does not vouch for.
    #[error("the key of this phone cannot be used now; the edits wait on this phone")]
    KeyUnavailable(#[source] KeyUnavailable),
    /// Another copy of this installation has written, so this phone began a new one. Its edits were made again under it.
    #[error("another phone used this one's identity: ask the office for a new invitation; {edits} edits wait under a new identity")]
    InstallationRenewed {
        /// How many edits wait under the new installation.
        edits: u64,
    },
    /// The server and this app have no version in common.
    #[error("this app and the server have no protocol version in common; one of them needs an update")]
    UpgradeRequired,
    /// The server could not be reached, or refused.
    #[error("{0}")]
    Transport(#[source] TransportError),
    /// What came is no message of the server's: a proxy, a sign-in page, or a damaged answer.
    #[error("what came back is not the server's answer; a proxy or a sign-in page may stand in between")]
    NotOurs(#[source] DecodeError),
    /// What came instead of tokens is not the server's.
    #[error("what came back is not the server's answer; a proxy or a sign-in page may stand in between")]
    NotTokens(#[source] serde_json::Error),
    /// What was to be sent does not fit into a message.
    #[error("what was to be sent does not fit into a message")]
    Unsendable(#[source] EncodeError),
    /// The server ended the session.
    #[error("the server ended the session: {} ({})", .0.detail, .0.why)]
    Goodbye(Goodbye),
    /// The connection was closed without a word.
    #[error("the connection was closed")]
    Closed,
    /// A live connection said nothing although it was asked.
    #[error("the connection went silent")]
    Silent,
    /// The store on this phone failed.
    #[error("{0}")]
    Store(#[source] SyncError),
    /// Both ends hold different items although nothing is left to send.
    #[error("this phone and the server hold different items; report this")]
    Diverged,
    /// The server answers, but nothing moves.
    #[error("the server answered without taking or giving anything")]
    Stalled,
}

impl SyncStop {
    /// When the server asked to come back.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Transport(error) => error.retry_after_ms(),
            Self::Goodbye(goodbye) => goodbye.retry_after_ms,
            _ => None,
        }
    }

    /// Whether a person has to sign in before syncing can go on.
    #[must_use]
    pub fn needs_sign_in(&self) -> bool {
        matches!(self, Self::NeedsSignIn | Self::InstallationRenewed { .. })
    }
}

impl From<HandIn> for SyncStop {
    fn from(why: HandIn) -> Self {
        match why {
            HandIn::Revoked => Self::Revoked,
            _ => Self::Suspended,
        }
    }
}

impl From<Goodbye> for SyncStop {
    fn from(goodbye: Goodbye) -> Self {
        match goodbye.why {
            Farewell::Unauthenticated => Self::NeedsSignIn,
            Farewell::UpgradeRequired => Self::UpgradeRequired,
            _ => Self::Goodbye(goodbye),
        }
    }
}

impl From<TransportError> for SyncStop {
    fn from(error: TransportError) -> Self {
        match error.code() {
            Some("unauthenticated") => Self::NeedsSignIn,
            Some("upgrade_required") => Self::UpgradeRequired,
            _ => Self::Transport(error),
        }
    }
}

impl From<SyncError> for SyncStop {
    fn from(error: SyncError) -> Self {
        Self::Store(error)
    }
}

impl From<StoreError> for SyncStop {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl From<HandError> for SyncStop {
    fn from(error: HandError) -> Self {
        match error {
            HandError::KeyUnavailable(unavailable) => Self::KeyUnavailable(unavailable),
            HandError::Store(error) => error.into(),
        }
    }
}

impl From<DecodeError> for SyncStop {
    fn from(error: DecodeError) -> Self {
        Self::NotOurs(error)
    }
}

impl From<EncodeError> for SyncStop {
    fn from(error: EncodeError) -> Self {
        Self::Unsendable(error)
    }
}
