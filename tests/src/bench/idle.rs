//! Connections on which nothing happens: what each costs the server in memory.

use std::time::Duration;

use linecrew_client::{
    DeviceKey, FileKey, SystemHost,
    transport::{MessageStream, Transport},
};
use linecrew_protocol::{
    ids::InstallationId,
    key::Statement,
    wire::{FeedDigest, Frame, Health, Hello, Position, VERSIONS, decode_message, encode_message},
};
use linecrew_server::{
    auth::{Audience, Lifetimes, SigningKey, Tokens},
    clock::{Clock, SystemClock},
};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

use super::{Options, gauge, phone::tcp, stage::Stage};

/// What an idle connection should cost at most: issue 2.
const TARGET_KIB: f64 = 8.0;
/// Connections that open at a time.
const AT_A_TIME: usize = 64;
/// Connections that come and go before the first reading: what a server allocates once is not theirs.
const WARM_UP: usize = 100;
const ITEMS: usize = 10;

type Socket = Box<dyn MessageStream>;

pub(super) async fn measure(options: &Options) -> Value {
    let count = options.usual_or_quick(5_000, 200);
    let mut stage = Stage::set(1).await;
    stage.give(&[ITEMS]).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = FileKey::open(&folder.path().join("phones.key"), &SystemHost::new()).expect("a key");
    let installations = stage.enrol(count + WARM_UP, key.public_key().expect("the key is there")).await;
    let hellos = hellos(&stage, &installations, &key);
    let mut found = json!({"connections": count});
    stage.server.start().await;
    // A session that holds everything tells the others what that is.
    let positions = converse(&stage, hellos[0].clone()).await.1;
    let settled: Vec<Hello> = hellos.into_iter().map(|hello| Hello { positions: positions.clone(), ..hello }).collect();
    let store = store_of(&stage, settled[0].clone()).await;
    let settled: Vec<Hello> = settled.into_iter().map(|hello| Hello { store: Some(store), ..hello }).collect();
    let (warm_up, phones) = settled.split_at(WARM_UP);
    eprintln!("idle: {count} signed-in phones");
    found["signed_in"] = resident(&stage, warm_up, phones).await;
    stage.server.stop().await;
    stage.server.start().await;
    eprintln!("idle: {count} upgraded connections without a hello");
    found["upgraded_only"] = bare(&stage, count).await;
    let met = |of: &Value| of["kib_per_connection"].as_f64().is_some_and(|kib| kib <= TARGET_KIB);
    found["target"] = json!({"kib_at_most": TARGET_KIB, "met": met(&found["signed_in"])});
    found
}

/// A hello for each installation, without any position yet.
pub(super) fn hellos(stage: &Stage, installations: &[InstallationId], phones_key: &FileKey) -> Vec<Hello> {
    let key = SigningKey::open(stage.server.data()).expect("the server's key");
    let (tokens, person) = (Tokens::new(key, Lifetimes::default()), stage.person(0).id);
    let hello = |installation: &InstallationId| {
        let token = tokens.issue(Audience::Phone, person, Some(*installation), SystemClock.now()).expect("a token").token;
        let (version_min, version_max) = VERSIONS;
        let statement = Statement::Hello { installation: *installation, token: &token };
        let proof = phones_key.sign(&statement.hash()).expect("the key is there");
        Hello {
            version_min,
            version_max,
            installation: *installation,
            token,
            store: None,
            positions: Vec::new(),
            health: Health::default(),
            refused: Vec::new(),
            proof,
        }
    };
    installations.iter().map(hello).collect()
}

/// Opens a session and reads until the server says that nothing is left; answers where the feeds are then.
async fn converse(stage: &Stage, hello: Hello) -> (Socket, Vec<Position>) {
    let mut socket = tcp(stage.server.address()).connect().await.expect("a socket");
    socket.queue(encode_message(&[Frame::Hello(hello)]).expect("a message"));
    loop {
        let message = socket.receive().await.expect("an answer").expect("an answer");
        for frame in decode_message(&message).expect("frames") {
            match frame {
                Frame::CaughtUp(caught_up) => return (socket, caught_up.feeds.into_iter().map(position).collect()),
                Frame::Goodbye(goodbye) => panic!("{goodbye:?}"),
                _ => {}
            }
        }
    }
}

fn position(FeedDigest { feed, seq, digest }: FeedDigest) -> Position {
    Position { feed, seq, digest, transfer: None }
}

/// The life of the server's store: positions of another one mean nothing.
async fn store_of(stage: &Stage, hello: Hello) -> linecrew_protocol::ids::StoreEpoch {
    let mut socket = tcp(stage.server.address()).connect().await.expect("a socket");
    socket.queue(encode_message(&[Frame::Hello(hello)]).expect("a message"));
    let message = socket.receive().await.expect("an answer").expect("an answer");
    let frames = decode_message(&message).expect("frames");
    let Some(Frame::Welcome(welcome)) = frames.first() else { panic!("not welcome: {frames:?}") };
    welcome.store
}

/// Memory before and after all of `phones` are connected and caught up.
async fn resident(stage: &Stage, warm_up: &[Hello], phones: &[Hello]) -> Value {
    for hello in warm_up {
        drop(converse(stage, hello.clone()).await);
    }
    let before = settled(stage).await;
    let mut sockets: Vec<Socket> = Vec::with_capacity(phones.len());
    for some in phones.chunks(AT_A_TIME) {
        let sessions = futures_util::future::join_all(some.iter().map(|hello| converse(stage, hello.clone()))).await;
        sockets.extend(sessions.into_iter().map(|(socket, _)| socket));
    }
    reading(before, settled(stage).await, sockets.len())
}

/// The same for connections that say nothing after the upgrade. The server gives them ten seconds.
async fn bare(stage: &Stage, count: usize) -> Value {
    let address = stage.server.address();
    for _ in 0..WARM_UP {
        drop(tcp(address).connect().await.expect("a socket"));
    }
    let before = settled(stage).await;
    let (mut opening, mut sockets) = (JoinSet::new(), Vec::with_capacity(count));
    for _ in 0..count {
        if opening.len() >= AT_A_TIME {
            sockets.extend(opening.join_next().await);
        }
        opening.spawn(async move { tcp(address).connect().await.expect("a socket") });
    }
    sockets.extend(opening.join_all().await.into_iter().map(Ok));
    reading(before, gauge::resident_kib(stage.process()), sockets.len())
}

fn reading(before: u64, after: u64, connections: usize) -> Value {
    let each = (after.saturating_sub(before)) as f64 / connections as f64;
    json!({"rss_before_kib": before, "rss_after_kib": after, "kib_per_connection": (each * 100.0).round() / 100.0})
}

/// Resident memory once it no longer moves.
async fn settled(stage: &Stage) -> u64 {
    let mut last = 0;
    loop {
        let now = gauge::resident_kib(stage.process());
        if now == last {
            return now;
        }
        last = now;
        sleep(Duration::from_millis(500)).await;
    }
}
