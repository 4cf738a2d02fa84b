//! Quarantine, rebase, and what a person sees of it.

use linecrew_client::{Command, EditStatus, EditsFilter, InboxBody};
use linecrew_protocol::{
    Reason,
    model::work::{WorkCommand, WorkEvent},
};

use crate::{
    office::{CREW, OTHER_CREW, Office, assigned},
    phone::Phone,
};

#[test]
fn after_a_refusal_the_rest_is_made_again_and_accepted() {
    let mut office = Office::new();
    let (item, other) = (office.dispatch(CREW), office.dispatch(CREW));
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.note(item, "dog in the yard").unwrap();
    phone.client.accept(other).unwrap();
    let departed = phone.client.depart(item).unwrap();
    phone.host.advance(600_000);
    // The note is refused; what came after it on the same item depends on it, the other item does not.
    office.refuse.insert((phone.client.installation(), 2), Reason::RuleViolated);
    phone.greet(&office);
    let push = phone.client.push_from(1).unwrap().unwrap();
    let answers = office.push(&phone.principal(), &push);
    let stored = phone.client.store_acked(answers).unwrap();
    assert_eq!(stored.next_seq, 6, "departed was made again as edit 5");

    let edits = phone.client.edits(EditsFilter::default()).unwrap();
    let places: Vec<_> = edits.iter().map(|edit| (edit.device_seq, edit.kind.as_str(), edit.status.to_string())).collect();
    assert_eq!(
        places,
        [
            (1, "accepted", "safe".to_owned()),
            (2, "noted", "needs attention: rule_violated: refused for the test".to_owned()),
            (3, "accepted", "safe".to_owned()),
            (5, "departed", "saved here".to_owned()),
        ]
    );
    let again = &edits[3];
    assert_eq!(again.saved_at, departed.saved_at, "it says when it was confirmed, not when it was made again");
    phone.sync(&mut office);
    assert_eq!(office.row(item).state, "departed");
    phone.assert_equal_to(&office, "after the rebase");
    let status = phone.client.status().unwrap();
    assert_eq!((status.pending(), status.safe, status.needs_attention), (0, 3, 1));

    let inbox = phone.client.inbox().unwrap();
    let [refused] = inbox.as_slice() else { panic!("{inbox:?}") };
    assert_eq!(refused.number.as_deref(), Some("20261123-0001"));
    let InboxBody::Refused { device_seq: 2, command: Command::Work(WorkCommand::Note { text }), refusal, by_this_phone: false, .. } =
        &refused.body
    else {
        panic!("{refused:?}")
    };
    assert_eq!((text.as_str(), refusal.reason), ("dog in the yard", Reason::RuleViolated));
    assert!(!phone.client.item(item).unwrap().unwrap().view.notes.contains("dog"));
    // The person gives it up.
    assert!(phone.client.dismiss(refused.id).unwrap());
    assert!(!phone.client.dismiss(refused.id).unwrap());
    assert_eq!(phone.client.status().unwrap().needs_attention, 0);
    let edits = phone.client.edits(EditsFilter { document: Some(item), unsafe_only: true, newest: None }).unwrap();
    assert!(matches!(edits.as_slice(), [edit] if matches!(edit.status, EditStatus::Withdrawn { .. })));
}

