//! The meter rotation (domain 3.2): the exchange, its checks, and what two phones say about one meter.

use linecrew_protocol::{
    ids::{DocumentId, EventId},
    model::{
        kinds,
        work::{
            AttentionKind, WorkCommand, WorkEvent,
            files::{Attachment, AttachmentKind, Signature, SignerRole, Strokes},
            kind::MeterSide,
        },
    },
    refusal::Reason,
};
use serde_json::{Value, json};

use crate::world::*;

/// Serial, digits and last index of a row of Example_NEM13_forward_estimate.csv (aguinane/nem-reader, MIT).
fn planned() -> Replica {
    let meter = json!({"serial": "MET12345", "multiplier": 1, "registers": {"11": {"digits": 6, "last_index": 888}}});
    office_with(kinds::ROTATION, &order(json!({"meter": meter})))
}

fn on_site() -> (Replica, Replica, Replica) {
    crew_on_site(planned())
}

fn exchange(last: u64) -> Value {
    json!({
        "removed": {"serial": "MET12345", "registers": {"11": {"index": last}}},
        "installed": {"serial": "FJ2026000451", "multiplier": 1, "registers": {"11": {"index": 0, "digits": 8}}},
        "no_photo": "the lens is broken",
    })
}

fn with(mut body: Value, path: &str, value: Value) -> Value {
    *body.pointer_mut(path).expect("a field") = value;
    body
}

fn refused(phone: &mut Replica, body: Value) -> String {
    let refusal = phone.try_step("exchanged", body).unwrap_err();
    assert_eq!(refusal.reason, Reason::InvalidValue);
    refusal.detail
}

fn sign(phone: &mut Replica) -> EventId {
    let strokes = Strokes(vec![vec![(10, 10), (60, 40), (90, 12)]]);
    phone.record(WorkEvent::Signed(Signature { role: SignerRole::Customer, name: "陈秀英".into(), strokes }))
}

#[test]
fn a_meter_is_exchanged_confirmed_and_archived() {
    let mut office = planned();
    assert_eq!(office.state(), "planned");
    office.record(WorkEvent::Booked { appointment: minute(600), reason: None });
    assert_eq!((office.state(), office.view().0.row.appointment), ("booked", Some(minute(600))));
    let (mut office, mut zhang, _) = crew_on_site(office);
    zhang.at(20).step("exchanged", exchange(999));
    assert_eq!(zhang.state(), "exchanged");
    sign(&mut zhang);
    zhang.step("confirmed", Value::Null);
    zhang.step("completed", Value::Null);
    meet(&mut office, &mut zhang);
    office.record(WorkEvent::Archived);
    let (view, fold) = office.view();
    assert_eq!((fold.state.name, fold.attention.len()), ("archived", 0));
    let reading = view.values.iter().find(|value| value.path == "removed/11").unwrap();
    assert_eq!((reading.shown.value.clone(), reading.billing), (json!(999), true));
    assert!(view.signatures[0].svg.contains("M10 10L60 40L90 12"), "a signature is shown as a picture");
}

#[test]
fn a_confirmation_needs_the_customers_signature_or_the_reason_for_its_absence() {
    let (_, mut zhang, _) = on_site();
    zhang.step("exchanged", exchange(999));
    assert!(zhang.try_step("confirmed", Value::Null).unwrap_err().detail.contains("has not signed"));
    assert!(zhang.try_step("completed", Value::Null).is_err());
    assert!(zhang.try_step("confirmation_refused", json!({"reason": ""})).is_err());
    zhang.step("confirmation_refused", json!({"reason": "nobody at home"}));
    zhang.step("completed", Value::Null);
}

#[test]
fn an_unexpected_serial_needs_an_explanation() {
    let (_, mut zhang, _) = on_site();
    let other = with(exchange(999), "/removed/serial", json!("MET99999"));
    assert_eq!(refused(&mut zhang, other.clone()), "removed.serial is not the expected MET12345; if it is right, say why in explanation");
    let mut explained = other;
    explained["explanation"] = json!("the neighbour's meter hangs here, see the note");
    zhang.step("exchanged", explained);
}

