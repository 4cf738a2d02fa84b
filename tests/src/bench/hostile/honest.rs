//! Honest phones: what each sends was made by the device library beforehand, so that nothing but the server is measured.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use linecrew_client::{ItemFilter, transport::MessageStream, transport::Transport};
use linecrew_protocol::{
    ids::DocumentId,
    model::work::WorkCommand,
    wire::{Acked, Frame, Hello, Push, Verdict, decode_message, encode_message},
};
use rand::{Rng, rngs::StdRng};
use tokio::{
    task::JoinSet,
    time::{sleep, sleep_until, timeout},
};

use super::PHONES_OF_CREW;
use crate::{
    bench::{
        phone::{Phone, sync, tcp},
        stage::Stage,
    },
    office::Office,
    seed::Seed,
};

/// Phones that enrol and write at a time; ten enrolments at once from one address are one too many.
const AT_A_TIME: usize = 8;
/// How long an edit may take that was sent at the end of a time.
const PATIENCE: Duration = Duration::from_secs(60);

/// All honest phones.
pub(super) struct Honest {
    workers: Vec<Worker>,
}

/// One phone, connected.
struct Worker {
    server: SocketAddr,
    hello: Hello,
    item: DocumentId,
    pushes: Vec<Push>,
    next: usize,
    accepted: usize,
    socket: Option<Box<dyn MessageStream>>,
    /// What is not acknowledged, and since when it waits.
    waiting: BTreeMap<u64, Instant>,
    random: StdRng,
}

impl Honest {
    pub(super) async fn prepare(stage: &Stage, phones: usize, edits: usize) -> Self {
        let office = stage.office().await;
        let making = (0..phones).map(|number| Worker::prepare(stage, &office, number, edits));
        let workers = stream::iter(making).buffer_unordered(AT_A_TIME).collect().await;
        Self { workers }
    }

    /// Everybody works for so long; answers how long each acknowledgement took.
    pub(super) async fn work(&mut self, time: Duration, pace: f64) -> Vec<f64> {
        let mut working = JoinSet::new();
        for mut worker in self.workers.drain(..) {
            working.spawn(async move {
                let took = worker.work(time, pace).await;
                (worker, took)
            });
        }
        let mut all = Vec::new();
        for (worker, took) in working.join_all().await {
            all.extend(took);
            self.workers.push(worker);
        }
        all.sort_by(f64::total_cmp);
        all
    }

    pub(super) fn sent(&self) -> usize {
        self.workers.iter().map(|worker| worker.next).sum()
    }

    pub(super) fn accepted(&self) -> usize {
        self.workers.iter().map(|worker| worker.accepted).sum()
    }

    /// Notes that the office sees.
    pub(super) async fn kept(&self, office: &Office) -> usize {
        let mut kept = 0;
        for worker in &self.workers {
            let detail = office.detail(worker.item).await.expect("the office sees the item");
            let device = worker.hello.installation;
            kept += detail.view.history.iter().filter(|event| event.device == device && event.kind == "noted").count();
        }
        kept
    }
}

impl Worker {
    /// Enrols a phone and has it write its edits, each as a push of its own: a signature is over the chain up to the last edit, so the push of
    /// everything that waits and the push of its last edit alone have the same.
    async fn prepare(stage: &Stage, office: &Office, number: usize, edits: usize) -> Self {
        let server = stage.server.address();
        let phone = Phone::of(stage.person(1 + number / PHONES_OF_CREW), office, server).await;
        sync(&phone.towards(server).1).await;
        let mut items = phone.client.items(ItemFilter::default()).expect("the items");
        items.sort_by_key(|item| item.row.id);
        let item = items[number % PHONES_OF_CREW].row.id;
        let written = tokio::task::spawn_blocking(move || {
            let (mut pushes, mut hello) = (Vec::new(), None);
            for edit in 0..edits {
                let text = format!("第{edit}次巡视，无异常");
                phone.client.execute(item, WorkCommand::Note { text }).expect("a note is permitted");
                let (hand, push) = phone.client.hand().expect("the store reads").expect("somebody is signed in");
                hello = Some(hand.hello);
                pushes.push(last_of(push.expect("an edit waits")));
            }
            (hello.expect("some edits"), pushes)
        });
        let (hello, pushes) = written.await.expect("a thread that writes");
        let random = Seed(number as u64).random("pace");
        Self { server, hello, item, pushes, next: 0, accepted: 0, socket: None, waiting: BTreeMap::new(), random }
    }

