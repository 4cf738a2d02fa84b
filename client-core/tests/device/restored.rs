//! A server that was restored from an older backup.

use linecrew_protocol::ids::StoreEpoch;

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::Phone,
};

#[test]
fn edits_that_the_server_has_lost_are_sent_again() {
    let mut office = Office::new();
    let (item, gone) = (office.dispatch(CREW), office.dispatch(CREW));
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.sync(&mut office);
    let mut older = office.clone();
    phone.client.depart(item).unwrap();
    phone.client.arrive(item).unwrap();
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, 3);

    older.epoch = StoreEpoch::from_bytes([2; 16]);
    phone.greet(&older);
    let status = phone.client.status().unwrap();
    assert_eq!((status.pending(), status.safe), (2, 1));
    assert_eq!(status.feeds[0].cursor, None, "cursors of another store mean nothing");
    assert_eq!(phone.first_pending(), 2);
    assert_eq!(phone.rows().len(), 2, "nothing is dropped");
    assert_eq!(phone.client.compare(&older.caught_up(phone.feed())).unwrap(), Vec::new(), "what waits again is in no digest");
    phone.push(&mut older);
    for page in older.transfer(phone.feed()) {
        phone.client.store_entries(page).unwrap();
    }
    assert_eq!(older.row(item).state, "arrived");
    phone.assert_equal_to(&older, "sent again");
    assert!(phone.rows().contains_key(&gone));
}

#[test]
fn an_edit_whose_item_has_left_is_not_a_gap() {
    let mut office = Office::new();
    let (left, stays) = (office.dispatch(CREW), office.dispatch(CREW));
    let phone = Phone::new(1);
    phone.sync(&mut office);
    let mut older = office.clone();
    phone.client.accept(left).unwrap();
    phone.client.accept(stays).unwrap();
    let sent: Vec<_> = phone.next_push().unwrap().contents().collect();
    phone.sync(&mut office);
    office.decide(left, assigned(OTHER_CREW));
    phone.sync(&mut office);
    assert_eq!(phone.rows().len(), 1);

    older.epoch = StoreEpoch::from_bytes([2; 16]);
    phone.greet(&older);
    let again = phone.next_push().unwrap();
    assert!(again.edits[0].change.is_empty() && again.edits[0].lost.is_some() && again.edits[1].lost.is_none(), "{again:?}");
    assert_eq!(again.contents().collect::<Vec<_>>(), sent, "the chain is the one of before");
    phone.push(&mut older);
    // The server keeps the empty one where people see it, and has the other again.
    assert_eq!(older.row(stays).state, "accepted");
    assert_eq!(phone.client.status().unwrap().pending(), 0);
}

#[test]
fn a_refused_edit_that_is_sent_again_is_not_made_again() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    let mut older = office.clone();
    let refuse = |office: &mut Office| office.refuse.insert((phone.client.installation(), 2), linecrew_protocol::Reason::RuleViolated);
    refuse(&mut office);
    refuse(&mut older);
    phone.client.accept(item).unwrap();
    phone.client.note(item, "refused").unwrap();
    phone.client.depart(item).unwrap();
    phone.sync(&mut office);
    let before = phone.client.hand().unwrap().unwrap().0.next_seq;
    assert_eq!(before, 5);
    older.epoch = StoreEpoch::from_bytes([2; 16]);
    phone.sync(&mut older);
    assert_eq!(phone.client.hand().unwrap().unwrap().0.next_seq, before);
    assert_eq!(phone.client.inbox().unwrap().len(), 1);
    assert_eq!(older.row(item).state, "departed");
    assert_eq!(phone.client.compare(&older.caught_up(phone.feed())).unwrap(), Vec::new());
}
