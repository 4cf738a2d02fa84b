//! What the crew may decide itself: who leads (rule 1), and which of their readings is right (rule 7).

use linecrew_client::{Means, Question};
use linecrew_protocol::{
    ids::DocumentId,
    model::work::{AttentionKind, WorkEvent},
};
use serde_json::json;

use crate::{
    office::{CREW, Office, person},
    phone::Phone,
    rotations::{exchange, rotation},
};

fn two_phones(office: &mut Office) -> [Phone; 2] {
    let phones = [Phone::new(1), Phone::new(2)];
    phones.iter().for_each(|phone| phone.sync(office));
    phones
}

fn meet(office: &mut Office, phones: &[Phone; 2]) {
    for phone in [&phones[0], &phones[1], &phones[0], &phones[1]] {
        phone.sync(office);
    }
}

fn only_question(phone: &Phone, item: DocumentId) -> Question {
    let mut questions = phone.client.questions_of(item).unwrap();
    assert_eq!(phone.client.questions().unwrap(), questions);
    assert_eq!(questions.len(), 1, "{questions:?}");
    questions.remove(0)
}

#[test]
fn who_leads_is_asked_with_names_and_settled_by_one_of_them() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phones = two_phones(&mut office);
    phones.iter().for_each(|phone| drop(phone.client.accept(item).unwrap()));
    meet(&mut office, &phones);
    let question = only_question(&phones[0], item);
    assert_eq!((question.attention.kind, question.is_mine), (AttentionKind::AcceptedTwice, true));
    let named: Vec<_> = question
        .choices
        .iter()
        .map(|choice| match &choice.means {
            Means::Person(view) => (view.id, view.name.clone().unwrap()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(named.contains(&(person(1), "person 1".to_owned())) && named.contains(&(person(2), "person 2".to_owned())));
    let second = question.choices.iter().find(|choice| choice.name == person(2).to_string()).unwrap();
    phones[0].client.resolve(item, question.attention.id.clone(), second.name.clone(), "as agreed by phone").unwrap();
    meet(&mut office, &phones);
    for phone in &phones {
        assert_eq!(phone.rows()[&item].lead, Some(person(2)));
        assert_eq!(phone.client.questions().unwrap(), Vec::new());
        phone.assert_equal_to(&office, "who leads");
    }
}

#[test]
fn two_readings_of_one_register_show_both_values_and_are_settled() {
    let mut office = Office::new();
    let item = rotation(&mut office);
    let phones = two_phones(&mut office);
    phones[0].client.accept(item).unwrap();
    phones[0].client.arrive(item).unwrap();
    phones[0].client.exchange_meter(item, exchange(4_321)).unwrap();
    meet(&mut office, &phones);
    // Both correct the same reading, offline.
    phones[0].client.record_value(item, "removed/1", json!(4_322)).unwrap();
    phones[1].client.record_value(item, "removed/1", json!(4_327)).unwrap();
    meet(&mut office, &phones);
    let question = only_question(&phones[1], item);
    assert_eq!((question.attention.kind, question.is_mine), (AttentionKind::ValuesDiffer, true));
    let values: Vec<_> = question
        .choices
        .iter()
        .map(|choice| match &choice.means {
            Means::Values { by, values } => (by.id, values.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(values.contains(&(person(1), vec![("removed/1".to_owned(), json!(4_322))])), "{values:?}");
    assert!(values.contains(&(person(2), vec![("removed/1".to_owned(), json!(4_327))])), "{values:?}");
    let right = values.iter().position(|(by, _)| *by == person(1)).unwrap();
    let choice = question.choices[right].name.clone();
    phones[1].client.resolve(item, question.attention.id, choice, "read again together").unwrap();
    meet(&mut office, &phones);
    for phone in &phones {
        let view = phone.client.item(item).unwrap().unwrap().view;
        let read = view.values.iter().find(|value| value.path == "removed/1").unwrap();
        assert_eq!((&read.shown.value, read.conflicting.len()), (&json!(4_322), 0));
        phone.assert_equal_to(&office, "which reading");
    }
}

#[test]
fn what_only_the_office_may_decide_is_shown_but_not_offered() {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let phones = two_phones(&mut office);
    phones[0].client.accept(item).unwrap();
    phones[0].client.arrive(item).unwrap();
    office.decide(item, WorkEvent::Cancelled { reason: "power is back".to_owned() });
    phones[0].push(&mut office);
    assert_eq!(office.row(item).attention.len(), 1);
    phones[0].pull(&office);
    let question = only_question(&phones[0], item);
    assert!(!question.is_mine);
    assert!(question.choices.iter().all(|choice| choice.means == Means::Rule));
    phones[0].client.resolve(item, question.attention.id, "keep_work", "").unwrap_err();
}
