//! Hostile clients: some are nobody, some are enrolled phones with valid tokens and keys. Each goes on as fast as it is let.

use std::{
    collections::BTreeMap,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use linecrew_client::{DeviceKey, FileKey, transport::MessageStream, transport::Transport};
use linecrew_protocol::{
    digest::Digest,
    ids::DocumentId,
    key::{ChainLink, Statement},
    wire::{Edit, Feed, Frame, Hello, Holding, Inventory, Push, Welcome, decode_message, encode_message},
};
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    runtime::{self, Handle, Runtime},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::crafted::Crafted;
use crate::bench::phone::tcp;

type Attack = Pin<Box<dyn Future<Output = ()> + Send>>;
/// A kind of attack by its name.
pub(super) type Kind = (&'static str, fn(Enemy) -> Attack);

/// All kinds.
pub(super) const KINDS: &[Kind] = &[
    ("connections", |enemy| Box::pin(connections(enemy))),
    ("half_headers", |enemy| Box::pin(half_headers(enemy))),
    ("garbage", |enemy| Box::pin(garbage(enemy))),
    ("bombs", |enemy| Box::pin(bombs(enemy))),
    ("guesses", |enemy| Box::pin(guesses(enemy))),
    ("hellos", |enemy| Box::pin(hellos(enemy))),
    ("forgeries", |enemy| Box::pin(forgeries(enemy))),
    ("crafted", |enemy| Box::pin(crafted(enemy))),
    ("inventories", |enemy| Box::pin(inventories(enemy))),
    ("deaf", |enemy| Box::pin(deaf(enemy))),
];

/// Connections that one client holds.
const HELD: usize = 50;
/// How long a client waits for an answer before it goes on.
const PATIENCE: Duration = Duration::from_secs(5);
/// Edits of a forged push: each is judged and kept in quarantine.
const FORGED: usize = 64;
/// Documents in a false inventory.
const HOLDINGS: usize = 10_000;

/// One hostile client.
pub(super) struct Enemy {
    server: SocketAddr,
    number: u8,
    hello: Hello,
    key: Arc<FileKey>,
    random: StdRng,
    done: Arc<AtomicU64>,
}

/// All of them.
pub(super) struct Army {
    server: SocketAddr,
    kinds: Vec<Kind>,
    hellos: Vec<Hello>,
    key: Arc<FileKey>,
    done: BTreeMap<&'static str, Arc<AtomicU64>>,
    machine: Machine,
}

impl Army {
    pub(super) fn new(server: SocketAddr, kinds: Vec<Kind>, hellos: Vec<Hello>, key: FileKey) -> Self {
        let done = kinds.iter().map(|(name, _)| (*name, Arc::default())).collect();
        Self { server, kinds, hellos, key: Arc::new(key), done, machine: Machine::new() }
    }

    /// So many clients attack until what is returned is dropped.
    pub(super) fn attack(&mut self, clients: usize) -> JoinSet<()> {
        let mut attacking = JoinSet::new();
        for (number, (name, attack)) in (0..clients).zip(self.kinds.iter().cycle()) {
            let done = Arc::clone(&self.done[name]);
            let hello = self.hellos.pop().expect("a phone for each client");
            let random = StdRng::seed_from_u64(number as u64);
            let number = u8::try_from(1 + number % 250).expect("a byte");
            let enemy = Enemy { server: self.server, number, hello, key: Arc::clone(&self.key), random, done };
            attacking.spawn_on(attack(enemy), self.machine.handle());
        }
        attacking
    }

    /// What each kind has done.
    pub(super) fn done(&self) -> BTreeMap<&'static str, u64> {
        self.done.iter().map(|(name, done)| (*name, done.load(Ordering::Relaxed))).collect()
    }
}

/// Threads that leave the processor to everybody else: hostile clients have machines of their own, and their work is not to be measured.
struct Machine(Option<Runtime>);

impl Machine {
    fn new() -> Self {
        let give_way = || rustix::process::setpriority_process(None, 19).expect("who gives way may always do so");
        let runtime = runtime::Builder::new_multi_thread().worker_threads(2).on_thread_start(give_way).enable_all().build();
        Self(Some(runtime.expect("threads")))
    }

    fn handle(&self) -> &Handle {
        self.0.as_ref().expect("it runs until it is dropped").handle()
    }
}

impl Drop for Machine {
    /// Waits for nobody: a runtime may not be waited for inside another one.
    fn drop(&mut self) {
        self.0.take().map(Runtime::shutdown_background).unwrap_or_default();
    }
}

impl Enemy {
    fn count(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection from an address of its own. On loopback only the server's total limits connections; addresses keep ports apart.
    async fn connect(&self) -> Option<TcpStream> {
        let socket = TcpSocket::new_v4().ok()?;
        socket.bind(SocketAddr::from(([127, 0, 1, self.number], 0))).ok()?;
        match timeout(PATIENCE, socket.connect(self.server)).await {
            Ok(Ok(stream)) => Some(stream),
            _ => {
                sleep(Duration::from_millis(50)).await;
                None
            }
        }
    }

    /// A session as a phone opens it.
    async fn session(&self) -> Option<(Box<dyn MessageStream>, Welcome)> {
        let mut socket = timeout(PATIENCE, tcp(self.server).connect()).await.ok()?.ok()?;
        socket.queue(encode_message(&[Frame::Hello(self.hello.clone())]).expect("a message"));
        let message = timeout(PATIENCE, socket.receive()).await.ok()?.ok()??;
        let welcome = decode_message(&message).ok()?.into_iter().next();
        if let Some(Frame::Welcome(welcome)) = welcome { Some((socket, welcome)) } else { None }
    }

    /// Signs and sends one push after the other, each as soon as the one before is answered.
    async fn push(&mut self, mut socket: Box<dyn MessageStream>, welcome: &Welcome, mut lies: impl FnMut() -> Vec<Edit>) {
        let (mut link, mut first_seq) = (ChainLink::START, welcome.next_device_seq);
        loop {
            let edits = lies();
            let (previous, count) = (link, edits.len() as u64);
            link = edits.iter().fold(link, |link, edit| link.then(&edit.content()));
            let last_seq = first_seq + count - 1;
            let statement = Statement::Batch { installation: self.hello.installation, last_seq, link: &link };
            let signature = self.key.sign(&statement.hash()).expect("the key is there");
            socket.queue(encode_message(&[Frame::Push(Push { first_seq, edits, previous, signature })]).expect("a message"));
            loop {
                let Ok(Some(message)) = socket.receive().await else { return };
                if decode_message(&message).expect("frames").iter().any(|frame| matches!(frame, Frame::Acked(_))) {
                    break;
                }
            }
            first_seq = last_seq + 1;
            self.count();
        }
    }

    async fn ask(&self, request: String) {
        let Some(mut stream) = self.connect().await else { return };
        stream.write_all(request.as_bytes()).await.ok();
        let mut answer = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut answer)).await.ok();
        self.count();
    }
}

