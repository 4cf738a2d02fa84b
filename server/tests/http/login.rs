use std::time::Duration;

use serde_json::json;

use crate::server::{PASSWORD, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_signs_in_and_is_known() {
    let server = Server::start().await;
    let reply = server.login(&json!({"username": "chen", "password": PASSWORD})).await;
    assert_eq!(reply.header("set-cookie"), None);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let session = reply.ok();
    assert_eq!(session["person"]["username"], "chen");
    assert_eq!(session["person"]["roles"], json!([{"role": "repair_crew", "district": crate::server::GULOU}]));
    assert_eq!(session["person"]["crew"]["name"], "一班");
    let lives = session["expires_at"].as_i64().unwrap() - session["server_time"].as_i64().unwrap();
    assert!((43_190_000..=43_200_000).contains(&lives), "12 h, not {lives} ms");
    let me = server.client().bearer(session["access_token"].as_str().unwrap()).get("/v1/me").await.ok();
    assert_eq!(me["person"], session["person"]);
    assert_eq!(me["expires_at"], session["expires_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_signs_in_with_a_cookie_out_of_reach_of_scripts() {
    let server = Server::start().await;
    let reply = server.login(&json!({"username": "lin", "password": PASSWORD, "cookie": true})).await;
    assert!(reply.ok()["access_token"].is_null());
    let cookie = reply.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain http on this machine: {cookie}");
    let board = server.board("lin").await;
    assert_eq!(board.get("/v1/me").await.ok()["person"]["username"], "lin");
    let out = board.post("/v1/logout", &json!({})).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_secure_behind_a_proxy() {
    let server = Server::start().await;
    let body = json!({"username": "lin", "password": PASSWORD, "cookie": true}).to_string();
    for (host, secure) in [
        ("linecrew.example", true),
        ("localhost:8420", false),
        ("[::1]:8420", false),
        ("127.0.0.1", false),
        ("localhost.evil.example", true),
    ] {
        let request = format!(
            "POST /v1/login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let reply = server.client().raw(request.as_bytes()).await;
        assert_eq!(reply.header("set-cookie").unwrap().ends_with("; Secure"), secure, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_cannot_use_the_cookie() {
    let server = Server::start().await;
    let mut board = server.board("lin").await;
    board.headers.retain(|(name, _)| name != "X-Linecrew");
    board.get("/v1/me").await.ok();
    board.post("/v1/work", &json!({})).await.problem(403, "csrf_header_required");
    board.post("/v1/logout", &json!({})).await.problem(403, "csrf_header_required");
    board.with("X-Linecrew", "other").post("/v1/work", &json!({})).await.problem(403, "csrf_header_required");
    board.with("X-Linecrew", "board").post("/v1/work", &json!({})).await.problem(400, "idempotency_key_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_names_and_wrong_passwords_look_the_same() {
    let server = Server::start().await;
    let wrong = server.login(&json!({"username": "lin", "password": "wrong"})).await;
    let unknown = server.login(&json!({"username": "nobody", "password": PASSWORD})).await;
    let long = server.login(&json!({"username": "lin", "password": "x".repeat(10_000)})).await;
    assert_eq!(wrong.problem(401, "wrong_credentials"), unknown.problem(401, "wrong_credentials"));
    assert_eq!(wrong.json(), long.problem(401, "wrong_credentials"));
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_limited_and_successes_are_not() {
    let server = Server::with(|config| config.attempts.name_recovery = Duration::from_secs(600)).await;
    for _ in 0..12 {
        server.login(&json!({"username": "wu", "password": PASSWORD})).await.ok();
    }
    for _ in 0..5 {
        server.login(&json!({"username": "lin", "password": "wrong"})).await.problem(401, "wrong_credentials");
    }
    let limited = server.login(&json!({"username": "lin", "password": PASSWORD})).await;
    let wait = limited.problem(429, "too_many_requests")["retry_after_ms"].as_u64().unwrap();
    assert!((500_000..=600_000).contains(&wait), "{wait}");
    assert_eq!(limited.header("retry-after"), Some(wait.div_ceil(1000).to_string().as_str()));
    server.login(&json!({"username": "wu", "password": PASSWORD})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_sign_in_is_explained() {
    let server = Server::start().await;
    for body in [
        json!({}),
        json!({"username": "lin"}),
        json!({"username": 5, "password": "x"}),
        json!([]),
        json!({"username": "lin", "password": "x", "extra": 1}),
    ] {
        server.login(&body).await.problem(400, "invalid_field");
    }
    let json = [("Content-Type", "application/json")];
    for body in ["", "{", "nonsense", "{\"username\": \"lin\",}"] {
        server.client().send("POST", "/v1/login", &json, Some(body.as_bytes())).await.problem(400, "malformed_json");
    }
}
