//! Sessions of phones that speak the protocol by hand, over streams in memory.

use std::time::Duration;

use linecrew_protocol::{
    digest::Digest,
    ids::{DocumentId, StoreEpoch},
    key::Statement,
    model::work::{Priority, WorkEvent},
    time::Timestamp,
    wire::{
        Farewell, Feed, FeedDigest, Frame, Goodbye, HandIn, Health, Hello, Holding, Inventory, Ping, Position, Stored, Verdict,
        decode_message, encode_message,
    },
};
use linecrew_sqlite::{Execution, Options};
use tokio::{sync::mpsc, time::Instant};

use super::*;
use crate::{
    clock::ManualClock,
    live::BoardNews,
    store::{
        Effects,
        register::Register as _,
        sqlite::tests::world::{CREW_B, FEED_A, FEED_B, Phone, REFERENCE, World, organisation, person, signed_by, visit},
    },
};

struct Names;

impl Authenticator for Names {
    /// The token `phone N` belongs to person N.
    fn authenticate(&self, token: &str, _: InstallationId) -> Result<PersonId, NotAuthenticated> {
        let number = token.strip_prefix("phone ").and_then(|number| number.parse().ok()).ok_or(NotAuthenticated)?;
        Ok(PersonId::from_bytes([number; 16]))
    }
}

/// The server's end of a stream in memory.
struct Wire {
    incoming: mpsc::Receiver<Bytes>,
    outgoing: mpsc::Sender<Bytes>,
}

impl MessageStream for Wire {
    async fn receive(&mut self) -> Option<Bytes> {
        self.incoming.recv().await
    }

    async fn send(&mut self, message: Bytes) -> Result<(), PhoneGone> {
        self.outgoing.send(message).await.map_err(|_| PhoneGone)
    }

    async fn close(&mut self) {}
}

/// The phone's end.
struct Line {
    up: mpsc::Sender<Bytes>,
    down: mpsc::Receiver<Bytes>,
}

impl Line {
    async fn say(&self, frames: &[Frame]) {
        self.up.send(encode_message(frames).unwrap().into()).await.unwrap();
    }

    /// The frames of the next message; none when the server hung up.
    async fn hear(&mut self) -> Vec<Frame> {
        let message = tokio::time::timeout(Duration::from_secs(60), self.down.recv()).await.expect("an answer in time");
        message.map(|message| decode_message(&message).unwrap()).unwrap_or_default()
    }

    async fn goodbye(&mut self) -> Farewell {
        loop {
            let frames = self.hear().await;
            assert!(!frames.is_empty(), "hung up without a word");
            if let Some(Frame::Goodbye(Goodbye { why, .. })) = frames.last() {
                return *why;
            }
        }
    }
}

fn deps(world: &World) -> SyncDeps {
    let store = Arc::clone(&world.store) as Arc<dyn Store>;
    let clock = Arc::new(ManualClock::at(Timestamp::from_unix_millis(1_795_400_000_000)));
    SyncDeps { store, live: Live::new(), clock, authenticator: Arc::new(Names), patience: Patience::default(), shares: Arc::default() }
}

fn connect(deps: &SyncDeps) -> Line {
    let (up, incoming) = mpsc::channel(8);
    let (outgoing, down) = mpsc::channel(8);
    tokio::spawn(run(deps.clone(), Wire { incoming, outgoing }));
    Line { up, down }
}

fn at(phone: &Phone) -> Vec<Position> {
    let at = |feed: Feed| {
        let position = phone.feeds.get(&feed).cloned().unwrap_or_default();
        Position { feed, seq: position.cursor, digest: phone.digest(feed), transfer: position.transfer.map(Into::into) }
    };
    [FEED_A, REFERENCE].into_iter().filter(|feed| phone.feeds.contains_key(feed)).map(at).collect()
}

