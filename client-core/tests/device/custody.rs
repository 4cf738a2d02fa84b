//! Where a receipt is: on this phone until the server has named its hash, and in this phone's journal for ever.

use std::sync::Arc;

use linecrew_client::{
    Client, Command, InboxBody, ManualHost, SignInError, SignedIn,
    collection::{CollectionError, Custody, ReceiptView},
};
use linecrew_protocol::{
    Reason,
    ids::{DocumentId, StoreEpoch},
    model::collection::{Amounts, Fen, Method, OfficeAct, Ticket},
    time::Timestamp,
};

use crate::{
    collecting::{journal, on_a_round},
    office::{CREW, person},
    phone::{Mood, Phone, inline, key_of, sign_in_of},
    raw::copy_store,
};

fn custody(phone: &Phone) -> Vec<Custody> {
    phone.client.receipts().unwrap().into_iter().map(|receipt| receipt.custody).collect()
}

fn receipt(phone: &Phone, ticket: &Ticket) -> ReceiptView {
    phone.client.receipt(ticket).unwrap().unwrap()
}

/// The texts of this phone's journal.
fn texts(phone: &Phone) -> Vec<String> {
    journal(phone).into_iter().map(|entry| entry["seq"].to_string() + &entry["previous"].to_string()).collect()
}

fn collect(phone: &Phone, bill: DocumentId) -> Ticket {
    phone.client.collect(bill, Fen(100), Method::Cash).unwrap().ticket
}

#[test]
fn a_receipt_is_safe_only_when_the_server_names_its_hash() {
    for named in [None, Some([7; 32])] {
        let (phone, mut office, _, bills) = on_a_round(10, 2);
        let wrong = phone.client.collect(bills[0], Fen(100), Method::Cash).unwrap();
        let right = collect(&phone, bills[1]);
        assert_eq!(custody(&phone), [Custody::SavedHere, Custody::SavedHere]);
        office.money.misnamed.insert(wrong.entry.device_seq, named);
        phone.sync(&mut office);
        assert_eq!(receipt(&phone, &wrong.ticket).custody, Custody::SavedHere, "{named:?}");
        assert_eq!(receipt(&phone, &right).custody, Custody::SafeOnServer);
        assert_eq!(phone.client.status().unwrap().entries_here, 1);
        let inbox = phone.client.inbox().unwrap();
        let [note] = inbox.as_slice() else { panic!("{inbox:?}") };
        let InboxBody::Refused { command: Command::Collection(sealed), by_this_phone: true, .. } = &note.body else { panic!("{note:?}") };
        assert_eq!(sealed.hash(), wrong.hash);
    }
}

#[test]
fn a_settled_receipt_forgets_whom_it_names() {
    let (phone, mut office, book, bills) = on_a_round(10, 2);
    let ticket = collect(&phone, bills[0]);
    let session = receipt(&phone, &ticket).receipt.session;
    phone.client.deposit("S-1", "ICBC", Amounts::cash(Fen(100))).unwrap();
    phone.client.close_session(Amounts::cash(Fen(10_000)), Fen(10_000), None).unwrap();
    phone.sync(&mut office);
    assert_eq!((receipt(&phone, &ticket).custody, receipt(&phone, &ticket).customer.as_deref()), (Custody::SafeOnServer, Some("陈秀英")));
    office.acts(book, &OfficeAct::SessionSettled { session, reason: None });
    phone.sync(&mut office);
    assert_eq!((receipt(&phone, &ticket).custody, receipt(&phone, &ticket).customer), (Custody::Settled, None));
    // What the office did stays known when the book has gone.
    office.takes_away(book);
    phone.sync(&mut office);
    assert_eq!((phone.client.status().unwrap().books, receipt(&phone, &ticket).custody), (0, Custody::Settled));
}

