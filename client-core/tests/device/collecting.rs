//! A collector's day on a phone without coverage.

use linecrew_client::collection::{CollectionError, Custody, DueFilter};
use linecrew_protocol::{
    ids::DocumentId,
    model::{
        collection::{Amounts, Fen, Method, OfficeAct, ledger::ReceiptState, receivable::ReceivableAct},
        person::{Grant, Role},
    },
    time::Timestamp,
};

use crate::{
    office::{CREW, Office, person},
    phone::{Mood, Phone, sign_in_of},
    raw::raw,
};

/// A phone whose keystore is locked, with a collector who has a book of `tickets`, `bills` amounts due of 86.40 each, and an open session with 100.00 of change.
pub(crate) fn on_a_round(tickets: u32, bills: u32) -> (Phone, Office, DocumentId, Vec<DocumentId>) {
    let mut office = Office::new();
    let phone = Phone::new(1);
    let book = office.lease(&phone, tickets);
    let bills = (1..=bills).map(|n| office.bill(&phone, n, 8_640)).collect();
    phone.sync(&mut office);
    phone.keystore.set(Mood::Locked);
    phone.client.open_session(Fen(10_000)).unwrap();
    (phone, office, book, bills)
}

/// The entries of the phone's journals in their order, as JSON.
pub(crate) fn journal(phone: &Phone) -> Vec<serde_json::Value> {
    let store = raw(&phone.path());
    let mut statement = store.prepare("SELECT entry FROM journal ORDER BY device, seq").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>("entry")).unwrap();
    rows.map(|text| serde_json::from_str(&text.unwrap()).unwrap()).collect()
}

fn acts(phone: &Phone) -> Vec<String> {
    journal(phone).iter().map(|entry| entry["act"]["act"].as_str().unwrap().to_owned()).collect()
}

fn open_of(phone: &Phone, all: bool) -> Vec<(String, i64)> {
    let due = phone.client.due(&DueFilter { all, text: None }).unwrap();
    due.into_iter().map(|due| (due.bill.account, due.open.0)).collect()
}

#[test]
fn a_round_is_recorded_offline_and_arrives_whole() {
    let (phone, mut office, book, bills) = on_a_round(10, 3);
    phone.keystore.set(Mood::Works);
    let client = &phone.client;
    let whole = client.collect(bills[0], Fen(8_640), Method::Cash).unwrap();
    let part = client.collect(bills[1], Fen(5_000), Method::Terminal { reference: "T-1".to_owned() }).unwrap();
    let cheque = Method::Cheque { number: "12".to_owned(), bank: "ICBC".to_owned(), date: "2026-11-28".to_owned() };
    let ahead = client.collect(bills[2], Fen(10_000), cheque).unwrap();
    assert_eq!((whole.ticket.to_string(), ahead.ticket.to_string()), ("FZ-00000001".to_owned(), "FZ-00000003".to_owned()));
    assert_eq!((ahead.receipt.applied(), ahead.receipt.prepaid()), (Fen(8_640), Fen(1_360)));
    assert_eq!((part.receipt.due, part.receipt.open), (Fen(8_640), Fen(8_640)));
    client.void_receipt(&whole.ticket, "wrong account").unwrap();
    client.deposit("S-1", "ICBC", Amounts { terminal: Fen(5_000), ..Amounts::default() }).unwrap();
    let counted = Amounts { cash: Fen(10_000), cheque: Fen(10_000), terminal: Fen::ZERO };
    client.close_session(counted, Fen(10_000), None).unwrap();
    client.return_book(book).unwrap();
    // The first two were sealed before there was a key.
    let expected = [
        "book_taken",
        "session_opened",
        "attested",
        "receipt",
        "receipt",
        "receipt",
        "voided",
        "deposited",
        "session_closed",
        "book_returned",
    ];
    assert_eq!(acts(&phone), expected);
    assert_eq!(client.status().unwrap().entries_here, 10);
    phone.sync(&mut office);
    let status = client.status().unwrap();
    assert_eq!((status.pending(), status.entries_here, status.needs_attention), (0, 0, 0));
    assert!(office.is_equal_to(&phone));
    let ledger = client.ledger().unwrap();
    assert!(ledger.books[&book].is_explained() && ledger.unsigned.is_empty());
    assert_eq!((ledger.books[&book].used, ledger.books[&book].voided, ledger.books[&book].returned), (2, 1, 7));
    assert!(client.receipts().unwrap().iter().all(|receipt| receipt.custody == Custody::SafeOnServer));
}

