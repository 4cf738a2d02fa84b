use linecrew_protocol::{
    Reason,
    model::collection::{Act, Fen, FlagKind, OfficeAct, book, ledger::Head},
    wire::{Feed, Verdict},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use rusqlite::Connection;

use super::{
    super::world::{World, without_gate},
    round::{Collector, bill, book_done, count_of, flag_names, flags, lease, reasons, session, the_bill, the_book, the_session},
};
use crate::store::{Store as _, collection::CollectionOrder, sqlite::SqliteStore};

#[tokio::test]
async fn an_entry_is_kept_once_and_its_outcome_names_its_hash() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    let ticket = collector.collect(2, &due, 8_640);
    let (acked, effects) = collector.send_all(&world).await;
    assert_eq!(reasons(&acked), [None; 3]);
    let hashes: Vec<_> = collector.sealed.iter().map(|sealed| Some(*sealed.hash().as_bytes())).collect();
    assert_eq!(acked.outcomes.iter().map(|outcome| outcome.entry.as_deref().copied()).collect::<Vec<_>>(), hashes);
    assert!(effects.collection && effects.rows.is_empty());
    assert_eq!(effects.feeds.into_iter().collect::<Vec<_>>(), [collector.feed()]);
    assert!(flag_names(&world).await.is_empty());
    let code = collector.sealed[2].hash().verification_code();
    assert!(world.store.verify_receipt(ticket.clone(), code.to_lowercase()).await.unwrap());
    assert!(!world.store.verify_receipt(ticket, "0000-0000".into()).await.unwrap());
    assert!(!world.store.verify_receipt(collector.ticket(9), code).await.unwrap());
}

#[tokio::test]
async fn the_same_receipt_a_hundred_times_in_any_order_is_one() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 50_000).await;
    let tickets: Vec<_> = (0..8).map(|_| collector.collect(2, &due, 100)).collect();
    let first = collector.send(&world).await;
    let revision = world.store.revision().await.unwrap();
    let mut random = StdRng::seed_from_u64(4);
    for round in 0..100 {
        let mut cuts: Vec<usize> = (0..collector.phone.edits.len()).collect();
        cuts.shuffle(&mut random);
        let from = cuts[0];
        let to = random.random_range(from..=collector.phone.edits.len());
        let push = collector.phone.push_of(from as u64 + 1, collector.phone.edits[from..to].to_vec());
        let (again, effects) = world.push(&collector.phone, push).await.unwrap();
        assert_eq!(again.outcomes, first.outcomes[from..to], "round {round}");
        assert!(effects.feeds.is_empty() && !effects.collection);
    }
    assert_eq!(world.store.revision().await.unwrap(), revision);
    assert!(tickets.iter().all(|ticket| count_of(&world, ticket) == 1));
    assert_eq!(the_session(&world, 2).await.record.collected.cash, Fen(800));
    assert!(flag_names(&world).await.is_empty());
}

#[tokio::test]
async fn an_entry_that_comes_again_in_another_change_is_accepted_and_not_kept_twice() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    let ticket = collector.collect(2, &due, 8_640);
    collector.deliver(&world).await;
    let sealed = collector.sealed.clone();
    collector.rebase(&sealed);
    let acked = collector.send(&world).await;
    assert_eq!(reasons(&acked), [None; 3]);
    assert_eq!(acked.outcomes[2].entry.as_deref(), Some(sealed[2].hash().as_bytes()));
    assert_eq!(count_of(&world, &ticket), 1);
    assert_eq!(the_bill(&world, &due).await.paid, Fen(8_640));
    assert!(flag_names(&world).await.is_empty());
}

