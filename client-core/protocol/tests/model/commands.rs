//! Commands for generated histories: of all kinds of work, likely and unlikely ones. The rules may refuse any of them.

use linecrew_protocol::{
    ids::DocumentId,
    model::{
        kinds,
        work::{
            Order, SafetyStep, WorkCommand, WorkEvent,
            files::{Attachment, AttachmentKind, Signature, SignerRole, Strokes},
            kind::MeterSide,
        },
    },
    time::Interval,
};
use serde_json::{Value, json};

use crate::{properties::material, world::*};

/// An item of this kind, whose notice (if it needs one) is old enough.
pub(crate) fn opened(kind: &str) -> Replica {
    let meter = json!({"serial": "MET12345", "multiplier": 1, "registers": {"11": {"digits": 6, "last_index": 888}}});
    let about = match kind {
        kinds::REPAIR => json!({"fault": {"category": "no_power"}}),
        kinds::ROTATION => json!({"meter": meter}),
        kinds::SURVEY => json!({"form": {"form": "small", "version": 3}, "billing": {"capacity": true}}),
        kinds::NOTICE => json!({"purpose": "arrears"}),
        kinds::DISCONNECTION => json!({"reason": "arrears", "notice": DocumentId::from_bytes([6; 16])}),
        _ => json!({"service": "removal"}),
    };
    let gate = kind == kinds::REPAIR;
    let safety = [(SafetyStep::DeEnergised, gate), (SafetyStep::VerifiedDead, gate)].into();
    let waits = (kind == kinds::DISCONNECTION).then_some(0);
    let mut office = office_with(kind, &Order { safety, notice_age_ms: waits, arrival_limit_ms: Some(45 * MINUTE), ..order(about) });
    if waits.is_some() {
        let served = Interval { earliest: Some(minute(0)), latest: Some(minute(0)) };
        office.record(WorkEvent::NoticeConfirmed { notice: DocumentId::from_bytes([6; 16]), number: "1".into(), served });
    }
    office
}

/// The command with this number, as this replica would give it.
pub(crate) fn command(what: u8, replica: &Replica) -> WorkCommand {
    let fold = replica.fold();
    match what {
        0..=19 => WorkCommand::Record(WorkEvent::Accepted),
        20..=29 => WorkCommand::Record(WorkEvent::Departed),
        30..=54 => WorkCommand::Record(WorkEvent::Arrived),
        55..=64 => {
            let step = if what.is_multiple_of(2) { SafetyStep::DeEnergised } else { SafetyStep::VerifiedDead };
            WorkCommand::Record(WorkEvent::SafetyRecorded { step, detail: String::new() })
        }
        65..=99 => own(replica, usize::from(what)),
        100..=139 => likely(replica, usize::from(what)),
        140..=149 => WorkCommand::Note { text: format!("{} {}", replica.name, replica.device_seq) },
        150..=154 => WorkCommand::RecordMaterial { material: material(what), name: replica.name.into(), quantity: 1.0, unit: "m".into() },
        155..=174 => WorkCommand::Record(WorkEvent::ValueRecorded { path: path(replica, what), value: value(what) }),
        175..=209 => match fold.attention.get(usize::from(what) % fold.attention.len().max(1)) {
            Some(open) => {
                let choice = open.choices.get(usize::from(what) % open.choices.len().max(1)).cloned().unwrap_or_default();
                WorkCommand::Record(WorkEvent::Resolved { attention: open.id.clone(), choice, note: String::new() })
            }
            None => likely(replica, usize::from(what)),
        },
        _ => WorkCommand::Record(rarely(what)),
    }
}

/// Any step of the kind's own.
fn own(replica: &Replica, what: usize) -> WorkCommand {
    let steps = kinds::named(&replica.view().0.row.kind).expect("a kind").describe().steps;
    let step = steps[what % steps.len()].name;
    WorkCommand::Record(WorkEvent::own(step, body(step, what)))
}

