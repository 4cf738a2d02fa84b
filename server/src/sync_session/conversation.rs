//! The steps of one session, carried out on the store.

use std::{collections::VecDeque, time::Duration};

use linecrew_protocol::{
    Reason,
    digest::Digest,
    ids::InstallationId,
    model::person::Principal,
    sync::{Granted, SIGN_IN_AGAIN, ServerSession, ServerStep},
    wire::{Farewell, Feed, FeedDigest, Frame, Goodbye, HandIn, Outcome, Position, Verdict},
};

use tokio::time::{Instant, sleep};

use super::{SyncDeps, limits, outgoing};
use crate::{
    fail_point,
    live::Seat,
    store::{Contact, Delivery, Effects, SessionOpening, StoreError},
};

/// What a conversation wants of its driver.
#[derive(Debug)]
pub(super) enum Ask {
    /// Send these frames.
    Send(Vec<Frame>),
    /// The session is over.
    Close,
}

/// One phone's session, whatever carries it.
pub(super) struct Conversation {
    deps: SyncDeps,
    session: ServerSession,
    phone: Option<Principal>,
    /// The feeds that were granted to it.
    follows: Vec<Feed>,
    /// Whether it was only let in to hand in what it holds.
    hand_in: Option<HandIn>,
    seat: Option<Seat>,
    /// Whether this session takes the phone's place on the bus.
    live: bool,
    /// Reads wait here, so that edits are always taken first.
    reads: VecDeque<ServerStep>,
    contact: Option<Contact>,
    /// The phone has used up its share: it is listened to again from then on.
    listens_from: Option<Instant>,
}

impl Conversation {
    /// A conversation that waits for its hello. `live`: it stays open and wants to be woken.
    pub(super) fn new(deps: SyncDeps, live: bool) -> Self {
        let session = ServerSession::new();
        Self {
            deps,
            session,
            phone: None,
            follows: Vec::new(),
            hand_in: None,
            seat: None,
            live,
            reads: VecDeque::new(),
            contact: None,
            listens_from: None,
        }
    }

    /// Whether the hello was good.
    pub(super) fn is_open(&self) -> bool {
        self.phone.is_some()
    }

    /// Whether pages wait to be read and sent.
    pub(super) fn has_reads(&self) -> bool {
        !self.reads.is_empty()
    }

    /// The place on the bus, once the session is open.
    pub(super) fn seat(&self) -> Option<&Seat> {
        self.seat.as_ref()
    }

    /// When the phone is listened to again; none when it may speak.
    pub(super) fn listens_from(&self) -> Option<Instant> {
        self.listens_from.filter(|from| *from > Instant::now())
    }

    /// A frame arrived.
    pub(super) async fn received(&mut self, frame: Frame) -> Vec<Ask> {
        self.take_share(self.deps.shares.limits.of_frame(&frame));
        let is_ping = matches!(frame, Frame::Ping(_));
        let mut steps = self.session.received(frame, self.deps.clock.now());
        if is_ping {
            match self.access().await {
                Access::Changed => return farewell(&StoreError::AccessChanged),
                Access::Same(heads) => steps.extend(self.session.notice(&heads)),
                Access::Unknown => {}
            }
        }
        self.carry_out(steps).await
    }

    /// Some feeds have something new.
    pub(super) async fn woken(&mut self, feeds: impl IntoIterator<Item = Feed>) -> Vec<Ask> {
        let feeds: Vec<Feed> = feeds.into_iter().collect();
        // The person's own feed is granted only once it holds something; from then on the phone has to ask for it.
        if feeds.iter().any(|feed| !self.follows.contains(feed)) && matches!(self.access().await, Access::Changed) {
            return farewell(&StoreError::AccessChanged);
        }
        let steps = self.session.wake(feeds);
        self.carry_out(steps).await
    }

    /// Somebody changed what this phone may do.
    pub(super) async fn recheck(&mut self) -> Vec<Ask> {
        if matches!(self.access().await, Access::Changed) { farewell(&StoreError::AccessChanged) } else { Vec::new() }
    }

