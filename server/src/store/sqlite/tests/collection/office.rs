use linecrew_protocol::{
    Reason,
    ids::{DocumentId, InstallationId},
    model::{
        collection::{Act, Amounts, Fen},
        person::{Grant, Role},
    },
};

use super::{
    super::world::{DISTRICT, World, organisation, person, principal},
    round::{
        Collector, bill, book_done, clerk, confirm, flag_names, lease, order, receivable, refused, session, settle, the_bill, the_book,
        the_session,
    },
};
use crate::store::{
    Store as _,
    collection::{Billed, BookState, Clerk, CollectionDone, CollectionOrder, NewReceivable, ReceivableFilter, SessionState},
};

/// A closed session with one receipt over 86.40 yuan, at the server.
async fn closed(world: &World) -> (Collector, super::round::Bill) {
    let mut collector = Collector::at_work(world, 2, 50).await;
    let due = bill(world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 8_640);
    collector
        .act(Act::Deposited { session: session(2), slip: "S-1".into(), bank: "工行鼓楼".into(), amounts: Amounts::cash(Fen(8_000)) });
    collector.close(2, 10_640, 10_000, (1, 0), None);
    collector.deliver(world).await;
    (collector, due)
}

#[tokio::test]
async fn a_session_is_settled_once_its_money_is_confirmed() {
    let world = World::inline().await;
    let (mut collector, due) = closed(&world).await;
    assert_eq!(the_bill(&world, &due).await.written_off, Fen(0));
    let record = confirm(&world, 2, "S-1", 8_000).await;
    assert_eq!(record.to_deposit, Some(Amounts::cash(Fen(640))));
    assert_eq!(
        (record.deposits[0].declared, record.deposits[0].confirmed),
        (Some(Amounts::cash(Fen(8_000))), Some(Amounts::cash(Fen(8_000))))
    );
    let twice = CollectionOrder::ConfirmDeposit { session: session(2), slip: "S-1".into(), amounts: Amounts::cash(Fen(8_000)) };
    assert_eq!(refused(&world, twice).await.0, Reason::StateNotPermitted);
    let early = CollectionOrder::Settle { session: session(2), reason: None };
    let (reason, detail) = refused(&world, early).await;
    assert_eq!(reason, Reason::StateNotPermitted);
    assert!(detail.contains("6.40"), "{detail}");
    confirm(&world, 2, "S-2", 640).await;
    let record = settle(&world, 2, None).await;
    assert_eq!((record.state, record.deposit_break, record.open_flags), (SessionState::Settled, Some(Fen(0)), 0));
    assert_eq!(the_bill(&world, &due).await.written_off, Fen(8_640));
    assert_eq!(refused(&world, CollectionOrder::Settle { session: session(2), reason: None }).await.0, Reason::StateNotPermitted);
    let late = CollectionOrder::ConfirmDeposit { session: session(2), slip: "S-3".into(), amounts: Amounts::cash(Fen(1)) };
    assert_eq!(refused(&world, late).await.0, Reason::StateNotPermitted);
    collector.pull(&world).await;
}

#[tokio::test]
async fn a_session_with_a_break_is_settled_with_a_reason_and_a_flag() {
    let world = World::inline().await;
    closed(&world).await;
    confirm(&world, 2, "S-1", 8_000).await;
    let record = settle(&world, 2, Some("少 6.40 元，收费员补缴")).await;
    assert_eq!((record.deposit_break, record.deposit_reason.as_deref()), (Some(Fen(640)), Some("少 6.40 元，收费员补缴")));
    assert_eq!(flag_names(&world).await, [format!("deposit_break/{}", session(2))]);
}

#[tokio::test]
async fn an_envelope_that_was_on_its_way_at_the_settlement_is_looked_into_and_still_confirmed() {
    let world = World::inline().await;
    let (mut collector, _) = closed(&world).await;
    confirm(&world, 2, "S-1", 8_000).await;
    settle(&world, 2, Some("少 6.40 元")).await;
    // The phone had not heard of it. More than there was is no envelope.
    let deposit = |slip: &str, fen| Act::Deposited {
        session: session(2),
        slip: slip.into(),
        bank: "工行鼓楼".into(),
        amounts: Amounts::cash(Fen(fen)),
    };
    collector.act(deposit("S-2", 640));
    collector.act(deposit("S-3", 100_000));
    collector.deliver(&world).await;
    assert_eq!(flag_names(&world).await, [format!("deposit_break/{}", session(2)), "deposit_break/6".into(), "not_permitted/7".into()]);
    let record = confirm(&world, 2, "S-2", 640).await;
    assert_eq!((record.state, record.deposit_break), (SessionState::Settled, Some(Fen(0))));
    let twice = CollectionOrder::ConfirmDeposit { session: session(2), slip: "S-2".into(), amounts: Amounts::cash(Fen(640)) };
    assert_eq!(refused(&world, twice).await.0, Reason::StateNotPermitted);
}

