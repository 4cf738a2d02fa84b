//! A phone without space: typed errors, nothing half-written, nothing lost.

use linecrew_client::{ClientOptions, CommandError, EditsFilter, SyncError};
use linecrew_protocol::ids::DocumentId;

use crate::{
    office::{CREW, Office},
    phone::{Phone, inline},
};

/// Opens the phone's store with room for `pages` more.
fn cramped(phone: &mut Phone, pages: u32) {
    let used = phone.client.status().unwrap().store_bytes / 4_096;
    phone.client.clone().close().unwrap();
    let options = ClientOptions { max_pages: Some(u32::try_from(used).unwrap() + pages), ..inline() };
    phone.open(&phone.path(), options);
}

/// Everything that a command writes, as one text.
fn contents(phone: &Phone, item: DocumentId) -> String {
    let edits = phone.client.edits(EditsFilter::default()).unwrap();
    let item = phone.client.item(item).unwrap();
    format!("{edits:?} {item:?} {:?} {:?}", phone.rows(), phone.client.push_from(1).unwrap())
}

#[test]
fn a_command_that_finds_no_space_writes_nothing_and_can_be_repeated() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    let (mut saved, mut full) = (1_u64, 0);
    for spare in 0..12 {
        cramped(&mut phone, spare);
        loop {
            let before = contents(&phone, item);
            match phone.client.note(item, "a long remark about the weather ".repeat(60)) {
                Ok(edit) => {
                    saved += 1;
                    assert_eq!(edit.device_seq, saved, "no number is lost to a full disk");
                }
                Err(CommandError::StorageFull(_)) => {
                    assert_eq!(contents(&phone, item), before);
                    full += 1;
                    break;
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(full, 12);
    // Space again: everything goes on, and everything confirmed arrives.
    phone.restart();
    phone.client.note(item, "space again").unwrap();
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, saved + 1);
    phone.assert_equal_to(&office, "after the full disk");
}

#[test]
fn a_page_that_finds_no_space_leaves_the_cursor_and_sending_goes_on() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    let cursor = phone.cursor();
    for _ in 0..40 {
        office.dispatch(CREW);
    }
    cramped(&mut phone, 1);
    let page = office.tail(phone.feed(), cursor, phone.client.installation());
    assert!(matches!(phone.client.store_entries(page), Err(SyncError::StorageFull(_))));
    assert_eq!(phone.cursor(), cursor);
    assert_eq!(phone.rows().len(), 1);
    phone.push(&mut office);
    assert_eq!(phone.client.status().unwrap().pending(), 0);
    phone.restart();
    phone.sync(&mut office);
    assert_eq!(phone.rows().len(), 41);
    phone.assert_equal_to(&office, "with space again");
}