fn hello(number: u8, phone: &Phone, store: Option<StoreEpoch>, positions: Vec<Position>) -> Frame {
    let health = Health { pending: 2, app_version: "0.1.0".into(), ..Health::default() };
    let installation = phone.principal.installation;
    let token = format!("phone {number}");
    let proof = signed_by(number, &Statement::Hello { installation, token: &token });
    Hello { version_min: 1, version_max: 1, installation, token, store, positions, health, proof, refused: Vec::new() }.into()
}

fn names(frames: &[Frame]) -> Vec<&'static str> {
    frames.iter().map(Frame::name).collect()
}

/// Feeds what the server said into the phone; true when it was the last word for now.
fn store(phone: &mut Phone, frames: Vec<Frame>) -> bool {
    let mut caught_up = false;
    for frame in frames {
        match frame {
            Frame::Entries(entries) => {
                let page = linecrew_protocol::sync::Page {
                    entries: entries.entries,
                    cursor: entries.cursor,
                    transfer: entries.transfer,
                    transfer_done: entries.transfer_done,
                    more: false,
                    digest: linecrew_protocol::digest::Digest::EMPTY,
                };
                phone.store_page(entries.feed, page);
            }
            Frame::Acked(acked) => phone.store_acked(FEED_A, &acked),
            Frame::CaughtUp(heads) => {
                // A feed that is not listed is as the phone said.
                let told = heads.feeds.iter().find(|head| head.feed == FEED_A).map(|head| head.digest);
                assert!(told.is_none_or(|digest| digest == phone.digest(FEED_A)), "{told:?}");
                caught_up = true;
            }
            _ => {}
        }
    }
    caught_up
}

/// A world with a phone of crew A that holds one item.
async fn story() -> (World, Phone, linecrew_protocol::ids::DocumentId) {
    let world = World::inline().await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    world.pull(&mut phone, REFERENCE).await;
    (world, phone, item)
}

#[tokio::test]
async fn a_reconnect_with_nothing_new_is_one_small_message_each_way() {
    let (world, phone, _) = story().await;
    let deps = deps(&world);
    let mut line = connect(&deps);
    let question = [hello(2, &phone, Some(world.store.epoch()), at(&phone))];
    line.say(&question).await;
    let answer = line.hear().await;
    assert_eq!(names(&answer), ["Welcome", "CaughtUp"]);
    let bytes = encode_message(&question).unwrap().len() + encode_message(&answer).unwrap().len();
    println!("{bytes} bytes");
    assert!(bytes < 600, "{bytes} bytes");
    assert!(deps.live.is_connected(phone.principal.installation));
}

#[tokio::test]
async fn edits_that_come_with_the_hello_are_answered_before_pages() {
    let (world, mut phone, item) = story().await;
    visit(&mut phone, item);
    world.item().await;
    let mut line = connect(&deps(&world));
    line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone)), phone.outbox(1).into()]).await;
    assert_eq!(names(&line.hear().await), ["Welcome"]);
    let acked = line.hear().await;
    assert_eq!(names(&acked), ["Acked"]);
    store(&mut phone, acked);
    let rest = line.hear().await;
    assert_eq!(names(&rest)[0], "Entries");
    let mut done = store(&mut phone, rest);
    while !done {
        let more = line.hear().await;
        done = store(&mut phone, more);
    }
}

#[tokio::test]
async fn the_board_hears_that_a_push_was_refused() {
    let (world, mut phone, item) = story().await;
    let deps = deps(&world);
    let mut board = deps.live.board();
    let mut line = connect(&deps);
    phone.record(item, WorkEvent::Accepted);
    phone.edits[0].change = vec![1, 2, 3].into();
    line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone)), phone.outbox(1).into()]).await;
    while !names(&line.hear().await).contains(&"Acked") {}
    assert!(world.store.quarantine(None).await.unwrap().len() == 1);
    while !matches!(board.next().await.expect("the bus lives"), BoardNews::Quarantine) {}
}

