//! A transport to the office: every message passes through the protocol's own `ServerSession`.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use linecrew_client::{
    Client,
    driver::{DriverOptions, SyncDriver},
    transport::{Endpoint, MessageStream, Problem, Transport, TransportError},
};
use linecrew_protocol::{
    Reason,
    ids::InstallationId,
    model::person::Principal,
    sync::{Granted, Page, SIGN_IN_AGAIN, ServerSession, ServerStep},
    wire::{Entries, Farewell, Feed, Frame, Goodbye, HandIn, Welcome, decode_message, encode_message},
};
use linecrew_sqlite::Execution;
use tokio::sync::Notify;

use crate::{
    office::{DISTRICT, Office},
    phone::Phone,
    registry::Registry,
};

/// What happens to the next messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Line {
    /// They arrive.
    #[default]
    Good,
    /// No connection opens.
    Down,
    /// The request arrives, the answer does not.
    LosesAnswers,
    /// Nothing ever comes back, and nothing says so.
    BlackHole,
    /// Somebody else answers.
    Portal,
    /// Answers end after so many bytes, as if they were whole.
    CutsAt(usize),
    /// Somebody else refuses.
    PortalRefuses,
    /// The server refuses the access token with a problem document.
    Refuses,
    /// The server says goodbye and asks for a pause.
    Busy,
    /// The first page of entries disappears.
    LosesAPage,
}

/// The office and the line to it.
pub(crate) struct Switchboard {
    office: Mutex<Office>,
    registry: Mutex<Registry>,
    pub(crate) line: Mutex<Line>,
    /// Yields to the runtime at every boundary, so that a test can stop a driver between any two.
    pub(crate) yields: AtomicUsize,
    pub(crate) requests: AtomicUsize,
    /// How many edits wait, as a phone said last.
    pub(crate) pending: AtomicU64,
    news: Notify,
}

impl Switchboard {
    pub(crate) fn new(office: Office) -> Arc<Self> {
        Arc::new(Self {
            office: Mutex::new(office),
            registry: Mutex::default(),
            line: Mutex::default(),
            yields: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            pending: AtomicU64::new(0),
            news: Notify::new(),
        })
    }

    pub(crate) fn driver(self: &Arc<Self>, phone: &Phone) -> SyncDriver {
        self.driver_with(phone, DriverOptions { execution: Execution::Inline, ..DriverOptions::new(1) })
    }

    pub(crate) fn driver_with(self: &Arc<Self>, phone: &Phone, options: DriverOptions) -> SyncDriver {
        self.registry().know(phone.client.installation(), phone.person, phone.keystore.public());
        self.driver_of(&phone.client, options)
    }

    /// A driver for a client of which the server may know nothing.
    pub(crate) fn driver_of(self: &Arc<Self>, client: &Client, options: DriverOptions) -> SyncDriver {
        SyncDriver::new(client.clone(), Arc::new(self.way()), options)
    }

    /// The way to here.
    pub(crate) fn way(self: &Arc<Self>) -> Way {
        Way(Arc::clone(self))
    }

    pub(crate) fn office(&self) -> MutexGuard<'_, Office> {
        self.office.lock().unwrap()
    }

    pub(crate) fn set(&self, line: Line) {
        *self.line.lock().unwrap() = line;
        self.news.notify_waiters();
    }

    fn line(&self) -> Line {
        *self.line.lock().unwrap()
    }

    /// Something was decided: live sessions hear of it.
    pub(crate) fn wake(&self) {
        self.news.notify_waiters();
    }

    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap()
    }

    /// Time passes, for the office and for a phone.
    pub(crate) fn pass(&self, millis: u64, phone: &Phone) {
        let mut office = self.office();
        office.now = office.now.plus_ms(millis);
        phone.host.advance(millis);
    }

    /// The answer to a request about trust.
    async fn trust(&self, endpoint: Endpoint, body: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.boundary().await;
        let line = self.line();
        match line {
            Line::Down => return Err(down()),
            Line::Portal => return Ok(b"<html>Free Wi-Fi: accept our terms</html>".to_vec()),
            Line::PortalRefuses => return Err(TransportError::NotOurs { status: 401 }),
            Line::Busy => return Err(TransportError::Refused(Box::new(busy()))),
            Line::BlackHole => return std::future::pending().await,
            _ => {}
        }
        let now = self.office().now;
        let tokens = match endpoint {
            Endpoint::Enrol => self.registry().enrol(&serde_json::from_slice(body).unwrap(), now),
            Endpoint::Token => self.registry().refresh(&serde_json::from_slice(body).unwrap(), now),
            Endpoint::Sync => unreachable!("it has an answer of its own"),
        };
        self.boundary().await;
        if line == Line::LosesAnswers {
            return Err(TransportError::Broken(io::ErrorKind::ConnectionReset.into()));
        }
        tokens.map(|tokens| serde_json::to_vec(&tokens).unwrap()).map_err(|problem| TransportError::Refused(Box::new(problem)))
    }

    /// The answer to one request.
    async fn answer(&self, body: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.boundary().await;
        let line = self.line();
        match line {
            Line::Down => return Err(down()),
            Line::Portal => return Ok(b"<html>Free Wi-Fi: accept our terms</html>".to_vec()),
            Line::PortalRefuses => return Err(TransportError::NotOurs { status: 401 }),
            Line::Refuses => return Err(refused()),
            Line::BlackHole => return std::future::pending().await,
            _ => {}
        }
        let mut desk = Desk::default();
        let mut answer = Vec::new();
        for frame in decode_message(&body).unwrap() {
            answer.extend(desk.received(self, frame).concat());
        }
        self.boundary().await;
        let mut answer = encode_message(&answer).unwrap();
        match line {
            Line::LosesAnswers => return Err(TransportError::Broken(io::ErrorKind::ConnectionReset.into())),
            Line::CutsAt(length) => answer.truncate(length),
            _ => {}
        }
        Ok(answer)
    }

    async fn boundary(&self) {
        for _ in 0..self.yields.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
    }
}

