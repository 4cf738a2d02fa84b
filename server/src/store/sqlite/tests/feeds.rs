use std::collections::BTreeMap;

use futures_util::future::join_all;
use linecrew_protocol::{
    digest::{Digest, fingerprint},
    ids::DocumentId,
    limits::{MAX_ENTRIES, MAX_ENTRIES_BYTES},
    model::{
        reference::FORM_KIND,
        work::{Priority, WorkCommand, WorkEvent},
    },
    wire::{EntryKind, Feed, Holding, Inventory, LeaveReason},
};
use linecrew_sqlite::Options;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::{
    super::{commit::Projection, documents, feeds},
    world::{CREW_A, CREW_B, FEED_A, FEED_B, Phone, World, done, started, verdicts, visit},
};
use crate::store::{OfficeCommand, Store as _, StoreError};

#[tokio::test]
async fn many_entries_of_one_document_travel_as_one() {
    let world = World::inline().await;
    let (item, other) = (world.item().await, world.item().await);
    let (mut author, mut mate) = (world.phone(2).await, world.phone(3).await);
    world.pull(&mut author, FEED_A).await;
    world.pull(&mut mate, FEED_A).await;
    visit(&mut author, item);
    author.record(other, WorkEvent::Accepted);
    for seq in 1..=author.edits.len() {
        world.push(&author, author.push_of(seq as u64, vec![author.edits[seq - 1].clone()])).await.unwrap();
    }
    let page = world.page(&mate, FEED_A).await;
    let seen: Vec<_> = page.entries.iter().map(|entry| (entry.document, entry.kind.clone(), entry.changes.len())).collect();
    assert_eq!(seen, [(item, EntryKind::Changed, 6), (other, EntryKind::Changed, 1)], "only what it lacks");
    assert!(!page.more);
    world.pull(&mut mate, FEED_A).await;
    let idle = world.page(&mate, FEED_A).await;
    assert_eq!((idle.entries.len(), idle.more, idle.digest), (0, false, mate.digest(FEED_A)));
}

#[tokio::test]
async fn a_document_that_is_gone_leaves_whatever_happened_before() {
    let world = World::inline().await;
    let (item, brief) = (world.item().await, world.report(Priority::Normal).await);
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    world.assign(brief, CREW_A).await;
    world.assign(brief, CREW_B).await;
    world.decide(item, WorkEvent::Cancelled { reason: "用户自行恢复".into() }).await;
    let page = world.page(&phone, FEED_A).await;
    assert!(page.entries.iter().all(|entry| entry.changes.is_empty()), "nobody is sent what they may not hold");
    world.pull(&mut phone, FEED_A).await;
    let reasons: BTreeMap<DocumentId, LeaveReason> = phone.withdrawals.iter().map(|(id, why)| (*id, why.reason)).collect();
    assert_eq!(reasons, BTreeMap::from([(item, LeaveReason::Cancelled), (brief, LeaveReason::Reassigned)]));
    let cancelled = phone.withdrawals.iter().find(|(id, _)| *id == item).map(|(_, why)| why).unwrap();
    assert_eq!((cancelled.by.as_deref(), cancelled.to.as_deref(), cancelled.at), (Some("王芳"), None, world.now()));
    let [row] = &world.store.rows(crate::store::RowFilter { limit: 1, crew: Some(CREW_B), ..Default::default() }).await.unwrap().0[..]
    else {
        panic!("one row")
    };
    assert_eq!(row.row.id, brief);
}

#[tokio::test]
async fn a_closed_item_says_why_it_was_closed() {
    let world = World::inline().await;
    let (item, target) = (world.item().await, world.item().await);
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    visit(&mut phone, item);
    let acked = world.send(&phone, 1).await;
    phone.store_acked(FEED_A, &acked);
    world.decide(item, WorkEvent::FollowedUp { result: "满意".into(), reporter: None }).await;
    world.pull(&mut phone, FEED_A).await;
    assert!(phone.holds(FEED_A, item), "done on site is not closed");
    world.decide(item, WorkEvent::Archived).await;
    let linked = world.item().await;
    world.pull(&mut phone, FEED_A).await;
    world.decide(linked, WorkEvent::Linked { to: target }).await;
    world.pull(&mut phone, FEED_A).await;
    let reasons: Vec<_> = phone.withdrawals.iter().map(|(id, why)| (*id, why.reason)).collect();
    assert_eq!(reasons, [(item, LeaveReason::Archived), (linked, LeaveReason::Linked)]);
}