#[tokio::test]
async fn a_mate_is_woken_and_the_board_hears_of_phones_and_rows() {
    let (world, mut phone, item) = story().await;
    let mut mate = world.phone(3).await;
    let deps = deps(&world);
    let mut board = deps.live.board();
    let mut line = connect(&deps);
    line.say(&[hello(3, &mate, None, Vec::new())]).await;
    while !{
        let frames = line.hear().await;
        store(&mut mate, frames)
    } {}
    let Some(BoardNews::Phone(news)) = board.next().await else { panic!("a phone") };
    assert_eq!((news.installation, news.connected, news.pending_edits), (mate.principal.installation, true, 2));
    phone.record(item, WorkEvent::Accepted);
    let other = connect(&deps);
    other.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone)), phone.outbox(1).into()]).await;
    let entries = line.hear().await;
    assert_eq!(names(&entries), ["Entries", "CaughtUp"]);
    assert!(store(&mut mate, entries));
    line.say(&[Stored { feeds: vec![FeedDigest { feed: FEED_A, seq: 2, digest: mate.digest(FEED_A) }] }.into()]).await;
    line.say(&[Ping { health: Health::default() }.into()]).await;
    assert_eq!(names(&line.hear().await), ["Pong"]);
    drop(line);
    let mut rows = 0;
    loop {
        match board.next().await.expect("the bus lives") {
            BoardNews::Item(row) => {
                assert_eq!(row.row.id, item);
                rows += 1;
            }
            BoardNews::Phone(news) if news.installation == mate.principal.installation && !news.connected => break,
            BoardNews::Phone(_) | BoardNews::Collection | BoardNews::Quarantine => {}
            BoardNews::Lagged => panic!("not this slow"),
        }
    }
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_second_session_of_an_installation_replaces_the_first() {
    let (world, phone, _) = story().await;
    let deps = deps(&world);
    let greeting = [hello(2, &phone, Some(world.store.epoch()), at(&phone))];
    let mut first = connect(&deps);
    first.say(&greeting).await;
    first.hear().await;
    let mut second = connect(&deps);
    second.say(&greeting).await;
    assert_eq!(names(&second.hear().await), ["Welcome", "CaughtUp"]);
    assert_eq!(first.goodbye().await, Farewell::Replaced);
    assert!(first.hear().await.is_empty(), "and hangs up");
    assert!(deps.live.is_connected(phone.principal.installation));
    deps.live.shut_down();
    assert_eq!(second.goodbye().await, Farewell::ShuttingDown);
}

#[tokio::test]
async fn strangers_and_nonsense_are_sent_away() {
    let (world, phone, _) = story().await;
    let mut deps = deps(&world);
    deps.patience = Patience { hello_ms: 50, idle_ms: 50, send_ms: 1_000 };
    let epoch = Some(world.store.epoch());
    for (frame, why) in [
        (hello(3, &phone, epoch, Vec::new()), Farewell::Unauthenticated),
        (Hello { token: "forged".into(), ..hello_of(&phone) }.into(), Farewell::Unauthenticated),
        (Hello { version_min: 9, version_max: 9, ..hello_of(&phone) }.into(), Farewell::UpgradeRequired),
        (Ping { health: Health::default() }.into(), Farewell::Malformed),
        (Frame::Unknown(99), Farewell::UpgradeRequired),
    ] {
        let mut line = connect(&deps);
        line.say(&[frame]).await;
        assert_eq!(line.goodbye().await, why);
    }
    let mut line = connect(&deps);
    line.up.send(Bytes::from_static(b"\x00\xff\xff")).await.unwrap();
    assert_eq!(line.goodbye().await, Farewell::Malformed);
    assert_eq!(connect(&deps).goodbye().await, Farewell::Idle, "no hello");
    let mut silent = connect(&deps);
    silent.say(&[hello(2, &phone, epoch, at(&phone))]).await;
    assert_eq!(silent.goodbye().await, Farewell::Idle);
    assert!(!deps.live.is_connected(phone.principal.installation) || silent.hear().await.is_empty());
}