#[test]
fn what_is_refused_says_what_to_do_and_writes_nothing() {
    let mut office = Office::new();
    let phone = Phone::new(1);
    let bill = office.bill(&phone, 1, 8_640);
    phone.sync(&mut office);
    let collect = |fen| phone.client.collect(bill, Fen(fen), Method::Cash).unwrap_err();
    assert!(matches!(collect(100), CollectionError::NoBook));
    assert!(collect(100).to_string().contains("ask the office for a book"));
    assert!(matches!(collect(0), CollectionError::NoAmount { .. }));
    let book = office.lease(&phone, 2);
    phone.sync(&mut office);
    assert!(matches!(collect(100), CollectionError::NoSession));
    phone.client.open_session(Fen::ZERO).unwrap();
    assert!(matches!(phone.client.open_session(Fen::ZERO), Err(CollectionError::Refused(_))));
    let unknown = DocumentId::from_bytes([9; 16]);
    assert!(matches!(phone.client.collect(unknown, Fen(1), Method::Cash), Err(CollectionError::UnknownReceivable { .. })));
    let issued = phone.client.collect(bill, Fen(8_640), Method::Cash).unwrap();
    assert!(matches!(collect(100), CollectionError::ReceivableClosed { .. }), "it is paid");
    assert!(matches!(phone.client.refund_receipt(&issued.ticket, Fen(1), "x"), Err(CollectionError::RoleMissing(Role::Cashier))));
    let other = "FZ-00000009".parse().unwrap();
    assert!(matches!(phone.client.void_receipt(&other, "x"), Err(CollectionError::UnknownTicket { .. })));
    assert!(matches!(phone.client.return_book(unknown), Err(CollectionError::UnknownBook { .. })));
    let entries = journal(&phone).len();
    assert_eq!(entries, 3, "nothing of what was refused was written");

    // The last ticket, then none; then a frozen book.
    let second = office.bill(&phone, 2, 500);
    phone.sync(&mut office);
    phone.client.collect(second, Fen(100), Method::Cash).unwrap();
    assert!(matches!(phone.client.collect(second, Fen(100), Method::Cash), Err(CollectionError::NoTickets)));
    let next = office.lease(&phone, 2);
    office.acts(next, &OfficeAct::Frozen { reason: "lost".to_owned() });
    phone.sync(&mut office);
    match phone.client.collect(second, Fen(100), Method::Cash) {
        Err(CollectionError::BookFrozen { reason }) => assert_eq!(reason, "lost"),
        other => panic!("{other:?}"),
    }
    assert_ne!(book, next);
    let _ = phone.client.sign_in(linecrew_client::SignIn { grants: Vec::new(), ..sign_in_of(person(1), CREW) }).unwrap();
    office.lease(&phone, 5);
    phone.sync(&mut office);
    assert!(matches!(phone.client.collect(second, Fen(100), Method::Cash), Err(CollectionError::RoleMissing(Role::Collector))));
}

#[test]
fn what_is_open_counts_own_receipts_until_the_server_tells_of_them() {
    let (phone, mut office, _, bills) = on_a_round(10, 2);
    let (first, second) = ("3501000001".to_owned(), "3501000002".to_owned());
    let issued = phone.client.collect(bills[0], Fen(5_000), Method::Cash).unwrap();
    assert_eq!(open_of(&phone, false), [(first.clone(), 3_640), (second.clone(), 8_640)], "in the order of the round");
    phone.sync(&mut office);
    assert_eq!(open_of(&phone, false)[0].1, 3_640, "safe, but its document does not know of it");
    office.pays(bills[0], &issued.ticket, 5_000);
    phone.sync(&mut office);
    assert_eq!(open_of(&phone, false)[0].1, 3_640, "not twice");
    phone.client.void_receipt(&issued.ticket, "returned").unwrap();
    assert_eq!(open_of(&phone, false)[0].1, 8_640, "a void that the server does not know");
    phone.sync(&mut office);
    office.tells(bills[0], &ReceivableAct::PaymentReversed { ticket: issued.ticket, amount: Fen(5_000) });
    phone.sync(&mut office);
    assert_eq!(open_of(&phone, false)[0].1, 8_640, "not twice");
    // Somebody else was faster; and billing takes the other one back.
    office.pays(bills[0], &"AB-00000001".parse().unwrap(), 8_000);
    office.tells(bills[1], &ReceivableAct::Withdrawn { reason: "billed twice".to_owned() });
    phone.sync(&mut office);
    assert_eq!(open_of(&phone, false), [(first, 640)]);
    assert_eq!(open_of(&phone, true).len(), 2);
    let found = phone.client.due(&DueFilter { all: true, text: Some("东街 002".to_owned()) }).unwrap();
    assert_eq!(found.iter().map(|due| (due.bill.account.as_str(), due.is_withdrawn)).collect::<Vec<_>>(), [(second.as_str(), true)]);
    assert!(matches!(phone.client.collect(bills[1], Fen(1), Method::Cash), Err(CollectionError::ReceivableClosed { .. })));
}