/// The server's end of one session.
#[derive(Default)]
struct Desk {
    session: ServerSession,
    principal: Option<Principal>,
    hand_in: Option<HandIn>,
    closed: bool,
    lost_a_page: bool,
}

impl Desk {
    fn received(&mut self, board: &Switchboard, frame: Frame) -> Vec<Vec<Frame>> {
        let now = board.office().tick();
        let steps = self.session.received(frame, now);
        self.carry_out(board, steps)
    }

    fn woken(&mut self, board: &Switchboard) -> Vec<Vec<Frame>> {
        let Some(feed) = self.principal.as_ref().and_then(|principal| principal.crew).map(Feed::Crew) else { return Vec::new() };
        let steps = self.session.wake([feed, Feed::Reference(DISTRICT)]);
        self.carry_out(board, steps)
    }

    fn carry_out(&mut self, board: &Switchboard, steps: Vec<ServerStep>) -> Vec<Vec<Frame>> {
        let mut waiting = VecDeque::from(steps);
        let mut messages = Vec::new();
        while let Some(step) = waiting.pop_front() {
            let more = match step {
                ServerStep::Authenticate { token, installation } => self.authenticate(board, &token, installation),
                ServerStep::Send(frames) => {
                    messages.push(self.on_the_line(board, frames));
                    Vec::new()
                }
                ServerStep::Commit(push) => {
                    let principal = self.principal.as_ref().unwrap();
                    if self.hand_in.is_some() {
                        let numbers = (push.first_seq..).take(push.edits.len());
                        board.office().refuse.extend(numbers.map(|number| ((principal.installation, number), Reason::Revoked)));
                    }
                    let acked = board.office().push(principal, &push);
                    board.wake();
                    self.session.committed(acked)
                }
                ServerStep::Read { feed, after, transfer } => {
                    let office = board.office();
                    let entries = match transfer {
                        Some(_) => {
                            let listed = office.transfer(feed).into_iter().flat_map(|page| page.entries).collect();
                            Entries { feed, entries: listed, cursor: office.head(feed), transfer: None, transfer_done: true }
                        }
                        None => office.tail(feed, after, self.principal.as_ref().unwrap().installation),
                    };
                    let page = page(&office, entries);
                    drop(office);
                    self.session.page(feed, page)
                }
                ServerStep::Reconcile(inventory) => {
                    let office = board.office();
                    let page = page(&office, office.reconcile(&inventory));
                    drop(office);
                    self.session.page(inventory.feed, page)
                }
                ServerStep::Close(_) => {
                    self.closed = true;
                    Vec::new()
                }
                ServerStep::Health(health) => {
                    board.pending.store(health.pending, Ordering::Relaxed);
                    Vec::new()
                }
                ServerStep::Stored(_) => Vec::new(),
            };
            more.into_iter().rev().for_each(|step| waiting.push_front(step));
        }
        messages
    }