#[tokio::test]
async fn a_document_that_came_back_brings_the_phones_own_edits_too() {
    let world = World::inline().await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.record(item, WorkEvent::Accepted);
    let acked = world.send(&phone, 1).await;
    phone.store_acked(FEED_A, &acked);
    world.assign(item, CREW_B).await;
    world.pull(&mut phone, FEED_A).await;
    assert!(!phone.holds(FEED_A, item));
    world.assign(item, CREW_A).await;
    world.pull(&mut phone, FEED_A).await;
    assert!(phone.holds(FEED_A, item));
    phone.record(item, WorkEvent::Accepted);
    assert_eq!(verdicts(&world.send(&phone, 2).await), [None], "its actor goes on where it was");
}

/// Assigns `count` new items to crew A, every third one urgent.
async fn many(world: &World, count: usize) -> Vec<DocumentId> {
    let reports = (0..count).map(|number| world.report(if number % 3 == 0 { Priority::Urgent } else { Priority::Normal }));
    let items = join_all(reports).await;
    join_all(items.iter().map(|item| world.assign(*item, CREW_A))).await;
    items
}

#[tokio::test]
async fn a_transfer_sends_the_urgent_first_and_goes_on_after_every_break() {
    let world = World::with(Options::default()).await;
    let items = many(&world, MAX_ENTRIES * 2 + 40).await;
    let mut phone = world.phone(2).await;
    phone.feeds.entry(FEED_A).or_default().transfer = Some(Vec::new());
    let mut order = Vec::new();
    let mut pages = 0;
    loop {
        let page = world.page(&phone, FEED_A).await;
        assert_eq!(page, world.page(&phone, FEED_A).await, "the same token, the same page");
        order.extend(page.entries.iter().map(|entry| entry.document));
        pages += 1;
        let done = page.transfer_done;
        let (cursor, transfer) = (page.cursor, page.transfer.clone());
        phone.store_page(FEED_A, page);
        // What happens meanwhile: an item comes, one that was sent goes, one that was not sent yet goes, one changes.
        if pages == 1 {
            world.item().await;
            world.assign(order[0], CREW_B).await;
            world.assign(items[1], CREW_B).await;
            world.decide(order[1], WorkEvent::Cancelled { reason: "误报".into() }).await;
            assert!(phone.holds(FEED_A, order[0]) && !phone.holds(FEED_A, items[1]));
        }
        if done {
            assert_eq!((cursor, transfer), (items.len() as u64, None), "pinned to the head at its start");
            break;
        }
    }
    assert!(pages >= 3);
    let (urgent, normal): (Vec<_>, Vec<_>) = items.iter().rev().partition(|item| items.iter().position(|i| i == *item).unwrap() % 3 == 0);
    let expected: Vec<DocumentId> = urgent.into_iter().chain(normal).copied().filter(|item| *item != items[1]).collect();
    assert_eq!(order.iter().filter(|id| items.contains(id)).copied().collect::<Vec<_>>(), expected);
    world.pull(&mut phone, FEED_A).await;
    assert!([order[0], order[1], items[1]].iter().all(|gone| !phone.holds(FEED_A, *gone)));
    let told: Vec<_> = phone.withdrawals.iter().map(|(id, _)| *id).collect();
    assert!(told.contains(&order[0]) && told.contains(&order[1]));
}

#[tokio::test]
async fn what_left_during_a_transfer_and_came_back_is_sent_whole() {
    let world = World::with(Options::default()).await;
    let items = many(&world, MAX_ENTRIES + 10).await;
    let mut phone = world.phone(2).await;
    phone.feeds.entry(FEED_A).or_default().transfer = Some(Vec::new());
    let first = world.page(&phone, FEED_A).await;
    phone.store_page(FEED_A, first);
    assert!(!phone.holds(FEED_A, items[1]), "the last of all, not sent yet");
    world.assign(items[1], CREW_B).await;
    let last = world.page(&phone, FEED_A).await;
    assert!(last.transfer_done);
    phone.store_page(FEED_A, last);
    world.assign(items[1], CREW_A).await;
    world.pull(&mut phone, FEED_A).await;
    assert!(phone.holds(FEED_A, items[1]));
}

#[tokio::test]
async fn tokens_and_cursors_from_elsewhere_begin_anew() {
    let world = World::with(Options::default()).await;
    let items = many(&world, 5).await;
    let mut phone = world.phone(2).await;
    for transfer in [Some(Vec::new()), Some(vec![1, 2, 3]), Some(vec![0xff; 41])] {
        *phone.feeds.entry(FEED_A).or_default() = super::world::Position { transfer, ..Default::default() };
        let page = world.page(&phone, FEED_A).await;
        assert_eq!((page.entries.len(), page.transfer_done, page.cursor), (items.len(), true, 5));
    }
    *phone.feeds.entry(FEED_A).or_default() = super::world::Position { cursor: 999, ..Default::default() };
    let page = world.page(&phone, FEED_A).await;
    assert_eq!((page.entries.len(), page.transfer_done, page.cursor), (items.len(), true, 5));
}

