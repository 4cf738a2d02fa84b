//! The safety gate, offline.

use linecrew_client::{Client, CommandError};
use linecrew_protocol::{
    Reason,
    ids::DocumentId,
    model::{
        policy::Policy,
        work::{AttentionKind, SafetyStep},
    },
};

use crate::{
    office::{CREW, Office},
    phone::{Phone, report},
};

/// A phone on site of a repair with the gate of the default policy, offline from then on.
fn on_site() -> (Office, Phone, DocumentId) {
    let mut office = Office::new();
    office.policy = Policy::default();
    let item = office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(item).unwrap();
    phone.client.arrive(item).unwrap();
    (office, phone, item)
}

fn missing(client: &Client, item: DocumentId) -> Vec<SafetyStep> {
    client.item(item).unwrap().unwrap().view.safety.missing
}

#[track_caller]
fn refused(result: Result<linecrew_client::SavedEdit, CommandError>) -> (Reason, String) {
    match result {
        Err(CommandError::Refused(refusal)) => (refusal.reason, refusal.detail),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn work_is_refused_until_every_step_was_taken_and_then_begins() {
    let (mut office, phone, item) = on_site();
    let steps = missing(&phone.client, item);
    assert_eq!(steps, SafetyStep::ALL[..7]);
    for (taken, step) in steps.iter().enumerate() {
        let (reason, detail) = refused(phone.client.start_work(item));
        assert_eq!(reason, Reason::StateNotPermitted);
        assert!(detail.contains(step.name()), "{detail} names what is missing");
        let detail = if matches!(step, SafetyStep::DeEnergised) { "" } else { "林强" };
        phone.client.record_safety_step(item, *step, detail).unwrap();
        assert_eq!(missing(&phone.client, item).len(), 6 - taken);
    }
    assert_eq!(phone.client.start_work(item).unwrap().state.as_deref(), Some("work_started"));
    phone.client.complete_repair(item, report()).unwrap();
    phone.sync(&mut office);
    assert_eq!(office.row(item).state, "completed");
    assert_eq!(phone.client.status().unwrap().needs_attention, 0);
    phone.assert_equal_to(&office, "through the gate");
}

#[test]
fn the_steps_have_an_order_and_some_need_a_word() {
    let (_, phone, item) = on_site();
    let record = |step, detail: &str| phone.client.record_safety_step(item, step, detail);
    assert_eq!(refused(record(SafetyStep::Earthed, "")).1, "earthed comes after verified_dead");
    assert_eq!(refused(record(SafetyStep::VerifiedDead, "")).1, "verified_dead comes after de_energised");
    assert_eq!(refused(record(SafetyStep::WorkTicket, "")), (Reason::InvalidValue, "detail is empty".to_owned()));
    record(SafetyStep::WorkTicket, "GZ-2026-117").unwrap();
}

#[test]
fn a_forced_start_needs_a_reason_and_is_seen_by_the_office() {
    let (mut office, phone, item) = on_site();
    assert_eq!(refused(phone.client.force_start(item, " ")).1, "reason is empty");
    phone.client.force_start(item, "smoke from the meter box, people inside").unwrap();
    phone.client.start_work(item).unwrap();
    phone.sync(&mut office);
    let row = office.row(item);
    assert_eq!((row.state.as_str(), row.attention[0].kind), ("work_started", AttentionKind::ForcedStart));
    let questions = phone.client.questions().unwrap();
    assert!(matches!(questions.as_slice(), [one] if !one.is_mine), "the crew does not wave itself through: {questions:?}");
}
