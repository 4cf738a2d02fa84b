//! A phone that has not heard of its server for three days shows nothing any more, and opens by hearing of it.

use std::{sync::Arc, time::Duration};

use linecrew_client::{AttachmentError, Client, ClientOptions, CommandError, FindError, StoreError};
use linecrew_protocol::{ids::DocumentId, time::Timestamp};

use crate::{
    office::{CREW, Office},
    phone::{Phone, inline, key_of},
};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const TEN_YEARS: i64 = 10 * 365 * 24 * 3_600_000;

fn with_item() -> (Phone, Office, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    (phone, office, item)
}

/// Fails unless the phone shows and takes everything, or nothing.
fn assert_locked(phone: &Phone, item: DocumentId, locked: bool, context: &str) {
    let client = &phone.client;
    let refused = [
        matches!(client.items(Default::default()), Err(StoreError::Locked)),
        matches!(client.item(item), Err(StoreError::Locked)),
        matches!(client.edits(Default::default()), Err(StoreError::Locked)),
        matches!(client.inbox(), Err(StoreError::Locked)),
        matches!(client.questions(), Err(StoreError::Locked)),
        matches!(client.why(item), Err(StoreError::Locked)),
        matches!(client.due(&Default::default()), Err(StoreError::Locked)),
        matches!(client.forms(), Err(StoreError::Locked)),
        matches!(client.receipts(), Err(StoreError::Locked)),
        matches!(client.dismiss(1), Err(StoreError::Locked)),
        matches!(client.find_item("1"), Err(FindError::Store(StoreError::Locked))),
        matches!(client.attachment(&"0".repeat(64)), Err(AttachmentError::Store(StoreError::Locked))),
        matches!(client.note(item, "a note"), Err(CommandError::Locked(_))),
        client.is_locked().unwrap(),
        client.status().unwrap().locked,
    ];
    assert_eq!(refused, [locked; 15], "{context}");
}

#[test]
fn after_three_days_without_contact_it_locks_and_contact_opens_it() {
    let (phone, mut office, item) = with_item();
    phone.host.advance(72 * HOUR - MINUTE);
    assert_locked(&phone, item, false, "71:59");
    phone.host.advance(MINUTE);
    assert_locked(&phone, item, true, "72:00");
    phone.sync(&mut office);
    assert_locked(&phone, item, false, "after a contact");
    phone.host.advance(72 * HOUR - 1);
    assert_locked(&phone, item, false, "counted from the contact on");
    phone.host.advance(1);
    assert_locked(&phone, item, true, "and over again");
}

#[test]
fn a_locked_phone_hands_in_what_waits_and_keeps_all_of_it() {
    let (mut phone, mut office, item) = with_item();
    phone.client.accept(item).unwrap();
    phone.client.arrive(item).unwrap();
    phone.host.advance(80 * HOUR);
    assert_locked(&phone, item, true, "80 hours");
    phone.restart();
    assert_locked(&phone, item, true, "opened again");
    assert_eq!(phone.client.status().unwrap().pending(), 2);
    phone.push(&mut office);
    assert_eq!((phone.client.status().unwrap().safe, office.row(item).state.as_str()), (2, "arrived"));
    assert_locked(&phone, item, true, "an answer is no greeting");
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "open again");
}

#[test]
fn the_wall_clock_neither_locks_nor_opens() {
    let (phone, _, item) = with_item();
    let now = phone.host.as_ref();
    let wall = linecrew_client::Host::wall(now).as_unix_millis();
    for years in [TEN_YEARS, -TEN_YEARS] {
        phone.host.set_wall(Timestamp::from_unix_millis(wall + years));
        assert_locked(&phone, item, false, "another year");
    }
    phone.host.advance(72 * HOUR);
    for years in [TEN_YEARS, -TEN_YEARS, 0] {
        phone.host.set_wall(Timestamp::from_unix_millis(wall + years));
        assert_locked(&phone, item, true, "another year, after three days");
    }
}

#[test]
fn boots_add_up_and_what_nobody_saw_does_not_count() {
    let (mut phone, _, item) = with_item();
    phone.host.advance(40 * HOUR);
    // Whoever looks at the phone makes it count, at most a minute behind.
    phone.client.items(Default::default()).unwrap();
    phone.host.advance(MINUTE - 1);
    phone.client.items(Default::default()).unwrap();
    phone.host.reboot();
    phone.restart();
    phone.host.advance(32 * HOUR - 1);
    assert_locked(&phone, item, false, "40 hours and 32, less a millisecond");
    phone.host.advance(1);
    assert_locked(&phone, item, true, "40 hours and 32");
    // A phone that boots again and again gets no time for it, nor back what it had.
    phone.host.reboot();
    phone.restart();
    assert_locked(&phone, item, true, "a third boot");
}

#[test]
fn a_command_counts_at_once_and_reading_counts_once_a_minute() {
    let (phone, _, item) = with_item();
    phone.host.advance(72 * HOUR - 30_000);
    phone.client.accept(item).unwrap();
    phone.host.advance(29_999);
    phone.client.items(Default::default()).unwrap();
    phone.host.reboot();
    phone.host.advance(29_999);
    assert_locked(&phone, item, false, "what passed after the command was not seen");
    phone.host.advance(1);
    assert_locked(&phone, item, true, "the command was");
}

#[test]
fn an_app_may_ask_for_another_lease_and_all_of_its_processes_share_the_count() {
    let (phone, mut office, item) = with_item();
    let options = ClientOptions { lease: Duration::from_secs(3_600), ..inline() };
    let short = Client::open(&phone.path(), key_of(&phone.path()), phone.host.clone(), options).unwrap();
    phone.host.advance(HOUR - 1);
    assert!(short.item(item).unwrap().is_some());
    phone.host.advance(1);
    assert!(matches!(short.item(item), Err(StoreError::Locked)));
    assert_locked(&phone, item, false, "its own is longer");
    phone.sync(&mut office);
    assert!(short.item(item).unwrap().is_some(), "the contact of another process");
}

#[test]
fn a_store_that_never_counted_begins_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phone.db");
    let host = Arc::new(linecrew_client::ManualHost::new(3, Timestamp::from_unix_millis(0)));
    // The phone runs for a month before the app is there.
    host.advance(30 * 24 * HOUR);
    let client = Client::open(&path, key_of(&path), host.clone(), inline()).unwrap();
    assert!(!client.is_locked().unwrap());
    host.advance(72 * HOUR);
    assert!(client.is_locked().unwrap());
}

#[test]
fn an_observer_says_it_once_and_then_waits_for_the_contact() {
    let (phone, mut office, item) = with_item();
    let mut observer = phone.client.observe();
    let first = observer.changed(Duration::ZERO).unwrap().unwrap();
    phone.host.advance(72 * HOUR);
    assert!(matches!(observer.changed(Duration::ZERO), Err(StoreError::Locked)), "without any commit");
    assert!(matches!(observer.changed(Duration::ZERO), Ok(None)));
    assert!(matches!(phone.client.observe().changed(Duration::ZERO), Err(StoreError::Locked)));
    phone.sync(&mut office);
    assert!(observer.changed(Duration::ZERO).unwrap().unwrap() > first);
    assert_locked(&phone, item, false, "open");
}
