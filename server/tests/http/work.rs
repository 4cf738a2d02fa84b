use serde_json::{Value, json};

use crate::server::{FIRST, GULOU, SECOND, Server, report, taken};

fn path(row: &Value, step: &str) -> String {
    let id = row["id"].as_str().unwrap();
    if step.is_empty() { format!("/v1/work/{id}") } else { format!("/v1/work/{id}/steps/{step}") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_taken_once_however_often_it_is_sent() {
    let server = Server::start().await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "95598-1");
    let first = bot.post("/v1/work", &report(GULOU)).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, None));
    let row = first.ok();
    assert_eq!((&row["state"], &row["kind"], &row["priority"]), (&json!("reported"), &json!("repair_dispatch"), &json!("urgent")));
    assert_eq!(row["customer"], json!({"name": "陈秀英", "phone": "0591-87654321"}));
    let clock = &row["clocks"][0];
    assert_eq!((&clock["name"], &clock["limit_ms"], &clock["verdict"]), (&json!("arrival"), &json!(2_700_000), &json!("awaiting")));
    assert_eq!(clock["due_at"].as_i64().unwrap(), row["reported_at"].as_i64().unwrap() + 2_700_000);
    assert_eq!(row["next"]["office"], json!(["assigned", "cancelled", "linked"]));
    assert!(row["number"].as_str().unwrap().ends_with("-0001"), "{}", row["number"]);
    assert!(row["crew"].is_null() && row["lead"].is_null() && clock["stopped"].is_null());

    let again = bot.post("/v1/work", &report(GULOU)).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert_eq!(again.ok(), row);
    let mut other = report(GULOU);
    other["priority"] = json!("normal");
    bot.post("/v1/work", &other).await.problem(422, "idempotency_key_reused");
    // The key is the caller's own.
    let root = server.machine("root").await.with("Idempotency-Key", "95598-1");
    assert_eq!(root.post("/v1/work", &report(GULOU)).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_without_a_usable_key_is_not_taken() {
    let server = Server::start().await;
    let bot = server.machine("bot").await;
    for key in [None, Some(""), Some("has space"), Some("钥匙"), Some(&*"x".repeat(129))] {
        let caller = key.map_or_else(|| bot.clone(), |key| bot.with("Idempotency-Key", key));
        caller.post("/v1/work", &report(GULOU)).await.problem(400, "idempotency_key_required");
    }
    bot.with("Idempotency-Key", &"x".repeat(128)).post("/v1/work", &report(GULOU)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_field_is_named() {
    let server = Server::start().await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "k");
    let wrong = [
        ("customer.name", json!({"customer": {"name": " "}})),
        ("site.address", json!({"site": {"address": ""}})),
        ("about.fault.description", json!({"about": {"fault": {"category": "no_power", "description": "长".repeat(4_001)}}})),
        ("about.fault", json!({"about": {}})),
        ("about.colour", json!({"about": {"fault": {"category": "no_power"}, "colour": "red"}})),
        ("kind", json!({"kind": "magic"})),
        ("reported_at", json!({"reported_at": 9_000_000_000_000_i64})),
        ("reported_at", json!({"reported_at": -1})),
        ("about.fault.category", json!({"about": {"fault": {"category": "volcano"}}})),
        ("one of `urban`", json!({"area_class": "suburban"})),
        ("colour", json!({"colour": "red"})),
        ("not-a-uuid", json!({"district": "not-a-uuid"})),
        ("district", json!({"district": "01931c6e-7d00-7000-8000-00000000ffff"})),
    ];
    for (field, change) in wrong {
        let mut body = report(GULOU);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let reply = bot.post("/v1/work", &body).await;
        let problem = reply.problem(400, "invalid_field");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(field) || field.starts_with("not-a"), "{field}: {detail}");
    }
    bot.post("/v1/work", &report(GULOU)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_carries_an_item_from_report_to_archive() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let row = taken(&lin, GULOU, "1").await;
    let assigned = lin.post(&path(&row, "assigned"), &json!({"crew": FIRST})).await.ok();
    assert_eq!((&assigned["state"], &assigned["crew"]), (&json!("assigned"), &json!(FIRST)));
    assert!(assigned["revision"].as_u64() > row["revision"].as_u64());
    let moved = lin.post(&path(&row, "assigned"), &json!({"crew": SECOND, "reason": "closer"})).await.ok();
    assert_eq!(moved["crew"], json!(SECOND));
    let cancelled = lin.post(&path(&row, "cancelled"), &json!({"reason": "the customer called again"})).await.ok();
    assert_eq!(cancelled["state"], "cancelled");

    let detail = lin.get(&path(&row, "")).await.ok();
    let kinds: Vec<&str> = detail["history"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["reported", "assigned", "assigned", "cancelled"]);
    for event in detail["history"].as_array().unwrap() {
        assert_eq!(event["by"]["name"], "人 lin");
        assert!(event["received_at"].is_i64() && event["claimed_at"].is_i64());
    }
    assert_eq!(detail["state"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_state_does_not_permit_is_a_conflict_that_names_it() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let row = taken(&lin, GULOU, "1").await;
    let conflict = lin.post(&path(&row, "archived"), &json!({})).await.problem(409, "state_conflict");
    assert_eq!(conflict["state"], "reported");
    lin.post(&path(&row, "followed_up"), &json!({"result": "content"})).await.problem(409, "state_conflict");
    lin.post(&path(&row, "cancelled"), &json!({"reason": "mistake"})).await.ok();
    let conflict = lin.post(&path(&row, "assigned"), &json!({"crew": FIRST})).await.problem(409, "state_conflict");
    assert_eq!(conflict["state"], "cancelled");
    let detail = lin.get(&path(&row, "")).await.ok();
    assert_eq!(detail["history"].as_array().unwrap().len(), 2, "nothing of what was refused remains");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_another_item() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let (first, second) = (taken(&lin, GULOU, "1").await, taken(&lin, GULOU, "2").await);
    let linked = lin.post(&path(&second, "linked"), &json!({"to": first["id"]})).await.ok();
    assert_eq!(linked["state"], "linked");
    let nowhere = json!({"to": "01931c6e-7d00-7000-8000-00000000ffff"});
    lin.post(&path(&first, "linked"), &nowhere).await.problem(400, "invalid_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_commands_change_nothing() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let row = taken(&lin, GULOU, "1").await;
    let refused = [
        ("assigned", json!({})),
        ("assigned", json!({"crew": "x"})),
        ("assigned", json!({"crew": FIRST, "because": "not a field"})),
        ("assigned", json!({"crew": "01931c6e-7d00-7000-8000-00000000ffff"})),
        ("assigned", json!({"crew": FIRST, "reason": " "})),
        ("cancelled", json!({"reason": ""})),
        ("cancelled", json!({"reason": "长".repeat(4_001)})),
        ("cancelled", json!(null)),
        ("resolved", json!({"attention": "3:x"})),
    ];
    for (verb, body) in refused {
        lin.post(&path(&row, verb), &body).await.problem(400, "invalid_field");
    }
    assert_eq!(lin.get(&path(&row, "")).await.ok()["revision"], row["revision"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_and_paged_newest_first() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(taken(&lin, GULOU, &number.to_string()).await["id"].as_str().unwrap().to_owned());
    }
    lin.post(&format!("/v1/work/{}/steps/assigned", ids[3]), &json!({"crew": FIRST})).await.ok();
    let of = |reply: &Value| -> Vec<String> {
        reply["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = lin.get(&format!("/v1/work?limit=3&before={before}")).await.ok();
        seen.extend(of(&page));
        match page["next"].as_str() {
            Some(next) => before = next.to_owned(),
            None => break,
        }
    }
    ids.reverse();
    assert_eq!(seen, ids);
    assert_eq!(of(&lin.get("/v1/work?state=assigned").await.ok()), [ids[3].clone()]);
    assert_eq!(of(&lin.get("/v1/work?kind=repair_dispatch&phase=assigned").await.ok()), [ids[3].clone()]);
    assert_eq!(of(&lin.get("/v1/work?kind=site_survey").await.ok()).len(), 0);
    assert_eq!(of(&lin.get("/v1/work?state=reported").await.ok()).len(), 6);
    assert_eq!(of(&lin.get(&format!("/v1/work?crew={FIRST}")).await.ok()), [ids[3].clone()]);
    assert_eq!(of(&lin.get("/v1/work?q=%E4%B8%9C%E8%A1%97%E5%8F%A3").await.ok()).len(), 7);
    assert_eq!(of(&lin.get("/v1/work?q=nowhere").await.ok()).len(), 0);
    for query in ["state=flying", "phase=reported", "kind=magic", "crew=5", "limit=many", "limit=-1", "before=x"] {
        lin.get(&format!("/v1/work?{query}")).await.problem(400, "invalid_field");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_not_found() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let unknown = "/v1/work/01931c6e-7d00-7000-8000-00000000ffff";
    lin.get(unknown).await.problem(404, "not_found");
    lin.post(&format!("{unknown}/steps/assigned"), &json!({"crew": FIRST})).await.problem(404, "not_found");
    for path in [
        "/v1",
        "/v1/",
        "/v2/health",
        "/v1/work/7",
        "/v1/work/x/steps/assigned",
        "/v1/dispatches",
        "/v1/health/x",
        "/nothing",
        "/../etc/passwd",
        "/assets/../../Cargo.toml",
    ] {
        lin.get(path).await.problem(404, "not_found");
    }
    lin.post(&format!("{unknown}/steps/explode"), &json!({})).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_the_right_one() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    for (method, path, allow) in [
        ("GET", "/v1/login", "POST"),
        ("POST", "/v1/health", "GET"),
        ("DELETE", "/v1/work", "GET, POST"),
        ("PUT", "/v1/sync", "GET, POST"),
        ("GET", "/v1/work/01931c6e-7d00-7000-8000-00000000ffff/steps/assigned", "POST"),
        ("PATCH", "/v1/board/stream", "GET"),
        ("POST", "/", "GET"),
    ] {
        let reply = lin.send(method, path, &[], None).await;
        reply.problem(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_needs_no_sign_in() {
    let server = Server::start().await;
    let health = server.client().get("/v1/health").await.ok();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["store_epoch"], json!(server.store.epoch()));
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
}
