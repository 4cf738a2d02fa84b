//! The server's end of a session.

use std::{collections::BTreeMap, fmt};

use minicbor::bytes::ByteVec;

use crate::{
    digest::Digest,
    ids::{InstallationId, StoreEpoch},
    key::{PublicKey, Statement},
    limits::{MAX_FEEDS, MAX_INVENTORY, MAX_PUSH_BYTES, MAX_PUSH_EDITS, MAX_REFUSED_NAMED, MAX_TOKEN_BYTES},
    time::Timestamp,
    wire::{
        Acked, CaughtUp, Entries, Entry, Farewell, Feed, FeedDigest, FeedHead, Frame, Goodbye, HandIn, Health, Hello, Inventory, Outcome,
        Pong, Position, Push, VERSIONS, Welcome,
    },
};

/// All that whoever is not let in is told.
pub const SIGN_IN_AGAIN: &str = "sign in again";

/// What the driver has to do next, in order.
#[derive(Clone, PartialEq, Eq)]
pub enum ServerStep {
    /// Verify the token for this installation and answer with [`ServerSession::granted`] or [`ServerSession::denied`]. Whether the phone has
    /// signed it, the session finds out by itself.
    Authenticate {
        /// The token as it came.
        token: String,
        /// The installation that the token must be bound to.
        installation: InstallationId,
    },
    /// Put these frames into one message (splitting where limits require) and send it.
    Send(Vec<Frame>),
    /// Admit these edits, in one transaction, and answer with [`ServerSession::committed`].
    Commit(Push),
    /// Read the next page of this feed and answer with [`ServerSession::page`].
    Read {
        /// The feed.
        feed: Feed,
        /// Where the phone is.
        after: u64,
        /// An unfinished state transfer to go on with; an empty one begins a transfer.
        transfer: Option<ByteVec>,
    },
    /// Find what differs between this inventory and the feed, and answer with [`ServerSession::page`].
    Reconcile(Inventory),
    /// The phone's report about itself.
    Health(Health),
    /// These cursors are on the phone's disk.
    Stored(Vec<FeedDigest>),
    /// The session is over.
    Close(Goodbye),
}

/// Without the token.
impl fmt::Debug for ServerStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authenticate { installation, .. } => {
                formatter.debug_struct("Authenticate").field("installation", installation).finish_non_exhaustive()
            }
            Self::Send(frames) => formatter.debug_tuple("Send").field(frames).finish(),
            Self::Commit(push) => formatter.debug_tuple("Commit").field(push).finish(),
            Self::Read { feed, after, transfer } => {
                formatter.debug_struct("Read").field("feed", feed).field("after", after).field("transfer", transfer).finish()
            }
            Self::Reconcile(inventory) => formatter.debug_tuple("Reconcile").field(inventory).finish(),
            Self::Health(health) => formatter.debug_tuple("Health").field(health).finish(),
            Self::Stored(feeds) => formatter.debug_tuple("Stored").field(feeds).finish(),
            Self::Close(goodbye) => formatter.debug_tuple("Close").field(goodbye).finish(),
        }
    }
}

/// What the driver found out about the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The server's clock.
    pub now: Timestamp,
    /// The life of the store.
    pub store: StoreEpoch,
    /// The phone's key.
    pub key: PublicKey,
    /// The number wanted next from this installation.
    pub next_device_seq: u64,
    /// The feeds that the phone may follow, with head and digest.
    pub feeds: Vec<FeedDigest>,
    /// Whether all it may do is to hand in what it holds.
    pub hand_in: Option<HandIn>,
    /// What is accepted now of [`ServerSession::refused`].
    pub admitted: Vec<Outcome>,
}

/// A page of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The phone's cursor once they are stored.
    pub cursor: u64,
    /// The token of a state transfer that goes on after this page.
    pub transfer: Option<ByteVec>,
    /// Whether this page ends a state transfer.
    pub transfer_done: bool,
    /// Whether there is more to read now.
    pub more: bool,
    /// The digest of the feed at `cursor`, read in the same transaction; meaningful when there is no more.
    pub digest: Digest,
}