fn hello_of(phone: &Phone) -> Hello {
    let Frame::Hello(hello) = hello(2, phone, None, Vec::new()) else { panic!("a hello") };
    hello
}

#[tokio::test]
async fn a_full_disk_ends_the_session_and_acknowledges_nothing() {
    let world = World::with(Options { execution: Execution::Inline, max_pages: Some(115), ..Options::default() }).await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    visit(&mut phone, item);
    // More than what is left when not even one more order fits.
    for _ in 0..20 {
        phone.note(item, &"长".repeat(2_000));
    }
    while world.store.take_order(world.fault(Priority::Normal)).await.is_ok() {}
    let mut line = connect(&deps(&world));
    line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone)), phone.outbox(1).into()]).await;
    let mut heard = Vec::new();
    loop {
        let frames = line.hear().await;
        if frames.is_empty() {
            break;
        }
        heard.extend(frames);
    }
    assert!(!names(&heard).contains(&"Acked"), "{:?}", names(&heard));
    let Some(Frame::Goodbye(goodbye)) = heard.last() else { panic!("{:?}", names(&heard)) };
    assert_eq!((goodbye.why, goodbye.retry_after_ms), (Farewell::StorageUnavailable, Some(limits::RETRY_WHEN_FULL_MS)));
}

#[tokio::test]
async fn one_request_gets_everything_that_fits_and_the_next_one_goes_on() {
    let (world, mut phone, item) = story().await;
    let text: String = (0..3_000_u32).filter_map(|n| char::from_u32(0x4e00 + (n * 7_919) % 20_000)).collect();
    let items = [item, world.item().await, world.item().await, world.item().await, world.item().await];
    world.pull(&mut phone, FEED_A).await;
    for round in 0..25 {
        for item in items {
            phone.note(item, &format!("{round} {text}"));
        }
    }
    let deps = deps(&world);
    let epoch = Some(world.store.epoch());
    for first in (1..=phone.edits.len()).step_by(20) {
        let push = phone.push_of(first as u64, phone.edits.iter().skip(first - 1).take(20).cloned().collect());
        let body = encode_message(&[hello(2, &phone, epoch, at(&phone)), push.into()]).unwrap();
        let answer = decode_message(&once(deps.clone(), &body).await).unwrap();
        let accepted = answer
            .iter()
            .any(|frame| matches!(frame, Frame::Acked(acked) if acked.outcomes.iter().all(|outcome| outcome.verdict == Verdict::Accepted)));
        assert!(accepted);
        assert!(store(&mut phone, answer), "its own edits leave nothing to send");
    }
    let mut mate = world.phone(3).await;
    let mut requests = 0;
    let mut known = None;
    loop {
        requests += 1;
        assert!(requests < 20, "it gets on");
        let positions = if known.is_some() { at(&mate) } else { Vec::new() };
        let body = encode_message(&[hello(3, &mate, known, positions)]).unwrap();
        let answer = once(deps.clone(), &body).await;
        known = epoch;
        if store(&mut mate, decode_message(&answer).unwrap()) {
            break;
        }
    }
    assert!(requests > 1, "more than one message holds");
    assert_eq!(mate.digest(FEED_A), phone.digest(FEED_A));
    assert!(!deps.live.is_connected(mate.principal.installation));
    let last = world.store.phone(mate.principal.installation).await.unwrap().unwrap().last_contact;
    assert_eq!(last, Some(deps.clock.now()));
    let nonsense = decode_message(&once(deps, b"\x07").await).unwrap();
    assert_eq!(names(&nonsense), ["Goodbye"]);
}

/// As another process does it: nobody rings here.
async fn revoke(world: &World, phone: &Phone) {
    let revoked = world.store.revoke(phone.principal.installation, phone.principal.person, "lost".into(), world.now()).await;
    assert!(revoked.unwrap().is_some_and(|phone| phone.revoked_reason.as_deref() == Some("lost")));
}

