//! Site surveys (domain 3.3): two surveyors in one form, offline; submit, approve, return.

use std::collections::BTreeMap;

use linecrew_protocol::{
    model::{
        form::Form,
        kinds,
        reference::Reference,
        work::{AttentionKind, NewOrder, WorkCommand, WorkEvent},
    },
    refusal::Reason,
};
use serde_json::{Value, json};

use crate::world::*;

fn reference() -> Reference {
    Reference::of([Form::parse(FORM).unwrap()])
}

fn surveyors() -> (Replica, Replica, Replica) {
    let mut about = json!({"form": {"form": "small", "version": 3}}).as_object().cloned().unwrap();
    kinds::named(kinds::SURVEY).unwrap().complete_order(&mut about, &reference());
    crew_on_site(office_with(kinds::SURVEY, &order(Value::Object(about))))
}

fn answer(path: &str, value: Value) -> WorkCommand {
    WorkCommand::Record(WorkEvent::ValueRecorded { path: path.into(), value })
}

fn answers(replica: &Replica) -> BTreeMap<String, Value> {
    replica.view().0.values.into_iter().map(|value| (value.path, value.shown.value)).collect()
}

#[test]
fn two_surveyors_fill_one_form_together_offline() {
    let (mut office, mut zhang, mut li) = surveyors();
    zhang.run(answer("capacity", json!(60)));
    zhang.run(answer("rooms/a/area", json!(20)));
    li.run(answer("access", json!("门禁 2 号门")));
    li.run(answer("rooms/b/area", json!(35)));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let expected = [("access", json!("门禁 2 号门")), ("capacity", json!(60)), ("rooms/a/area", json!(20)), ("rooms/b/area", json!(35))];
    assert_eq!(answers(&office), expected.map(|(path, value)| (path.to_owned(), value)).into());
    li.step("submitted", Value::Null);
    meet(&mut office, &mut li);
    assert_eq!(office.state(), "submitted");
}

#[test]
fn a_form_is_submitted_only_when_the_required_questions_are_answered() {
    let (_, mut zhang, _) = surveyors();
    let refused = zhang.try_step("submitted", Value::Null).unwrap_err();
    assert!(refused.detail.starts_with("not answered yet: capacity"), "{}", refused.detail);
    zhang.run(answer("capacity", json!(60)));
    assert!(zhang.try_step("submitted", Value::Null).unwrap_err().detail.contains("rooms"));
    zhang.run(answer("rooms/a/area", json!(20)));
    zhang.run(answer("capacity", Value::Null));
    assert!(zhang.try_step("submitted", Value::Null).is_err(), "an answer may be taken back");
    zhang.run(answer("capacity", json!(61)));
    zhang.step("submitted", Value::Null);
}

#[test]
fn more_rooms_than_the_form_allows_are_kept_but_not_submitted() {
    let (mut office, mut zhang, mut li) = surveyors();
    zhang.run(answer("capacity", json!(60)));
    zhang.run(answer("rooms/a/area", json!(1)));
    zhang.run(answer("rooms/b/area", json!(2)));
    li.run(answer("rooms/c/area", json!(3)));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    assert!(zhang.try_step("submitted", Value::Null).unwrap_err().detail.contains("too many: rooms"));
    zhang.run(answer("rooms/c/area", Value::Null));
    zhang.step("submitted", Value::Null);
}

#[test]
fn an_answer_that_the_form_does_not_know_or_allow_is_refused() {
    let (_, mut zhang, _) = surveyors();
    for (path, value) in [("colour", json!("red")), ("capacity", json!(101)), ("capacity", json!("much")), ("rooms/area", json!(3))] {
        assert_eq!(zhang.try_run(answer(path, value)).unwrap_err().reason, Reason::InvalidValue, "{path}");
    }
    zhang.reference = Reference::default();
    assert_eq!(zhang.try_run(answer("capacity", json!(5))).unwrap_err().detail, "the form of this survey is not here yet");
}

#[test]
fn a_returned_survey_is_worked_on_again_and_approved() {
    let (mut office, mut zhang, _) = surveyors();
    zhang.run(answer("capacity", json!(60)));
    zhang.run(answer("rooms/a/area", json!(20)));
    zhang.at(20).step("submitted", Value::Null);
    meet(&mut office, &mut zhang);
    assert!(office.try_run(WorkCommand::Record(WorkEvent::Archived)).is_err(), "first it is approved");
    office.at(30).step("returned", json!({"issues": "容量不清"}));
    meet(&mut office, &mut zhang);
    assert_eq!((zhang.state(), zhang.fold().holder), ("returned", Some(CREW_A)));
    zhang.run(answer("capacity", json!(80)));
    zhang.at(40).step("submitted", Value::Null);
    meet(&mut office, &mut zhang);
    assert_eq!(office.state(), "submitted");
    office.at(50).step("approved", Value::Null);
    assert_eq!(office.state(), "approved");
    office.record(WorkEvent::Archived);
    assert_eq!((office.state(), office.view().0.reports.len()), ("archived", 2));
}

#[test]
fn a_submission_that_did_not_see_the_return_stands() {
    let (mut office, mut zhang, mut li) = surveyors();
    zhang.run(answer("capacity", json!(60)));
    zhang.run(answer("rooms/a/area", json!(20)));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    zhang.at(20).step("submitted", Value::Null);
    meet(&mut office, &mut zhang);
    li.at(21).step("submitted", Value::Null);
    office.at(30).step("returned", json!({"issues": "?"}));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    assert_eq!(office.state(), "submitted");
}

#[test]
fn the_crew_does_not_approve_its_own_survey() {
    let (_, mut zhang, _) = surveyors();
    zhang.run(answer("capacity", json!(60)));
    zhang.run(answer("rooms/a/area", json!(20)));
    zhang.step("submitted", Value::Null);
    assert_eq!(zhang.try_step("approved", Value::Null).unwrap_err().reason, Reason::RoleNotPermitted);
}

#[test]
fn rule_7_answers_differ_and_only_those_about_money_ask() {
    let (mut office, mut zhang, mut li) = surveyors();
    for (phone, capacity, access) in [(&mut zhang, 60, "east"), (&mut li, 80, "west")] {
        phone.run(answer("capacity", json!(capacity)));
        phone.run(answer("access", json!(access)));
    }
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let (view, fold) = office.view();
    assert!(view.values.iter().all(|value| value.conflicting.len() == 1), "both values are kept and shown");
    assert_eq!(fold.attention.len(), 1);
    assert_eq!(fold.attention[0].kind, AttentionKind::ValuesDiffer);
    let choice = fold.attention[0].choices[0].clone();
    li.record(WorkEvent::Resolved { attention: fold.attention[0].id.clone(), choice, note: String::new() });
    assert!(li.fold().attention.is_empty(), "the crew settles it among themselves");
}

#[test]
fn a_survey_names_a_form_that_was_published() {
    let new = |form: &str, version: u32| NewOrder {
        kind: kinds::SURVEY.into(),
        customer: repair_order().customer,
        site: repair_order().site,
        area_class: Default::default(),
        priority: Default::default(),
        on_road: false,
        at_height: false,
        about: json!({"form": {"form": form, "version": version}}).as_object().cloned().unwrap(),
    };
    assert!(new("small", 3).validate(&reference()).is_ok());
    for (form, version) in [("small", 4), ("large", 3)] {
        assert_eq!(new(form, version).validate(&reference()).err().unwrap().detail, "about.form is no published form and version");
    }
}
