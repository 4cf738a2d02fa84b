use serde_json::json;

use crate::server::{FIRST, GULOU, SECOND, Server, TAIJIANG, report, taken};

#[tokio::test(flavor = "multi_thread")]
async fn each_role_does_its_own_work_and_no_more() {
    let server = Server::start().await;
    let (lin, bot, chen, root) =
        (server.machine("lin").await, server.machine("bot").await, server.machine("chen").await, server.machine("root").await);
    let item = taken(&bot, GULOU, "bot-1").await;
    let path = format!("/v1/work/{}", item["id"].as_str().unwrap());

    for reader in [&lin, &bot, &root] {
        reader.get("/v1/work").await.ok();
        reader.get(&path).await.ok();
        reader.get("/v1/crews").await.ok();
        reader.get("/v1/districts").await.ok();
    }
    for path in ["/v1/work", path.as_str(), "/v1/crews", "/v1/districts", "/v1/phones", "/v1/board/stream"] {
        chen.get(path).await.problem(403, "not_permitted");
    }
    chen.with("Idempotency-Key", "x").post("/v1/work", &report(GULOU)).await.problem(403, "not_permitted");
    bot.get("/v1/phones").await.problem(403, "not_permitted");
    bot.get("/v1/board/stream").await.problem(403, "not_permitted");
    for caller in [&bot, &chen] {
        let detail = caller.post(&format!("{path}/steps/assigned"), &json!({"crew": FIRST})).await.problem(403, "not_permitted");
        assert!(detail["detail"].as_str().unwrap().contains("role"), "{detail}");
    }
    root.post(&format!("{path}/steps/assigned"), &json!({"crew": FIRST})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_sees_only_its_own() {
    let server = Server::start().await;
    let (lin, wu) = (server.machine("lin").await, server.machine("wu").await);
    let here = taken(&lin, GULOU, "1").await;
    let there = taken(&lin, TAIJIANG, "2").await;
    let rows = wu.get("/v1/work").await.ok();
    assert_eq!(rows["items"].as_array().unwrap().len(), 1);
    assert_eq!(rows["items"][0]["id"], there["id"]);
    let path = format!("/v1/work/{}", here["id"].as_str().unwrap());
    wu.get(&path).await.problem(404, "not_found");
    wu.post(&format!("{path}/steps/assigned"), &json!({"crew": SECOND})).await.problem(404, "not_found");
    wu.with("Idempotency-Key", "3").post("/v1/work", &report(GULOU)).await.problem(403, "not_permitted");
    assert_eq!(wu.get("/v1/crews").await.ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(wu.get("/v1/districts").await.ok()["items"][0]["name"], "台江");
    assert_eq!(lin.get("/v1/districts").await.ok()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_taken_away_is_gone_at_once() {
    use linecrew_server::store::{NewPerson, Organisation};
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    lin.get("/v1/work").await.ok();
    let (id, password_hash) = server.store.password_hash("lin".into()).await.unwrap().unwrap();
    let person = NewPerson {
        id,
        name: "林".into(),
        username: "lin".into(),
        password_hash,
        roles: Vec::new(),
        crew: None,
        qualifications: Vec::new(),
    };
    server.store.import(Organisation { people: vec![person], ..Organisation::default() }).await.unwrap();
    lin.get("/v1/work").await.problem(403, "not_permitted");
    lin.get("/v1/me").await.ok();
}