#[derive(Debug)]
struct Following {
    cursor: u64,
    transfer: Option<ByteVec>,
    digest: Digest,
    dirty: bool,
    /// What the phone says that it holds at `cursor`, as long as it has been sent nothing since.
    claimed: Option<Digest>,
}

impl Following {
    /// What the phone says that it holds.
    fn stored(&self, feed: Feed) -> Option<FeedDigest> {
        self.claimed.map(|digest| FeedDigest { feed, seq: self.cursor, digest })
    }

    /// Whether the phone has said itself what it would be told.
    fn is_known(&self) -> bool {
        self.claimed == Some(self.digest)
    }
}

/// The server's end of one session.
#[derive(Debug, Default)]
pub struct ServerSession {
    hello: Option<Hello>,
    /// The phone's key, once the session is open.
    key: Option<PublicKey>,
    following: BTreeMap<Feed, Following>,
    reading: Option<Feed>,
    announce: bool,
}

impl ServerSession {
    /// A session that waits for its hello.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A frame arrived.
    pub fn received(&mut self, frame: Frame, now: Timestamp) -> Vec<ServerStep> {
        match frame {
            Frame::Hello(hello) if self.hello.is_none() => self.hello(hello),
            Frame::Goodbye(goodbye) => vec![ServerStep::Close(goodbye)],
            Frame::Unknown(number) => refuse(Farewell::UpgradeRequired, format!("frame type {number} is not known to this version")),
            _ if !self.is_open() => refuse(Farewell::Malformed, "a frame before the hello"),
            Frame::Push(push) => self.commit(push),
            Frame::Stored(stored) => vec![ServerStep::Stored(stored.feeds)],
            Frame::Inventory(inventory) => self.reconcile(inventory),
            Frame::Ping(ping) => {
                vec![ServerStep::Health(ping.health), ServerStep::Send(vec![Frame::Pong(Pong { server_time: now })])]
            }
            other => refuse(Farewell::Malformed, format!("{} does not come from a phone here", other.name())),
        }
    }

    /// Whether the phone with this key has signed the token.
    #[must_use]
    pub fn is_proven(&self, key: &PublicKey) -> bool {
        let statement =
            |hello: &Hello| Statement::Hello { installation: hello.installation, token: &hello.token }.is_signed(key, &hello.proof);
        self.hello.as_ref().is_some_and(statement)
    }

    /// The edits that the phone believes to be refused.
    #[must_use]
    pub fn refused(&self) -> &[u64] {
        self.hello.as_ref().map_or(&[], |hello| &hello.refused)
    }

    /// The token is good. The session opens when the phone has signed it: a token that somebody else has found opens nothing.
    pub fn granted(&mut self, granted: &Granted) -> Vec<ServerStep> {
        if !self.is_proven(&granted.key) {
            return self.denied(Goodbye::new(Farewell::Unauthenticated, SIGN_IN_AGAIN));
        }
        let Some(hello) = self.hello.as_ref() else { return Vec::new() };
        let same_store = hello.store == Some(granted.store);
        for head in &granted.feeds {
            let known = hello.positions.iter().find(|position| position.feed == head.feed).filter(|_| same_store);
            self.following.insert(head.feed, following(known, head));
        }
        self.key = Some(granted.key);
        self.announce = true;
        let welcome = Welcome {
            version: VERSIONS.1.min(hello.version_max),
            server_time: granted.now,
            store: granted.store,
            next_device_seq: granted.next_device_seq,
            feeds: granted.feeds.iter().map(|head| FeedHead { feed: head.feed, seq: head.seq }).collect(),
            hand_in: granted.hand_in,
            admitted: granted.admitted.clone(),
        };
        let mut frames = vec![Frame::Welcome(welcome)];
        let mut steps = vec![ServerStep::Health(hello.health.clone())];
        // What the phone begins with is on its disk: it may have had no time to say so when the session before ended.
        let stored: Vec<FeedDigest> = self.following.iter().filter_map(|(feed, at)| at.stored(*feed)).collect();
        if !stored.is_empty() {
            steps.push(ServerStep::Stored(stored));
        }
        let next = self.next_read();
        // Nothing changed: welcome and proof travel as one message.
        frames.extend(if next.is_none() { self.announcement() } else { None });
        steps.push(ServerStep::Send(frames));
        steps.extend(next);
        steps
    }

