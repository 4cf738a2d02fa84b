//! A phone could not know that its person may no longer do this: the edit is refused, kept, and shown with its values.

use linecrew_client::{Command, EditStatus, InboxBody};
use linecrew_protocol::{
    Reason,
    ids::{DocumentId, PersonId},
    model::{person::Role, work::WorkCommand},
};
use linecrew_server::store::{BoardDetail, refused::Fate};
use linecrew_tests::{
    fleet::{Fleet, FleetOptions},
    seed::Seed,
};

use crate::detail;

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_for_a_crew_that_one_has_left_waits_in_quarantine_and_in_the_inbox() {
    let mut fleet = Fleet::assemble(Seed(10), FleetOptions::small(2, 2)).await;
    let item = fleet.dispatch(0).await;
    let other = fleet.dispatch(0).await;
    fleet.phones[0].go_offline();
    let refused = [fleet.phones[0].accept(item), fleet.phones[0].note(item, "三相不平衡，已拍照")].map(Result::unwrap);

    // The office moves the person to the other crew, which the phone cannot know.
    fleet.transfer(fleet.phones[0].person.id, fleet.crew(1)).await;

    // The mates go on.
    fleet.phones[1].accept(item).unwrap();
    fleet.phones[1].depart(other).unwrap_err();
    fleet.phones[1].accept(other).unwrap();

    let tally = fleet.must_settle().await;
    assert_eq!((tally.edits, tally.accepted, tally.quarantined), (4, 2, 2));
    let seen = detail(&fleet, item).await;
    assert_eq!(seen.quarantined.len(), 2);
    assert_eq!(reason_of(&seen, 1), Some(Reason::NotYourItem));
    assert_eq!(reason_of(&seen, 2), Some(Reason::DependsOnRefused), "it was written on top of the first");
    assert_eq!(seen.view.row.lead, Some(fleet.phones[1].person.id), "others are unaffected");
    let kept: Vec<WorkCommand> = fleet.phones[0]
        .inbox()
        .into_iter()
        .filter_map(|entry| match entry.body {
            InboxBody::Refused { command: Command::Work(command), .. } if entry.document == item => Some(command),
            _ => None,
        })
        .collect();
    assert_eq!(kept.len(), refused.len());
    assert!(kept.contains(&WorkCommand::Note { text: "三相不平衡，已拍照".to_owned() }), "with its values: {kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_in_a_role_that_was_taken_away_is_kept_too() {
    let (mut fleet, item) = out_with_an_item(Seed(11), 1).await;
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].arrive(item).unwrap();

    becomes_an_auditor(&mut fleet).await;

    let tally = fleet.must_settle().await;
    assert_eq!((tally.edits, tally.quarantined), (2, 2));
    let seen = detail(&fleet, item).await;
    assert_eq!(reason_of(&seen, 1), Some(Reason::RoleNotPermitted));
    assert!(seen.view.history.iter().all(|event| event.kind != "arrived"), "nothing of it is part of the item");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_12_what_the_office_admits_is_accepted_on_its_own_phone_too() {
    let (mut fleet, item) = out_with_an_item(Seed(17), 1).await;
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].arrive(item).unwrap();
    let person = becomes_an_auditor(&mut fleet).await;
    let tally = fleet.must_settle().await;
    assert_eq!((tally.accepted, tally.quarantined), (0, 2));
    assert!(refused_on(&fleet) > 0, "the person is told");

    let batch = fleet.office.refused().await.unwrap().remove(0);
    let decided = fleet.office.admit(batch.id).await.unwrap();
    assert!(decided.edits.iter().all(|edit| edit.fate == Fate::Accepted), "{decided:?}");
    let tally = fleet.must_settle().await;
    assert_eq!((tally.accepted, tally.quarantined), (2, 0), "both ends hold it");
    assert_eq!(refused_on(&fleet), 0, "and the person has nothing left to look at");
    assert_eq!(detail(&fleet, item).await.view.row.lead, Some(person));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_12_what_the_office_admits_of_somebody_who_moved_is_accepted_on_their_phone_at_once() {
    let (mut fleet, item) = out_with_an_item(Seed(19), 2).await;
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].arrive(item).unwrap();
    fleet.transfer(fleet.phones[0].person.id, fleet.crew(1)).await;
    let tally = fleet.must_settle().await;
    assert_eq!((tally.accepted, tally.quarantined), (0, 2));
    assert!(!fleet.phones[0].holds(item), "its feeds say nothing of the item any more");
    fleet.phones[0].is_connected().await;

    let batch = fleet.office.refused().await.unwrap().remove(0);
    fleet.office.admit(batch.id).await.unwrap();
    fleet.phones[0].until("hearing of it", |phone| phone.edits().iter().all(|edit| matches!(edit.status, EditStatus::Safe { .. }))).await;
    assert_eq!(refused_on(&fleet), 0, "nothing is left to look at");
    let tally = fleet.must_settle().await;
    assert_eq!((tally.accepted, tally.quarantined), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_12_who_comes_back_to_their_crew_has_their_work_accepted() {
    let (mut fleet, item) = out_with_an_item(Seed(18), 2).await;
    fleet.phones[0].accept(item).unwrap();
    fleet.phones[0].note(item, "三相不平衡，已拍照").unwrap();
    let person = fleet.phones[0].person.id;
    fleet.transfer(person, fleet.crew(1)).await;
    let tally = fleet.must_settle().await;
    assert_eq!((tally.accepted, tally.quarantined), (0, 2));

    fleet.transfer(person, fleet.crew(0)).await;
    let tally = fleet.must_settle().await;
    assert_eq!((tally.accepted, tally.quarantined), (2, 0));
    assert_eq!(refused_on(&fleet), 0);
    let seen = detail(&fleet, item).await;
    assert_eq!(seen.view.row.lead, Some(person));
    assert_eq!(seen.view.history.iter().filter(|event| event.kind == "noted").count(), 1, "once");
}

/// Crews of two, and an item of the first one, whose first phone is offline from here on.
async fn out_with_an_item(seed: Seed, crews: usize) -> (Fleet, DocumentId) {
    let mut fleet = Fleet::assemble(seed, FleetOptions::small(crews, 2)).await;
    let item = fleet.dispatch(0).await;
    fleet.phones[0].go_offline();
    (fleet, item)
}

/// The first phone's person may do nothing on site any more.
async fn becomes_an_auditor(fleet: &mut Fleet) -> PersonId {
    let person = fleet.phones[0].person.id;
    let mut organisation = fleet.organisation.clone();
    organisation.crews[0].people.iter_mut().filter(|known| known.id == person).for_each(|known| known.roles = vec![Role::Auditor]);
    fleet.server.reorganise(&organisation).await;
    fleet.phones[0].person.roles = vec![Role::Auditor];
    person
}

/// Refused edits in the inbox of the first phone.
fn refused_on(fleet: &Fleet) -> usize {
    fleet.phones[0].inbox().iter().filter(|entry| matches!(entry.body, InboxBody::Refused { .. })).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connected_phone_of_somebody_who_moved_holds_the_new_crews_items_and_no_others() {
    let mut fleet = Fleet::assemble(Seed(14), FleetOptions::small(2, 1)).await;
    let (before, after) = (fleet.dispatch(0).await, fleet.dispatch(1).await);
    fleet.phones[0].is_connected().await;
    fleet.transfer(fleet.phones[0].person.id, fleet.crew(1)).await;
    // Nothing happens in either crew: only the phone's next sign of life can tell it.
    fleet.phones[0].nudge();
    fleet.phones[0].receives(after).await;
    fleet.phones[0].loses(before).await;
    fleet.must_settle().await;
}

fn reason_of(seen: &BoardDetail, device_seq: u64) -> Option<Reason> {
    seen.quarantined.iter().find(|edit| edit.device_seq == device_seq).map(|edit| edit.reason)
}
