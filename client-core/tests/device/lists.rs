//! What screens ask.

use linecrew_client::{FindError, ItemFilter};
use linecrew_protocol::model::work::Priority;

use crate::{
    office::{CREW, Office},
    phone::{Phone, report},
};

#[test]
fn open_items_come_first_the_urgent_before_the_others() {
    let mut office = Office::new();
    let items: Vec<_> = (0..4).map(|_| office.dispatch(CREW)).collect();
    let phone = Phone::new(1);
    phone.sync(&mut office);
    assert_eq!(phone.rows()[&items[2]].priority, Priority::Urgent);
    for command in [phone.client.accept(items[0]), phone.client.arrive(items[0]), phone.client.restore(items[0], report())] {
        command.unwrap();
    }
    phone.client.complete_repair(items[0], report()).unwrap();
    let order = |filter| -> Vec<_> { phone.client.items(filter).unwrap().iter().map(|item| item.row.id).collect() };
    assert_eq!(order(ItemFilter::default()), [items[2], items[1], items[3], items[0]]);
    assert_eq!(order(ItemFilter { open_only: true, ..ItemFilter::default() }), [items[2], items[1], items[3]]);
    let counts = phone.client.items(ItemFilter::default()).unwrap()[3].edits;
    assert_eq!((counts.saved_here, counts.sent, counts.safe), (4, 0, 0));
    phone.client.mark_sent(&phone.client.push_from(1).unwrap().unwrap()).unwrap();
    let counts = phone.client.items(ItemFilter::default()).unwrap()[3].edits;
    assert_eq!((counts.saved_here, counts.sent, counts.safe), (0, 4, 0));
    phone.sync(&mut office);
    let counts = phone.client.items(ItemFilter::default()).unwrap()[3].edits;
    assert_eq!((counts.saved_here, counts.sent, counts.safe), (0, 0, 4));
}

#[test]
fn an_item_is_found_by_what_people_type() {
    let mut office = Office::new();
    let items: Vec<_> = (0..17).map(|_| office.dispatch(CREW)).collect();
    let phone = Phone::new(1);
    phone.sync(&mut office);
    for text in ["20261123-0007", "7", "0007", " 007 ", &items[6].to_string(), &items[6].to_string().to_uppercase()] {
        assert_eq!(phone.client.find_item(text).unwrap(), items[6], "{text}");
    }
    assert_eq!(phone.client.find_item("0017").unwrap(), items[16]);
    for text in ["", "99", "no such thing", "20261124-0007"] {
        assert!(matches!(phone.client.find_item(text), Err(FindError::NotFound(_))), "{text}");
    }
    assert_eq!(phone.client.find_item("001").unwrap(), items[0], "a count is meant before the end of a number");
    assert_eq!(phone.client.find_item(&items[0].short()).unwrap(), items[0]);
    assert_eq!(phone.client.find_item("0a0a").unwrap(), items[9], "the end of an id");
    // Number 10 and the id of item 16 end in 0.
    match phone.client.find_item("0") {
        Err(FindError::Ambiguous(found)) => assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [items[9], items[15]]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn health_and_status_count_the_same() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    assert_eq!(phone.client.status().unwrap().last_contact, None);
    phone.sync(&mut office);
    let saved = phone.client.accept(item).unwrap();
    phone.host.advance(5_000);
    phone.client.note(item, "later").unwrap();
    let (health, status) = (phone.client.health().unwrap(), phone.client.status().unwrap());
    assert_eq!((health.pending, health.documents, health.needs_attention), (2, 1, 0));
    assert_eq!(health.oldest_pending_at, Some(saved.saved_at));
    assert_eq!((status.pending(), status.oldest_pending_at, status.safe_since), (2, Some(saved.saved_at), None));
    assert_eq!(status.feeds[0].documents, 1);
    assert!(status.store_bytes > 0);
    phone.client.sighting(office.now.plus_ms(9), 3).unwrap();
    assert_eq!(phone.client.status().unwrap().last_contact, Some(office.now.plus_ms(9)));
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().safe_since, Some(office.now));
}
