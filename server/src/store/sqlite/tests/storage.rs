use std::{sync::Arc, time::Instant};

use linecrew_protocol::model::work::{Phase, Priority, WorkEvent};
use linecrew_sqlite::{Execution, Options};

use super::{
    super::SqliteStore,
    world::{CREW_A, CREW_B, FEED_A, Position, World, verdicts, visit, without_gate},
};
use crate::store::{Store as _, StoreError, register::Enrolled};

fn inline() -> Options {
    Options { execution: Execution::Inline, ..Options::default() }
}

#[tokio::test]
async fn a_store_that_goes_on_is_the_same_one() {
    let world = World::inline().await;
    let item = world.item().await;
    let (epoch, row) = (world.store.epoch(), world.row(item).await);
    world.store.close().unwrap();
    let again = SqliteStore::open_with(&world.path(), inline(), without_gate()).unwrap();
    assert_eq!(again.epoch(), epoch);
    assert_eq!(again.detail(item).await.unwrap().unwrap().view.row, row.row);
}

#[tokio::test]
async fn a_restored_store_begins_a_new_life_and_phones_bring_back_what_it_lost() {
    let mut world = World::inline().await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.record(item, WorkEvent::Accepted);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None]);
    let backup = world.beside("backup.db");
    world.store.close().unwrap();
    std::fs::copy(world.path(), &backup).unwrap();
    world.store = SqliteStore::open_with(&world.path(), inline(), without_gate()).unwrap();
    // Lost with the old store: an office decision, and two edits that it had acknowledged.
    let lost = world.item().await;
    phone.record(item, WorkEvent::Departed);
    phone.record(item, WorkEvent::Arrived);
    assert_eq!(verdicts(&world.send(&phone, 2).await), [None, None]);
    let before = world.store.epoch();
    world.store = SqliteStore::open_restored(&backup, inline(), without_gate()).unwrap();
    assert_ne!(world.store.epoch(), before);
    let opening = world.store.open_session(phone.principal.installation, phone.principal.person).await.unwrap().unwrap();
    assert_eq!((opening.next_device_seq, opening.store), (2, world.store.epoch()));
    assert_eq!(verdicts(&world.send(&phone, 2).await), [None, None]);
    assert_eq!(world.row(item).await.row.phase, Phase::Arrived);
    assert!(world.store.detail(lost).await.unwrap().is_none(), "what only the office knew has to be entered again");
    // The new life's decisions do not clash with those of the old one on the phone.
    world.assign(item, CREW_B).await;
    world.assign(item, CREW_A).await;
    phone.feeds.clear();
    phone.feeds.entry(FEED_A).or_default().transfer = Some(Vec::new());
    world.pull(&mut phone, FEED_A).await;
    assert!(phone.holds(FEED_A, item));
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let first = linecrew_sqlite::Database::open(&path, &inline(), &super::super::MIGRATIONS[..1]).unwrap();
    first.close().unwrap();
    let store = SqliteStore::open(&path, inline()).unwrap();
    store.import(super::world::organisation()).await.unwrap();
    assert_eq!(store.forms().await.unwrap().len(), 10);
}