#[test]
fn what_was_sealed_without_the_key_is_attested_by_the_next_command_that_has_it() {
    let (phone, mut office, _, bills) = on_a_round(10, 3);
    phone.keystore.set(Mood::Locked);
    let unsigned = phone.client.collect(bills[0], Fen(100), Method::Cash).unwrap();
    assert!(!unsigned.signed && phone.client.ledger().unwrap().key.is_none());
    assert!(matches!(phone.client.attest(), Err(CollectionError::KeyUnavailable(_))));
    phone.keystore.set(Mood::Works);
    let signed = phone.client.collect(bills[1], Fen(100), Method::Cash).unwrap();
    assert!(signed.signed);
    assert_eq!(acts(&phone), ["book_taken", "session_opened", "receipt", "attested", "receipt"]);
    let entries = journal(&phone);
    assert_eq!((&entries[3]["act"]["from"], &entries[3]["act"]["through"]), (&1.into(), &3.into()));
    let key = serde_json::Value::from(phone.keystore.public().to_string());
    let named: Vec<bool> = entries.iter().map(|entry| entry.get("key") == Some(&key)).collect();
    assert_eq!(named, [false, false, false, true, false], "a key is named once, and by attestations");
    assert!(phone.client.receipts().unwrap().iter().all(|receipt| receipt.signed));
    assert_eq!(phone.client.attest().unwrap(), None, "nothing is left to vouch for");
    phone.keystore.set(Mood::Locked);
    phone.client.collect(bills[2], Fen(100), Method::Cash).unwrap();
    phone.keystore.set(Mood::Works);
    assert_eq!(phone.client.attest().unwrap().unwrap().act, "attested");
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().entries_here, 0);
    assert!(phone.client.ledger().unwrap().unsigned.is_empty());
}

#[test]
fn no_clock_stops_a_receipt_and_a_session_may_end_in_another_year() {
    let (phone, mut office, _, bills) = on_a_round(10, 3);
    // 2026-12-31 23:50 in China.
    phone.host.set_wall(Timestamp::from_unix_millis(1_798_732_200_000));
    let before = phone.client.collect(bills[0], Fen(8_640), Method::Cash).unwrap();
    phone.host.advance(20 * 60_000);
    phone.host.reboot();
    let after = phone.client.collect(bills[1], Fen(8_640), Method::Cash).unwrap();
    // A year back, and a year ahead: claims, no more.
    phone.host.set_wall(Timestamp::from_unix_millis(1_767_000_000_000));
    let wrong = phone.client.collect(bills[2], Fen(8_640), Method::Cash).unwrap();
    let paper = |ticket| phone.client.print_text(ticket, Default::default()).unwrap();
    assert!(paper(&before.ticket).contains("时间 2026-12-31 23:50"), "{}", paper(&before.ticket));
    assert!(paper(&after.ticket).contains("时间 2027-01-01 00:10"));
    assert!(paper(&wrong.ticket).contains("时间 2025-12-29 "));
    assert_eq!((before.entry.seq + 1, after.entry.seq + 1), (after.entry.seq, wrong.entry.seq), "the chain knows the order");
    // Yesterday's session is closed and today's is opened; what yesterday's took is paid in while today's runs.
    let counted = Amounts::cash(Fen(10_000 + 3 * 8_640));
    let first = phone.client.ledger().unwrap().open_session().map(|(id, _)| id).unwrap();
    phone.client.close_session(counted, Fen(10_000), None).unwrap();
    phone.client.open_session(Fen(10_000)).unwrap();
    assert!(matches!(phone.client.void_receipt(&before.ticket, "late"), Err(CollectionError::Refused(_))), "its session is closed");
    phone.client.deposit_of(first, "S-1", "ICBC", Amounts::cash(Fen(3 * 8_640))).unwrap();
    let ledger = phone.client.ledger().unwrap();
    assert_eq!(ledger.sessions[&first].declared(), Amounts::cash(Fen(3 * 8_640)));
    let (second, open) = ledger.open_session().unwrap();
    assert_eq!((open.declared(), open.expected_in_hand()), (Amounts::default(), Amounts::cash(Fen(10_000))));
    assert_ne!(first, second);
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().entries_here, 0);
}