#[tokio::test]
async fn an_open_session_cannot_be_settled() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    collector.deliver(&world).await;
    let (reason, detail) = refused(&world, CollectionOrder::Settle { session: session(2), reason: Some("急".into()) }).await;
    assert_eq!((reason, detail.as_str()), (Reason::StateNotPermitted, "the session is not closed"));
    let unknown = CollectionOrder::Settle { session: session(9), reason: None };
    assert_eq!(order(&world, unknown).await, CollectionDone::NotFound);
}

#[tokio::test]
async fn sessions_are_listed_by_day_and_the_unsettled_ones_until_they_are() {
    let world = World::inline().await;
    closed(&world).await;
    let list = async |day: Option<&str>| world.store.cash_sessions(day.map(str::to_owned), None, world.now()).await.unwrap();
    let today = list(None).await;
    assert_eq!(today.iter().map(|record| (record.day.as_str(), record.overdue)).collect::<Vec<_>>(), [("2026-11-23", false)]);
    assert_eq!((today[0].device_name.as_str(), today[0].collector.name.as_str(), today[0].district), ("手机", "张伟", DISTRICT));
    world.pass_days(1);
    assert_eq!(list(None).await.iter().map(|record| record.overdue).collect::<Vec<_>>(), [true]);
    assert!(list(Some("2026-11-24")).await.is_empty());
    confirm(&world, 2, "S-1", 8_640).await;
    settle(&world, 2, None).await;
    assert!(list(None).await.is_empty());
    assert_eq!(list(Some("2026-11-23")).await.len(), 1);
    let elsewhere = Some(vec![linecrew_protocol::ids::DistrictId::from_bytes([9; 16])]);
    assert!(world.store.cash_sessions(Some("2026-11-23".into()), elsewhere, world.now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_book_is_handed_over_by_count_and_leaves_once_its_sessions_are_settled() {
    let world = World::inline().await;
    let (mut collector, _) = closed(&world).await;
    let book = collector.book.book;
    collector.act(Act::BookReturned { book, unused: 49 });
    collector.deliver(&world).await;
    assert_eq!(the_book(&world, book).await.state, BookState::Returned);
    let (reason, detail) = refused(&world, CollectionOrder::HandOver { book, voided: 1, unused: 48 }).await;
    assert_eq!((reason, detail.as_str()), (Reason::StateNotPermitted, "by the journal 0 tickets are voided and 49 unused"));
    let record = book_done(&world, CollectionOrder::HandOver { book, voided: 0, unused: 49 }).await;
    assert_eq!((record.state, record.used, record.returned), (BookState::HandedOver, 1, 49));
    assert_eq!(refused(&world, CollectionOrder::HandOver { book, voided: 0, unused: 49 }).await.0, Reason::StateNotPermitted);
    collector.pull(&world).await;
    assert!(collector.phone.holds(collector.feed(), book), "its session is not settled");
    confirm(&world, 2, "S-1", 8_640).await;
    settle(&world, 2, None).await;
    collector.pull(&world).await;
    assert!(!collector.phone.holds(collector.feed(), book));
    assert_eq!(the_book(&world, book).await.used, 1, "what is over is still told");
}

#[tokio::test]
async fn what_a_phone_still_holds_of_a_book_that_is_handed_over_is_frozen() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 100);
    collector.deliver(&world).await;
    let record = book_done(&world, CollectionOrder::HandOver { book: collector.book.book, voided: 0, unused: 49 }).await;
    assert_eq!((record.state, record.frozen, record.left), (BookState::HandedOver, 49, 0));
    // The phone had not heard of it.
    collector.collect(2, &due, 200);
    collector.deliver(&world).await;
    assert_eq!(flag_names(&world).await, ["after_freeze/4"]);
    assert_eq!(the_book(&world, collector.book.book).await.used, 2);
}

/// What is over is left out of the facts; what somebody does about it later still finds it.
#[tokio::test]
async fn a_late_entry_about_a_settled_session_finds_what_it_is_about() {
    let world = World::inline().await;
    let mut organisation = organisation();
    organisation.people[1].roles.push(Grant { role: Role::Cashier, district: Some(DISTRICT) });
    world.store.import(organisation).await.unwrap();
    let (mut collector, due) = closed(&world).await;
    let book = collector.book.clone();
    let ticket = collector.ticket(book.first);
    confirm(&world, 2, "S-1", 8_640).await;
    settle(&world, 2, None).await;
    let next = lease(&world, 2, 50).await;
    collector.act(Act::BookReturned { book: book.book, unused: 49 });
    collector.deliver(&world).await;
    book_done(&world, CollectionOrder::HandOver { book: book.book, voided: 0, unused: 49 }).await;
    collector.pull(&world).await;
    assert!(!collector.phone.holds(collector.feed(), book.book));
    let settled = the_session(&world, 2).await.record;
    collector.go_on_with(next);
    collector.open(3);
    collector.act(Act::Refunded { ticket, session: session(3), amount: Fen(8_640), reason: "重复缴费".into() });
    collector.deliver(&world).await;
    assert!(flag_names(&world).await.is_empty());
    assert_eq!(the_bill(&world, &due).await.paid, Fen(0));
    let after = the_session(&world, 2).await;
    assert_eq!(after.record, settled, "its session stays as it was settled");
    assert_eq!(after.entries[1].state, Some(linecrew_protocol::model::collection::ledger::ReceiptState::Refunded));
    assert_eq!(the_book(&world, book.book).await.used, 1);
}

#[tokio::test]
async fn only_the_office_decides_about_money() {
    let world = World::inline().await;
    let mut organisation = organisation();
    for (place, role) in [(0, Role::Auditor), (3, Role::Collector), (4, Role::Integrator)] {
        organisation.people[place].roles = vec![Grant { role, district: Some(DISTRICT) }];
    }
    let mut collector = Collector::at_work(&world, 2, 50).await;
    collector.deliver(&world).await;
    world.store.import(organisation).await.unwrap();
    let device = InstallationId::from_bytes([0x12; 16]);
    for number in [1, 4, 5] {
        let clerk = || Clerk { by: principal(number, None), by_name: "谁".into(), now: world.tick() };
        for wish in [
            CollectionOrder::Lease { collector: person(2), device, count: 50 },
            CollectionOrder::Freeze { book: collector.book.book, reason: "x".into() },
            CollectionOrder::HandOver { book: collector.book.book, voided: 0, unused: 50 },
            CollectionOrder::ConfirmDeposit { session: session(2), slip: "S".into(), amounts: Amounts::cash(Fen(1)) },
            CollectionOrder::Settle { session: session(2), reason: None },
        ] {
            let CollectionDone::Refused(refusal) = world.store.collection(clerk(), wish.clone()).await.unwrap() else { panic!("{wish:?}") };
            assert_eq!(refusal.reason, Reason::RoleNotPermitted, "{number}: {wish:?}");
        }
        let item = NewReceivable { receivable: receivable(&format!("R{number}"), 1), collector: person(2) };
        let (billed, _) = world.store.bill(clerk(), DISTRICT, vec![item]).await.unwrap();
        assert_eq!(matches!(billed[0], Billed::Created(_)), number == 5, "{number}");
    }
}

#[tokio::test]
async fn a_book_is_leased_to_a_collector_on_their_own_phone_only() {
    let world = World::inline().await;
    world.phone(2).await;
    world.phone(3).await;
    let lease = |collector, device: u8, count| CollectionOrder::Lease {
        collector: person(collector),
        device: InstallationId::from_bytes([device; 16]),
        count,
    };
    assert_eq!(refused(&world, lease(2, 0x13, 50)).await.0, Reason::RuleViolated);
    assert_eq!(refused(&world, lease(1, 0x12, 50)).await.0, Reason::RuleViolated);
    assert_eq!(refused(&world, lease(9, 0x12, 50)).await.0, Reason::RuleViolated);
    for count in [0, 201] {
        assert_eq!(refused(&world, lease(2, 0x12, count)).await.0, Reason::InvalidValue, "{count}");
    }
    let (one, two) = (book_done(&world, lease(2, 0x12, 50)).await, book_done(&world, lease(2, 0x12, 20)).await);
    assert_eq!((one.first, one.last, two.first, two.last), (1, 50, 51, 70));
    assert_eq!((one.state, one.left, one.taken), (BookState::Leased, 50, false));
    let books = world.store.books(Some(vec![DISTRICT])).await.unwrap();
    assert_eq!(books.iter().map(|book| book.book).collect::<Vec<_>>(), [two.book, one.book], "newest first");
    let unknown = CollectionOrder::Freeze { book: DocumentId::from_bytes([9; 16]), reason: "x".into() };
    assert_eq!(order(&world, unknown).await, CollectionDone::NotFound);
    assert_eq!(refused(&world, CollectionOrder::Freeze { book: one.book, reason: " ".into() }).await.0, Reason::InvalidValue);
    book_done(&world, CollectionOrder::Freeze { book: one.book, reason: "丢失".into() }).await;
    assert_eq!(refused(&world, CollectionOrder::Freeze { book: one.book, reason: "丢失".into() }).await.0, Reason::StateNotPermitted);
}

#[tokio::test]
async fn a_flag_is_decided_once_with_one_of_its_choices() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    // A number of no book.
    collector.next += 60;
    collector.collect(2, &due, 100);
    collector.deliver(&world).await;
    let decide = |flag: &str, choice: &str| CollectionOrder::Resolve {
        book: collector.book.book,
        flag: flag.into(),
        choice: choice.into(),
        note: String::new(),
    };
    assert_eq!(order(&world, decide("not_permitted/9", "count")).await, CollectionDone::NotFound);
    assert_eq!(refused(&world, decide("not_permitted/3", "looked_into")).await.0, Reason::InvalidValue);
    assert_eq!(the_bill(&world, &due).await.paid, Fen(0));
    assert!(matches!(order(&world, decide("not_permitted/3", "count")).await, CollectionDone::Flag(..)));
    assert_eq!(the_bill(&world, &due).await.paid, Fen(100));
    assert_eq!(refused(&world, decide("not_permitted/3", "do_not_count")).await.0, Reason::StateNotPermitted);
    assert!(world.store.flags(false, None).await.unwrap().is_empty());
    assert_eq!(world.store.flags(true, None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_bill_is_taken_in_once() {
    let world = World::inline().await;
    world.phone(2).await;
    let item = |reference: &str, amount| NewReceivable { receivable: receivable(reference, amount), collector: person(2) };
    let bad = NewReceivable { receivable: receivable("R3", 0), collector: person(2) };
    let nobody = NewReceivable { collector: person(1), ..item("R4", 5) };
    let all = vec![item("R1", 100), bad, item("R1", 100), nobody, item("R2", 200)];
    let (billed, effects) = world.store.bill(clerk(&world), DISTRICT, all).await.unwrap();
    assert!(effects.collection && effects.feeds.len() == 1);
    let Billed::Created(first) = billed[0] else { panic!("{billed:?}") };
    assert!(matches!(&billed[1], Billed::Refused(refusal) if refusal.reason == Reason::InvalidValue));
    assert_eq!(billed[2], Billed::Unchanged(first));
    assert!(matches!(&billed[3], Billed::Refused(refusal) if refusal.reason == Reason::RuleViolated));
    assert!(matches!(billed[4], Billed::Created(_)));
    let (again, effects) = world.store.bill(clerk(&world), DISTRICT, vec![item("R1", 100), item("R2", 999)]).await.unwrap();
    assert_eq!(again[0], Billed::Unchanged(first));
    assert!(matches!(&again[1], Billed::Refused(refusal) if refusal.detail.contains("R2")));
    assert!(!effects.collection);
    let list = async |collector: u8| {
        let filter = ReceivableFilter { collector: Some(person(collector)), open_only: true, districts: None };
        world.store.receivables(filter).await.unwrap().into_iter().map(|record| record.due.reference).collect::<Vec<_>>()
    };
    assert_eq!(list(2).await, ["R1", "R2"]);
    assert!(list(3).await.is_empty());
}