#[test]
fn an_index_below_the_last_one_is_a_rollover_or_needs_an_explanation() {
    let (_, mut zhang, _) = on_site();
    assert!(refused(&mut zhang, exchange(700)).contains("is below the last known 888"));
    let near_the_end = json!({"serial": "MET12345", "multiplier": 1, "registers": {"11": {"digits": 6, "last_index": 999_950}}});
    let (_, mut li, _) = crew_on_site(office_with(kinds::ROTATION, &order(json!({"meter": near_the_end}))));
    li.step("exchanged", exchange(30));
}

#[test]
fn an_index_that_the_register_cannot_show_is_wrong_whatever_the_explanation() {
    let (_, mut zhang, _) = on_site();
    let mut body = exchange(1_000_000);
    body["explanation"] = json!("it says so");
    assert!(refused(&mut zhang, body).contains("does not fit a register of 6 digits"));
}

#[test]
fn a_changed_multiplier_and_a_used_meter_need_an_explanation() {
    let (_, mut zhang, _) = on_site();
    assert!(refused(&mut zhang, with(exchange(999), "/installed/multiplier", json!(40))).contains("installed.multiplier"));
    assert!(refused(&mut zhang, with(exchange(999), "/installed/registers/11/index", json!(5_000))).contains("does not begin at 5000"));
    assert!(refused(&mut zhang, with(exchange(999), "/installed/serial", json!("MET12345"))).contains("is the removed meter's"));
    assert!(
        refused(&mut zhang, with(exchange(999), "/removed/registers", json!({"12": {"index": 1}})))
            .contains("removed.registers.11.index is missing")
    );
}

#[test]
fn both_registers_are_photographed_or_it_is_said_why_not() {
    let (_, mut zhang, _) = on_site();
    let mut body = exchange(999);
    body.as_object_mut().unwrap().remove("no_photo");
    assert!(refused(&mut zhang, body.clone()).contains("photo_removed names no photo of this item"));
    for (field, digit) in [("photo_removed", "a"), ("photo_installed", "b")] {
        let hash = digit.repeat(64);
        body[field] = json!(hash);
        let photo = Attachment {
            hash,
            kind: AttachmentKind::Photo,
            mime: "image/jpeg".into(),
            bytes: 9,
            taken_at: minute(9),
            caption: String::new(),
        };
        zhang.record(WorkEvent::Attached(photo));
    }
    zhang.step("exchanged", body);
    let (view, _) = zhang.view();
    assert_eq!((view.row.attachments.total, view.row.attachments.stored), (2, 0), "referenced here, not yet safe on the server");
}

#[test]
fn a_stored_file_is_counted_as_safe() {
    let (mut office, mut zhang, _) = on_site();
    let hash = "c".repeat(64);
    let photo = Attachment {
        hash: hash.clone(),
        kind: AttachmentKind::Photo,
        mime: "image/jpeg".into(),
        bytes: 9,
        taken_at: minute(9),
        caption: "".into(),
    };
    zhang.record(WorkEvent::Attached(photo));
    let refusal = zhang.try_run(WorkCommand::Record(WorkEvent::AttachmentStored { hash: hash.clone() })).unwrap_err();
    assert_eq!(refusal.reason, Reason::RoleNotPermitted, "a phone cannot say that its bytes are safe");
    meet(&mut office, &mut zhang);
    office.record(WorkEvent::AttachmentStored { hash });
    assert_eq!(office.view().0.row.attachments.stored, 1);
}

#[test]
fn no_access_has_a_reason_and_a_proof() {
    let (mut office, mut zhang, _) = on_site();
    assert!(zhang.try_step("no_access", json!({"reason": "dog"})).unwrap_err().detail.contains("proof is missing"));
    zhang.step("no_access", json!({"reason": "dog", "proof": "d".repeat(64)}));
    meet(&mut office, &mut zhang);
    assert_eq!(office.state(), "no_access");
    office.at(30).record(assigned(CREW_A));
    assert_eq!(office.state(), "assigned", "it may be given out again");
}

