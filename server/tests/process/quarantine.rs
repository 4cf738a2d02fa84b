//! Refused edits, and what a lost phone holds, by the command line.

use std::path::Path;

use linecrew_protocol::{
    ids::{CrewId, DocumentId, InstallationId, PersonId},
    model::person::{Grant, Role},
};
use linecrew_server::{
    UtcOffset,
    clock::{Clock, SystemClock},
    open_store,
    store::{
        NewPerson, OfficeCommand, OfficeOrder, Ordered, Organisation, Store as _, TakeOrder, Taken, register::Register as _,
        system_principal,
    },
};
use serde_json::{Value, json};

use crate::{
    child::linecrew,
    fitter::accepts_late,
    phones::{enrolled, signed},
};

const PHONE: InstallationId = InstallationId::from_bytes([0x21; 16]);
const CHEN: PersonId = PersonId::from_bytes([4; 16]);
const CREW: CrewId = CrewId::from_bytes([0xc1; 16]);

fn run(data: &Path, arguments: &[&str]) -> Result<String, String> {
    linecrew(arguments, data, "")
}

fn organisation() -> Organisation {
    let grant = Grant { role: Role::RepairCrew, district: None };
    let chen = NewPerson {
        id: CHEN,
        name: "陈亮".into(),
        username: "chen".into(),
        password_hash: String::new(),
        roles: vec![grant],
        crew: Some(CREW),
        qualifications: Vec::new(),
    };
    let district: linecrew_server::store::DistrictRecord =
        serde_json::from_value(json!({"id": "d1d1d1d1-d1d1-d1d1-d1d1-d1d1d1d1d1d1", "name": "鼓楼"})).unwrap();
    let crew = linecrew_server::store::CrewRecord { id: CREW, name: "一班".into(), district: district.id };
    Organisation { districts: vec![district], crews: vec![crew], people: vec![chen] }
}

/// Chen took an item over offline, and his phone was revoked before it sent that.
async fn lost(data: &Path) -> DocumentId {
    let store = open_store(data, UtcOffset::CHINA).unwrap();
    let organisation = organisation();
    let district = organisation.districts[0].id;
    store.import(organisation).await.unwrap();
    enrolled(&*store, PHONE, CHEN, "陈的手机").await;
    let (by, now) = (system_principal(store.epoch()), SystemClock.now());
    let order = serde_json::from_value(json!({
        "kind": "repair_dispatch", "customer": {"name": "陈秀英", "phone": "0591-87654321"}, "site": {"address": "东街口 12 号"},
        "area_class": "urban", "priority": "urgent", "on_road": false, "at_height": false,
        "about": {"fault": {"category": "no_power", "description": "整栋楼没电"}}
    }));
    let order = TakeOrder {
        by: by.clone(),
        by_name: "Linecrew".into(),
        idempotency_key: "1".into(),
        body_hash: [0; 32],
        district,
        order: order.unwrap(),
        reported_at: now,
        appointment: None,
        now,
    };
    let Taken::Created(row, _) = store.take_order(order).await.unwrap() else { panic!("new") };
    let document = row.row.id;
    let command = OfficeCommand::Assign { crew: CREW, reason: None };
    let order = OfficeOrder { by, by_name: "Linecrew".into(), document, command, now };
    assert!(matches!(store.order(order).await.unwrap(), Ordered::Done(..)));
    let chen = store.account(CHEN).await.unwrap().unwrap().principal(PHONE);
    let revoked = async {
        store.revoke(PHONE, CHEN, "lost".into(), SystemClock.now()).await.unwrap();
    };
    assert!(!accepts_late(&*store, &chen, (CREW, document), signed, revoked).await);
    store.close().unwrap();
    document
}

#[tokio::test]
async fn a_batch_is_listed_admitted_and_stands_in_the_audited_log() {
    let data = tempfile::tempdir().unwrap();
    let item = lost(data.path()).await;
    let listed = run(data.path(), &["admin", "quarantine", "list"]).unwrap();
    let batch = listed.split('\t').next().unwrap().to_owned();
    assert!(
        listed.contains("陈亮") && listed.contains("revoked") && listed.contains("1 edits of 1 documents\tadmit or dismiss"),
        "{listed}"
    );
    let json: Value = serde_json::from_str(&run(data.path(), &["admin", "quarantine", "list", "--json"]).unwrap()).unwrap();
    assert_eq!((&json["batches"][0]["id"], &json["items"][0]["document"]), (&json!(batch), &json!(item)));
    let admit = ["admin", "quarantine", "admit", &batch, "--reason", "当面核实"];
    let said = run(data.path(), &admit).unwrap();
    assert!(said.ends_with("1 accepted\n"), "{said}");
    assert_eq!(run(data.path(), &admit).unwrap(), said, "once");
    let complaint = run(data.path(), &["admin", "quarantine", "dismiss", &batch, "--reason", "x"]).unwrap_err();
    assert!(complaint.contains("has decided otherwise: admit"), "{complaint}");
    assert_eq!(run(data.path(), &["admin", "quarantine", "list"]).unwrap(), "nothing waits for a decision\n");
    assert!(run(data.path(), &["admin", "quarantine", "admit", &item.to_string(), "--reason", "x"]).unwrap_err().contains("no such batch"));
    assert!(run(data.path(), &["admin", "quarantine", "admit", &batch, "--reason", " "]).unwrap_err().contains("the reason is empty"));
    let log = run(data.path(), &["audit", "log"]).unwrap();
    assert!(log.contains(&format!("decision 1: admit {batch} by Linecrew")) && log.contains("1 of 1 edits accepted: 当面核实"), "{log}");
}

#[tokio::test]
async fn a_lost_phones_exposure_names_the_customers() {
    let data = tempfile::tempdir().unwrap();
    lost(data.path()).await;
    let listed = run(data.path(), &["admin", "exposure", &PHONE.to_string()]).unwrap();
    assert!(listed.contains("陈秀英\t东街口 12 号\t0591-87654321") && listed.contains("never heard of"), "{listed}");
    assert!(listed.contains("note: more may be listed") && listed.ends_with("1 items, 0 bills, 0 ticket books\n"), "{listed}");
    let json: Value = serde_json::from_str(&run(data.path(), &["admin", "exposure", &PHONE.to_string(), "--json"]).unwrap()).unwrap();
    assert_eq!(json["items"][0]["telephone"], "0591-87654321");
    assert!(run(data.path(), &["admin", "exposure", &CHEN.to_string()]).unwrap_err().contains("there is no phone"));
}
