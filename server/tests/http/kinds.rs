use serde_json::{Value, json};

use crate::{
    client::Client,
    server::{FIRST, GULOU, SECOND, Server, report, taken},
};

/// An order of another kind at the same place.
fn order(kind: &str, about: &Value) -> Value {
    let mut order = report(GULOU);
    order["kind"] = json!(kind);
    order["about"] = about.clone();
    order
}

async fn ordered(client: &Client, key: &str, order: &Value) -> Value {
    client.with("Idempotency-Key", key).post("/v1/work", order).await.ok()
}

fn step(row: &Value, step: &str) -> String {
    format!("/v1/work/{}/steps/{step}", row["id"].as_str().unwrap())
}

fn meter() -> Value {
    json!({"meter": {"serial": "350102600001", "multiplier": 1, "registers": {"1": {"digits": 6, "last_index": 1234}}}})
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_is_signed_in_learns_what_kinds_of_work_there_are() {
    let server = Server::start().await;
    server.client().get("/v1/kinds").await.problem(401, "unauthenticated");
    let kinds = server.machine("chen").await.get("/v1/kinds").await.ok();
    let names: Vec<&str> = kinds["items"].as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
    assert_eq!(names, ["repair_dispatch", "meter_rotation", "site_survey", "notice", "disconnection", "meter_service"]);
    let rotation = &kinds["items"][1];
    assert_eq!((&rotation["opening"], &rotation["label"]["zh"]), (&json!("planned"), &json!("表计轮换")));
    assert!(rotation["steps"].as_array().unwrap().iter().any(|step| step["name"] == "exchanged" && step["by"] == "crew"));
    assert_eq!(kinds["forms"].as_array().unwrap().len(), 10);
    assert!(kinds["forms"].as_array().unwrap().iter().all(|form| form["title"]["zh"].is_string() && form["version"] == 1));
    assert_eq!((kinds["phases"].as_array().unwrap().len(), kinds["attention"].as_array().unwrap().len()), (15, 8));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_exchange_is_booked_and_assigned() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let row = ordered(&lin, "1", &order("meter_rotation", &meter())).await;
    assert_eq!((&row["state"], &row["phase"], &row["clocks"]), (&json!("planned"), &json!("new"), &json!([])));
    assert_eq!(row["about"], meter());
    let booked = lin.post(&step(&row, "booked"), &json!({"appointment": 1_900_000_000_000_i64})).await.ok();
    assert_eq!((&booked["state"], &booked["appointment"]), (&json!("booked"), &json!(1_900_000_000_000_i64)));
    let assigned = lin.post(&step(&row, "assigned"), &json!({"crew": FIRST})).await.ok();
    assert_eq!(assigned["phase"], "assigned");
    assert!(assigned["next"]["crew"].as_array().unwrap().contains(&json!("accepted")));
    let found = lin.get("/v1/work?q=350102600001&kind=meter_rotation").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "by the meter's number");
    let repair = taken(&lin, GULOU, "2").await;
    let conflict = lin.post(&step(&repair, "booked"), &json!({"appointment": 5})).await.problem(409, "state_conflict");
    assert_eq!(conflict["state"], "reported");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_records_its_own_steps_and_no_others() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let row = ordered(&lin, "1", &order("meter_rotation", &meter())).await;
    for crews in ["accepted", "arrived", "exchanged", "noted", "meter_claimed", "report_joined"] {
        lin.post(&step(&row, crews), &json!({})).await.problem(403, "not_permitted");
    }
    for none in ["planned", "approved", "opened", "own", "fly"] {
        lin.post(&step(&row, none), &json!({})).await.problem(404, "not_found");
    }
    lin.post(&step(&row, "assigned"), &json!({"crew": FIRST})).await.ok();
    let without = lin.post(&step(&row, "assigned"), &json!({"crew": SECOND})).await.problem(400, "invalid_field");
    assert!(without["detail"].as_str().unwrap().contains("reason"));
    lin.post(&step(&row, "assigned"), &json!({"crew": FIRST, "reason": "again"})).await.problem(409, "state_conflict");
    lin.post(&step(&row, "assigned"), &json!({"crew": SECOND, "reason": "closer"})).await.ok();
    assert_eq!(lin.get(&format!("/v1/work/{}", row["id"].as_str().unwrap())).await.ok()["history"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_year_is_named() {
    let server = Server::start().await;
    let lin = server.machine("lin").await.with("Idempotency-Key", "1");
    let mut survey = order("site_survey", &json!({"form": {"form": "new_connection", "version": 1}, "supply": "household"}));
    // 2022-06-01: before the first year that has a calendar.
    survey["reported_at"] = json!(1_654_041_600_000_i64);
    let problem = lin.post("/v1/work", &survey).await.problem(422, "calendar_unknown");
    assert!(problem["detail"].as_str().unwrap().contains("2022"), "{problem}");
    let mut unpublished = survey.clone();
    unpublished["about"]["form"]["version"] = json!(9);
    let problem = lin.post("/v1/work", &unpublished).await.problem(400, "invalid_field");
    assert!(problem["detail"].as_str().unwrap().contains("about.form"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_edits_are_for_the_office_and_the_auditor() {
    let server = Server::start().await;
    for (who, may) in [("lin", true), ("root", true), ("shen", true), ("bot", false), ("chen", false)] {
        let reply = server.machine(who).await.get("/v1/quarantine").await;
        if may {
            assert_eq!(reply.ok(), json!({"items": [], "batches": []}));
        } else {
            reply.problem(403, "not_permitted");
        }
    }
    let shen = server.machine("shen").await;
    let row = taken(&server.machine("lin").await, GULOU, "1").await;
    assert_eq!(shen.get("/v1/work").await.ok()["items"], json!([row]), "an auditor reads");
    shen.post(&step(&row, "cancelled"), &json!({"reason": "x"})).await.problem(403, "not_permitted");
}