/// A step that the item's state has room for.
fn likely(replica: &Replica, what: usize) -> WorkCommand {
    let (view, fold) = replica.view();
    if let (Some(step), 3..) = (fold.gate.missing().first(), what % 8) {
        return WorkCommand::Record(WorkEvent::SafetyRecorded { step: *step, detail: String::new() });
    }
    if view.row.kind == kinds::SURVEY && what.is_multiple_of(4) {
        let path = ["capacity", "rooms/a/area"][what / 4 % 2].to_owned();
        return WorkCommand::Record(WorkEvent::ValueRecorded { path, value: json!(what % 90 + 1) });
    }
    if view.row.state == "exchanged" && what.is_multiple_of(4) {
        return WorkCommand::Record(signed(10));
    }
    let next = view.row.next;
    let names = if replica.principal.crew.is_some() { next.crew } else { next.office };
    let own: Vec<&String> = names.iter().filter(|name| !body(name, what).is_null()).collect();
    match own.get(what % own.len().max(1)) {
        Some(step) => WorkCommand::Record(WorkEvent::own(step, body(step, what))),
        None => WorkCommand::Record(WorkEvent::Accepted),
    }
}

fn body(step: &str, what: usize) -> Value {
    let report = json!({"cause": "why", "remedy": "what", "cut_at": 5, "result": "good",
        "removed": {"serial": "MET12345", "registers": {"11": {"index": 999}}}});
    match step {
        "exchanged" => json!({
            "removed": {"serial": "MET12345", "registers": {"11": {"index": 999 + what % 3}}},
            "installed": {"serial": "FJ2026000451", "multiplier": 1, "registers": {"11": {"index": 0, "digits": 8}}},
            "no_photo": "dark",
        }),
        "completed" | "restored" => report,
        "served" => json!({"how": "handed_over"}),
        "no_access" => json!({"reason": "dog", "proof": "d".repeat(64)}),
        "not_served" | "confirmation_refused" => json!({"reason": "away"}),
        "returned" => json!({"issues": "unclear"}),
        "work_started" | "confirmed" | "submitted" | "approved" => json!({}),
        _ => Value::Null,
    }
}

fn path(replica: &Replica, what: u8) -> String {
    let rotation = ["removed/11", "installed/11", "removed/serial"];
    let survey = ["capacity", "access", "rooms/a/area", "rooms/b/area", "rooms/c/area"];
    let paths: &[&str] = if replica.view().0.row.kind == kinds::SURVEY { &survey } else { &rotation };
    paths[usize::from(what) % paths.len()].to_owned()
}

fn value(what: u8) -> Value {
    match what % 5 {
        0 => json!(990 + u32::from(what)),
        1 => json!("east"),
        2 => Value::Null,
        3 => json!(u32::from(what) % 100 + 1),
        _ => json!("MET12345"),
    }
}

fn rarely(what: u8) -> WorkEvent {
    let reason = || because("why");
    match what {
        210..=213 => WorkEvent::NotDone { reason: reason() },
        214..=216 => WorkEvent::Suspended { reason: reason() },
        217..=219 => WorkEvent::Resumed,
        220..=222 => WorkEvent::Declined { reason: reason() },
        223..=225 => assigned(CREW_B),
        226..=228 => assigned(CREW_A),
        229 => WorkEvent::Cancelled { reason: reason() },
        230 => WorkEvent::Linked { to: DocumentId::from_bytes([7; 16]) },
        231..=233 => WorkEvent::FollowedUp { result: reason(), reporter: None },
        234..=237 => WorkEvent::Archived,
        238..=239 => WorkEvent::HandedOver { crew: CREW_B, reason: reason() },
        240..=242 => WorkEvent::ForcedStart { reason: reason() },
        243..=244 => WorkEvent::Booked { appointment: minute(u64::from(what)), reason: None },
        245 => WorkEvent::MeterClaimed {
            serial: "FJ2026000451".into(),
            side: MeterSide::Installed,
            other: DocumentId::from_bytes([7; 16]),
            number: "2".into(),
        },
        246 => WorkEvent::ReportJoined {
            from: DocumentId::from_bytes([7; 16]),
            number: "2".into(),
            reported_at: minute(0),
            customer: "林".into(),
        },
        247..=250 => WorkEvent::Attached(Attachment {
            hash: "d".repeat(64),
            kind: AttachmentKind::Photo,
            mime: "image/jpeg".into(),
            bytes: 9,
            taken_at: minute(9),
            caption: String::new(),
        }),
        _ => signed(u16::from(what % 100)),
    }
}

fn signed(y: u16) -> WorkEvent {
    let strokes = Strokes(vec![vec![(10, 10), (60, y)]]);
    WorkEvent::Signed(Signature { role: SignerRole::Customer, name: "陈秀英".into(), strokes })
}
