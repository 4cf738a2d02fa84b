//! A phone comes back and nothing has changed.

use std::time::{Duration, Instant};

use linecrew_client::{
    ItemFilter,
    driver::{LinkState, SyncDriver},
    transport::Transport,
};
use linecrew_protocol::wire::{Frame, decode_message, encode_message};
use serde_json::{Value, json};
use tokio::{sync::oneshot, time::sleep};

use super::{
    Options,
    counting::{Count, Counting},
    figures::summary,
    gauge,
    phone::{Phone, sync},
    stage::Stage,
};
use crate::{link::Link, seed::Seed};

/// What a reconnect should cost at most, both ways together: issue 2.
const TARGET_BYTES: u64 = 600;
/// Times that the bytes are counted; they hardly vary.
const BYTE_RUNS: usize = 5;

pub(super) async fn measure(options: &Options) -> Value {
    let sizes: &[usize] = options.usual_or_quick(&[200, 10_000], &[20, 200]);
    let reconnects = options.usual_or_quick(400, 20);
    let mut stage = Stage::set(sizes.len()).await;
    eprintln!("reconnect: giving {sizes:?} items to crews");
    stage.give(sizes).await;
    stage.server.start().await;
    let mut found = Vec::new();
    for (crew, documents) in sizes.iter().enumerate() {
        eprintln!("reconnect: {documents} unchanged documents");
        found.push(one_size(&stage, crew, *documents, reconnects).await);
    }
    json!(found)
}

async fn one_size(stage: &Stage, crew: usize, documents: usize, reconnects: usize) -> Value {
    let server = stage.server.address();
    let link = Link::to(server, Seed(1)).expect("a link");
    let phone = Phone::of(stage.person(crew), &stage.office().await, server).await;
    let first = first_sync(&phone, &link).await;
    // Beside them it holds the district's forms and its customers' numbers.
    let held = phone.client.items(ItemFilter::default()).expect("the items").len();
    assert_eq!(held, documents, "the phone holds something else");
    let (post, live) = (post_bytes(&phone, &link).await, live_bytes(&phone, &link).await);
    let (transport, driver) = phone.towards(server);
    let post_cost = cost(stage.process(), reconnects, async || sync(&driver).await).await;
    let live_cost = cost(stage.process(), reconnects, async || greet(&phone, &transport).await).await;
    let met = |bytes: &Bytes| bytes.up.messages == 1 && bytes.down.messages == 1 && bytes.up.bytes + bytes.down.bytes < TARGET_BYTES;
    json!({
        "documents": documents,
        "first_sync": first,
        "post": {"bytes": post.json(), "cost": post_cost},
        "live": {"bytes": live.json(), "cost": live_cost},
        "target": {"message_bytes_below": TARGET_BYTES, "round_trips": 1, "met": met(&post) && met(&live)},
    })
}

/// What crossed, as messages and as TCP payload.
struct Bytes {
    up: Count,
    down: Count,
    tcp_up: u64,
    tcp_down: u64,
}

impl Bytes {
    fn json(&self) -> Value {
        json!({
            "messages": {"up": self.up, "down": self.down, "total_bytes": self.up.bytes + self.down.bytes},
            "tcp_payload": {"up": self.tcp_up, "down": self.tcp_down, "total_bytes": self.tcp_up + self.tcp_down},
        })
    }
}

async fn first_sync(phone: &Phone, link: &Link) -> Value {
    let (transport, driver) = phone.towards(link.address());
    let began = Instant::now();
    sync(&driver).await;
    let (took, (up, down)) = (began.elapsed(), transport.take());
    // The last cursor is reported with the next sync.
    sync(&driver).await;
    json!({"ms": took.as_millis(), "requests": up.messages, "bytes_up": up.bytes, "bytes_down": down.bytes})
}

/// The largest of some reconnects by request.
async fn post_bytes(phone: &Phone, link: &Link) -> Bytes {
    let (transport, driver) = phone.towards(link.address());
    let mut largest = None;
    for _ in 0..BYTE_RUNS {
        let before = quiet(link).await;
        sync(&driver).await;
        let bytes = counted(&transport, before, quiet(link).await);
        largest = Some(larger(largest, bytes));
    }
    largest.expect("a reconnect")
}

/// The largest of some reconnects over the socket, up to the moment at which the phone is caught up.
async fn live_bytes(phone: &Phone, link: &Link) -> Bytes {
    let mut largest = None;
    for _ in 0..BYTE_RUNS {
        let (transport, driver) = phone.towards(link.address());
        let before = quiet(link).await;
        let after = while_live(&driver, link).await;
        let bytes = counted(&transport, before, after);
        largest = Some(larger(largest, bytes));
    }
    largest.expect("a reconnect")
}

async fn while_live(driver: &SyncDriver, link: &Link) -> (u64, u64) {
    let (stop, stopped) = oneshot::channel::<()>();
    let watching = async {
        let mut state = driver.link();
        state.wait_for(LinkState::is_live).await.expect("the driver runs");
        let after = quiet(link).await;
        stop.send(()).ok();
        after
    };
    let running = driver.run(async { drop(stopped.await) });
    tokio::join!(watching, running).0
}

/// Bytes that have crossed the link both ways, once nothing moves any more.
async fn quiet(link: &Link) -> (u64, u64) {
    loop {
        let before = link.traffic();
        sleep(Duration::from_millis(50)).await;
        if link.traffic() == before {
            return (before.up, before.down);
        }
    }
}

fn counted(transport: &Counting, before: (u64, u64), after: (u64, u64)) -> Bytes {
    let (up, down) = transport.take();
    Bytes { up, down, tcp_up: after.0 - before.0, tcp_down: after.1 - before.1 }
}

fn larger(one: Option<Bytes>, other: Bytes) -> Bytes {
    one.filter(|one| one.tcp_up + one.tcp_down > other.tcp_up + other.tcp_down).unwrap_or(other)
}

/// Wall time of each reconnect, the phone's own work included, and the server's CPU time for one.
async fn cost(server: u32, reconnects: usize, reconnect: impl AsyncFn()) -> Value {
    let mut wall = Vec::with_capacity(reconnects);
    let before = gauge::cpu_time(server);
    for _ in 0..reconnects {
        let began = Instant::now();
        reconnect().await;
        wall.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let cpu = gauge::cpu_time(server) - before;
    json!({"wall_ms": summary(wall, 2), "server_cpu_us": (cpu / u32::try_from(reconnects).expect("a few")).as_micros()})
}

/// Connects over the socket and says hello until the server says that nothing is left.
async fn greet(phone: &Phone, transport: &Counting) {
    let (hand, push) = phone.client.hand().expect("the store reads").expect("somebody is signed in");
    assert!(push.is_none(), "nothing has changed");
    let mut stream = transport.connect().await.expect("a socket");
    stream.queue(encode_message(&[Frame::Hello(hand.hello)]).expect("a message"));
    let message = stream.receive().await.expect("an answer").expect("an answer");
    let frames = decode_message(&message).expect("frames");
    let Some(Frame::CaughtUp(caught_up)) = frames.last() else { panic!("not caught up at once: {frames:?}") };
    assert!(phone.client.compare(caught_up).expect("the store reads").is_empty(), "something differs");
}