#[tokio::test]
async fn what_another_process_took_away_is_noticed_at_the_next_word() {
    for with_edits in [false, true] {
        let (world, mut phone, item) = story().await;
        let mut line = connect(&deps(&world));
        line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone))]).await;
        assert_eq!(names(&line.hear().await), ["Welcome", "CaughtUp"]);
        revoke(&world, &phone).await;
        if with_edits {
            phone.record(item, WorkEvent::Accepted);
            line.say(&[phone.outbox(1).into()]).await;
            let Some(Frame::Acked(acked)) = line.hear().await.pop() else { panic!("no answer") };
            assert!(matches!(acked.outcomes[0].verdict, Verdict::Quarantined { reason: linecrew_protocol::Reason::Revoked, .. }));
        } else {
            line.say(&[Ping { health: Health::default() }.into()]).await;
        }
        assert_eq!(line.goodbye().await, Farewell::Busy);
    }
}

#[tokio::test]
async fn a_revoked_phone_is_let_in_to_hand_in_and_is_given_nothing() {
    let (world, mut phone, item) = story().await;
    revoke(&world, &phone).await;
    world.item().await;
    let deps = deps(&world);
    let mut line = connect(&deps);
    line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone))]).await;
    let heard = line.hear().await;
    let [Frame::Welcome(welcome), Frame::CaughtUp(heads)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((welcome.hand_in, welcome.feeds.len(), heads.feeds.len()), (Some(HandIn::Revoked), 0, 0));
    phone.record(item, WorkEvent::Accepted);
    let inventory = Inventory { feed: FEED_A, holdings: Vec::new() };
    line.say(&[phone.outbox(1).into(), inventory.into(), Ping { health: Health::default() }.into()]).await;
    let mut heard = Vec::new();
    while !heard.iter().any(|frame| matches!(frame, Frame::Pong(_))) {
        heard.extend(line.hear().await);
    }
    let [Frame::Acked(acked), Frame::Pong(_)] = &heard[..] else { panic!("{heard:?}") };
    assert!(matches!(acked.outcomes[0].verdict, Verdict::Quarantined { reason: linecrew_protocol::Reason::Revoked, .. }));
    // Somebody at work wakes others, not this one.
    deps.live.publish(&Effects { feeds: [FEED_A, Feed::Person(phone.principal.person)].into(), ..Effects::default() });
    line.say(&[Ping { health: Health::default() }.into()]).await;
    assert_eq!(names(&line.hear().await), ["Pong"]);
}

#[tokio::test]
async fn a_phone_is_called_back_for_what_was_admitted_and_hears_of_it_in_the_welcome() {
    let (world, mut phone, item) = story().await;
    phone.record(item, WorkEvent::Accepted);
    phone.record(item, WorkEvent::Departed);
    world.store.set_disabled(person(2), true, world.now()).await.unwrap();
    let refused = world.send(&phone, 1).await;
    assert!(refused.outcomes.iter().all(|outcome| outcome.verdict != Verdict::Accepted));
    let deps = deps(&world);
    let hello = || Hello { refused: vec![1, 2, 9], ..hello_of(&phone) };
    let mut line = connect(&deps);
    line.say(&[hello().into()]).await;
    let Some(Frame::Welcome(welcome)) = line.hear().await.into_iter().next() else { panic!("a welcome") };
    assert_eq!(welcome.admitted, []);
    let effects = world.store.set_disabled(person(2), false, world.now()).await.unwrap().unwrap();
    assert_eq!(effects.admitted, [phone.principal.installation].into());
    deps.live.publish(&effects);
    assert_eq!(line.goodbye().await, Farewell::Busy);
    let mut line = connect(&deps);
    line.say(&[hello().into()]).await;
    let Some(Frame::Welcome(welcome)) = line.hear().await.into_iter().next() else { panic!("a welcome") };
    let admitted = welcome.admitted.iter().map(|outcome| (outcome.device_seq, outcome.verdict.clone()));
    assert_eq!(admitted.collect::<Vec<_>>(), [(1, Verdict::Accepted), (2, Verdict::Accepted)]);
    let refused = (0..=linecrew_protocol::limits::MAX_REFUSED_NAMED as u64).collect();
    let mut line = connect(&deps);
    line.say(&[Hello { refused, ..hello_of(&phone) }.into()]).await;
    assert_eq!(line.goodbye().await, Farewell::LimitExceeded);
}

