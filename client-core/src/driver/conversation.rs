//! One session's steps, carried out in order on the store.

use std::collections::{BTreeSet, VecDeque};

use linecrew_protocol::{
    ids::DocumentId,
    sync::{PhoneSession, PhoneStep},
    time::Timestamp,
    wire::{Acked, CaughtUp, Entries, Farewell, Feed, Frame, Goodbye, HandIn, Push, Verdict, Welcome},
};

use crate::sync::SyncError;

use super::{SyncStop, desk::Desk};

/// What sessions did, added up.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) pushed: u64,
    pub(super) accepted: u64,
    pub(super) quarantined: u64,
    pub(super) received: BTreeSet<DocumentId>,
    /// The last comparison of digests, unless something was stored since.
    pub(super) equal: Option<bool>,
    /// Counts what was stored: progress.
    pub(super) stored: u64,
}

/// The phone's end of one session, between a transport and the store.
pub(super) struct Conversation<'t> {
    desk: Desk,
    session: PhoneSession,
    tally: &'t mut Tally,
    outgoing: VecDeque<Vec<Frame>>,
    /// When the hello left, by the monotonic clock.
    hello_at_ms: u64,
    /// When the last unanswered ping left.
    ping_at_ms: Option<u64>,
    /// How many edits waited when the server was last told.
    told_pending: u64,
    welcomed: bool,
    /// Whether the server only takes what this phone holds.
    hand_in: Option<HandIn>,
    caught_up: bool,
    was_caught_up: bool,
    diverged: bool,
    /// What could not be stored: receiving has stopped, sending goes on.
    full: Option<SyncError>,
    goodbye: Option<Goodbye>,
}

impl<'t> Conversation<'t> {
    /// Opens a session: its first frames wait to [`depart`](Self::depart).
    pub(super) async fn open(desk: &Desk, tally: &'t mut Tally) -> Result<Self, SyncStop> {
        let (hand, first) = desk.ask(|client| client.hand()).await?.ok_or(SyncStop::NeedsSignIn)?;
        let told_pending = hand.hello.health.pending;
        let (session, steps) = PhoneSession::start(hand, first);
        let mut open = Self {
            desk: desk.clone(),
            session,
            tally,
            outgoing: VecDeque::new(),
            hello_at_ms: desk.monotonic_ms(),
            ping_at_ms: None,
            told_pending,
            welcomed: false,
            hand_in: None,
            caught_up: false,
            was_caught_up: false,
            diverged: false,
            full: None,
            goodbye: None,
        };
        open.carry_out(steps).await?;
        Ok(open)
    }

    /// A frame arrived.
    pub(super) async fn received(&mut self, frame: Frame) -> Result<(), SyncStop> {
        if self.goodbye.is_some() {
            return Ok(());
        }
        let steps = self.session.received(frame);
        self.carry_out(steps).await
    }

    /// Edits were saved on this phone.
    pub(super) async fn edits_saved(&mut self, next_seq: u64) -> Result<(), SyncStop> {
        let steps = self.session.edits_saved(next_seq);
        self.carry_out(steps).await
    }

    /// Time to report health.
    pub(super) async fn ping(&mut self) -> Result<(), SyncStop> {
        let health = self.desk.ask(|client| client.health()).await?;
        self.ping_at_ms = Some(self.desk.monotonic_ms());
        self.told_pending = health.pending;
        let steps = self.session.ping(health);
        self.carry_out(steps).await
    }

    /// Why the server only takes what this phone holds, once it has all of it and knows that nothing is left here.
    pub(super) fn has_handed_in(&self) -> Option<HandIn> {
        self.hand_in.filter(|_| self.caught_up && self.told_pending == 0 && self.ping_at_ms.is_none())
    }

    /// Whether the server only takes what this phone holds.
    pub(super) fn is_handing_in(&self) -> bool {
        self.hand_in.is_some()
    }

    /// Whether the server still shows edits as waiting that it has answered: people at the board would worry about them until the next ping.
    pub(super) fn owes_good_news(&self) -> bool {
        self.caught_up && self.told_pending > 0
    }

    /// The next message to send, if its changes are within `room` bytes.
    pub(super) fn depart(&mut self, room: usize) -> Option<Vec<Frame>> {
        let frames = self.outgoing.pop_front_if(|frames| change_bytes(frames) <= room)?;
        if matches!(frames.first(), Some(Frame::Hello(_))) {
            self.hello_at_ms = self.desk.monotonic_ms();
        }
        Some(frames)
    }

    /// These frames reached the server, or may have.
    pub(super) fn count_sent(&mut self, frames: &[Frame]) {
        let edits = pushes(frames).map(|push| push.edits.len() as u64).sum();
        self.tally.pushed = self.tally.pushed.saturating_add(edits);
    }

    /// These frames are on their way, and their answers are not here: people see their edits as sent.
    pub(super) async fn show_as_sent(&mut self, frames: &[Frame]) -> Result<(), SyncStop> {
        for push in pushes(frames) {
            let push = push.clone();
            self.desk.ask(move |client| client.mark_sent(&push)).await?;
        }
        Ok(())
    }

    pub(super) fn tally(&self) -> &Tally {
        self.tally
    }

    /// Whether the server has answered the hello.
    pub(super) fn is_welcomed(&self) -> bool {
        self.welcomed
    }

    /// Whether everything was sent, acknowledged and received.
    pub(super) fn is_caught_up(&self) -> bool {
        self.caught_up
    }

    /// Whether it ever was.
    pub(super) fn was_caught_up(&self) -> bool {
        self.was_caught_up
    }

