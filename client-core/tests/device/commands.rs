//! Every command, allowed and refused.

use linecrew_client::{Client, CommandError, EditStatus, EditsFilter, SavedEdit};
use linecrew_protocol::{Reason, ids::DocumentId};

use crate::{
    office::{CREW, OTHER_CREW, Office, person},
    phone::{Phone, report},
};

type Step = fn(&Client, DocumentId) -> Result<SavedEdit, CommandError>;

/// A phone that has synced one item of its crew, and is offline from then on.
fn offline() -> (Phone, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    (phone, item)
}

#[track_caller]
fn refusal(result: Result<SavedEdit, CommandError>) -> (Reason, String) {
    match result {
        Err(CommandError::Refused(refusal)) => (refusal.reason, refusal.detail),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_whole_visit_is_recorded_offline() {
    let (phone, item) = offline();
    let steps: [(Step, &str, &str); 13] = [
        (|c, i| c.accept(i), "accepted", "accepted"),
        (|c, i| c.depart(i), "departed", "departed"),
        (|c, i| c.suspend(i, "storm"), "suspended", "suspended"),
        (|c, i| c.resume(i), "resumed", "departed"),
        (|c, i| c.arrive(i), "arrived", "arrived"),
        (|c, i| c.start_work(i), "work_started", "work_started"),
        (|c, i| c.note(i, "pole 7 leans"), "noted", "work_started"),
        (|c, i| c.record_material(i, "cable", 12.5, "m"), "material_recorded", "work_started"),
        (|c, i| c.restore(i, report()), "restored", "restored"),
        (|c, i| c.complete_repair(i, report()), "completed", "completed"),
        (|c, i| c.note(i, "photo follows"), "noted", "completed"),
        (|c, i| c.record_material(i, "fuse", 1.0, "pcs"), "material_recorded", "completed"),
        (|c, i| c.note(i, "done"), "noted", "completed"),
    ];
    for (number, (step, kind, state)) in (1..).zip(steps) {
        phone.host.advance(60_000);
        let saved = step(&phone.client, item).unwrap();
        assert_eq!((saved.device_seq, saved.kind.as_str(), saved.state.as_deref()), (number, kind, Some(state)));
    }
    let view = phone.client.item(item).unwrap().unwrap();
    assert_eq!(view.view.notes, "pole 7 leans\nphoto follows\ndone\n");
    assert_eq!(view.view.materials.len(), 2);
    assert!(view.view.history.iter().filter(|event| event.by.id == person(1)).all(|event| view.events[&event.id] == EditStatus::SavedHere));
    assert!(
        view.view
            .history
            .iter()
            .filter(|event| event.by.id != person(1))
            .all(|event| matches!(view.events[&event.id], EditStatus::Safe { .. }))
    );
    assert_eq!(phone.client.status().unwrap().pending(), 13);
}

#[test]
fn the_other_ends_of_a_visit() {
    let ends: [(Step, &str, &str); 3] = [
        (|c, i| c.decline(i, "no truck"), "declined", "declined"),
        (|c, i| c.not_done(i, "nobody home"), "not_done", "not_done"),
        (|c, i| c.hand_over(i, OTHER_CREW, "their district"), "handed_over", "assigned"),
    ];
    for (end, kind, state) in ends {
        let (phone, item) = offline();
        phone.client.accept(item).unwrap();
        let saved = end(&phone.client, item).unwrap();
        assert_eq!((saved.kind.as_str(), saved.state.as_deref()), (kind, Some(state)));
    }
}

#[test]
fn what_the_rules_forbid_is_refused_in_words_and_takes_no_number() {
    let (phone, item) = offline();
    let before = phone.client.hand().unwrap().unwrap().0.next_seq;
    let too_early: [Step; 7] = [
        |c, i| c.depart(i),
        |c, i| c.arrive(i),
        |c, i| c.start_work(i),
        |c, i| c.resume(i),
        |c, i| c.restore(i, report()),
        |c, i| c.complete_repair(i, report()),
        |c, i| c.not_done(i, "nobody home"),
    ];
    for command in too_early {
        assert_eq!(refusal(command(&phone.client, item)), (Reason::StateNotPermitted, "not while the item is assigned".to_owned()));
    }
    let senseless: [(Step, &str); 7] = [
        (|c, i| c.decline(i, ""), "reason is empty"),
        (|c, i| c.suspend(i, "  "), "reason is empty"),
        (|c, i| c.hand_over(i, OTHER_CREW, ""), "reason is empty"),
        (|c, i| c.note(i, ""), "text is empty"),
        (|c, i| c.record_material(i, "", 1.0, "m"), "name is empty"),
        (|c, i| c.record_material(i, "cable", f64::NAN, "m"), "quantity must be a number of zero or more"),
        (|c, i| c.resolve(i, "", "x", ""), "attention is empty"),
    ];
    for (command, words) in senseless {
        assert_eq!(refusal(command(&phone.client, item)), (Reason::InvalidValue, words.to_owned()));
    }
    assert_eq!(refusal(phone.client.resolve(item, "1:x", person(1).to_string(), "")).0, Reason::RoleNotPermitted);
    assert_eq!(phone.client.hand().unwrap().unwrap().0.next_seq, before);
    assert_eq!(phone.client.edits(EditsFilter::default()).unwrap(), Vec::new());
}

#[test]
fn an_unknown_item_and_an_unknown_person_are_said() {
    let (phone, _) = offline();
    let nowhere = DocumentId::from_bytes([66; 16]);
    assert!(matches!(phone.client.accept(nowhere), Err(CommandError::UnknownItem { document }) if document == nowhere));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    let client = Client::open(&path, crate::phone::key_of(&path), phone.host, crate::phone::inline()).unwrap();
    assert!(matches!(client.accept(nowhere), Err(CommandError::NotSignedIn)));
    assert!(client.hand().unwrap().is_none());
}

#[test]
fn work_goes_on_after_a_sign_out_and_a_restart() {
    let (mut phone, item) = offline();
    phone.client.sign_out().unwrap();
    phone.client.accept(item).unwrap();
    phone.restart();
    assert!(!phone.client.account().unwrap().signed_in);
    assert_eq!(phone.client.depart(item).unwrap().device_seq, 2);
    assert!(phone.client.hand().unwrap().is_none());
}

#[test]
fn two_who_accepted_unseen_settle_who_leads() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let (one, two) = (Phone::new(1), Phone::new(2));
    for phone in [&one, &two] {
        phone.sync(&mut office);
        phone.client.accept(item).unwrap();
    }
    for phone in [&one, &two, &one] {
        phone.sync(&mut office);
    }
    let open = one.rows()[&item].attention.clone();
    assert_eq!(open.len(), 1, "{open:?}");
    one.client.resolve(item, open[0].id.clone(), person(2).to_string(), "").unwrap();
    assert_eq!(one.rows()[&item].lead, Some(person(2)));
    one.sync(&mut office);
    two.sync(&mut office);
    assert_eq!(two.rows()[&item].lead, Some(person(2)));
    two.assert_equal_to(&office, "settled");
}

#[test]
fn evidence_comes_from_the_monotonic_clock_and_the_last_server_time() {
    let (phone, item) = offline();
    phone.host.advance(60_000);
    phone.host.set_wall(linecrew_protocol::time::Timestamp::from_unix_millis(-5));
    let saved = phone.client.accept(item).unwrap();
    let seen = phone.client.status().unwrap().last_contact.unwrap();
    let view = phone.client.item(item).unwrap().unwrap().view;
    let event = view.history.iter().find(|event| event.id == saved.event).unwrap();
    assert_eq!(event.claimed_at.as_unix_millis(), -5);
    assert_eq!(event.evidence.earliest, Some(seen.plus_ms(60_000 - 36)));
    assert_eq!(event.evidence.latest, Some(seen.plus_ms(60_000 + 40 + 36)));
}