    fn authenticate(&mut self, board: &Switchboard, token: &str, installation: InstallationId) -> Vec<ServerStep> {
        let now = board.office().now;
        let Some((principal, key)) = board.registry().admits(installation, token, now) else {
            return self.session.denied(Goodbye::new(Farewell::Unauthenticated, SIGN_IN_AGAIN));
        };
        if board.line() == Line::Busy {
            let busy = Goodbye { why: Farewell::Busy, retry_after_ms: Some(30_000), detail: "busy".to_owned() };
            return self.session.denied(busy);
        }
        let office = board.office();
        let crew = principal.crew.unwrap();
        let welcome = office.welcome(installation, crew);
        let hand_in = board.registry().hand_in(installation);
        let followed = welcome.feeds.iter().filter(|_| hand_in.is_none());
        let feeds = followed.flat_map(|head| office.caught_up(head.feed).feeds).collect();
        (self.principal, self.hand_in) = (Some(principal), hand_in);
        let Welcome { server_time: now, store, next_device_seq, .. } = welcome;
        let admitted = office.accepted(installation, self.session.refused());
        let granted = Granted { now, store, key, next_device_seq, feeds, hand_in, admitted };
        self.session.granted(&granted)
    }

    fn on_the_line(&mut self, board: &Switchboard, frames: Vec<Frame>) -> Vec<Frame> {
        if board.line() != Line::LosesAPage || self.lost_a_page {
            return frames;
        }
        let count = frames.len();
        let kept: Vec<Frame> = frames.into_iter().filter(|frame| !matches!(frame, Frame::Entries(_))).collect();
        self.lost_a_page = kept.len() < count;
        kept
    }
}

fn page(office: &Office, entries: Entries) -> Page {
    let digest = office.caught_up(entries.feed).feeds[0].digest;
    let Entries { entries, cursor, transfer, transfer_done, .. } = entries;
    Page { entries, cursor, transfer, transfer_done, more: false, digest }
}

fn busy() -> Problem {
    let mut busy = Problem::new(503, "busy", "Busy");
    busy.retry_after_ms = Some(30_000);
    busy
}

fn refused() -> TransportError {
    TransportError::Refused(Box::new(Problem::new(401, "unauthenticated", "Sign in")))
}

fn down() -> TransportError {
    TransportError::Connect { server: "the office".to_owned(), source: io::ErrorKind::ConnectionRefused.into() }
}

/// The way to the switchboard.
pub(crate) struct Way(Arc<Switchboard>);

impl Transport for Way {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn MessageStream>, TransportError>> {
        async move {
            self.0.requests.fetch_add(1, Ordering::Relaxed);
            self.0.boundary().await;
            match self.0.line() {
                Line::Down => return Err(down()),
                Line::Refuses => return Err(refused()),
                _ => {}
            }
            let stream = Stream { board: Arc::clone(&self.0), desk: Desk::default(), queued: VecDeque::new(), answers: VecDeque::new() };
            Ok(Box::new(stream) as Box<dyn MessageStream>)
        }
        .boxed()
    }

    fn post(&self, endpoint: Endpoint, body: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, TransportError>> {
        match endpoint {
            Endpoint::Sync => self.0.answer(body).boxed(),
            _ => async move { self.0.trust(endpoint, &body).await }.boxed(),
        }
    }
}

struct Stream {
    board: Arc<Switchboard>,
    desk: Desk,
    queued: VecDeque<Vec<u8>>,
    answers: VecDeque<Vec<u8>>,
}

impl Stream {
    fn take(&mut self, messages: Vec<Vec<Frame>>) {
        let messages = messages.into_iter().filter(|frames| !frames.is_empty());
        self.answers.extend(messages.map(|frames| encode_message(&frames).unwrap()));
    }

    async fn next(&mut self) -> Result<Option<Vec<u8>>, TransportError> {
        let board = Arc::clone(&self.board);
        loop {
            let news = board.news.notified();
            match board.line() {
                Line::Down => return Err(TransportError::Broken(io::ErrorKind::ConnectionReset.into())),
                Line::BlackHole => {
                    news.await;
                    continue;
                }
                _ => {}
            }
            while let Some(message) = self.queued.pop_front() {
                for frame in decode_message(&message).unwrap() {
                    let answers = self.desk.received(&board, frame);
                    self.take(answers);
                }
            }
            let woken = self.desk.woken(&board);
            self.take(woken);
            if board.line() == Line::LosesAnswers {
                self.answers.clear();
                return Ok(None);
            }
            if !self.answers.is_empty() {
                board.boundary().await;
                return Ok(self.answers.pop_front());
            }
            if self.desk.closed {
                return Ok(None);
            }
            news.await;
        }
    }
}

impl MessageStream for Stream {
    fn queue(&mut self, message: Vec<u8>) {
        self.queued.push_back(message);
    }

    fn receive(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        self.next().boxed()
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
}

/// Waits until `holds`, for a bounded time.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

/// Whether phone and office hold the same, with nothing left to send.
pub(crate) fn agree(board: &Switchboard, phone: &Phone) -> bool {
    phone.client.status().unwrap().pending() == 0 && phone.rows() == board.office().rows(phone.feed())
}