/// Opens connections, holds them, and lets go of all at once.
async fn connections(enemy: Enemy) {
    loop {
        let mut held = Vec::new();
        while held.len() < HELD {
            held.extend(enemy.connect().await);
            enemy.count();
        }
    }
}

/// Sends a header letter by letter, over many connections.
async fn half_headers(enemy: Enemy) {
    let enemy = &enemy;
    let slow = async || loop {
        let Some(mut stream) = enemy.connect().await else { continue };
        enemy.count();
        let mut rest = "POST /v1/sync HTTP/1.1\r\nHost: x\r\nX-Slow: ".bytes().chain(std::iter::repeat(b'x'));
        while let Some(byte) = rest.next()
            && stream.write_all(&[byte]).await.is_ok()
        {
            sleep(Duration::from_millis(20)).await;
        }
    };
    futures_util::future::join_all((0..HELD).map(|_| slow())).await;
}

/// Bytes that are no HTTP, and frames that are none of ours or far too large.
async fn garbage(mut enemy: Enemy) {
    loop {
        let mut noise = vec![0; 4_000];
        enemy.random.fill_bytes(&mut noise);
        if let Some(mut stream) = enemy.connect().await {
            stream.write_all(&noise).await.ok();
            timeout(PATIENCE, stream.read(&mut noise)).await.ok();
        }
        if let Ok(Ok(mut socket)) = timeout(PATIENCE, tcp(enemy.server).connect()).await {
            let length = if enemy.random.random_bool(0.1) { 2 << 20 } else { 4_000 };
            socket.queue(noise.into_iter().cycle().take(length).collect());
            timeout(PATIENCE, socket.receive()).await.ok();
        }
        enemy.count();
    }
}

/// A few bytes that inflate to a message's megabyte.
async fn bombs(enemy: Enemy) {
    let hello = Hello { token: "x".repeat(1_000_000), ..enemy.hello.clone() };
    let bomb = encode_message(&[Frame::Hello(hello)]).expect("a message");
    loop {
        if let Ok(Ok(mut socket)) = timeout(PATIENCE, tcp(enemy.server).connect()).await {
            socket.queue(bomb.clone());
            timeout(PATIENCE, socket.receive()).await.ok();
        }
        enemy.count();
    }
}