    /// An edit that the phone believes to be refused was admitted: it asks about those when it says hello, which it does at once.
    pub(super) fn call_back() -> Vec<Ask> {
        let detail = "an edit that was refused is admitted: the next welcome says which".to_owned();
        leave(Goodbye { why: Farewell::Busy, retry_after_ms: Some(0), detail })
    }

    /// Reads the next page that is due.
    pub(super) async fn read(&mut self) -> Vec<Ask> {
        let Some(step) = self.reads.pop_front() else { return Vec::new() };
        let Some(installation) = self.installation() else { return Vec::new() };
        let (before, page) = match step {
            ServerStep::Read { feed, after, transfer } => {
                let before = Position { feed, seq: after, digest: Digest::EMPTY, transfer: transfer.clone() };
                (before, self.deps.store.page(installation, feed, after, transfer.map(Into::into)).await)
            }
            ServerStep::Reconcile(inventory) => {
                let before = Position { feed: inventory.feed, seq: 0, digest: Digest::EMPTY, transfer: None };
                (before, self.deps.store.reconcile(installation, inventory).await)
            }
            _ => return Vec::new(),
        };
        match page {
            Ok(page) => {
                self.take_share(self.deps.shares.limits.of_entries(page.entries.len()));
                let steps = self.session.page(before.feed, page).into_iter().map(|step| cut(step, &before)).collect();
                self.carry_out(steps).await
            }
            Err(error) => farewell(&error),
        }
    }