#[tokio::test]
async fn another_receipt_under_a_number_is_an_alarm_and_both_are_kept() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    let ticket = collector.collect(2, &due, 5_000);
    collector.deliver(&world).await;
    // The phone was brought back from a backup: it gives the same number again.
    collector.next -= 1;
    collector.collect(2, &due, 3_640);
    let acked = collector.send(&world).await;
    assert_eq!(reasons(&acked), [Some(Reason::TicketTaken)]);
    assert_eq!(acked.outcomes[0].entry, None, "nobody may give up a receipt for this");
    assert_eq!(count_of(&world, &ticket), 1);
    let raised = flags(&world).await;
    assert_eq!(raised.iter().map(|flag| (flag.kind, flag.ticket.clone())).collect::<Vec<_>>(), [(FlagKind::NumberTaken, Some(ticket))]);
    let kept = world.store.quarantine(None).await.unwrap();
    assert!(kept.len() == 1 && kept[0].security && kept[0].edit.event_kind.as_deref() == Some("receipt"));
    assert_eq!(the_bill(&world, &due).await.paid, Fen(5_000));
}

#[tokio::test]
async fn another_entry_in_a_place_is_an_alarm_and_both_are_kept() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    let before = collector.head;
    collector.collect(2, &due, 5_000);
    collector.deliver(&world).await;
    collector.head = before;
    collector.collect(2, &due, 3_640);
    assert_eq!(reasons(&collector.send(&world).await), [Some(Reason::TicketTaken)]);
    assert_eq!(flag_names(&world).await, ["number_taken/3"]);
    assert_eq!(world.store.quarantine(None).await.unwrap().len(), 1);
    assert_eq!(the_book(&world, collector.book.book).await.used, 1);
}

#[tokio::test]
async fn one_bad_receipt_does_not_block_the_next() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 20_000).await;
    collector.collect(2, &due, 1_000);
    collector.deliver(&world).await;
    collector.next -= 1;
    collector.collect(2, &due, 2_000);
    let next = collector.collect(2, &due, 3_000);
    let acked = collector.send(&world).await;
    assert_eq!(reasons(&acked), [Some(Reason::TicketTaken), Some(Reason::DependsOnRefused)]);
    // What the phone had built upon the refused edit is written anew, as the protocol says.
    let anew = collector.sealed[4..].to_vec();
    collector.rebase(&anew);
    let acked = collector.send(&world).await;
    assert_eq!(reasons(&acked), [None]);
    assert_eq!(acked.outcomes[0].entry.as_deref(), Some(collector.sealed[4].hash().as_bytes()));
    assert_eq!(flag_names(&world).await, ["number_taken/4", "chain_broken/5"]);
    assert_eq!(count_of(&world, &next), 1);
    assert_eq!(the_session(&world, 2).await.record.collected.cash, Fen(4_000), "it counts: a flag on the chain disputes nothing");
}

#[tokio::test]
async fn the_database_itself_refuses_a_second_receipt_under_a_number() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 5_000);
    collector.deliver(&world).await;
    let connection = Connection::open(world.path()).unwrap();
    // A copy of the row that differs in all but one of the three that have to be unique.
    let copy = |seq: &str, hash: &str, number: &str| {
        let sql = format!(
            "INSERT INTO journal (device, seq, hash, act, document, collector, session, series, number, amount, text, received_at, link)
             SELECT device, {seq}, {hash}, act, document, collector, session, series, {number}, amount, text, received_at, link
             FROM journal WHERE act = 'receipt'"
        );
        connection.execute(&sql, []).map_err(|error| error.to_string())
    };
    assert_eq!(copy("seq + 9", "randomblob(32)", "number"), Err("UNIQUE constraint failed: journal.series, journal.number".into()));
    assert_eq!(copy("seq", "randomblob(32)", "number + 1"), Err("UNIQUE constraint failed: journal.device, journal.seq".into()));
    assert_eq!(copy("seq + 9", "hash", "number + 1"), Err("UNIQUE constraint failed: journal.hash".into()));
    assert_eq!(copy("seq + 9", "randomblob(32)", "number + 1"), Ok(1), "by nothing else");
}

