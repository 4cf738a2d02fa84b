//! What screens ask.

use linecrew_client::{FindError, ItemFilter};
use linecrew_protocol::{model::work::Priority, wire::LeaveReason};

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
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
    for text in ["001", "23-0001", "1123-1", &items[0].short()] {
        assert_eq!(phone.client.find_item(text).unwrap(), items[0], "{text}");
    }
    // Number 10 and the ids of items 10 and 16 end like these.
    for text in ["0", "a", "0a", "0a0a", "010"] {
        let found = phone.client.find_item(text);
        assert!(if text == "010" { found.unwrap() == items[9] } else { matches!(found, Err(FindError::NotFound(_))) }, "{text}");
    }
}

#[test]
fn an_item_that_left_is_told_and_no_other_is_taken_for_it() {
    let mut office = Office::new();
    let items: Vec<_> = (0..12).map(|_| office.dispatch(CREW)).collect();
    let phone = Phone::new(1);
    phone.sync(&mut office);
    office.decide(items[1], assigned(OTHER_CREW));
    phone.sync(&mut office);
    for text in ["2", "0002", "20261123-0002", &items[1].short()] {
        match phone.client.find_item(text) {
            Err(FindError::Departed { document, number, withdrawal }) => {
                assert_eq!((document, number.as_str(), withdrawal.reason), (items[1], "20261123-0002", LeaveReason::Reassigned), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(phone.client.find_item("12").unwrap(), items[11]);
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