    /// Stores what the phone said about itself and tells the boards. Nothing was promised about it, so a failure ends nothing.
    pub(super) async fn note_contact(&mut self) {
        let Some(contact) = self.contact.take() else { return };
        let installation = contact.installation;
        if let Err(error) = self.deps.store.contact(contact).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a phone's report was not stored");
            return;
        }
        self.tell_boards(installation).await;
    }

    /// The session is over: the phone is no longer connected.
    pub(super) async fn end(mut self) {
        self.note_contact().await;
        let was_live = self.seat.take().is_some();
        if let Some(installation) = self.installation().filter(|_| was_live) {
            self.tell_boards(installation).await;
        }
    }

    /// Whether the phone may follow other feeds now than when the session was opened: somebody moved to another crew, or was revoked. Feeds
    /// in which nothing happens would never say so; the next hello is told.
    async fn access(&self) -> Access {
        let Some(Principal { person, installation, .. }) = &self.phone else { return Access::Unknown };
        match self.deps.store.open_session(*installation, *person).await {
            Ok(Some(now)) if now.hand_in == self.hand_in && now.feeds.iter().map(|head| head.feed).eq(self.follows.iter().copied()) => {
                Access::Same(now.feeds)
            }
            Ok(_) => Access::Changed,
            // Nothing is known: no reason to end a session.
            Err(_) => Access::Unknown,
        }
    }

    fn take_share(&mut self, part: Duration) {
        let Some(installation) = self.installation().filter(|_| !part.is_zero()) else { return };
        let now = Instant::now();
        let wait = self.deps.shares.take(installation, part, now.into_std());
        self.listens_from = (!wait.is_zero()).then(|| now + wait);
    }

    fn installation(&self) -> Option<InstallationId> {
        self.phone.as_ref().map(|phone| phone.installation)
    }

    async fn tell_boards(&self, installation: InstallationId) {
        if !self.deps.live.has_boards() {
            return;
        }
        if let Ok(Some(mut phone)) = self.deps.store.phone(installation).await {
            phone.connected = self.deps.live.is_connected(installation);
            self.deps.live.publish_phone(phone);
        }
    }

    async fn carry_out(&mut self, steps: Vec<ServerStep>) -> Vec<Ask> {
        let mut waiting = VecDeque::from(steps);
        let mut asks = Vec::new();
        while let Some(step) = waiting.pop_front() {
            let more = match step {
                ServerStep::Send(frames) => {
                    asks.push(Ask::Send(frames));
                    Vec::new()
                }
                ServerStep::Close(_) => {
                    asks.push(Ask::Close);
                    return asks;
                }
                ServerStep::Authenticate { token, installation } => self.authenticate(&token, installation).await,
                ServerStep::Commit(push) => match self.commit(push).await {
                    Ok(steps) => steps,
                    Err(error) => {
                        asks.extend(farewell(&error));
                        return asks;
                    }
                },
                read @ (ServerStep::Read { .. } | ServerStep::Reconcile(_)) => {
                    self.read_later(read);
                    Vec::new()
                }
                ServerStep::Health(health) => self.note(|contact| contact.health = Some(health)),
                ServerStep::Stored(stored) => self.note(|contact| contact.stored = stored),
            };
            for step in more.into_iter().rev() {
                waiting.push_front(step);
            }
        }
        asks
    }

    /// Of each feed at most one page and one inventory wait: what the phone sends comes before what it is sent, so whoever says what they hold
    /// faster than they are answered would fill the memory. The newest inventory is the one that counts.
    fn read_later(&mut self, read: ServerStep) {
        let feed_of = |step: &ServerStep| if let ServerStep::Reconcile(inventory) = step { Some(inventory.feed) } else { None };
        let feed = feed_of(&read);
        match self.reads.iter_mut().find(|waiting| feed.is_some() && feed_of(waiting) == feed) {
            Some(older) => *older = read,
            None => self.reads.push_back(read),
        }
    }

    async fn authenticate(&mut self, token: &str, installation: InstallationId) -> Vec<ServerStep> {
        let Ok(person) = self.deps.authenticator.authenticate(token, installation) else {
            return self.session.denied(Goodbye::new(Farewell::Unauthenticated, SIGN_IN_AGAIN));
        };
        let opening = match self.deps.store.open_session(installation, person).await {
            // Before it takes its place: a token in other hands must not cut the phone off.
            Ok(Some(opening)) if self.session.is_proven(&opening.key) => opening,
            Ok(_) => return self.session.denied(Goodbye::new(Farewell::Unauthenticated, SIGN_IN_AGAIN)),
            Err(error) => return self.session.denied(goodbye(&error)),
        };
        let wait = self.deps.shares.wait(installation, Instant::now().into_std());
        if !wait.is_zero() {
            sleep(wait.min(self.deps.shares.limits.refusal)).await;
            return self.session.denied(come_back(wait));
        }
        let opening = match self.take_seat(opening).await {
            Ok(opening) => opening,
            Err(error) => return self.session.denied(goodbye(&error)),
        };
        match self.admitted(installation).await {
            Ok(admitted) => self.grant(opening, admitted),
            Err(error) => self.session.denied(goodbye(&error)),
        }
    }

    /// What is accepted by now of the edits that the phone believes to be refused.
    async fn admitted(&self, installation: InstallationId) -> Result<Vec<Outcome>, StoreError> {
        let refused = self.session.refused().to_vec();
        if refused.is_empty() { Ok(Vec::new()) } else { self.deps.store.accepted(installation, refused).await }
    }

    /// Follows the feeds, then reads them again, until they are the same: what was committed in between has woken nobody.
    pub(super) async fn take_seat(&mut self, mut opening: SessionOpening) -> Result<SessionOpening, StoreError> {
        if !self.live {
            return Ok(opening);
        }
        let Principal { person, installation, .. } = opening.principal;
        let mut seat = self.deps.live.join(installation);
        loop {
            seat.follow(opening.feeds.iter().map(|head| head.feed).chain([Feed::Person(person)]));
            // Also what was revoked meanwhile: whoever did it found no session to end yet.
            let again = self.deps.store.open_session(installation, person).await?.ok_or(StoreError::AccessChanged)?;
            let same = again.feeds.iter().map(|head| head.feed).eq(opening.feeds.iter().map(|head| head.feed));
            opening = again;
            if same {
                self.seat = Some(seat);
                return Ok(opening);
            }
        }
    }

    fn grant(&mut self, opening: SessionOpening, admitted: Vec<Outcome>) -> Vec<ServerStep> {
        let SessionOpening { principal, key, store, next_device_seq, feeds, hand_in } = opening;
        let follows = feeds.iter().map(|head| head.feed).collect();
        let now = self.deps.clock.now();
        let steps = self.session.granted(&Granted { now, store, key, next_device_seq, feeds, hand_in, admitted });
        if self.session.is_open() {
            self.phone = Some(principal);
            self.take_share(self.deps.shares.limits.hello);
            self.follows = follows;
            self.hand_in = hand_in;
        } else {
            self.seat = None;
        }
        steps
    }

    async fn commit(&mut self, push: linecrew_protocol::wire::Push) -> Result<Vec<ServerStep>, StoreError> {
        let Some(principal) = self.phone.clone() else { return Ok(Vec::new()) };
        let delivery = Delivery { principal, push, now: self.deps.clock.now() };
        let delivered = self.deps.store.deliver(delivery).await;
        if matches!(delivered, Err(StoreError::IdentityReused)) {
            // What the copy of a phone sent has been set aside, and there is no other effect.
            self.deps.live.publish(&Effects { refused: true, ..Effects::default() });
        }
        let (acked, effects) = delivered?;
        fail_point::reached(fail_point::AFTER_COMMIT_BEFORE_ACK).await;
        self.deps.live.publish(&effects);
        self.take_share(self.deps.shares.limits.of_answer(&acked));
        // Another process may have revoked the phone: nobody rang here.
        let ends = self.hand_in.is_none()
            && acked.outcomes.iter().any(|outcome| matches!(outcome.verdict, Verdict::Quarantined { reason: Reason::Revoked, .. }));
        let mut steps = self.session.committed(acked);
        if ends {
            steps.extend(self.session.denied(goodbye(&StoreError::AccessChanged)));
        }
        Ok(steps)
    }

    fn note(&mut self, fill: impl FnOnce(&mut Contact)) -> Vec<ServerStep> {
        if let Some(installation) = self.installation() {
            let now = self.deps.clock.now();
            let empty = || Contact { installation, health: None, stored: Vec::new(), now };
            let contact = self.contact.get_or_insert_with(empty);
            contact.now = now;
            fill(contact);
        }
        Vec::new()
    }
}