#[tokio::test]
async fn a_tail_longer_than_the_feed_becomes_a_transfer() {
    let world = World::with(Options::default()).await;
    let items = many(&world, MAX_ENTRIES + 20).await;
    join_all(items[20..].iter().map(|item| world.assign(*item, CREW_B))).await;
    let mut phone = world.phone(2).await;
    let page = world.page(&phone, FEED_A).await;
    assert_eq!((page.entries.len(), page.transfer_done), (20, true));
    world.pull(&mut phone, FEED_A).await;
}

#[tokio::test]
async fn pages_keep_within_their_bytes() {
    let world = World::inline().await;
    let mut author = world.phone(2).await;
    let items = [world.item().await, world.item().await, world.item().await];
    world.pull(&mut author, FEED_A).await;
    let text: String = (0..3_000_u32).filter_map(|n| char::from_u32(0x4e00 + (n * 7_919) % 20_000)).collect();
    for round in 0..30 {
        for item in items {
            author.note(item, &format!("{round} {text}"));
        }
    }
    let mut first = 1;
    while first <= author.edits.len() as u64 {
        let mut push = author.outbox(first);
        push.edits.truncate(20);
        first = world.push(&author, push).await.unwrap().0.next_seq;
    }
    let mut mate = world.phone(3).await;
    let whole: usize = author.edits.iter().map(|edit| edit.change.len()).sum();
    assert!(whole > 2 * MAX_ENTRIES_BYTES, "{whole} bytes");
    let page = world.page(&mate, FEED_A).await;
    assert!(page.more);
    let pages = world.pull(&mut mate, FEED_A).await;
    assert!(pages <= 5, "{pages} pages");
    assert!(mate.received < whole + 20_000, "{} of {whole} bytes: nothing twice", mate.received);
}

#[tokio::test]
async fn reconciling_repairs_what_differs_and_only_that() {
    let world = World::with(Options::default()).await;
    let items = many(&world, 6).await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    visit(&mut phone, items[0]);
    let acked = world.send(&phone, 1).await;
    phone.store_acked(FEED_A, &acked);
    world.pull(&mut phone, FEED_A).await;
    let elsewhere = world.report(Priority::Normal).await;
    world.assign(elsewhere, CREW_B).await;
    // The phone lost a document, lost its own edits to another, and holds one that is not its crew's.
    let held = &mut phone.feeds.get_mut(&FEED_A).unwrap().documents;
    held.remove(&items[1]);
    held.insert(items[0], linecrew_protocol::Automerge::new());
    held.insert(elsewhere, linecrew_protocol::Automerge::new());
    let holdings = held
        .iter()
        .map(|(document, at)| Holding { document: *document, fingerprint: Digest::EMPTY.plus(fingerprint(*document, &at.get_heads())) });
    let inventory = Inventory { feed: FEED_A, holdings: holdings.collect() };
    let page = world.store.reconcile(phone.principal.installation, inventory).await.unwrap();
    assert_eq!(page.entries.len(), 3);
    let digest = page.digest;
    phone.store_page(FEED_A, page);
    assert_eq!(phone.digest(FEED_A), digest);
    assert_eq!(phone.withdrawals.last().map(|(id, why)| (*id, why.reason)), Some((elsewhere, LeaveReason::NotListed)));
}

#[tokio::test]
async fn reconciling_a_lost_store_becomes_a_transfer() {
    let world = World::with(Options::default()).await;
    many(&world, MAX_ENTRIES + 5).await;
    let mut phone = world.phone(2).await;
    let inventory = Inventory { feed: FEED_A, holdings: Vec::new() };
    let page = world.store.reconcile(phone.principal.installation, inventory).await.unwrap();
    assert!(page.entries.is_empty() && page.transfer.is_some() && page.more);
    phone.store_page(FEED_A, page);
    world.pull(&mut phone, FEED_A).await;
}

#[tokio::test]
async fn nobody_reads_a_feed_that_is_not_theirs() {
    let world = World::inline().await;
    world.item().await;
    let phone = world.phone(4).await;
    let read = world.store.page(phone.principal.installation, FEED_A, 0, None).await;
    assert!(matches!(read, Err(StoreError::AccessChanged)), "{read:?}");
    let inventory = Inventory { feed: FEED_A, holdings: Vec::new() };
    let reconciled = world.store.reconcile(phone.principal.installation, inventory).await;
    assert!(matches!(reconciled, Err(StoreError::AccessChanged)), "{reconciled:?}");
}