/// Wrong passwords of many names from many addresses, and refresh tokens that nobody has given.
async fn guesses(mut enemy: Enemy) {
    loop {
        let (name, address): (u32, [u8; 4]) = (enemy.random.random(), enemy.random.random());
        let [a, b, c, d] = address;
        let body = if name.is_multiple_of(2) {
            ("/v1/login", format!(r#"{{"username": "u{name}", "password": "electricity for all"}}"#))
        } else {
            let proof = "A".repeat(86);
            let token = format!("{name:08x}{}", "A".repeat(62));
            ("/v1/token", format!(r#"{{"installation": "{}", "refresh_token": "{token}", "proof": "{proof}"}}"#, enemy.hello.installation))
        };
        let (path, body) = body;
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: {a}.{b}.{c}.{d}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        enemy.ask(request).await;
    }
}

/// Connects, says a good hello, and goes away.
async fn hellos(enemy: Enemy) {
    loop {
        drop(enemy.session().await);
        enemy.count();
    }
}

/// Changes that are none, of items that do not exist.
async fn forgeries(mut enemy: Enemy) {
    let Some((socket, welcome)) = enemy.session().await else { return };
    let mut random = enemy.random.clone();
    enemy.push(socket, &welcome, || (0..FORGED).map(|_| forged(&mut random)).collect()).await;
}

/// Changes of its crew's items that build on nothing, that are another phone's, and that are small and become large.
async fn crafted(mut enemy: Enemy) {
    let Some((mut socket, welcome)) = enemy.session().await else { return };
    let Some(mut crafted) = Crafted::about(&mut *socket, enemy.hello.installation, &welcome).await else { return };
    enemy.push(socket, &welcome, || crafted.lies(FORGED)).await;
}

fn forged(random: &mut StdRng) -> Edit {
    let mut change = vec![0; random.random_range(20..1_500)];
    random.fill_bytes(&mut change);
    // How a change begins, so that it is looked at.
    change[..4].copy_from_slice(&[0x85, 0x6f, 0x4a, 0x83]);
    change[8] = 1;
    Edit { document: DocumentId::from_bytes(random.random()), generation: 0, change: change.into(), lost: None }
}

/// Says again and again that it holds nothing of what it should hold.
async fn inventories(enemy: Enemy) {
    loop {
        let Some((mut socket, welcome)) = enemy.session().await else { continue };
        let Some(message) = welcome.feeds.iter().find(|head| head.seq > 0).map(|head| false_inventory(head.feed)) else { return };
        socket.queue(message.clone());
        while let Ok(Some(_)) = socket.receive().await {
            socket.queue(message.clone());
            enemy.count();
        }
    }
}

fn false_inventory(feed: Feed) -> Vec<u8> {
    let holding = |number: u64| {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&number.to_be_bytes());
        Holding { document: DocumentId::from_bytes(id), fingerprint: Digest::EMPTY }
    };
    let holdings = (0..HOLDINGS as u64).map(holding).collect();
    encode_message(&[Frame::Inventory(Inventory { feed, holdings })]).expect("a message")
}

/// Asks for everything, and never reads.
async fn deaf(enemy: Enemy) {
    const UPGRADE: &str = "GET /v1/sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    loop {
        let Some((session, welcome)) = enemy.session().await else { continue };
        drop(session);
        let Some(feed) = welcome.feeds.iter().find(|head| head.seq > 0).map(|head| head.feed) else { return };
        let Some(mut stream) = enemy.connect().await else { continue };
        let hello = encode_message(&[Frame::Hello(enemy.hello.clone())]).expect("a message");
        let wish = encode_message(&[Frame::Inventory(Inventory { feed, holdings: Vec::new() })]).expect("a message");
        stream.write_all(UPGRADE.as_bytes()).await.ok();
        let mut answer = [0; 1_000];
        timeout(PATIENCE, stream.read(&mut answer)).await.ok();
        stream.write_all(&masked(&hello)).await.ok();
        while stream.write_all(&masked(&wish)).await.is_ok() {
            enemy.count();
        }
    }
}

/// A WebSocket frame whose mask is zero (RFC 6455, section 5.2).
fn masked(payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("a short message");
    let header = match u8::try_from(length).ok().filter(|length| *length < 126) {
        Some(short) => vec![0x82, 0x80 | short],
        None => [&[0x82, 0x80 | 126][..], &length.to_be_bytes()].concat(),
    };
    [&header[..], &[0; 4], payload].concat()
}