    /// Why the session cannot go on, if it cannot: asked after everything that arrived is dealt with.
    pub(super) async fn end(&mut self) -> Option<SyncStop> {
        if let Some(goodbye) = self.goodbye.take() {
            if goodbye.why != Farewell::IdentityReused {
                return Some(goodbye.into());
            }
            let renewed = self.desk.ask(|client| client.renew_installation()).await;
            return Some(match renewed {
                Ok(renewed) => SyncStop::InstallationRenewed { edits: renewed.edits },
                Err(error) => error.into(),
            });
        }
        self.diverged.then_some(SyncStop::Diverged)
    }

    /// What stopped receiving, if something did.
    pub(super) fn take_full(&mut self) -> Option<SyncError> {
        self.full.take()
    }

    /// A step's answers come where the step stood: before what follows it.
    async fn carry_out(&mut self, steps: Vec<PhoneStep>) -> Result<(), SyncStop> {
        let mut waiting = VecDeque::from(steps);
        while let Some(step) = waiting.pop_front() {
            let answers = self.step(step).await?;
            for answer in answers.into_iter().rev() {
                waiting.push_front(answer);
            }
        }
        Ok(())
    }

    async fn step(&mut self, step: PhoneStep) -> Result<Vec<PhoneStep>, SyncStop> {
        match step {
            PhoneStep::Send(frames) => self.outgoing.push_back(frames),
            PhoneStep::StoreWelcome(welcome) => return self.welcome(welcome).await,
            PhoneStep::StoreAcked(acked) => return self.acked(acked).await,
            PhoneStep::StoreEntries(entries) => return self.entries(entries).await,
            PhoneStep::Compare(caught_up) => return self.compare(caught_up).await,
            PhoneStep::ReadOutbox { from } => {
                let push = self.desk.ask(move |client| client.push_from(from)).await?;
                return Ok(self.session.outbox(push));
            }
            PhoneStep::ReadInventory(feed) => {
                let inventory = self.desk.ask(move |client| client.inventory(feed)).await?;
                return Ok(self.session.inventory(inventory));
            }
            PhoneStep::Pong(pong) => self.pong(pong.server_time).await?,
            PhoneStep::CaughtUp => (self.caught_up, self.was_caught_up) = (true, true),
            PhoneStep::Diverged(feed) => self.diverged(feed),
            PhoneStep::Close(goodbye) => self.goodbye = Some(goodbye),
        }
        Ok(Vec::new())
    }

    async fn welcome(&mut self, welcome: Welcome) -> Result<Vec<PhoneStep>, SyncStop> {
        self.welcomed = true;
        self.hand_in = welcome.hand_in;
        let hello_at = self.hello_at_ms;
        let store = self.desk.ask(move |client| {
            let round_trip_ms = client.host().monotonic_ms().saturating_sub(hello_at);
            client.store_welcome(welcome, round_trip_ms)
        });
        let stored = store.await?;
        Ok(self.session.edits_saved(stored.next_seq))
    }

    async fn acked(&mut self, acked: Acked) -> Result<Vec<PhoneStep>, SyncStop> {
        let accepted = acked.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Accepted).count();
        let quarantined = acked.outcomes.len().saturating_sub(accepted);
        let stored = self.desk.ask(move |client| client.store_acked(acked)).await?;
        self.tally.accepted = self.tally.accepted.saturating_add(accepted as u64);
        self.tally.quarantined = self.tally.quarantined.saturating_add(quarantined as u64);
        self.moved();
        Ok(self.session.edits_saved(stored.next_seq))
    }

    async fn entries(&mut self, entries: Entries) -> Result<Vec<PhoneStep>, SyncStop> {
        if self.full.is_some() {
            // Entries after a gap must not be stored: the cursor would pass over what is missing.
            return Ok(Vec::new());
        }
        let documents: Vec<DocumentId> = entries.entries.iter().map(|entry| entry.document).collect();
        match self.desk.ask(move |client| client.store_entries(entries)).await {
            Ok(stored) => {
                self.tally.received.extend(documents);
                self.moved();
                Ok(self.session.edits_saved(stored.next_seq))
            }
            Err(full @ SyncError::StorageFull(_)) => {
                self.full = Some(full);
                Ok(Vec::new())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn compare(&mut self, caught_up: CaughtUp) -> Result<Vec<PhoneStep>, SyncStop> {
        if self.full.is_some() {
            return Ok(Vec::new());
        }
        let different = self.desk.ask(move |client| client.compare(&caught_up)).await?;
        self.tally.equal = Some(different.is_empty());
        Ok(self.session.compared(&different))
    }

    async fn pong(&mut self, server_time: Timestamp) -> Result<(), SyncStop> {
        let Some(ping_at) = self.ping_at_ms.take() else { return Ok(()) };
        let sight = self.desk.ask(move |client| {
            let round_trip_ms = client.host().monotonic_ms().saturating_sub(ping_at);
            client.sighting(server_time, round_trip_ms)
        });
        Ok(sight.await?)
    }

    fn diverged(&mut self, feed: Feed) {
        tracing::error!(%feed, "phone and server hold different documents although nothing is left to send");
        self.diverged = true;
    }

    fn moved(&mut self) {
        self.tally.stored = self.tally.stored.saturating_add(1);
        self.tally.equal = None;
    }
}

pub(super) fn change_bytes(frames: &[Frame]) -> usize {
    pushes(frames).flat_map(|push| &push.edits).map(|edit| edit.change.len()).sum()
}

fn pushes(frames: &[Frame]) -> impl Iterator<Item = &Push> {
    frames.iter().filter_map(|frame| match frame {
        Frame::Push(push) => Some(push),
        _ => None,
    })
}
