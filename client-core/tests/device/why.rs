//! Why something is on this phone, and why it no longer is.

use linecrew_client::{FindError, Why};
use linecrew_protocol::{
    ids::DocumentId,
    model::person::Role,
    wire::{EntryKind, LeaveReason},
};

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::Phone,
};

#[test]
fn an_item_is_here_because_somebody_gave_it_to_the_crew() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    let Why::Here(why) = phone.client.why(item).unwrap() else { panic!("it is here") };
    assert_eq!(why.number.as_deref(), Some("20261123-0001"));
    assert_eq!(why.feeds, [phone.feed()]);
    assert_eq!(why.roles, [Role::RepairCrew]);
    let assigned = why.assigned.unwrap();
    assert_eq!((assigned.crew, assigned.crew_name.as_deref(), assigned.by.name.as_deref()), (CREW, Some("一班"), Some("王芳")));
    assert_eq!(assigned.since, office.now);
}

#[test]
fn an_item_that_left_keeps_its_reason_after_the_note_was_dismissed() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    office.decide(item, assigned(OTHER_CREW));
    phone.pull(&office);
    let left = |phone: &Phone| match phone.client.why(item).unwrap() {
        Why::Left { number, withdrawal, waits } => (number, withdrawal.reason, withdrawal.by, waits),
        other => panic!("{other:?}"),
    };
    let (number, by) = (Some("20261123-0001".to_owned()), Some("王芳".to_owned()));
    assert_eq!(left(&phone), (number.clone(), LeaveReason::Reassigned, by.clone(), true), "its edit has no answer yet");
    phone.push(&mut office);
    for note in phone.client.inbox().unwrap() {
        phone.client.dismiss(note.id).unwrap();
    }
    phone.restart();
    assert_eq!(left(&phone), (number, LeaveReason::Reassigned, by, false));
    assert!(matches!(phone.client.find_item("1"), Err(FindError::Departed { document, .. }) if document == item));
    // It comes back: then that is the reason.
    office.decide(item, assigned(CREW));
    phone.sync(&mut office);
    assert!(matches!(phone.client.why(item).unwrap(), Why::Here(_)));
    assert_eq!(phone.client.find_item("1").unwrap(), item);
}

#[test]
fn an_archived_item_leaves_quietly_but_not_without_a_reason() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    office.decide(item, assigned(OTHER_CREW));
    let mut page = office.tail(phone.feed(), phone.cursor(), phone.client.installation());
    for entry in &mut page.entries {
        if let EntryKind::Leave(withdrawal) = &mut entry.kind {
            withdrawal.reason = LeaveReason::Archived;
        }
    }
    phone.client.store_entries(page).unwrap();
    assert_eq!(phone.client.inbox().unwrap(), Vec::new());
    assert!(matches!(phone.client.why(item).unwrap(), Why::Left { withdrawal, .. } if withdrawal.reason == LeaveReason::Archived));
}

#[test]
fn what_was_never_here_is_not_on_this_phone() {
    assert_eq!(Phone::new(1).client.why(DocumentId::from_bytes([66; 16])).unwrap(), Why::NotHere);
}
