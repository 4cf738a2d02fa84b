//! What the server sends can be wrong, and so can the disk.

use linecrew_client::CommandError;
use linecrew_protocol::{Reason, wire::Inventory};

use crate::{
    office::{CREW, Office},
    phone::Phone,
    raw::raw,
};

#[test]
fn a_damaged_entry_is_set_aside_and_the_others_go_on() {
    let mut office = Office::new();
    let items = [office.dispatch(CREW), office.dispatch(CREW), office.dispatch(CREW)];
    let phone = Phone::new(1);
    phone.greet(&office);
    let mut page = office.tail(phone.feed(), 0, phone.client.installation());
    let mut bytes = page.entries[1].changes[1].change.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    page.entries[1].changes[1].change = bytes.into();
    phone.client.store_entries(page).unwrap();

    assert_eq!(phone.cursor(), office.head(phone.feed()));
    assert_eq!(phone.rows().keys().copied().collect::<Vec<_>>(), [items[0], items[2]]);
    let damaged = phone.client.status().unwrap().damaged;
    assert_eq!(damaged.iter().map(|damaged| damaged.document).collect::<Vec<_>>(), [items[1]]);
    // The digest tells the server, and what it then sends repairs it.
    assert_eq!(phone.client.compare(&office.caught_up(phone.feed())).unwrap(), [phone.feed()]);
    let inventory = phone.client.inventory(phone.feed()).unwrap();
    assert_eq!(inventory.holdings.len(), 3);
    phone.client.store_entries(office.reconcile(&inventory)).unwrap();
    assert_eq!(phone.client.status().unwrap().damaged, Vec::new());
    phone.assert_equal_to(&office, "repaired");
}

#[test]
fn a_document_keeps_what_it_had_when_an_update_is_damaged() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let (phone, mate) = (Phone::new(1), Phone::new(2));
    phone.sync(&mut office);
    mate.sync(&mut office);
    mate.client.accept(item).unwrap();
    mate.sync(&mut office);
    let mut page = office.tail(phone.feed(), phone.cursor(), phone.client.installation());
    page.entries[0].changes[0].change = vec![0; 40].into();
    phone.client.store_entries(page).unwrap();
    assert!(phone.client.items(Default::default()).unwrap()[0].damage.is_some());
    // Work goes on with what is there.
    phone.client.note(item, "on top of the old state").unwrap();
    assert_eq!(phone.client.compare(&office.caught_up(phone.feed())).unwrap(), [phone.feed()]);
    let inventory: Inventory = phone.client.inventory(phone.feed()).unwrap();
    phone.client.store_entries(office.reconcile(&inventory)).unwrap();
    assert!(phone.client.items(Default::default()).unwrap()[0].damage.is_none());
    phone.sync(&mut office);
    mate.sync(&mut office);
    phone.assert_equal_to(&office, "repaired");
    mate.assert_equal_to(&office, "the mate");
}

#[test]
fn a_bit_that_rots_on_the_disk_is_seen_and_repaired_by_the_server() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    rot(&phone);
    match phone.client.accept(item) {
        Err(CommandError::DamagedItem { document, damage }) => assert_eq!((document, damage.reason), (item, Reason::Undecodable)),
        other => panic!("{other:?}"),
    }
    assert!(phone.client.item(item).unwrap().is_none());
    // A mate's change cannot be put on top of it: the phone claims to hold nothing of the document, and is sent all of it.
    let mate = Phone::new(2);
    mate.sync(&mut office);
    mate.client.accept(item).unwrap();
    mate.sync(&mut office);
    phone.pull(&office);
    assert_eq!(phone.client.status().unwrap().damaged.len(), 1);
    assert_eq!(phone.client.compare(&office.caught_up(phone.feed())).unwrap(), [phone.feed()]);
    phone.client.store_entries(office.reconcile(&phone.client.inventory(phone.feed()).unwrap())).unwrap();
    assert_eq!(phone.client.status().unwrap().damaged, Vec::new());
    phone.assert_equal_to(&office, "sent anew");
    phone.client.accept(item).unwrap();
}

fn rot(phone: &Phone) {
    let other = raw(&phone.path());
    let (position, mut bytes): (i64, Vec<u8>) =
        other.query_row("SELECT position, bytes FROM change", [], |row| Ok((row.get("position")?, row.get("bytes")?))).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    other.execute("UPDATE change SET bytes = ?2 WHERE position = ?1", (position, bytes)).unwrap();
}