#[test]
fn what_the_rules_refuse_without_the_refused_edit_goes_to_the_inbox_too() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.depart(item).unwrap();
    office.refuse.insert((phone.client.installation(), 1), Reason::Revoked);
    phone.sync(&mut office);
    // Without having accepted, nobody departs.
    let inbox = phone.client.inbox().unwrap();
    let reasons: Vec<_> = inbox
        .iter()
        .map(|item| match &item.body {
            InboxBody::Refused { command: Command::Work(WorkCommand::Record(event)), refusal, by_this_phone, .. } => {
                (event.clone(), refusal.reason, *by_this_phone)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(reasons, [(WorkEvent::Accepted, Reason::Revoked, false), (WorkEvent::Departed, Reason::StateNotPermitted, true)]);
    assert_eq!(phone.client.status().unwrap().needs_attention, 2);
    phone.assert_equal_to(&office, "both refused");
    // The item can be worked on again, under a new actor.
    phone.client.accept(item).unwrap();
    phone.sync(&mut office);
    assert_eq!(office.row(item).state, "accepted");
    phone.assert_equal_to(&office, "accepted anew");
}

#[test]
fn a_rebase_waits_until_everything_is_answered_and_survives_a_restart() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.note(item, "one").unwrap();
    office.refuse.insert((phone.client.installation(), 2), Reason::RuleViolated);
    let push = phone.client.push_from(1).unwrap().unwrap();
    // While the answer is under way, the person goes on.
    phone.client.note(item, "two").unwrap();
    phone.client.store_acked(office.push(&phone.principal(), &push)).unwrap();
    assert_eq!(phone.client.item(item).unwrap().unwrap().view.notes, "one\ntwo\n", "no rebase while edit 3 has no answer");
    phone.restart();
    phone.sync(&mut office);
    assert_eq!(phone.client.item(item).unwrap().unwrap().view.notes, "two\n");
    assert_eq!(phone.client.status().unwrap().pending(), 0);
    phone.assert_equal_to(&office, "rebased after the restart");
}

#[test]
fn repeated_refusals_change_nothing() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.depart(item).unwrap();
    phone.client.note(item, "three").unwrap();
    office.refuse.insert((phone.client.installation(), 2), Reason::RuleViolated);
    let push = phone.client.push_from(1).unwrap().unwrap();
    let acked = office.push(&phone.principal(), &push);
    let first = phone.client.store_acked(acked.clone()).unwrap();
    let edits = phone.client.edits(EditsFilter::default()).unwrap();
    for _ in 0..3 {
        assert_eq!(phone.client.store_acked(acked.clone()).unwrap(), first);
        assert_eq!(phone.client.edits(EditsFilter::default()).unwrap(), edits);
    }
    assert_eq!(phone.client.inbox().unwrap().len(), 1);
}

#[test]
fn an_edit_of_an_item_that_was_reassigned_meanwhile_is_accepted_or_kept_never_lost() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.depart(item).unwrap();
    office.decide(item, assigned(OTHER_CREW));
    phone.sync(&mut office);
    // Rule 2: the reassignment stands against travel, which is recorded all the same.
    assert_eq!(office.row(item).crew, Some(OTHER_CREW));
    assert_eq!(phone.client.status().unwrap().safe, 2);
    assert_eq!(phone.rows().len(), 0);
}

#[test]
fn a_refused_edit_that_the_dispatcher_admits_is_safe_after_all() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.note(item, "refused at first").unwrap();
    office.refuse.insert((phone.client.installation(), 2), Reason::RuleViolated);
    let push = phone.client.push_from(1).unwrap().unwrap();
    phone.client.store_acked(office.push(&phone.principal(), &push)).unwrap();
    assert_eq!(phone.client.status().unwrap().needs_attention, 1);
    // The same server, had it admitted the edit: it sends the change back like anybody else's.
    let mut lenient = Office::new();
    lenient.dispatch(CREW);
    lenient.push(&phone.principal(), &push);
    let page = lenient.tail(phone.feed(), 0, office_installation());
    phone.client.store_entries(page).unwrap();
    let status = phone.client.status().unwrap();
    assert_eq!((status.safe, status.needs_attention, status.pending()), (2, 0, 0));
    assert_eq!(phone.client.item(item).unwrap().unwrap().view.notes, "refused at first\n");
    assert_eq!(phone.client.compare(&lenient.caught_up(phone.feed())).unwrap(), Vec::new());
}

fn office_installation() -> linecrew_protocol::ids::InstallationId {
    linecrew_protocol::ids::InstallationId::from_bytes([250; 16])
}