#[test]
fn after_a_refusal_the_others_are_carried_again_byte_for_byte() {
    let (phone, mut office, _, bills) = on_a_round(10, 3);
    phone.keystore.set(Mood::Works);
    let issued: Vec<_> = bills.iter().map(|bill| phone.client.collect(*bill, Fen(100), Method::Cash).unwrap()).collect();
    let before = journal(&phone);
    office.refuse.insert((phone.client.installation(), issued[0].entry.device_seq), Reason::TicketTaken);
    phone.sync(&mut office);
    assert_eq!(custody(&phone), [Custody::Refused, Custody::SafeOnServer, Custody::SafeOnServer]);
    assert_eq!(journal(&phone), before, "no entry was sealed again");
    let arrived = &office.money.arrived;
    for later in &issued[1..] {
        let sealed: Vec<_> = arrived.iter().filter(|text| text.contains(&format!("\"ticket\":\"{}\"", later.ticket))).collect();
        assert_eq!(sealed.len(), 1);
        assert_eq!(linecrew_protocol::model::collection::EntryHash::of(sealed[0]), later.hash);
    }
    let inbox = phone.client.inbox().unwrap();
    assert!(
        matches!(inbox.as_slice(), [one] if matches!(&one.body, InboxBody::Refused { refusal, .. } if refusal.reason == Reason::TicketTaken))
    );
    assert_eq!(phone.client.status().unwrap().entries_refused, 1);
    // The refused one still is the journal's: the next one follows it, and its number is not given again.
    assert_eq!(collect(&phone, bills[0]).to_string(), "FZ-00000004");
}

#[test]
fn a_book_leaves_without_a_word_once_everything_in_it_is_safe() {
    let (mut phone, mut office, book, bills) = on_a_round(10, 2);
    let issued = phone.client.collect(bills[0], Fen(8_640), Method::Cash).unwrap();
    office.takes_away(bills[0]);
    office.takes_away(book);
    phone.pull(&office);
    let status = phone.client.status().unwrap();
    assert_eq!((status.books, status.receivables), (1, 1), "the bill has gone, the book waits");
    assert!(matches!(phone.client.collect(bills[1], Fen(1), Method::Cash), Err(CollectionError::NoBook)));
    phone.restart();
    office.money.misnamed.insert(issued.entry.device_seq, None);
    phone.push(&mut office);
    assert_eq!(phone.client.status().unwrap().books, 1, "answered, but its hash was not named");
    assert_eq!(receipt(&phone, &issued.ticket).customer.as_deref(), Some("陈秀英"), "it can still be printed");

    let (phone, mut office, book, bills) = on_a_round(10, 1);
    let ticket = collect(&phone, bills[0]);
    office.takes_away(book);
    phone.pull(&office);
    phone.push(&mut office);
    assert_eq!(phone.client.status().unwrap().books, 0);
    assert_eq!(phone.client.inbox().unwrap(), Vec::new());
    assert_eq!(receipt(&phone, &ticket).custody, Custody::SafeOnServer, "the journal stays");
    assert!(office.is_equal_to(&phone));
}

#[test]
fn what_a_restored_server_has_lost_goes_out_again_although_its_book_had_left() {
    let (phone, mut office, book, bills) = on_a_round(10, 3);
    let backup = office.clone();
    let tickets: Vec<Ticket> = bills.iter().map(|bill| collect(&phone, *bill)).collect();
    phone.sync(&mut office);
    office.takes_away(book);
    phone.sync(&mut office);
    assert_eq!((phone.client.status().unwrap().books, custody(&phone)), (0, vec![Custody::SafeOnServer; 3]));
    let before = texts(&phone);

    let mut office = backup;
    office.epoch = StoreEpoch::from_bytes([2; 16]);
    phone.greet(&office);
    assert_eq!(custody(&phone), [Custody::SavedHere; 3]);
    phone.sync(&mut office);
    phone.sync(&mut office);
    assert_eq!(custody(&phone), [Custody::SafeOnServer; 3]);
    assert_eq!(texts(&phone), before);
    for ticket in tickets {
        assert_eq!(office.money.arrived.iter().filter(|text| text.contains(&format!("\"ticket\":\"{ticket}\""))).count(), 1);
    }
    assert_eq!(phone.client.inbox().unwrap(), Vec::new());
    assert!(office.is_equal_to(&phone));
}