#[tokio::test]
async fn a_feed_that_became_the_phones_while_its_session_was_opened_is_followed() {
    let (world, phone, _) = story().await;
    let deps = deps(&world);
    let (installation, person) = (phone.principal.installation, phone.principal.person);
    let opening = world.store.open_session(installation, person).await.unwrap().unwrap();
    assert_eq!(opening.feeds[0].feed, FEED_A);
    let mut moved = organisation();
    moved.people.iter_mut().find(|someone| someone.id == person).unwrap().crew = Some(CREW_B);
    world.store.import(moved).await.unwrap();
    let mut conversation = conversation::Conversation::new(deps.clone(), true);
    let opening = conversation.take_seat(opening).await.unwrap();
    assert_eq!(opening.feeds[0].feed, FEED_B);
    deps.live.publish(&Effects { feeds: [FEED_B].into(), ..Effects::default() });
    let woken = tokio::time::timeout(Duration::from_secs(60), conversation.seat().unwrap().woken()).await;
    assert!(woken.is_ok(), "nobody was woken");
}

#[tokio::test]
async fn what_this_process_took_away_ends_the_session_at_once() {
    let (world, phone, _) = story().await;
    let deps = deps(&world);
    let mut line = connect(&deps);
    line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone))]).await;
    assert_eq!(names(&line.hear().await), ["Welcome", "CaughtUp"]);
    // Nothing that concerns what it may do: the session goes on.
    deps.live.recheck(&[phone.principal.installation]);
    line.say(&[Ping { health: Health::default() }.into()]).await;
    assert_eq!(names(&line.hear().await), ["Pong"]);
    revoke(&world, &phone).await;
    deps.live.recheck(&[phone.principal.installation]);
    assert_eq!(line.goodbye().await, Farewell::Busy);
}

#[tokio::test]
async fn a_phone_that_says_again_and_again_what_it_holds_is_answered_once() {
    let (world, phone, _) = story().await;
    let mut conversation = conversation::Conversation::new(deps(&world), false);
    conversation.received(hello(2, &phone, Some(world.store.epoch()), at(&phone))).await;
    assert!(conversation.is_open());
    for _ in 0..1_000 {
        for feed in [FEED_A, REFERENCE, FEED_B] {
            conversation.received(Inventory { feed, holdings: Vec::new() }.into()).await;
        }
    }
    // Meanwhile it has found out what it holds of one of them: nothing of that is sent.
    let held = &phone.feeds[&FEED_A].documents;
    let holdings = held.iter().map(|(id, document)| {
        let print = linecrew_protocol::digest::fingerprint(*id, &document.get_heads());
        Holding { document: *id, fingerprint: Digest::EMPTY.plus(print) }
    });
    conversation.received(Inventory { feed: FEED_A, holdings: holdings.collect() }.into()).await;
    let (mut answers, mut sent) = (0, Vec::new());
    while conversation.has_reads() {
        let asks = conversation.read().await;
        sent.extend(asks.into_iter().flat_map(|ask| if let conversation::Ask::Send(frames) = ask { frames } else { Vec::new() }));
        answers += 1;
    }
    assert_eq!(answers, 2, "one for each feed that it follows");
    let of_the_crew = |frame: &Frame| matches!(frame, Frame::Entries(entries) if entries.feed == FEED_A && !entries.entries.is_empty());
    assert!(!sent.iter().any(of_the_crew), "the newest inventory is the one that counts: {sent:?}");
}