#[tokio::test]
async fn what_is_wrong_with_an_entry_is_flagged_and_not_refused() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 50_000).await;
    collector.deliver(&world).await;
    // Out of order, out of a session that is not open, with a wrong running total, and with a signature that is another entry's.
    collector.next += 1;
    collector.collect(2, &due, 100);
    let unknown = collector.receipt(9, &due, 100);
    collector.next += 1;
    collector.act(Act::Receipt(unknown));
    let right = collector.head;
    collector.head = Head { turnover: Fen(77_777), ..right };
    collector.collect(2, &due, 100);
    let receipt = collector.receipt(2, &due, 100);
    let entry = collector.entry(&collector.head.clone(), Act::Receipt(receipt));
    let mut sealed = collector.seal(&entry);
    sealed.signature = collector.sealed[0].signature;
    collector.put(collector.book.book, &sealed);
    let acked = collector.send(&world).await;
    assert_eq!(reasons(&acked), [None; 4]);
    let names = flag_names(&world).await;
    assert_eq!(names, ["chain_broken/3", "not_permitted/4", "chain_broken/5", "bad_signature/6"]);
    let record = the_session(&world, 2).await.record;
    assert_eq!(
        (record.collected.cash, record.open_flags),
        (Fen(200), 3),
        "what is out of order counts, what is disputed does not; 4 is of no session here"
    );
}

#[tokio::test]
async fn flags_are_events_of_the_book_and_reach_the_phone() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 5_000);
    collector.next += 5;
    collector.collect(2, &due, 100);
    let effects = collector.deliver(&world).await;
    assert!(effects.feeds.contains(&collector.feed()));
    let document = book::read(&collector.phone.shown[&collector.book.book]).unwrap();
    let raised = document.office.iter().filter(|record| matches!(&record.act, OfficeAct::Flagged(flag) if flag.id == "chain_broken/4"));
    assert_eq!(raised.count(), 1);
    assert_eq!(document.entries.len(), 4);
    let detail = the_session(&world, 2).await;
    assert_eq!(detail.flags.len(), 1);
    let states: Vec<_> = detail.entries.iter().map(|entry| (entry.act.as_str(), entry.state.is_some(), entry.signed)).collect();
    assert_eq!(states, [("session_opened", false, true), ("receipt", true, true), ("receipt", true, true)]);
}

#[tokio::test]
async fn another_phone_cannot_write_into_a_book() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    collector.deliver(&world).await;
    let mut other = Collector::at_work(&world, 3, 50).await;
    other.phone.shown.extend(collector.phone.shown.clone());
    let act = Act::SessionOpened { session: session(7), float: Fen(1) };
    let sealed = other.seal(&other.entry(&other.head.clone(), act));
    other.put(collector.book.book, &sealed);
    assert_eq!(reasons(&other.send(&world).await), [None, None, Some(Reason::NotYourItem)]);
}

#[tokio::test]
async fn a_receivable_cannot_be_edited_on_site() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.pull(&world).await;
    let author = collector.phone.author(0);
    let act = linecrew_protocol::model::collection::receivable::ReceivableAct::Withdrawn { reason: "免了".into() };
    let written = linecrew_protocol::model::collection::receivable::record(&collector.phone.shown[&due.document], &act, &author).unwrap();
    let change = written.change.raw_bytes().to_vec().into();
    collector.phone.edits.push(linecrew_protocol::wire::Edit { document: due.document, generation: 0, change, lost: None });
    let acked = collector.send(&world).await;
    assert!(matches!(acked.outcomes[2].verdict, Verdict::Quarantined { .. }));
    assert_eq!(the_bill(&world, &due).await.due.amount, Fen(8_640));
}