    async fn work(&mut self, time: Duration, pace: f64) -> Vec<f64> {
        let (end, mut took) = (Instant::now() + time, Vec::new());
        let mut due = Instant::now() + self.pause(pace);
        while due < end && self.next < self.pushes.len() {
            tokio::select! {
                biased;
                () = sleep_until(due.into()) => {
                    self.waiting.insert(self.pushes[self.next].first_seq, due);
                    self.send(self.next).await;
                    self.next += 1;
                    due += self.pause(pace);
                }
                acked = self.hear() => self.take(acked, &mut took),
            }
        }
        let rest = async {
            while !self.waiting.is_empty() {
                let acked = self.hear().await;
                self.take(acked, &mut took);
            }
        };
        timeout(PATIENCE, rest).await.expect("every honest edit is acknowledged");
        took
    }

    /// Between two edits: exponentially distributed, as independent moments are.
    fn pause(&mut self, pace: f64) -> Duration {
        let drawn: f64 = self.random.random_range(f64::EPSILON..1.0);
        Duration::from_secs_f64(-drawn.ln() / pace)
    }

    fn take(&mut self, acked: Acked, took: &mut Vec<f64>) {
        for outcome in acked.outcomes {
            let Some(since) = self.waiting.remove(&outcome.device_seq) else { continue };
            assert_eq!(outcome.verdict, Verdict::Accepted, "an honest edit");
            took.push(since.elapsed().as_secs_f64() * 1_000.0);
            self.accepted += 1;
        }
    }

    async fn send(&mut self, place: usize) {
        let message = encode_message(&[Frame::Push(self.pushes[place].clone())]).expect("a message");
        if let Some(socket) = &mut self.socket {
            socket.queue(message);
        }
    }

    /// The next acknowledgement; connects, and sends again what waits, when there is no connection.
    ///
    /// # Cancellation
    /// Safe: a connection that is being opened is opened anew.
    async fn hear(&mut self) -> Acked {
        loop {
            let Some(socket) = &mut self.socket else {
                self.connect().await;
                continue;
            };
            let message = socket.receive().await.ok().flatten();
            let frames = message.map(|message| decode_message(&message).expect("frames")).unwrap_or_default();
            let over = frames.is_empty() || frames.iter().any(|frame| matches!(frame, Frame::Goodbye(_)));
            let acked = frames.into_iter().find_map(|frame| if let Frame::Acked(acked) = frame { Some(acked) } else { None });
            if over {
                self.socket = None;
            }
            if let Some(acked) = acked {
                return acked;
            }
        }
    }

    async fn connect(&mut self) {
        let Ok(mut socket) = tcp(self.server).connect().await else { return sleep(Duration::from_millis(100)).await };
        let mut frames = vec![Frame::Hello(self.hello.clone())];
        let first = self.next - self.waiting.len();
        frames.extend(self.pushes[first..self.next].iter().cloned().map(Frame::Push));
        socket.queue(encode_message(&frames).expect("a message"));
        self.socket = Some(socket);
    }
}

fn last_of(push: Push) -> Push {
    let Push { first_seq, mut edits, previous, signature } = push;
    let last = edits.pop().expect("an edit");
    let previous = edits.iter().fold(previous, |link, edit| link.then(&edit.content()));
    Push { first_seq: first_seq + edits.len() as u64, edits: vec![last], previous, signature }
}