    /// The token is not good, or the server cannot take the phone now.
    #[must_use]
    pub fn denied(&self, goodbye: Goodbye) -> Vec<ServerStep> {
        vec![ServerStep::Send(vec![Frame::Goodbye(goodbye.clone())]), ServerStep::Close(goodbye)]
    }

    /// The edits are on disk, each accepted or in quarantine.
    #[must_use]
    pub fn committed(&self, acked: Acked) -> Vec<ServerStep> {
        vec![ServerStep::Send(vec![Frame::Acked(acked)])]
    }

    /// These feeds have something new.
    pub fn wake(&mut self, feeds: impl IntoIterator<Item = Feed>) -> Vec<ServerStep> {
        for feed in feeds {
            if let Some(following) = self.following.get_mut(&feed) {
                following.dirty = true;
            }
        }
        self.next_read().into_iter().collect()
    }

    /// The heads of the feeds, as somebody looked them up: what nobody woke this session for (another process wrote it) is read now.
    pub fn notice(&mut self, heads: &[FeedDigest]) -> Vec<ServerStep> {
        let is_behind = |head: &&FeedDigest| self.following.get(&head.feed).is_some_and(|following| following.cursor < head.seq);
        let behind: Vec<Feed> = heads.iter().filter(is_behind).map(|head| head.feed).collect();
        self.wake(behind)
    }

    /// The answer to [`ServerStep::Read`] or [`ServerStep::Reconcile`].
    pub fn page(&mut self, feed: Feed, page: Page) -> Vec<ServerStep> {
        self.reading = None;
        let Some(following) = self.following.get_mut(&feed) else { return Vec::new() };
        let moved = page.cursor != following.cursor || page.transfer_done;
        following.cursor = page.cursor;
        following.transfer.clone_from(&page.transfer);
        following.digest = page.digest;
        following.dirty |= page.more;
        let mut frames = Vec::new();
        if moved || !page.entries.is_empty() || page.transfer.is_some() {
            following.claimed = None;
            frames.push(Frame::Entries(Entries {
                feed,
                entries: page.entries,
                cursor: page.cursor,
                transfer: page.transfer,
                transfer_done: page.transfer_done,
            }));
            self.announce = true;
        }
        let next = self.next_read();
        frames.extend(if next.is_none() { self.announcement() } else { None });
        let send = (!frames.is_empty()).then_some(ServerStep::Send(frames));
        send.into_iter().chain(next).collect()
    }