#[tokio::test]
async fn a_phone_that_could_not_sign_vouches_later() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.deliver(&world).await;
    collector.signs = false;
    collector.collect(2, &due, 100);
    collector.collect(2, &due, 100);
    collector.deliver(&world).await;
    assert!(the_session(&world, 2).await.entries.iter().skip(1).all(|entry| !entry.signed));
    collector.signs = true;
    collector.act(Act::Attested { from: 3, through: 4 });
    collector.deliver(&world).await;
    assert!(the_session(&world, 2).await.entries.iter().all(|entry| entry.signed));
    assert!(flag_names(&world).await.is_empty());
}

#[tokio::test]
async fn a_restored_store_takes_what_it_lost_once() {
    let mut world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 1_000);
    collector.deliver(&world).await;
    let backup = world.beside("backup.db");
    world.store.close().unwrap();
    std::fs::copy(world.path(), &backup).unwrap();
    let options = || linecrew_sqlite::Options { execution: linecrew_sqlite::Execution::Inline, ..Default::default() };
    world.store = SqliteStore::open_with(&world.path(), options(), without_gate()).unwrap();
    let ticket = collector.collect(2, &due, 2_000);
    collector.deliver(&world).await;
    let lost = lease(&world, 2, 50).await;
    world.store = SqliteStore::open_restored(&backup, options(), without_gate()).unwrap();
    let push = collector.phone.outbox(4);
    let (acked, _) = world.push(&collector.phone, push.clone()).await.unwrap();
    assert_eq!(reasons(&acked), [None]);
    assert_eq!(acked.outcomes[0].entry.as_deref(), Some(collector.sealed[3].hash().as_bytes()));
    assert_eq!(the_bill(&world, &due).await.paid, Fen(3_000));
    let again = world.push(&collector.phone, push).await.unwrap().0;
    assert_eq!(again.outcomes, acked.outcomes);
    assert!(flag_names(&world).await.is_empty());
    assert!(world.store.verify_receipt(ticket, collector.sealed[3].hash().verification_code()).await.unwrap());
    // What the lost part had leased is on a phone: its numbers never come again.
    let anew = lease(&world, 2, 50).await;
    assert_ne!(anew.series, lost.series);
}

#[tokio::test]
async fn a_frozen_book_still_gives_its_receipts_and_each_is_flagged() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 1_000);
    collector.deliver(&world).await;
    let frozen = book_done(&world, CollectionOrder::Freeze { book: collector.book.book, reason: "手机丢失".into() }).await;
    assert_eq!((frozen.frozen, frozen.left, frozen.frozen_reason.as_deref()), (49, 0, Some("手机丢失")));
    collector.collect(2, &due, 2_000);
    collector.deliver(&world).await;
    assert_eq!(flag_names(&world).await, ["after_freeze/4"]);
    assert_eq!(the_bill(&world, &due).await.paid, Fen(3_000), "the customer holds it: it counts");
    assert_eq!(world.store.books(None).await.unwrap().len(), 1, "a lost phone gets no further book");
}

#[tokio::test]
async fn the_next_book_comes_before_this_one_is_used_up() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 10).await;
    let due = bill(&world, 2, "R1", 50_000).await;
    for _ in 0..7 {
        collector.collect(2, &due, 100);
    }
    collector.deliver(&world).await;
    assert_eq!(world.store.books(None).await.unwrap().len(), 1);
    collector.collect(2, &due, 100);
    collector.collect(2, &due, 100);
    collector.deliver(&world).await;
    let books = world.store.books(None).await.unwrap();
    assert_eq!(books.len(), 2, "one, though two receipts came after the mark");
    assert_eq!((books[0].first, books[0].last, books[0].series.clone()), (11, 20, collector.book.series.clone()));
    assert!(collector.phone.holds(Feed::Person(collector.phone.principal.person), books[0].book));
    collector.collect(2, &due, 100);
    collector.go_on_with(books[0].clone());
    collector.collect(2, &due, 100);
    collector.deliver(&world).await;
    assert!(flag_names(&world).await.is_empty());
    assert_eq!(world.store.books(None).await.unwrap().len(), 2);
}