/// What a phone may follow now, compared with when its session was opened.
enum Access {
    /// The same feeds; these are their heads.
    Same(Vec<FeedDigest>),
    /// Others, or none.
    Changed,
    /// The store does not answer.
    Unknown,
}

fn cut(step: ServerStep, before: &Position) -> ServerStep {
    let ServerStep::Send(frames) = step else { return step };
    let cut = frames.into_iter().flat_map(|frame| match frame {
        Frame::Entries(entries) => outgoing::cut(entries, before),
        other => vec![other],
    });
    ServerStep::Send(cut.collect())
}

fn farewell(error: &StoreError) -> Vec<Ask> {
    leave(goodbye(error))
}

fn leave(goodbye: Goodbye) -> Vec<Ask> {
    vec![Ask::Send(vec![Frame::Goodbye(goodbye)]), Ask::Close]
}

/// The phone's share has recovered after `wait`.
fn come_back(wait: Duration) -> Goodbye {
    let retry_after_ms = Some(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    Goodbye { why: Farewell::Busy, retry_after_ms, detail: "this phone has asked for more than its share; nothing was lost".to_owned() }
}

fn goodbye(error: &StoreError) -> Goodbye {
    let (why, retry_after_ms, detail) = match error {
        StoreError::IdentityReused => return Goodbye::new(Farewell::IdentityReused, "another copy of this phone has written; begin anew"),
        StoreError::Full => (Farewell::StorageUnavailable, limits::RETRY_WHEN_FULL_MS, "the server's disk is full; nothing was lost"),
        StoreError::Busy => (Farewell::Busy, limits::RETRY_WHEN_BUSY_MS, "the server is busy"),
        StoreError::AccessChanged => (Farewell::Busy, 0, "what this phone may follow has changed"),
        StoreError::Failed { .. } => {
            tracing::error!(error = error as &dyn std::error::Error, "the store failed");
            (Farewell::StorageUnavailable, limits::RETRY_AFTER_FAILURE_MS, "the server cannot store now")
        }
    };
    Goodbye { why, retry_after_ms: Some(retry_after_ms), detail: detail.to_owned() }
}
