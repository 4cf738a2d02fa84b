//! Money, told with real phones, real sockets, and a server that dies.

use linecrew_client::collection::{CollectionError, Custody};
use linecrew_protocol::model::collection::{Amounts, Fen, FlagKind, Method, Ticket};
use linecrew_server::store::collection::{BookState, FlagRecord, ReceivableState, SessionState};
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    phone::Phone,
    seed::Seed,
    server::{Place, program},
};

/// One collector with a book and bills; the server runs in another process.
async fn collector(seed: u64, tickets: u32, bills: usize) -> Fleet {
    let options = FleetOptions { place: Place::Child(program()), ..FleetOptions::small(1, 1) };
    let fleet = Fleet::assemble(Seed(seed), options).await;
    fleet.lease(&fleet.phones[0], tickets).await;
    fleet.bill(&fleet.phones[0].person, "october", bills).await;
    fleet.phones[0].until("the bills", |phone| phone.due().len() == bills).await;
    fleet
}

fn pay(phone: &mut Phone) -> Ticket {
    let due = phone.due().into_iter().next().expect("something is due");
    phone.collect(due.receivable, due.open, Method::Cash).expect("a receipt").ticket
}

fn custody(phone: &Phone, ticket: &Ticket) -> Custody {
    phone.receipts().into_iter().find(|view| view.ticket == *ticket).expect("the receipt is here").custody
}

async fn flags(fleet: &Fleet, kind: FlagKind) -> Vec<FlagRecord> {
    let flags = fleet.cashier.flags().await.expect("the counter sees the flags");
    flags.into_iter().filter(|flag| flag.kind == kind).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_from_the_float_to_the_write_off() {
    let mut fleet = collector(81, 20, 3).await;
    let phone = &mut fleet.phones[0];
    phone.open_session(Fen(10_000)).expect("a session");
    phone.go_offline();
    let ticket = pay(phone);
    let hash = phone.printed[0].hash;
    assert_eq!(custody(phone, &ticket), Custody::SavedHere);
    assert!(!fleet.cashier.verifies(&ticket, &hash).await.expect("an answer"), "the server has not heard of it");
    let phone = &mut fleet.phones[0];
    phone.come_back();
    phone.until("the receipt is safe", |phone| custody(phone, &ticket) == Custody::SafeOnServer).await;
    assert!(fleet.cashier.verifies(&ticket, &hash).await.expect("an answer"));
    let phone = &mut fleet.phones[0];
    let paid = phone.printed[0].receipt.amount;
    phone.close_session(Fen::ZERO, Fen(10_000)).expect("closed");
    phone.pay_in("S-1", Amounts::cash(paid)).expect("paid in");
    phone.is_answered().await;
    let session = phone.printed[0].receipt.session;
    fleet.cashier.confirm_deposit(session, "S-1", Amounts::cash(paid)).await.expect("the money is there");
    let settled = fleet.cashier.settle(session, None).await.expect("nothing is missing");
    assert_eq!((settled.state, settled.count_break, settled.deposit_break), (SessionState::Settled, Some(Fen::ZERO), Some(Fen::ZERO)));
    fleet.phones[0].until("the receipt is settled", |phone| custody(phone, &ticket) == Custody::Settled).await;
    let written_off = fleet.cashier.receivables().await.expect("the bills").into_iter().find(|bill| bill.written_off > Fen::ZERO);
    let written_off = written_off.expect("one is written off");
    assert_eq!((written_off.written_off, written_off.state), (paid, ReceivableState::Paid));
    fleet.must_settle().await;
}

/// The next book comes before the first is used up, and tickets are drawn from it without anybody doing anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_that_runs_low_is_followed_by_the_next_one() {
    let mut fleet = collector(82, 5, 8).await;
    fleet.phones[0].open_session(Fen::ZERO).expect("a session");
    for _ in 0..4 {
        pay(&mut fleet.phones[0]);
    }
    fleet.phones[0].until("the next book", |phone| phone.ledger().books.len() == 2).await;
    let tickets: Vec<Ticket> = (0..4).map(|_| pay(&mut fleet.phones[0])).collect();
    let mut sorted = tickets.clone();
    sorted.sort();
    assert_eq!(tickets, sorted);
    fleet.must_settle().await;
    let books = fleet.cashier.books().await.expect("the counter sees the books");
    let used_up: Vec<_> = books.iter().filter(|book| book.state == BookState::UsedUp).map(|book| book.used).collect();
    assert_eq!(used_up, [5]);
}

