use serde_json::{Value, json};

use crate::{
    client::Client,
    collector::{Collector, PHONE},
    server::{GULOU, MEI, Server, TAIJIANG, TAO},
};

const NOWHERE: &str = "01931c6e-7d00-7000-8000-0000000000aa";
const LISTS: [&str; 4] = ["sessions", "books", "flags", "receivables"];

/// Every act of the office, with a sound body, on something that does not exist.
fn acts() -> Vec<(String, Value)> {
    let of = |path: &str, body: Value| (format!("/v1/collection/{}", path.replace("ID", NOWHERE)), body);
    vec![
        of("sessions/ID/deposits", json!({"slip": "S-1", "cash": 100})),
        of("sessions/ID/settle", json!({})),
        of("books/ID/freeze", json!({"reason": "手机丢失"})),
        of("books/ID/hand-over", json!({"voided": 0, "unused": 50})),
        of("books/ID/flags/resolve", json!({"flag": "count_break/1", "choice": "company_bears", "note": "x"})),
        of("receivables/ID/withdraw", json!({"reason": "x"})),
    ]
}

fn lease(collector: impl serde::Serialize) -> Value {
    json!({"collector": collector, "device": PHONE, "count": 20})
}

async fn lease_to_mei(client: &Client) -> Value {
    client.post("/v1/collection/books", &lease(MEI)).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_has_its_own_reach_into_money() {
    let server = Server::start().await;
    server.phone("mei", PHONE).await;
    for reader in ["hua", "lin", "root", "shen"] {
        let reader = server.machine(reader).await;
        for list in LISTS {
            assert_eq!(reader.get(&format!("/v1/collection/{list}")).await.ok()["items"], json!([]), "{list}");
        }
        reader.get(&format!("/v1/collection/sessions/{NOWHERE}")).await.problem(404, "not_found");
    }
    for writer in ["hua", "lin", "root"] {
        let writer = server.machine(writer).await;
        for (path, body) in acts() {
            writer.post(&path, &body).await.problem(404, "not_found");
        }
    }
    for nobody in ["bot", "chen", "mei"] {
        let nobody = server.machine(nobody).await;
        for list in LISTS {
            nobody.get(&format!("/v1/collection/{list}")).await.problem(403, "not_permitted");
        }
        nobody.get(&format!("/v1/collection/sessions/{NOWHERE}")).await.problem(403, "not_permitted");
    }
    for reader_at_most in ["bot", "chen", "mei", "shen"] {
        let reader = server.machine(reader_at_most).await;
        for (path, body) in acts() {
            reader.post(&path, &body).await.problem(403, "not_permitted");
        }
        reader.post("/v1/collection/books", &lease(MEI)).await.problem(403, "not_permitted");
    }
    let nobody = server.client();
    for list in LISTS {
        nobody.get(&format!("/v1/collection/{list}")).await.problem(401, "unauthenticated");
    }
    for (path, body) in acts() {
        nobody.post(&path, &body).await.problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_cannot_move_money() {
    let server = Server::start().await;
    server.phone("mei", PHONE).await;
    let mut board = server.board("hua").await;
    let own = board.clone();
    board.headers.retain(|(name, _)| name != "X-Linecrew");
    board.get("/v1/collection/books").await.ok();
    for (path, body) in acts() {
        board.post(&path, &body).await.problem(403, "csrf_header_required");
    }
    board.post("/v1/collection/books", &lease(MEI)).await.problem(403, "csrf_header_required");
    lease_to_mei(&own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cashier_finds_the_phones_to_lease_to_and_no_work() {
    let server = Server::start().await;
    server.phone("mei", PHONE).await;
    let hua = server.machine("hua").await;
    let phones = hua.get("/v1/phones").await.ok();
    assert_eq!((&phones["items"][0]["installation"], &phones["items"][0]["person"]["id"]), (&json!(PHONE), &json!(MEI)));
    assert_eq!(hua.get("/v1/districts").await.ok()["items"][0]["id"], json!(GULOU));
    for work in ["/v1/work", "/v1/quarantine"] {
        hua.get(work).await.problem(403, "not_permitted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_and_named() {
    let server = Server::start().await;
    server.phone("mei", PHONE).await;
    let hua = server.machine("hua").await;
    for (query, field) in [
        ("sessions?day=yesterday", "day"),
        ("sessions?day=2026-02-30", "day"),
        ("flags?all=perhaps", "all"),
        ("receivables?open=2", "open"),
        ("receivables?collector=mei", "collector"),
    ] {
        let problem = hua.get(&format!("/v1/collection/{query}")).await.problem(400, "invalid_field");
        assert!(problem["detail"].as_str().unwrap().starts_with(field), "{problem}");
    }
    for (path, _) in acts() {
        hua.post(&path, &json!({"colour": "red"})).await.problem(400, "invalid_field");
        let json = [("Content-Type", "application/json")];
        hua.send("POST", &path, &json, Some(b"{")).await.problem(400, "malformed_json");
        hua.send("PUT", &path, &json, Some(b"{}")).await.problem(405, "method_not_allowed");
    }
    for (change, value) in
        [("count", json!(0)), ("count", json!(201)), ("count", json!(-1)), ("device", json!("x")), ("collector", json!(MEI.short()))]
    {
        let mut body = lease(MEI);
        body[change] = value;
        hua.post("/v1/collection/books", &body).await.problem(400, "invalid_field");
    }
    // A dispatcher is no collector, whoever's phone it is.
    let lin = server.store.password_hash("lin".into()).await.unwrap().unwrap().0;
    hua.post("/v1/collection/books", &lease(lin)).await.problem(400, "invalid_field");
    assert_eq!(hua.get("/v1/collection/books").await.ok()["items"], json!([]));
    for path in ["/v1/collection", "/v1/collection/kinds", "/v1/collection/sessions/5", "/v1/collection/books/5/freeze"] {
        hua.get(path).await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_leased_frozen_and_handed_over() {
    let server = Server::start().await;
    let mut mei = Collector::mei(&server).await;
    let hua = server.machine("hua").await;
    let book = lease_to_mei(&hua).await;
    assert_eq!((&book["first"], &book["last"], &book["left"], &book["drawn"]), (&json!(1), &json!(20), &json!(20), &json!(20)));
    assert_eq!((&book["state"], &book["taken"], &book["district"]), (&json!("leased"), &json!(false), &json!(GULOU)));
    assert_eq!((&book["device"], &book["device_name"], &book["collector"]["name"]), (&json!(PHONE), &json!("a phone"), &json!("人 mei")));
    assert_eq!(hua.get("/v1/collection/books").await.ok()["items"], json!([book]));
    mei.pull(&server).await;
    assert_eq!(mei.books().len(), 1, "the phone has it");

    let path = |act: &str| format!("/v1/collection/books/{}/{act}", book["book"].as_str().unwrap());
    hua.post(&path("freeze"), &json!({"reason": " "})).await.problem(400, "invalid_field");
    let frozen = hua.post(&path("freeze"), &json!({"reason": "手机丢失"})).await.ok();
    assert_eq!((&frozen["state"], &frozen["frozen"], &frozen["left"]), (&json!("frozen"), &json!(20), &json!(0)));
    assert_eq!(frozen["frozen_reason"], "手机丢失");
    hua.post(&path("freeze"), &json!({"reason": "手机丢失"})).await.problem(409, "state_conflict");
    let differs = hua.post(&path("hand-over"), &json!({"voided": 1, "unused": 20})).await.problem(409, "state_conflict");
    assert!(differs["detail"].as_str().unwrap().contains('0'), "{differs}");
    let handed = hua.post(&path("hand-over"), &json!({"voided": 0, "unused": 20})).await.ok();
    assert_eq!(handed["state"], "handed_over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_sees_and_decides_its_own_money_only() {
    let server = Server::start().await;
    server.phone("mei", PHONE).await;
    let (lin, hua, wu) = (server.machine("lin").await, server.machine("hua").await, server.machine("wu").await);
    let book = lease_to_mei(&lin).await;
    let book = book["book"].as_str().unwrap();
    assert_eq!(hua.get("/v1/collection/books").await.ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(wu.get("/v1/collection/books").await.ok()["items"], json!([]));
    let freeze = format!("/v1/collection/books/{book}/freeze");
    wu.post(&freeze, &json!({"reason": "x"})).await.problem(404, "not_found");
    let resolve = format!("/v1/collection/books/{book}/flags/resolve");
    wu.post(&resolve, &json!({"flag": "x", "choice": "x", "note": "x"})).await.problem(404, "not_found");
    let hand_over = format!("/v1/collection/books/{book}/hand-over");
    wu.post(&hand_over, &json!({"voided": 0, "unused": 20})).await.problem(404, "not_found");
    wu.post("/v1/collection/books", &lease(MEI)).await.problem(403, "not_permitted");
    let taos = "01931c6e-7d00-7000-8000-0000000000f2";
    server.phone("tao", taos).await;
    hua.post("/v1/collection/books", &json!({"collector": TAO, "device": taos})).await.problem(403, "not_permitted");
    let items = json!([{"reference": "B-1", "account": "1", "customer": "陈", "period": "2026-10", "amount": 100, "collector": "tao"}]);
    let there = json!({"district": TAIJIANG, "items": items});
    hua.post("/v1/collection/receivables", &there).await.problem(403, "not_permitted");
    assert_eq!(wu.post("/v1/collection/receivables", &there).await.ok()["created"], 1);
    assert_eq!(hua.get("/v1/collection/receivables").await.ok()["items"], json!([]));
    let due = wu.get("/v1/collection/receivables").await.ok()["items"][0]["receivable"].clone();
    let withdraw = format!("/v1/collection/receivables/{}/withdraw", due.as_str().unwrap());
    hua.post(&withdraw, &json!({"reason": "x"})).await.problem(404, "not_found");
    assert_eq!(wu.post(&withdraw, &json!({"reason": "x"})).await.ok()["state"], "withdrawn");
}