#[test]
fn rule_7_two_readings_of_one_register_are_both_kept_and_asked_about() {
    let (mut office, mut zhang, mut li) = on_site();
    let first = zhang.at(20).step("exchanged", exchange(999));
    let second = li.at(21).step("exchanged", exchange(1_002));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    all_agree(&[&office, &zhang, &li]);
    let (view, fold) = office.view();
    let reading = view.values.iter().find(|value| value.path == "removed/11").unwrap();
    let mut both = vec![reading.shown.value.clone(), reading.conflicting[0].value.clone()];
    both.sort_by_key(Value::as_u64);
    assert_eq!(both, [json!(999), json!(1_002)]);
    assert_eq!(fold.attention.len(), 1, "one pair of exchanges is one question");
    assert_eq!(fold.attention[0].kind, AttentionKind::ValuesDiffer);

    resolve(&mut office, &first.to_string());
    let (view, fold) = office.view();
    let reading = view.values.iter().find(|value| value.path == "removed/11").unwrap();
    assert_eq!((&reading.shown.value, reading.shown.event), (&json!(999), first));
    assert!(fold.attention.is_empty() && reading.conflicting.is_empty());
    assert!(view.history.iter().any(|event| event.id == second), "the other reading stays in the history");
}

#[test]
fn rule_7_equal_readings_are_no_conflict_and_a_correction_that_saw_both_settles_one() {
    let (mut office, mut zhang, mut li) = on_site();
    zhang.at(20).step("exchanged", exchange(999));
    li.at(21).step("exchanged", exchange(999));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    assert!(office.fold().attention.is_empty());
    zhang.record(WorkEvent::ValueRecorded { path: "removed/11".into(), value: json!(998) });
    li.record(WorkEvent::ValueRecorded { path: "removed/11".into(), value: json!(997) });
    gather(&mut [&mut office, &mut zhang, &mut li]);
    assert_eq!(office.fold().attention[0].kind, AttentionKind::ValuesDiffer);
    li.record(WorkEvent::ValueRecorded { path: "removed/11".into(), value: json!(998) });
    meet(&mut office, &mut li);
    assert!(office.fold().attention.is_empty());
}

#[test]
fn a_correction_names_a_reading_that_exists_and_that_its_register_can_show() {
    let (_, mut zhang, _) = on_site();
    let mut refused = |path: &str, value: Value| zhang.try_run(WorkCommand::Record(WorkEvent::ValueRecorded { path: path.into(), value }));
    assert!(refused("removed/11", json!(1)).is_err(), "nothing was read yet");
    zhang.step("exchanged", exchange(999));
    let mut refused = |path: &str, value: Value| zhang.try_run(WorkCommand::Record(WorkEvent::ValueRecorded { path: path.into(), value }));
    assert!(refused("removed/12", json!(1)).is_err());
    assert!(refused("removed/11", json!("many")).is_err());
    assert!(refused("removed/11", json!(1_000_000)).is_err());
    assert!(refused("removed/serial", json!(" ")).is_err());
    refused("removed/11", json!(1_000)).unwrap();
}

#[test]
fn rule_10_a_meter_that_another_item_names_too_is_asked_about() {
    let (mut office, mut zhang, _) = on_site();
    let exchanged = zhang.at(20).step("exchanged", exchange(999));
    meet(&mut office, &mut zhang);
    let other = DocumentId::from_bytes([7; 16]);
    let claimed =
        WorkEvent::MeterClaimed { serial: "FJ2026000451".into(), side: MeterSide::Installed, other, number: "20261123-0002".into() };
    let flag = office.record(claimed);
    let fold = office.fold();
    assert_eq!(fold.attention[0].kind, AttentionKind::MeterClaimedTwice);
    assert_eq!(fold.attention[0].events, [flag, exchanged], "both sides");
    resolve(&mut office, "this_is_right");
    assert!(office.fold().attention.is_empty());
}

#[test]
fn another_role_does_not_exchange_meters() {
    use linecrew_protocol::model::person::Role;
    let (_, mut zhang, _) = on_site();
    zhang.principal.grants.retain(|grant| grant.role == Role::RepairCrew);
    assert_eq!(zhang.try_step("exchanged", exchange(999)).unwrap_err().reason, Reason::RoleNotPermitted);
}
