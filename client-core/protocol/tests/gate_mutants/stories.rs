//! Real work of every kind: an office and two phones that are often out of coverage.

use linecrew_protocol::{
    Automerge,
    ids::{DocumentId, MaterialId},
    model::{
        contact::{self, Contact},
        document::Meta,
        kinds,
        person::Principal,
        reference::Reference,
        work::{
            Order, WorkCommand, WorkEvent,
            files::{Signature, SignerRole, Strokes},
        },
    },
    time::Interval,
};
use serde_json::{Value, json};

use crate::world::*;

/// A document that people have worked on, and their phones.
pub(crate) struct Story {
    pub(crate) document: Automerge,
    pub(crate) phones: Vec<Principal>,
    pub(crate) reference: Reference,
}

pub(crate) fn all() -> Vec<Story> {
    let people = [repair(), rotation(), survey(), notice(), disconnection(), removal()];
    people.into_iter().map(told).chain([kept_apart()]).collect()
}

fn told((mut office, mut zhang, mut li): (Replica, Replica, Replica)) -> Story {
    gather(&mut [&mut office, &mut zhang, &mut li]);
    Story { document: office.document, phones: vec![zhang.principal, li.principal], reference: zhang.reference }
}

fn note(text: &str) -> WorkCommand {
    WorkCommand::Note { text: text.into() }
}

fn answer(path: &str, value: Value) -> WorkCommand {
    WorkCommand::Record(WorkEvent::ValueRecorded { path: path.into(), value })
}

fn material(number: u8, name: &str) -> WorkCommand {
    WorkCommand::RecordMaterial { material: MaterialId::from_bytes([number; 16]), name: name.into(), quantity: 12.5, unit: "m".into() }
}

fn repair() -> (Replica, Replica, Replica) {
    let (mut office, mut zhang, mut li) = crew_of_two();
    zhang.at(1).record(WorkEvent::Accepted);
    meet(&mut zhang, &mut li);
    li.at(2).record(WorkEvent::Departed);
    zhang.at(9).record(WorkEvent::Arrived);
    li.at(10).record(WorkEvent::Arrived);
    office.at(8).record(assigned(CREW_B));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    zhang.at(12).record(work_started());
    zhang.run(note("fuse of phase A blown ⚡"));
    zhang.run(material(1, "电缆 YJV 3×25"));
    li.at(13).run(material(1, "cable"));
    li.run(note("ladder needed\nand a second man"));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    li.at(30).record(done());
    zhang.at(31).run(note("tidied up"));
    (office, zhang, li)
}

fn rotation() -> (Replica, Replica, Replica) {
    let meter = json!({"serial": "MET12345", "multiplier": 1, "registers": {"11": {"digits": 6, "last_index": 888}}});
    let (office, mut zhang, mut li) = crew_on_site(office_with(kinds::ROTATION, &order(json!({"meter": meter}))));
    zhang.at(20).step(
        "exchanged",
        json!({
            "removed": {"serial": "MET12345", "registers": {"11": {"index": 999}}},
            "installed": {"serial": "FJ2026000451", "multiplier": 1, "registers": {"11": {"index": 0, "digits": 8}}},
            "no_photo": "the lens is broken",
        }),
    );
    li.at(21).run(note("dog in the yard"));
    let strokes = Strokes(vec![vec![(10, 10), (60, 40), (90, 12)]]);
    zhang.record(WorkEvent::Signed(Signature { role: SignerRole::Customer, name: "陈秀英".into(), strokes }));
    zhang.step("confirmed", Value::Null);
    zhang.step("completed", Value::Null);
    (office, zhang, li)
}

fn survey() -> (Replica, Replica, Replica) {
    let about = json!({"form": {"form": "small", "version": 3}, "billing": {"capacity": true}});
    let (mut office, mut zhang, mut li) = crew_on_site(office_with(kinds::SURVEY, &order(about)));
    zhang.run(answer("capacity", json!(60)));
    zhang.run(answer("rooms/a/area", json!(20)));
    li.run(answer("access", json!("门禁 2 号门")));
    li.run(answer("rooms/b/area", json!(35)));
    gather(&mut [&mut office, &mut zhang, &mut li]);
    li.step("submitted", Value::Null);
    (office, zhang, li)
}

fn notice() -> (Replica, Replica, Replica) {
    let (office, mut zhang, mut li) = crew_on_site(office_with(kinds::NOTICE, &order(json!({"purpose": "arrears"}))));
    li.at(19).run(note("nobody opens"));
    zhang.at(20).step("served", json!({"how": "handed_over", "recipient": "陈秀英"}));
    (office, zhang, li)
}

fn disconnection() -> (Replica, Replica, Replica) {
    let notice = DocumentId::from_bytes([6; 16]);
    let order = Order { notice_age_ms: Some(0), ..order(json!({"reason": "arrears", "notice": notice})) };
    let mut office = office_with(kinds::DISCONNECTION, &order);
    let served = Interval { earliest: Some(minute(0)), latest: Some(minute(0)) };
    office.record(WorkEvent::NoticeConfirmed { notice, number: "20261123-0009".into(), served });
    let (office, mut zhang, mut li) = crew_on_site(office);
    zhang.at(20).record(work_started());
    li.at(20).record(WorkEvent::Suspended { reason: because("customer pays now") });
    (office, zhang, li)
}

fn removal() -> (Replica, Replica, Replica) {
    let (office, mut zhang, li) = crew_on_site(office_with(kinds::METER_SERVICE, &order(json!({"service": "removal"}))));
    zhang.at(20).record(work_started());
    zhang.run(note("sealed"));
    (office, zhang, li)
}

/// A contact's document has one change, the server's.
fn kept_apart() -> Story {
    let mut office = Replica::new(1, "王芳", None);
    let id = DocumentId::from_bytes([7; 16]);
    let meta = Meta { id, kind: contact::CONTACT_KIND.into(), schema: 1, district: DISTRICT, created: minute(0) };
    let contact = Contact { item: DOCUMENT, phone: Some("0591-0000000".into()), arrears_fen: Some(8_640) };
    let document = contact::publish(&meta, &contact, &office.author()).unwrap().document;
    Story { document, phones: Vec::new(), reference: Reference::default() }
}