/// One inventory is twice a share.
fn sparing(world: &World) -> SyncDeps {
    let [share, inventory] = [300, 600].map(Duration::from_secs);
    let refusal = Duration::from_millis(200);
    SyncDeps { shares: Arc::new(Shares::new(ShareLimits { share, inventory, refusal, ..ShareLimits::default() })), ..deps(world) }
}

#[tokio::test]
async fn a_phone_that_has_used_up_its_share_waits_and_nobody_else_does() {
    let (world, phone, _) = story().await;
    let (deps, epoch) = (sparing(&world), Some(world.store.epoch()));
    let mut line = connect(&deps);
    line.say(&[hello(2, &phone, epoch, at(&phone))]).await;
    line.hear().await;
    line.say(&[Inventory { feed: FEED_A, holdings: Vec::new() }.into()]).await;
    assert_eq!(names(&line.hear().await), ["Entries", "CaughtUp"], "what it asked for it gets");
    line.say(&[Ping { health: Health::default() }.into()]).await;
    world.item().await;
    deps.live.publish(&Effects { feeds: [FEED_A].into(), ..Effects::default() });
    assert_eq!(names(&line.hear().await), ["Entries", "CaughtUp"], "what is new still reaches it");
    let (mut again, began) = (connect(&deps), Instant::now());
    again.say(&[hello(2, &phone, epoch, at(&phone))]).await;
    let Some(Frame::Goodbye(goodbye)) = again.hear().await.pop() else { panic!("let in") };
    assert_eq!(goodbye.why, Farewell::Busy);
    assert!(began.elapsed() >= deps.shares.limits.refusal, "it may come back at once");
    let what_it_owes = 200_000..=305_000;
    assert!(goodbye.retry_after_ms.is_some_and(|wait| what_it_owes.contains(&wait)), "{goodbye:?}");
    let mate = world.phone(3).await;
    let mut other = connect(&deps);
    other.say(&[hello(3, &mate, epoch, at(&mate)), Ping { health: Health::default() }.into()]).await;
    while names(&other.hear().await) != ["Pong"] {}
    assert!(line.down.try_recv().is_err(), "its ping is not heard");
}

#[tokio::test]
async fn a_share_recovers() {
    let (world, phone, _) = story().await;
    let [share, inventory] = [200, 100].map(Duration::from_millis);
    let shares = Arc::new(Shares::new(ShareLimits { share, inventory, hello: Duration::ZERO, ..ShareLimits::default() }));
    let deps = SyncDeps { shares, ..deps(&world) };
    let mut line = connect(&deps);
    line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone))]).await;
    line.hear().await;
    let began = Instant::now();
    for _ in 0..6 {
        line.say(&[Inventory { feed: FEED_A, holdings: Vec::new() }.into()]).await;
        assert_eq!(names(&line.hear().await), ["Entries", "CaughtUp"]);
    }
    assert!(began.elapsed() >= 5 * inventory - share, "{:?}", began.elapsed());
    // What it owed after the last one is over, too: it is let in again.
    let refused = loop {
        let mut again = connect(&deps);
        again.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone))]).await;
        let heard = again.hear().await;
        if names(&heard).contains(&"Welcome") {
            break false;
        }
        if began.elapsed() > Duration::from_secs(60) {
            break true;
        }
    };
    assert!(!refused, "it waits for ever");
}

