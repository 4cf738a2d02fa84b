//! Frames that open, keep and close a session.

use std::fmt;

use minicbor::{Decode, Encode, bytes::ByteVec};
use serde::{Deserialize, Serialize};

use crate::{
    codes::codes,
    digest::Digest,
    ids::{InstallationId, StoreEpoch},
    key::Signature,
    time::Timestamp,
};

use super::{Feed, Outcome};

/// Phone to server, first frame of every session.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// The lowest protocol version the phone speaks.
    #[n(0)]
    pub version_min: u32,
    /// The highest.
    #[n(1)]
    pub version_max: u32,
    /// The installation (epoch) whose edits follow.
    #[n(2)]
    pub installation: InstallationId,
    /// The access token.
    #[n(3)]
    pub token: String,
    /// The store that the cursors belong to; none before the first sync.
    #[n(4)]
    pub store: Option<StoreEpoch>,
    /// Where the phone is in each feed it holds.
    #[n(5)]
    pub positions: Vec<Position>,
    /// The phone's own report.
    #[n(6)]
    pub health: Health,
    /// The phone's signature over the token: [`Statement::Hello`](crate::key::Statement::Hello). A token alone opens nothing.
    #[n(7)]
    pub proof: Signature,
    /// Numbers of edits that were refused, as far as the phone knows: what of them was admitted since, `Welcome` says. Left out when there are
    /// none, as in most hellos.
    #[n(8)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub refused: Vec<u64>,
}

/// Without the token, and the proof that goes with it.
impl fmt::Debug for Hello {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Hello");
        shown.field("version_min", &self.version_min).field("version_max", &self.version_max);
        shown.field("installation", &self.installation).field("store", &self.store);
        shown.field("positions", &self.positions).field("health", &self.health).finish_non_exhaustive()
    }
}

/// Where a phone is in a feed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Position {
    /// The feed.
    #[n(0)]
    pub feed: Feed,
    /// The last `feed_seq` stored.
    #[n(1)]
    pub seq: u64,
    /// The digest over what is stored.
    #[n(2)]
    pub digest: Digest,
    /// A state transfer that was not finished: the server's own token, given back.
    #[n(3)]
    pub transfer: Option<ByteVec>,
}

/// A phone's report about itself; the board shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Health {
    /// Edits not yet acknowledged. Left out when there are none, as in most hellos.
    #[n(0)]
    #[cbor(default, skip_if = "is_zero")]
    pub pending: u64,
    /// When the oldest of them was saved, by the phone's clock.
    #[n(1)]
    pub oldest_pending_at: Option<Timestamp>,
    /// Edits in the inbox. Left out when there are none.
    #[n(2)]
    #[cbor(default, skip_if = "is_zero")]
    pub needs_attention: u64,
    /// Documents held.
    #[n(3)]
    pub documents: u64,
    /// The app's version.
    #[n(4)]
    pub app_version: String,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Server to phone: the session is open.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// The version spoken from here on.
    #[n(0)]
    pub version: u32,
    /// The server's clock.
    #[n(1)]
    pub server_time: Timestamp,
    /// The store's life: cursors of another one mean nothing.
    #[n(2)]
    pub store: StoreEpoch,
    /// The `device_seq` that the server wants next from this installation.
    #[n(3)]
    pub next_device_seq: u64,
    /// The feeds that this phone follows now. Documents of any other feed are no longer its own.
    #[n(4)]
    pub feeds: Vec<FeedHead>,
    /// All that this phone may still do is to hand in what it holds; its feeds are empty then, and every edit ends in quarantine.
    #[n(5)]
    pub hand_in: Option<HandIn>,
    /// What is accepted now of the refused edits that `Hello` named. Their items may have left the phone, so no feed would tell it.
    #[n(6)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub admitted: Vec<Outcome>,
}

codes! {
    /// Why a phone may only hand in what it holds. A number is never re-used.
    HandIn {
        /// Its person may not work here at the moment. What is on the phone stays.
        Suspended = 1,
        /// The phone was revoked: when everything is handed in, it wipes itself.
        Revoked = 2,
    }
}

/// How far a feed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FeedHead {
    /// The feed.
    #[n(0)]
    pub feed: Feed,
    /// Its last `feed_seq`.
    #[n(1)]
    pub seq: u64,
}

/// Phone to server: still here, and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ping {
    /// The phone's own report.
    #[n(0)]
    pub health: Health,
}

/// Server to phone: the answer to a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pong {
    /// The server's clock.
    #[n(0)]
    pub server_time: Timestamp,
}

/// Either way: the session ends, and why.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Goodbye {
    /// Why.
    #[n(0)]
    pub why: Farewell,
    /// When trying again can help.
    #[n(1)]
    pub retry_after_ms: Option<u64>,
    /// For a person; no customer data.
    #[n(2)]
    pub detail: String,
}

impl Goodbye {
    /// A farewell without a retry hint.
    pub fn new(why: Farewell, detail: impl Into<String>) -> Self {
        Self { why, retry_after_ms: None, detail: detail.into() }
    }
}

codes! {
    /// Why a session ends. A number is never re-used.
    Farewell {
        /// Not a message, or a frame that does not belong here.
        Malformed = 1,
        /// No common version, or an unknown frame type.
        UpgradeRequired = 2,
        /// The token is missing, wrong, expired or of another installation.
        Unauthenticated = 3,
        /// The server has too much to do; come back after `retry_after_ms`.
        Busy = 4,
        /// A limit of docs/protocol.md was exceeded.
        LimitExceeded = 5,
        /// The server cannot store now.
        StorageUnavailable = 6,
        /// Nobody said anything for too long.
        Idle = 7,
        /// The server is going down; it will be back.
        ShuttingDown = 8,
        /// Another connection of the same installation took over.
        Replaced = 9,
        /// Edits came with numbers that do not follow: another copy of this installation has written.
        IdentityReused = 10,
        /// A push is not signed by the key of its phone.
        BadSignature = 11,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Frame;

    #[test]
    fn the_token_of_a_hello_is_never_shown() {
        let hello = Hello {
            version_min: 1,
            version_max: 1,
            installation: InstallationId::from_bytes([1; 16]),
            token: "s3cret".to_owned(),
            store: None,
            positions: Vec::new(),
            health: Health { pending: 7, ..Health::default() },
            proof: Signature::from_bytes([9; 64]),
            refused: Vec::new(),
        };
        let shown = format!("{:?}", Frame::Hello(hello));
        assert!(shown.contains("pending: 7") && !shown.contains("s3cret") && !shown.contains("9, 9"), "{shown}");
    }
}