    /// Whether the phone was let in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.key.is_some()
    }

    /// Whether everything known has been sent.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.is_open() && self.reading.is_none() && !self.following.values().any(|following| following.dirty)
    }

    fn hello(&mut self, hello: Hello) -> Vec<ServerStep> {
        if hello.positions.len() > MAX_FEEDS || hello.token.len() > MAX_TOKEN_BYTES || hello.refused.len() > MAX_REFUSED_NAMED {
            let detail = format!("at most {MAX_FEEDS} feeds, a token of {MAX_TOKEN_BYTES} bytes, {MAX_REFUSED_NAMED} refused edits");
            return refuse(Farewell::LimitExceeded, detail);
        }
        if hello.version_min > VERSIONS.1 || hello.version_max < VERSIONS.0 || hello.version_min > hello.version_max {
            return refuse(Farewell::UpgradeRequired, format!("this server speaks versions {} to {}", VERSIONS.0, VERSIONS.1));
        }
        let step = ServerStep::Authenticate { token: hello.token.clone(), installation: hello.installation };
        self.hello = Some(hello);
        vec![step]
    }

    /// Only what its phone has signed comes near the store.
    fn commit(&self, push: Push) -> Vec<ServerStep> {
        let bytes: usize = push.edits.iter().map(|edit| edit.change.len()).sum();
        if push.edits.is_empty() || push.edits.len() > MAX_PUSH_EDITS || bytes > MAX_PUSH_BYTES {
            return refuse(
                Farewell::LimitExceeded,
                format!("a push holds 1 to {MAX_PUSH_EDITS} edits of at most {MAX_PUSH_BYTES} bytes together"),
            );
        }
        let author = self.hello.as_ref().map(|hello| hello.installation).zip(self.key.as_ref());
        if author.is_some_and(|(installation, key)| push.is_signed(installation, key)) {
            return vec![ServerStep::Commit(push)];
        }
        refuse(Farewell::BadSignature, "the push is not signed by the key of this phone")
    }

    fn reconcile(&mut self, inventory: Inventory) -> Vec<ServerStep> {
        if inventory.holdings.len() > MAX_INVENTORY {
            return refuse(Farewell::LimitExceeded, format!("at most {MAX_INVENTORY} documents in an inventory"));
        }
        let Some(following) = self.following.get_mut(&inventory.feed) else { return Vec::new() };
        following.claimed = None;
        self.announce = true;
        vec![ServerStep::Reconcile(inventory)]
    }

    fn next_read(&mut self) -> Option<ServerStep> {
        if self.reading.is_some() {
            return None;
        }
        let (feed, following) = self.following.iter_mut().find(|(_, following)| following.dirty)?;
        following.dirty = false;
        self.reading = Some(*feed);
        Some(ServerStep::Read { feed: *feed, after: following.cursor, transfer: following.transfer.clone() })
    }

    fn announcement(&mut self) -> Option<Frame> {
        if !std::mem::take(&mut self.announce) {
            return None;
        }
        // What the phone has said itself is not said again: 40 bytes a feed of every quiet reconnect.
        let feeds = self.following.iter().filter(|(_, at)| !at.is_known());
        let feeds = feeds.map(|(feed, at)| FeedDigest { feed: *feed, seq: at.cursor, digest: at.digest }).collect();
        Some(Frame::CaughtUp(CaughtUp { feeds }))
    }
}

/// Where a phone goes on: at its cursor, in its unfinished transfer, or with a new transfer.
fn following(known: Option<&Position>, head: &FeedDigest) -> Following {
    match known {
        // A cursor beyond the head is not one of ours: begin again rather than skip what will come.
        Some(position) if position.seq <= head.seq => Following {
            cursor: position.seq,
            transfer: position.transfer.clone(),
            digest: head.digest,
            dirty: position.seq < head.seq || position.transfer.is_some(),
            claimed: Some(position.digest),
        },
        _ if head.seq == 0 => Following { cursor: 0, transfer: None, digest: head.digest, dirty: false, claimed: None },
        _ => Following { cursor: 0, transfer: Some(ByteVec::from(Vec::new())), digest: head.digest, dirty: true, claimed: None },
    }
}

fn refuse(why: Farewell, detail: impl Into<String>) -> Vec<ServerStep> {
    let goodbye = Goodbye::new(why, detail);
    vec![ServerStep::Send(vec![Frame::Goodbye(goodbye.clone())]), ServerStep::Close(goodbye)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_a_step_is_never_shown() {
        let step = ServerStep::Authenticate { token: "s3cret".to_owned(), installation: InstallationId::from_bytes([1; 16]) };
        let shown = format!("{step:?}");
        assert!(shown.starts_with("Authenticate") && !shown.contains("s3cret"), "{shown}");
    }
}