/// Rule 8, with two phones of one collector.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bill_that_is_paid_twice_offline_is_paid_ahead_once() {
    let mut fleet = collector(83, 5, 1).await;
    let person = fleet.phones[0].person.clone();
    let mut second = fleet.second_phone_of(&person).await;
    fleet.lease(&second, 5).await;
    second.until("the bill", |phone| phone.due().len() == 1).await;
    fleet.phones[0].go_offline();
    second.go_offline();
    for phone in [&mut fleet.phones[0], &mut second] {
        phone.open_session(Fen::ZERO).expect("a session");
        pay(phone);
    }
    let amount = second.printed[0].receipt.amount;
    fleet.phones[0].come_back();
    fleet.phones[0].is_answered().await;
    second.come_back();
    second.is_answered().await;
    let raised = flags(&fleet, FlagKind::DoublePayment).await;
    assert_eq!(
        raised.iter().map(|flag| (flag.amount, flag.ticket.clone())).collect::<Vec<_>>(),
        [(Some(amount), Some(second.printed[0].ticket.clone()))]
    );
    let bill = fleet.cashier.receivables().await.expect("the bill").remove(0);
    assert_eq!((bill.paid, bill.prepaid, bill.state), (amount, amount, ReceivableState::Paid));
    for issued in [&fleet.phones[0].printed[0], &second.printed[0]] {
        assert!(fleet.cashier.verifies(&issued.ticket, &issued.hash).await.expect("an answer"), "both are valid");
    }
    let decided = fleet.cashier.decide(&raised[0], "keep_as_prepayment").await.expect("decided");
    assert!(decided.resolved.is_some());
}

/// Rule 9, with a phone in a basement and a counter that cannot know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_void_in_the_basement_meets_a_deposit_at_the_counter() {
    let mut fleet = collector(84, 10, 2).await;
    let phone = &mut fleet.phones[0];
    phone.open_session(Fen::ZERO).expect("a session");
    let (kept, voided) = (pay(phone), pay(phone));
    phone.is_answered().await;
    phone.go_offline();
    let session = phone.printed[0].receipt.session;
    let both: Fen = phone.printed.iter().map(|issued| issued.receipt.amount).sum();
    phone.void(&voided).expect("the phone does not know of the deposit");
    fleet.cashier.confirm_deposit(session, "K-1", Amounts::cash(both)).await.expect("the counter does not know of the void");
    let phone = &mut fleet.phones[0];
    phone.come_back();
    phone.is_answered().await;
    let raised = flags(&fleet, FlagKind::VoidedAndDeposited).await;
    assert_eq!(raised.iter().map(|flag| flag.ticket.clone()).collect::<Vec<_>>(), [Some(voided.clone())]);
    let phone = &mut fleet.phones[0];
    phone.close_session(Fen::ZERO, Fen::ZERO).expect("closed");
    phone.is_answered().await;
    let refused = fleet.cashier.settle(session, None).await;
    assert_eq!(
        refused.err().and_then(|error| error.code().map(str::to_owned)).as_deref(),
        Some("state_conflict"),
        "the break needs a reason"
    );
    let settled = fleet.cashier.settle(session, Some("作废与解款并发")).await.expect("settled");
    let taken_back = fleet.phones[0].printed[1].receipt.amount;
    assert_eq!(settled.count_break.unwrap() + settled.deposit_break.unwrap(), -taken_back, "so much more was deposited");
    assert_eq!(custody(&fleet.phones[0], &kept), Custody::SafeOnServer);
    fleet.must_settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_phones_book_is_frozen_and_what_it_had_issued_still_counts() {
    let mut fleet = collector(85, 10, 3).await;
    let phone = &mut fleet.phones[0];
    phone.open_session(Fen::ZERO).expect("a session");
    pay(phone);
    phone.is_answered().await;
    phone.go_offline();
    let late = pay(phone);
    let book = fleet.cashier.books().await.expect("books").remove(0);
    let frozen = fleet.cashier.freeze(book.book, "手机遗失").await.expect("frozen");
    assert_eq!((frozen.state, frozen.frozen), (BookState::Frozen, 9));
    let phone = &mut fleet.phones[0];
    phone.come_back();
    phone.until("hearing of the freeze", |phone| phone.ledger().current_book().is_none()).await;
    let due = phone.due().remove(0);
    let refused = phone.collect(due.receivable, due.open, Method::Cash);
    assert!(matches!(refused, Err(CollectionError::BookFrozen { .. })), "{refused:?}");
    phone.until("the late receipt is safe", |phone| custody(phone, &late) == Custody::SafeOnServer).await;
    let raised = flags(&fleet, FlagKind::AfterFreeze).await;
    assert_eq!(raised.len(), 1);
    let book = fleet.cashier.books().await.expect("books").remove(0);
    assert_eq!((book.used, book.frozen), (2, 8));
    fleet.must_settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_outlive_a_server_that_is_killed_and_a_clock_that_is_a_year_off() {
    let mut fleet = collector(86, 20, 10).await;
    fleet.phones[0].open_session(Fen::ZERO).expect("a session");
    for round in 0..5 {
        fleet.server.kill().await;
        fleet.phones[0].clock.set_ahead_ms([0, 31_536_000_000, -31_536_000_000][round % 3]);
        pay(&mut fleet.phones[0]);
        pay(&mut fleet.phones[0]);
        fleet.server.start().await;
        fleet.phones[0].restart().await;
        fleet.phones[0].nudge();
        fleet.phones[0].is_answered().await;
    }
    assert_eq!(fleet.must_settle().await.receipts, 10);
    let sessions = fleet.cashier.sessions().await.expect("sessions");
    assert_eq!(sessions.iter().map(|session| session.receipts).collect::<Vec<_>>(), [10]);
    assert!(fleet.cashier.flags().await.expect("flags").is_empty());
}