#[tokio::test]
async fn rows_of_an_older_layout_are_made_anew() {
    let world = World::inline().await;
    let (item, other) = (world.item().await, world.report(Priority::Urgent).await);
    let (row, second) = (world.row(item).await, world.row(other).await);
    let older = |transaction: &rusqlite::Transaction<'_>| {
        transaction.execute_batch(
            "UPDATE rows SET row = '{\"state\": \"reported\"}', kind = '', phase = ''; DELETE FROM meta WHERE key = 'row_layout'",
        )
    };
    world.store.database.write(older).unwrap();
    world.store.close().unwrap();
    let again = SqliteStore::open_with(&world.path(), inline(), without_gate()).unwrap();
    let filter = crate::store::RowFilter { limit: 10, kind: Some(row.row.kind.clone()), ..Default::default() };
    assert_eq!(again.rows(filter).await.unwrap().0, [second, row], "with the revisions that they had");
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let mut world = World::with(Options { max_pages: Some(110), ..inline() }).await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    phone.record(item, WorkEvent::Accepted);
    let text: String = (0..1_500_u32).filter_map(|n| char::from_u32(0x4e00 + (n * 7_919) % 20_000)).collect();
    let mut next = 1;
    let refused = loop {
        let acked = world.push(&phone, phone.outbox(next)).await;
        match acked {
            Ok((acked, _)) => next = acked.next_seq,
            Err(error) => break error,
        }
        phone.note(item, &format!("{next} {text}"));
        assert!(next < 1_000, "the disk never fills");
    };
    assert!(matches!(refused, StoreError::Full), "{refused:?}");
    assert!(next > 3);
    assert!(matches!(world.push(&phone, phone.outbox(next)).await, Err(StoreError::Full)), "still full");
    let opening = world.store.open_session(phone.principal.installation, phone.principal.person).await.unwrap().unwrap();
    assert_eq!(opening.next_device_seq, next, "what was not acknowledged is wanted again");
    world.store.close().unwrap();
    world.store = SqliteStore::open_with(&world.path(), inline(), without_gate()).unwrap();
    let acked = world.send(&phone, 1).await;
    assert_eq!(acked.outcomes.len(), phone.edits.len());
    assert_eq!(verdicts(&acked), vec![None; phone.edits.len()]);
    phone.store_acked(FEED_A, &acked);
    world.pull(&mut phone, FEED_A).await;
}

#[tokio::test]
async fn a_lost_transaction_leaves_no_trace_in_memory() {
    let world = World::inline().await;
    let item = world.item().await;
    let mut phone = world.phone(2).await;
    world.pull(&mut phone, FEED_A).await;
    visit(&mut phone, item);
    let push = super::super::deliver::Inspection::of(crate::store::Delivery {
        principal: phone.principal.clone(),
        push: phone.outbox(1),
        now: world.tick(),
    });
    let desk = Arc::clone(&world.store.desk);
    let lost = world.store.database.write(move |transaction| {
        super::super::deliver::admit(transaction, &desk, &push, super::super::deliver::Care::Documents)?;
        Err::<(), rusqlite::Error>(rusqlite::Error::InvalidQuery)
    });
    assert!(lost.is_err());
    assert_eq!(world.row(item).await.row.phase, Phase::Assigned);
    assert_eq!(verdicts(&world.send(&phone, 1).await), [None; 6], "the cached document was of a commit that never was");
    let received = world.store.detail(item).await.unwrap().unwrap().view.history.last().unwrap().received_at;
    assert_eq!(received, Some(world.now()), "nor were its receipts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_phones_share_commits() {
    const PUSHES: u8 = 64;
    let world = World::with(Options::default()).await;
    let mut phones = Vec::new();
    for number in 0..PUSHES {
        let mut phone = world.phone(2).await;
        let installation = linecrew_protocol::ids::InstallationId::from_bytes([0x80 + number; 16]);
        phone.principal.installation = installation;
        assert_eq!(world.enrol(&phone).await, Enrolled::Done(phone.principal.person));
        phones.push(phone);
    }
    let mut items = Vec::new();
    for phone in &mut phones {
        let item = world.report(Priority::Normal).await;
        world.assign(item, CREW_A).await;
        items.push(item);
        world.pull(phone, FEED_A).await;
        visit(phone, item);
    }
    let begun = Instant::now();
    let world = Arc::new(world);
    let pushes = phones.iter().map(|phone| {
        let (world, phone) = (Arc::clone(&world), phone.clone());
        tokio::spawn(async move { world.send(&phone, 1).await })
    });
    for pushed in pushes.collect::<Vec<_>>() {
        assert_eq!(verdicts(&pushed.await.unwrap()), [None; 6]);
    }
    println!("{PUSHES} pushes of 6 edits in {:?}", begun.elapsed());
    for item in items {
        assert_eq!(world.row(item).await.row.phase, Phase::Done);
    }
    let mut last = phones.pop().unwrap();
    last.feeds.insert(FEED_A, Position { transfer: Some(Vec::new()), ..Position::default() });
    world.pull(&mut last, FEED_A).await;
}