#[test]
fn a_deposit_after_the_close_goes_to_the_closed_session() {
    let (phone, _, _, bills) = on_a_round(10, 1);
    phone.client.collect(bills[0], Fen(8_640), Method::Cash).unwrap();
    let wrong = phone.client.close_session(Amounts::cash(Fen(18_000)), Fen(10_000), None);
    assert!(matches!(&wrong, Err(CollectionError::Refused(refusal)) if refusal.detail.contains("6.40 is missing")), "{wrong:?}");
    phone.client.close_session(Amounts::cash(Fen(18_000)), Fen(10_000), Some("lost on the way".to_owned())).unwrap();
    assert!(matches!(phone.client.collect(bills[0], Fen(1), Method::Cash), Err(CollectionError::NoSession)));
    phone.client.deposit("S-9", "ICBC", Amounts::cash(Fen(8_000))).unwrap();
    let ledger = phone.client.ledger().unwrap();
    let session = ledger.sessions.values().next().unwrap();
    assert_eq!((session.closing.as_ref().unwrap().count_break(), session.declared()), (Fen(640), Amounts::cash(Fen(8_000))));
}

#[test]
fn a_cashier_refunds_a_receipt_of_before_and_what_it_paid_is_open_again() {
    let (phone, _, _, bills) = on_a_round(10, 1);
    let grants = [Role::Collector, Role::Cashier].map(|role| Grant { role, district: None }).to_vec();
    let _ = phone.client.sign_in(linecrew_client::SignIn { grants, ..sign_in_of(person(1), CREW) }).unwrap();
    let issued = phone.client.collect(bills[0], Fen(10_000), Method::Cash).unwrap();
    phone.client.refund_receipt(&issued.ticket, Fen(2_000), "prepaid by mistake").unwrap();
    assert_eq!(open_of(&phone, false), [("3501000001".to_owned(), 640)], "what was paid ahead goes back first");
    phone.client.refund_receipt(&issued.ticket, Fen(8_000), "moved away").unwrap();
    assert!(phone.client.refund_receipt(&issued.ticket, Fen(1), "more than there was").is_err());
    let view = phone.client.receipt(&issued.ticket).unwrap().unwrap();
    assert_eq!((view.state, view.refunded, view.reversals.len()), (ReceiptState::Refunded, Fen(10_000), 2));
    assert_eq!(open_of(&phone, false)[0].1, 8_640);
}

#[test]
fn the_next_book_follows_when_one_is_used_up() {
    let (phone, mut office, book, bills) = on_a_round(2, 3);
    let next = office.lease(&phone, 5);
    phone.sync(&mut office);
    for bill in bills {
        phone.client.collect(bill, Fen(100), Method::Cash).unwrap();
    }
    assert_eq!(acts(&phone), ["book_taken", "session_opened", "receipt", "receipt", "book_taken", "receipt"]);
    let books = phone.client.books().unwrap();
    let seen: Vec<_> = books.iter().map(|view| (view.document, view.book.left, view.is_current)).collect();
    assert_eq!(seen, [(book, 0, false), (next, 4, true)]);
    assert!(matches!(phone.client.take_book(Some(next)), Err(CollectionError::Refused(_))), "drawn before");
    phone.sync(&mut office);
    assert!(office.is_equal_to(&phone));
}
