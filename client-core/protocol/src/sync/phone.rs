//! The phone's end of a session.

use std::collections::BTreeSet;

use crate::{
    limits::MAX_PUSHES_IN_FLIGHT,
    wire::{
        Acked, CaughtUp, Entries, Farewell, Feed, FeedDigest, Frame, Goodbye, Health, Hello, Inventory, Outcome, Ping, Pong, Push, Stored,
        VERSIONS, Verdict, Welcome,
    },
};

/// What the driver has to do next, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneStep {
    /// Put these frames into one message and send it.
    Send(Vec<Frame>),
    /// Store server time, store epoch and feeds; documents of feeds that are not listed are no longer the phone's.
    StoreWelcome(Welcome),
    /// Store these outcomes in one transaction.
    StoreAcked(Acked),
    /// Store these entries and the cursor in one transaction.
    StoreEntries(Entries),
    /// Compare these digests with the own ones and answer with [`PhoneSession::compared`].
    Compare(CaughtUp),
    /// Read the next pending edits from this number on and answer with [`PhoneSession::outbox`].
    ReadOutbox {
        /// The first `device_seq` wanted.
        from: u64,
    },
    /// Read what is held of this feed and answer with [`PhoneSession::inventory`].
    ReadInventory(Feed),
    /// The server's clock, for the sighting.
    Pong(Pong),
    /// Everything of the server's is stored, and every edit that was pending is acknowledged.
    CaughtUp,
    /// Both ends hold different documents although nothing is left to send: report it.
    Diverged(Feed),
    /// The session is over.
    Close(Goodbye),
}

/// What the phone brings into a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The frame that opens it.
    pub hello: Hello,
    /// The `device_seq` of the first edit that has no acknowledgement; the next free number when there is none.
    pub first_pending: u64,
    /// The `device_seq` that the next edit will get.
    pub next_seq: u64,
}

/// The phone's end of one session: over a socket, or over one `POST /v1/sync`.
#[derive(Debug)]
pub struct PhoneSession {
    open: bool,
    /// The next number to push.
    push_from: u64,
    /// The number after the newest edit known to exist.
    next_seq: u64,
    /// Every edit before this number is acknowledged.
    acked_before: u64,
    in_flight: usize,
    reading: bool,
    caught_up: bool,
    stored_since: bool,
    reconciled: BTreeSet<Feed>,
    comparing: Vec<FeedDigest>,
}

impl PhoneSession {
    /// Opens a session: the hello goes out together with the first edits, in one flight.
    #[must_use]
    pub fn start(hand: Hand, first: Option<Push>) -> (Self, Vec<PhoneStep>) {
        let mut session = Self {
            open: false,
            push_from: hand.first_pending,
            next_seq: hand.next_seq,
            acked_before: hand.first_pending,
            in_flight: 0,
            reading: false,
            caught_up: false,
            stored_since: false,
            reconciled: BTreeSet::new(),
            comparing: Vec::new(),
        };
        let mut frames = vec![Frame::Hello(hand.hello)];
        frames.extend(first.and_then(|push| session.push(push)));
        let mut steps = vec![PhoneStep::Send(frames)];
        steps.extend(session.read_more());
        (session, steps)
    }

    /// A frame arrived.
    pub fn received(&mut self, frame: Frame) -> Vec<PhoneStep> {
        match frame {
            Frame::Welcome(welcome) => self.welcomed(welcome),
            Frame::Goodbye(goodbye) => vec![PhoneStep::Close(goodbye)],
            _ if !self.open => close(Farewell::Malformed, "a frame before the welcome"),
            Frame::Acked(acked) => self.acked(acked),
            Frame::Entries(entries) => {
                self.stored_since = true;
                self.caught_up = false;
                vec![PhoneStep::StoreEntries(entries)]
            }
            Frame::CaughtUp(caught_up) => {
                self.comparing.clone_from(&caught_up.feeds);
                vec![PhoneStep::Compare(caught_up)]
            }
            Frame::Pong(pong) => vec![PhoneStep::Pong(pong)],
            Frame::Unknown(number) => close(Farewell::UpgradeRequired, format!("frame type {number} is not known to this version")),
            other => close(Farewell::Malformed, format!("{} does not come from a server", other.name())),
        }
    }

    /// The answer to [`PhoneStep::ReadOutbox`]: consecutive edits from the number asked for; none when there are no more.
    pub fn outbox(&mut self, push: Option<Push>) -> Vec<PhoneStep> {
        self.reading = false;
        let Some(push) = push else {
            self.next_seq = self.push_from;
            return self.settled();
        };
        // An answer to a question that a gap has overtaken: ask again.
        let Some(frame) = self.push(push) else { return self.read_more().into_iter().collect() };
        let mut steps = vec![PhoneStep::Send(vec![frame])];
        steps.extend(self.read_more());
        steps
    }