/// Every feed's digest and members, made anew from the changes alone.
fn recompute(world: &World) -> BTreeMap<Feed, Digest> {
    let compute = |connection: &rusqlite::Connection| -> rusqlite::Result<BTreeMap<Feed, Digest>> {
        let mut digests = BTreeMap::from([(FEED_A, Digest::EMPTY), (FEED_B, Digest::EMPTY)]);
        let mut statement = connection.prepare("SELECT id FROM documents WHERE kind <> ?1")?;
        let ids =
            statement.query_map([FORM_KIND], |row| Ok(DocumentId::from_bytes(row.get("id")?)))?.collect::<rusqlite::Result<Vec<_>>>()?;
        for id in ids {
            let loaded = documents::load(connection, id)?.expect("listed");
            let projection = Projection::of(&loaded).expect("readable");
            if let Some(feed) = feeds::home(&projection.standing.fold) {
                let digest = digests.entry(feed).or_default();
                *digest = digest.plus(fingerprint(id, &loaded.document.get_heads()));
            }
        }
        Ok(digests)
    };
    world.store.database.read(compute).expect("read")
}

fn kept(world: &World) -> BTreeMap<Feed, Digest> {
    let read = |connection: &rusqlite::Connection| -> rusqlite::Result<BTreeMap<Feed, Digest>> {
        [FEED_A, FEED_B].into_iter().map(|feed| Ok((feed, feeds::head(connection, feed)?.digest))).collect()
    };
    world.store.database.read(read).expect("read")
}

/// What somebody may try on site.
fn any_command(random: &mut StdRng) -> WorkCommand {
    let events = [
        WorkEvent::Accepted,
        WorkEvent::Departed,
        WorkEvent::Arrived,
        started(),
        WorkEvent::Suspended { reason: "等料".into() },
        WorkEvent::Resumed,
        WorkEvent::Declined { reason: "车坏了".into() },
        WorkEvent::NotDone { reason: "无人".into() },
        WorkEvent::HandedOver { crew: *[CREW_A, CREW_B].choose(random).unwrap(), reason: "换班".into() },
        done(),
    ];
    match events.choose(random) {
        Some(event) if random.random_bool(0.8) => WorkCommand::Record(event.clone()),
        _ => WorkCommand::Note { text: "看过了".into() },
    }
}

fn any_decision(random: &mut StdRng, items: &[DocumentId]) -> OfficeCommand {
    let crew = *[CREW_A, CREW_B].choose(random).unwrap();
    let record = |event| OfficeCommand::Other(WorkCommand::Record(event));
    match random.random_range(0..10) {
        0 => record(WorkEvent::Cancelled { reason: "误报".into() }),
        1 => record(WorkEvent::Linked { to: *items.choose(random).unwrap() }),
        2 => record(WorkEvent::FollowedUp { result: "满意".into(), reporter: None }),
        3 => record(WorkEvent::Archived),
        _ => OfficeCommand::Assign { crew, reason: None },
    }
}

async fn random_day(seed: u64, steps: usize) {
    let mut random = StdRng::seed_from_u64(seed);
    let world = World::inline().await;
    let mut phones: Vec<(Phone, Feed)> = Vec::new();
    for (number, feed) in [(2, FEED_A), (3, FEED_A), (4, FEED_B)] {
        phones.push((world.phone(number).await, feed));
    }
    let mut acked_before = [1_u64; 3];
    let mut items = vec![world.report(Priority::Normal).await];
    for step in 0..steps {
        let who = random.random_range(0..phones.len());
        let (phone, feed) = &mut phones[who];
        match random.random_range(0..10) {
            0 => items.push(world.report(*[Priority::Urgent, Priority::Normal].choose(&mut random).unwrap()).await),
            1..=3 => drop(world.office(*items.choose(&mut random).unwrap(), any_decision(&mut random, &items)).await.unwrap()),
            4..=6 => {
                let shown: Vec<DocumentId> = phone.shown.keys().copied().collect();
                if let Some(item) = shown.choose(&mut random) {
                    phone.try_run(*item, &any_command(&mut random)).ok();
                }
            }
            7 => {
                let acked = world.send_if_any(phone, acked_before[who]).await;
                acked_before[who] = acked.map_or(acked_before[who], |acked| {
                    phone.store_acked(*feed, &acked);
                    acked.next_seq
                });
            }
            _ if acked_before[who] > phone.edits.len() as u64 => drop(world.pull(phone, *feed).await),
            _ => {}
        }
        assert_eq!(kept(&world), recompute(&world), "seed {seed}, step {step}");
    }
}

#[tokio::test]
async fn digests_always_equal_those_made_anew() {
    for seed in 0..12 {
        random_day(seed, 120).await;
    }
}