#[tokio::test]
async fn whatever_costs_something_is_taken_from_the_share() {
    let (world, phone, _) = story().await;
    let [hello_takes, report, inventory, holding, entry] = [1_000, 2_000, 10_000, 40_000, 100_000].map(Duration::from_secs);
    let limits = ShareLimits { share: Duration::ZERO, hello: hello_takes, report, inventory, holding, entry, ..ShareLimits::default() };
    let deps = SyncDeps { shares: Arc::new(Shares::new(limits)), ..deps(&world) };
    let (began, installation) = (Instant::now().into_std(), phone.principal.installation);
    let used = || deps.shares.wait(installation, began);
    let mut conversation = conversation::Conversation::new(deps.clone(), false);
    conversation.received(hello(2, &phone, Some(world.store.epoch()), at(&phone))).await;
    assert!(conversation.is_open() && used() >= hello_takes, "{:?}", used());
    let strange = |number| Holding { document: DocumentId::from_bytes([number; 16]), fingerprint: Digest::EMPTY };
    for (frame, takes) in [
        (Ping { health: Health::default() }.into(), report),
        (Stored { feeds: Vec::new() }.into(), report),
        (Inventory { feed: FEED_A, holdings: Vec::new() }.into(), inventory),
        (Inventory { feed: FEED_A, holdings: vec![strange(1), strange(2)] }.into(), inventory + 2 * holding),
    ] {
        let before = used();
        conversation.received(frame).await;
        assert_eq!(used() - before, takes);
    }
    let before = used();
    conversation.read().await;
    let differs = 2 + phone.feeds[&FEED_A].documents.len();
    assert_eq!(used() - before, entry * u32::try_from(differs).unwrap());
}

#[tokio::test]
async fn whoever_has_to_wait_is_not_called_idle_for_it() {
    let (world, phone, _) = story().await;
    let [wait, idle] = [300, 2_000].map(Duration::from_millis);
    let limits = ShareLimits { share: Duration::ZERO, inventory: wait, hello: Duration::ZERO, ..ShareLimits::default() };
    let patience = Patience { idle_ms: 2_000, ..Patience::default() };
    let deps = SyncDeps { shares: Arc::new(Shares::new(limits)), patience, ..deps(&world) };
    let mut line = connect(&deps);
    line.say(&[hello(2, &phone, Some(world.store.epoch()), at(&phone))]).await;
    line.hear().await;
    let began = Instant::now();
    line.say(&[Inventory { feed: FEED_A, holdings: Vec::new() }.into()]).await;
    assert_eq!(line.goodbye().await, Farewell::Idle);
    assert!(began.elapsed() >= wait + idle, "{:?}", began.elapsed());
}

#[tokio::test]
async fn refused_edits_use_up_a_share_and_accepted_ones_hardly_do() {
    let (world, mut phone, item) = story().await;
    for number in 0..100 {
        phone.note(item, &format!("{number}"));
    }
    // So dear that how long this test takes does not matter.
    let limits = ShareLimits { refused_edit: Duration::from_secs(3_600), ..ShareLimits::default() };
    let deps = SyncDeps { shares: Arc::new(Shares::new(limits)), ..deps(&world) };
    let (now, installation) = (Instant::now().into_std(), phone.principal.installation);
    let accepted = push(&deps, &phone, 1).await;
    assert!(accepted.outcomes.len() == 100 && accepted.outcomes.iter().all(|outcome| outcome.verdict == Verdict::Accepted));
    assert_eq!(deps.shares.wait(installation, now), Duration::ZERO);
    revoke(&world, &phone).await;
    phone.note(item, "after that");
    let refused = push(&deps, &phone, 101).await;
    assert!(refused.outcomes.iter().all(|outcome| outcome.verdict != Verdict::Accepted), "kept, and answered");
    assert!(deps.shares.wait(installation, now) > Duration::ZERO);
}

/// Up to 200 edits, in a session of their own.
async fn push(deps: &SyncDeps, phone: &Phone, first: u64) -> linecrew_protocol::wire::Acked {
    let edits = phone.edits.iter().skip(usize::try_from(first - 1).unwrap()).take(200).cloned().collect();
    let mut line = connect(deps);
    line.say(&[hello(2, phone, Some(deps.store.epoch()), at(phone)), phone.push_of(first, edits).into()]).await;
    loop {
        let frames = line.hear().await;
        assert!(!frames.is_empty(), "hung up without an answer");
        if let Some(acked) = frames.into_iter().find_map(|frame| if let Frame::Acked(acked) = frame { Some(acked) } else { None }) {
            return acked;
        }
    }
}