    /// New edits were saved on this phone, up to but not including `next_seq`.
    pub fn edits_saved(&mut self, next_seq: u64) -> Vec<PhoneStep> {
        self.next_seq = self.next_seq.max(next_seq);
        if self.open { self.read_more().into_iter().collect() } else { Vec::new() }
    }

    /// The answer to [`PhoneStep::Compare`]: the feeds whose digests differ.
    pub fn compared(&mut self, different: &[Feed]) -> Vec<PhoneStep> {
        self.caught_up = true;
        let mut steps = Vec::new();
        if self.stored_since {
            self.stored_since = false;
            steps.push(PhoneStep::Send(vec![Frame::Stored(Stored { feeds: self.comparing.clone() })]));
        }
        // While edits are unanswered, both ends differ rightly.
        if self.acked_before < self.next_seq {
            return steps;
        }
        for feed in different {
            let again = !self.reconciled.insert(*feed);
            steps.push(if again { PhoneStep::Diverged(*feed) } else { PhoneStep::ReadInventory(*feed) });
        }
        if different.is_empty() {
            self.reconciled.clear();
            steps.extend(self.settled());
        }
        steps
    }

    /// The answer to [`PhoneStep::ReadInventory`].
    pub fn inventory(&mut self, inventory: Inventory) -> Vec<PhoneStep> {
        self.caught_up = false;
        vec![PhoneStep::Send(vec![Frame::Inventory(inventory)])]
    }

    /// Reports health.
    #[must_use]
    pub fn ping(&self, health: Health) -> Vec<PhoneStep> {
        if self.open { vec![PhoneStep::Send(vec![Frame::Ping(Ping { health })])] } else { Vec::new() }
    }

    fn welcomed(&mut self, welcome: Welcome) -> Vec<PhoneStep> {
        if self.open || welcome.version < VERSIONS.0 || welcome.version > VERSIONS.1 {
            return close(Farewell::UpgradeRequired, format!("version {} was not offered", welcome.version));
        }
        self.open = true;
        let wanted = welcome.next_device_seq;
        if wanted > self.next_seq {
            let detail = format!("the server already has edits up to {wanted} of this installation, which made only {}", self.next_seq);
            return vec![PhoneStep::StoreWelcome(welcome), PhoneStep::Close(Goodbye::new(Farewell::IdentityReused, detail))];
        }
        let mut steps = vec![PhoneStep::StoreWelcome(welcome)];
        if wanted < self.acked_before {
            // The server lost what it had acknowledged (restored from a backup): send it again.
            self.acked_before = wanted;
            self.push_from = wanted;
        }
        steps.extend(self.read_more());
        steps
    }

    fn acked(&mut self, acked: Acked) -> Vec<PhoneStep> {
        self.in_flight = self.in_flight.saturating_sub(1);
        let wanted = acked.next_seq;
        let gap = acked.outcomes.is_empty() && wanted < self.push_from;
        self.acked_before = self.acked_before.max(wanted.min(self.next_seq));
        if gap {
            self.push_from = wanted;
        }
        let refused = |outcome: &Outcome| matches!(outcome.verdict, Verdict::Quarantined { .. });
        let all_refused = !acked.outcomes.is_empty() && acked.outcomes.iter().all(refused);
        let mut steps = Vec::new();
        if !acked.outcomes.is_empty() {
            steps.push(PhoneStep::StoreAcked(acked));
        }
        steps.extend(self.read_more());
        let settled = self.settled();
        // Refused edits change no feed, so no other digests follow: those that could not be compared while edits were unanswered are the
        // latest there are.
        if all_refused && !settled.is_empty() {
            let feeds = self.comparing.clone();
            steps.push(PhoneStep::Compare(CaughtUp { feeds }));
        } else {
            steps.extend(settled);
        }
        steps
    }

    fn push(&mut self, push: Push) -> Option<Frame> {
        let count = u64::try_from(push.edits.len()).unwrap_or(u64::MAX);
        if count == 0 || push.first_seq != self.push_from {
            return None;
        }
        self.push_from = self.push_from.saturating_add(count);
        self.next_seq = self.next_seq.max(self.push_from);
        self.in_flight = self.in_flight.saturating_add(1);
        Some(Frame::Push(push))
    }

    /// Asks for more edits when there are any and the window allows it.
    fn read_more(&mut self) -> Option<PhoneStep> {
        let may = self.push_from < self.next_seq && self.in_flight < MAX_PUSHES_IN_FLIGHT && !self.reading;
        self.reading |= may;
        may.then_some(PhoneStep::ReadOutbox { from: self.push_from })
    }

    fn settled(&self) -> Vec<PhoneStep> {
        let all = self.open && self.caught_up && self.acked_before >= self.next_seq;
        if all { vec![PhoneStep::CaughtUp] } else { Vec::new() }
    }
}

fn close(why: Farewell, detail: impl Into<String>) -> Vec<PhoneStep> {
    let goodbye = Goodbye::new(why, detail);
    vec![PhoneStep::Send(vec![Frame::Goodbye(goodbye.clone())]), PhoneStep::Close(goodbye)]
}
