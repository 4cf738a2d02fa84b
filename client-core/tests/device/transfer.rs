//! State transfers: the first sync, and the one after a long time.

use linecrew_client::InboxBody;
use linecrew_protocol::wire::LeaveReason;

use crate::{
    office::{CREW, Office},
    phone::Phone,
};

#[test]
fn a_transfer_goes_on_after_a_restart_and_drops_what_it_did_not_list() {
    let mut office = Office::new();
    let items: Vec<_> = (0..5).map(|_| office.dispatch(CREW)).collect();
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    office.decide(items[3], linecrew_protocol::model::work::WorkEvent::Cancelled { reason: "restored by itself".to_owned() });
    let pages = office.transfer(phone.feed());
    assert!(pages.len() >= 2);
    for page in pages {
        let token = page.transfer.clone();
        // Every page may come twice.
        phone.client.store_entries(page.clone()).unwrap();
        phone.client.store_entries(page).unwrap();
        phone.restart();
        let (hand, _) = phone.client.hand().unwrap().unwrap();
        assert_eq!(hand.hello.positions[0].transfer, token);
        assert_eq!(phone.client.status().unwrap().feeds[0].transferring, token.is_some());
    }
    phone.assert_equal_to(&office, "transferred");
    assert_eq!(phone.rows().len(), 4);
    let inbox = phone.client.inbox().unwrap();
    let [note] = inbox.as_slice() else { panic!("{inbox:?}") };
    assert_eq!(note.document, items[3]);
    assert!(matches!(&note.body, InboxBody::Withdrawn(withdrawal) if withdrawal.reason == LeaveReason::NotListed));
}

#[test]
fn a_hello_names_only_feeds_that_were_read() {
    let office = Office::new();
    let phone = Phone::new(1);
    assert_eq!(phone.client.hand().unwrap().unwrap().0.hello.positions, Vec::new());
    phone.greet(&office);
    let (hand, push) = phone.client.hand().unwrap().unwrap();
    assert_eq!((hand.hello.positions.len(), push), (0, None));
    assert_eq!(hand.hello.store, Some(office.epoch));
    assert_eq!(phone.client.compare(&office.caught_up(phone.feed())).unwrap(), Vec::new(), "an empty feed is no difference");
}
