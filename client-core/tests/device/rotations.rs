//! Meter rotations, notices and the other kinds: a visit of each, offline.

use std::collections::BTreeMap;

use linecrew_client::{CommandError, Exchange, FinalReading, InitialReading, InstalledMeter, RemovedMeter, Service};
use linecrew_protocol::{
    ids::DocumentId,
    model::{
        kinds,
        work::{
            Phase,
            files::{SignerRole, Strokes},
        },
    },
};
use serde_json::json;

use crate::{
    office::{CREW, Office},
    phone::Phone,
};

/// A rotation of a meter with two registers.
pub(crate) fn rotation(office: &mut Office) -> DocumentId {
    let registers = json!({ "1": { "digits": 6, "last_index": 4_000 }, "2": { "digits": 6, "last_index": 900 } });
    office.order(kinds::ROTATION, CREW, json!({ "meter": { "serial": "OLD-1", "multiplier": 1, "registers": registers } }))
}

pub(crate) fn exchange(final_index: u64) -> Exchange {
    let readings = BTreeMap::from([("1", final_index), ("2", 950)]);
    let read = |(name, index): (&&str, &u64)| ((*name).to_owned(), FinalReading { index: *index });
    let begin = |name: &str| (name.to_owned(), InitialReading { index: 0, digits: 6 });
    Exchange {
        removed: RemovedMeter { serial: "OLD-1".to_owned(), registers: readings.iter().map(read).collect() },
        installed: InstalledMeter { serial: "NEW-9".to_owned(), multiplier: 1, registers: ["1", "2"].map(begin).into() },
        no_photo: Some("the lens is broken".to_owned()),
        ..Exchange::default()
    }
}

pub(crate) fn on_site(office: &mut Office, item: DocumentId) -> Phone {
    let phone = Phone::new(1);
    phone.sync(office);
    phone.client.accept(item).unwrap();
    phone.client.arrive(item).unwrap();
    phone
}

#[track_caller]
fn refused(result: Result<linecrew_client::SavedEdit, CommandError>) -> String {
    match result {
        Err(CommandError::Refused(refusal)) => refusal.detail,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_meter_is_exchanged_and_confirmed_offline() {
    let mut office = Office::new();
    let item = rotation(&mut office);
    let phone = on_site(&mut office, item);
    let client = &phone.client;
    assert!(refused(client.exchange_meter(item, exchange(3_000))).contains("removed.registers.1.index"));
    assert_eq!(client.exchange_meter(item, exchange(4_321)).unwrap().state.as_deref(), Some("exchanged"));
    assert!(refused(client.confirm_readings(item)).contains("the customer has not signed"));
    let strokes = Strokes(vec![vec![(10, 80), (120, 40), (240, 90)]]);
    client.sign(item, SignerRole::Customer, "陈秀英", strokes).unwrap();
    client.confirm_readings(item).unwrap();
    client.complete(item, json!({ "note": "seal 4471" })).unwrap();
    client.record_value(item, "removed/1", json!(4_322)).unwrap();
    phone.sync(&mut office);
    assert_eq!((office.row(item).state.as_str(), office.row(item).phase), ("completed", Phase::Done));
    let view = client.item(item).unwrap().unwrap().view;
    let read = view.values.iter().find(|value| value.path == "removed/1").unwrap();
    assert_eq!((&read.shown.value, read.billing), (&json!(4_322), true));
    assert_eq!(view.signatures.len(), 1);
    phone.assert_equal_to(&office, "a rotation");
}

#[test]
fn a_refused_confirmation_and_a_locked_door_are_ends_too() {
    let mut office = Office::new();
    let (refuses, locked) = (rotation(&mut office), rotation(&mut office));
    let phone = on_site(&mut office, refuses);
    phone.client.exchange_meter(refuses, exchange(4_321)).unwrap();
    phone.client.refuse_confirmation(refuses, "the customer is abroad").unwrap();
    phone.client.complete(refuses, json!(null)).unwrap();
    phone.client.accept(locked).unwrap();
    phone.client.arrive(locked).unwrap();
    assert!(refused(phone.client.no_access(locked, "nobody at home", "no hash")).contains("proof"));
    let saved = phone.client.no_access(locked, "nobody at home", "a".repeat(64)).unwrap();
    assert_eq!((saved.state.as_deref(), saved.phase), (Some("no_access"), Some(Phase::NotDone)));
    phone.sync(&mut office);
    phone.assert_equal_to(&office, "two ends");
}

#[test]
fn a_notice_is_served_or_not() {
    let mut office = Office::new();
    let about = json!({ "purpose": "arrears" });
    let (served, missed) = (office.order(kinds::NOTICE, CREW, about.clone()), office.order(kinds::NOTICE, CREW, about));
    let phone = on_site(&mut office, served);
    phone.client.accept(missed).unwrap();
    assert!(refused(phone.client.serve_notice(served, Service { how: "thrown".to_owned(), ..Service::default() })).contains("how"));
    phone.client.serve_notice(served, Service { how: "left_at_door".to_owned(), ..Service::default() }).unwrap();
    phone.client.not_served(missed, "the house is gone").unwrap();
    phone.sync(&mut office);
    assert_eq!((office.row(served).state.as_str(), office.row(missed).state.as_str()), ("served", "not_served"));
    phone.assert_equal_to(&office, "notices");
}

#[test]
fn any_step_goes_by_its_name() {
    let mut office = Office::new();
    let item = office.order(kinds::METER_SERVICE, CREW, json!({ "service": "sealing" }));
    let phone = Phone::new(1);
    phone.sync(&mut office);
    for (step, body) in [
        ("booked", json!({ "appointment": 1_790_000_500_000_i64 })),
        ("accepted", json!(null)),
        ("arrived", json!({})),
        ("safety_recorded", json!({ "step": "work_ticket", "detail": "GZ-1" })),
        ("forced_start", json!({ "reason": "no voltage at all" })),
        ("work_started", json!(null)),
        ("noted", json!({ "text": "a dog" })),
        ("material_recorded", json!({ "name": "seal", "quantity": 2, "unit": "pcs" })),
        ("completed", json!({ "result": "sealed" })),
    ] {
        let saved = phone.client.step(item, step, body).unwrap_or_else(|error| panic!("{step}: {error}"));
        assert_eq!(saved.kind, step);
    }
    for (step, body, words) in [
        ("suspended", json!({}), "reason is missing"),
        ("safety_recorded", json!({ "step": "prayed" }), "step must be one of"),
        ("booked", json!({ "appointment": 5, "reasen": "moved" }), "reasen is not a field"),
        ("value_recorded", json!({ "path": "removed/1", "value": 5 }), "no values to record"),
        ("resolved", json!({ "choice": "seen" }), "attention is empty"),
        ("attached", json!({}), "a command of its own"),
        ("exchanged", json!({}), "no such step"),
        ("own", json!({}), "no such step"),
    ] {
        let said = refused(phone.client.step(item, step, body));
        assert!(said.contains(words), "{step}: {said}");
    }
    phone.sync(&mut office);
    assert_eq!(office.row(item).state, "completed");
    phone.assert_equal_to(&office, "by name");
}