#[test]
fn a_new_installation_sends_what_the_old_one_sealed_and_begins_a_journal_of_its_own() {
    let (phone, mut office, _, bills) = on_a_round(10, 3);
    let safe = collect(&phone, bills[0]);
    phone.sync(&mut office);
    // A backup of the phone, restored on another one while the first goes on.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("phone.db");
    copy_store(&phone.path(), &copy);
    phone.client.take_book(None).unwrap_err();
    phone.client.deposit("S-1", "ICBC", Amounts::cash(Fen(1))).unwrap();
    phone.sync(&mut office);

    let host = Arc::new(ManualHost::new(77, Timestamp::from_unix_millis(1_790_000_000_000)));
    let clone = Phone { client: Client::open(&copy, key_of(&copy), host.clone(), inline()).unwrap(), host, folder, ..phone };
    clone.client.set_device_key(clone.keystore.clone());
    let waiting = collect(&clone, bills[1]);
    let before = journal(&clone);
    let old = clone.client.installation();
    let renewed = clone.client.renew_installation().unwrap();
    assert_eq!(renewed.edits, 1);
    let _ = clone.client.sign_in(sign_in_of(person(1), CREW)).unwrap();
    assert_eq!(journal(&clone), before, "sealed once, by the old installation");
    assert!(matches!(clone.client.collect(bills[2], Fen(1), Method::Cash), Err(CollectionError::NoBook)), "its lease names the old one");
    assert_eq!(custody(&clone), [Custody::SafeOnServer, Custody::SavedHere]);
    office.lease(&clone, 5);
    clone.sync(&mut office);
    clone.sync(&mut office);
    assert_eq!(custody(&clone), [Custody::SafeOnServer, Custody::SafeOnServer]);
    let text = office.money.arrived.iter().find(|text| text.contains(&waiting.to_string())).unwrap();
    assert!(text.contains(&old.to_string()) && !text.contains(&renewed.installation.to_string()));

    clone.client.open_session(Fen::ZERO).unwrap();
    let fresh = clone.client.collect(bills[2], Fen(100), Method::Cash).unwrap();
    assert_eq!((fresh.ticket.to_string(), fresh.entry.seq), ("FZ-00000011".to_owned(), 3));
    let tickets: Vec<Ticket> = clone.client.receipts().unwrap().into_iter().map(|receipt| receipt.ticket).collect();
    assert_eq!(tickets, [safe, waiting, fresh.ticket]);
    clone.sync(&mut office);
    assert_eq!(clone.client.status().unwrap().entries_here, 0);
    assert!(office.is_equal_to(&clone));
}

#[test]
fn nobody_else_gets_the_phone_while_it_alone_has_a_receipt() {
    let (phone, mut office, _, bills) = on_a_round(10, 1);
    let issued = phone.client.collect(bills[0], Fen(100), Method::Cash).unwrap();
    office.money.misnamed.insert(issued.entry.device_seq, None);
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().pending(), 0);
    let other = || phone.client.sign_in(sign_in_of(person(2), CREW));
    assert!(matches!(other(), Err(SignInError::OthersEditsWait { pending: 1, .. })));

    let (phone, mut office, _, bills) = on_a_round(10, 1);
    collect(&phone, bills[0]);
    phone.sync(&mut office);
    assert!(matches!(phone.client.sign_in(sign_in_of(person(2), CREW)).unwrap(), SignedIn::EnrolAgain { .. }));
    assert_eq!(phone.client.receipts().unwrap(), Vec::new(), "nothing of the former stays");
}
