//! Surveys: forms arrive by the reference feed, and two people fill one together.

use linecrew_client::{CommandError, Why};
use linecrew_protocol::{ids::DocumentId, model::kinds, wire::Feed};
use serde_json::{Value, json};

use crate::{
    office::{CREW, DISTRICT, OTHER_CREW, Office, assigned},
    phone::Phone,
};

const FORM: &str = "meter_test";

fn survey(office: &mut Office) -> DocumentId {
    office.order(kinds::SURVEY, CREW, json!({ "form": { "form": FORM, "version": 1 } }))
}

fn arrive(phone: &Phone, item: DocumentId) {
    phone.client.accept(item).unwrap();
    phone.client.arrive(item).unwrap();
}

fn answer(phone: &Phone, item: DocumentId, answers: &[(&str, Value)]) {
    for (path, value) in answers {
        phone.client.answer(item, *path, value.clone()).unwrap();
    }
}

#[test]
fn a_form_arrives_by_the_reference_feed_and_is_no_item() {
    let mut office = Office::new();
    let (form, newer) = (office.publish(FORM), office.publish("usage_advice"));
    let item = survey(&mut office);
    let mut phone = Phone::new(1);
    assert_eq!(phone.client.form(FORM, 1).unwrap(), None);
    phone.sync(&mut office);
    assert_eq!(phone.client.form(FORM, 1).unwrap().unwrap().title.en, "Meter test on request");
    assert_eq!(phone.client.form(FORM, 2).unwrap(), None);
    let names: Vec<String> = phone.client.forms().unwrap().into_iter().map(|form| form.form).collect();
    assert_eq!(names, [FORM, "usage_advice"]);
    assert_eq!(phone.rows().keys().copied().collect::<Vec<_>>(), [item]);
    let status = phone.client.status().unwrap();
    assert_eq!((status.documents, status.forms, status.unreadable), (3, 2, 0));
    assert!(phone.client.item(form).unwrap().is_none());
    let Why::Here(why) = phone.client.why(form).unwrap() else { panic!("it is here") };
    assert_eq!((why.feeds.as_slice(), why.number), ([Feed::Reference(DISTRICT)].as_slice(), None));
    assert_eq!(phone.client.compare(&office.caught_up(Feed::Reference(DISTRICT))).unwrap(), Vec::new());
    // It survives a restart, and goes without a word when the district is no longer ours.
    phone.restart();
    assert!(phone.client.form(FORM, 1).unwrap().is_some());
    let mut welcome = office.welcome(phone.client.installation(), CREW);
    welcome.feeds.retain(|head| matches!(head.feed, Feed::Crew(_)));
    phone.client.store_welcome(welcome, 40).unwrap();
    assert_eq!(phone.client.forms().unwrap().len(), 0);
    assert_eq!(phone.client.inbox().unwrap(), Vec::new());
    assert_eq!(phone.client.why(newer).unwrap(), Why::NotHere);
}

#[test]
fn without_its_form_a_survey_waits_and_says_so() {
    let mut office = Office::new();
    office.publish(FORM);
    let item = survey(&mut office);
    let phone = Phone::new(1);
    phone.greet(&office);
    let page = office.tail(phone.feed(), 0, phone.client.installation());
    phone.client.store_entries(page).unwrap();
    arrive(&phone, item);
    match phone.client.answer(item, "reason", json!("runs_fast")) {
        Err(CommandError::Refused(refusal)) => assert_eq!(refusal.detail, "the form of this survey is not here yet"),
        other => panic!("{other:?}"),
    }
    phone.pull(&office);
    phone.client.answer(item, "reason", json!("runs_fast")).unwrap();
}

#[test]
fn two_surveyors_fill_one_form_offline_and_nothing_is_lost() {
    let mut office = Office::new();
    office.publish(FORM);
    let item = survey(&mut office);
    let (one, two) = (Phone::new(1), Phone::new(2));
    for phone in [&one, &two] {
        phone.sync(&mut office);
        arrive(phone, item);
    }
    // Offline, side by side: one at the meter, one at the test set.
    answer(
        &one,
        item,
        &[
            ("reason", json!("runs_fast")),
            ("meter", json!("3540012345678")),
            ("seals_whole", json!(true)),
            ("registers/a1/register", json!("total")),
            ("registers/a1/index", json!(48_213)),
            ("result_handed_over", json!(true)),
        ],
    );
    answer(
        &two,
        item,
        &[
            ("reference", json!("BZ-07")),
            ("points/b1/load", json!(100)),
            ("points/b1/power_factor", json!(1.0)),
            ("points/b1/error", json!(0.3)),
            ("wiring_correct", json!(true)),
            ("result", json!("within")),
        ],
    );
    match one.client.submit_survey(item, None) {
        Err(CommandError::Refused(refusal)) => assert!(refusal.detail.starts_with("not answered yet: "), "{}", refusal.detail),
        other => panic!("half a form cannot be submitted: {other:?}"),
    }
    for phone in [&one, &two, &one] {
        phone.sync(&mut office);
    }
    let view = one.client.item(item).unwrap().unwrap().view;
    assert_eq!(view.values.len(), 12);
    assert!(view.values.iter().all(|value| value.conflicting.is_empty()));
    assert_eq!(one.client.submit_survey(item, None).unwrap().state.as_deref(), Some("submitted"));
    one.sync(&mut office);
    two.sync(&mut office);
    assert_eq!(office.row(item).state, "submitted");
    for phone in [&one, &two] {
        assert_eq!(phone.client.status().unwrap().needs_attention, 0);
        phone.assert_equal_to(&office, "one form of two people");
    }
}

#[test]
fn what_belongs_to_no_question_is_refused_offline() {
    let mut office = Office::new();
    office.publish(FORM);
    let item = survey(&mut office);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    arrive(&phone, item);
    for (path, value, words) in [
        ("colour", json!("red"), "is no question of the form"),
        ("seals_whole", json!("yes"), "seals_whole needs"),
        ("registers/1/index", json!(-4), "registers/1/index needs"),
    ] {
        match phone.client.answer(item, path, value) {
            Err(CommandError::Refused(refusal)) => assert!(refusal.detail.contains(words), "{path}: {}", refusal.detail),
            other => panic!("{path}: {other:?}"),
        }
    }
    // The office may take the survey away while answers wait: they are answered like any edit.
    phone.client.answer(item, "seals_whole", json!(true)).unwrap();
    office.decide(item, assigned(OTHER_CREW));
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().pending(), 0);
}
