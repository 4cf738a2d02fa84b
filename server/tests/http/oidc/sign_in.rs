//! How it goes when everybody is honest.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    browser::{LIN_THERE, begin, begun, cookie, pair, refused, server_with, set_cookie, sign_in},
    provider::{CLIENT, PUBLIC, Provider, SECRET, Signer, basic, query_of},
};
use crate::server::{LIN, PASSWORD, Server};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_linked_gets_the_session_that_a_password_gives() {
    let (provider, server) = pair().await;
    let reply = sign_in(&server, &provider, LIN_THERE).await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/")), "{}", String::from_utf8_lossy(&reply.body));
    let by_password = server.login(&json!({"username": "lin", "password": PASSWORD, "cookie": true})).await;
    let form = |line: String| line.split_once(';').unwrap().1.replace("Max-Age=43199", "Max-Age=43200");
    assert_eq!(form(set_cookie(&reply, "linecrew_session").unwrap()), form(set_cookie(&by_password, "linecrew_session").unwrap()));
    assert!(set_cookie(&reply, "linecrew_oidc").unwrap().contains("Max-Age=0"), "the sign-in is over");

    let session = cookie(&reply, "linecrew_session").unwrap();
    let board = server.client().with("Cookie", &session);
    assert_eq!(board.get("/v1/me").await.ok()["person"]["id"], json!(LIN));
    board.post("/v1/work", &json!({})).await.problem(403, "csrf_header_required");
    board.with("X-Linecrew", "board").post("/v1/work", &json!({})).await.problem(400, "idempotency_key_required");
    assert_eq!(board.with("X-Linecrew", "board").post("/v1/logout", &json!({})).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_learns_what_to_write_on_the_button() {
    let (_provider, server) = pair().await;
    assert_eq!(server.client().get("/v1/oidc").await.ok(), json!({"label": "统一认证"}));
    let without = Server::start().await;
    assert_eq!(without.client().get("/v1/oidc").await.ok(), json!({"label": null}));
    begun(&without).await.problem(404, "not_found");
    without.client().get("/v1/oidc/callback?code=x&state=y").await.problem(404, "not_found");
    assert_eq!(without.client().get("/v1/oidc/page.css").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_begins_with_everything_that_protects_it() {
    let (provider, server) = pair().await;
    let reply = begun(&server).await;
    let line = set_cookie(&reply, "linecrew_oidc").unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(line.contains(attribute), "{line}");
    }
    let (first, second) = (begin(&server).await, begin(&server).await);
    assert!(first.url.starts_with(&format!("{}/authorize?", provider.issuer())), "{}", first.url);
    let asked = query_of(&first.url);
    assert_eq!((asked["client_id"].as_str(), asked["redirect_uri"].as_str()), (CLIENT, format!("{PUBLIC}/v1/oidc/callback").as_str()));
    for secret in ["state", "nonce", "code_challenge"] {
        assert!(asked[secret].len() >= 43 && asked[secret] != query_of(&second.url)[secret], "{secret}");
    }
    assert_ne!(first.cookie, second.cookie);
    assert!(!first.url.contains(first.cookie.split_once('=').unwrap().1), "the browser's own secret does not travel");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_the_cookie_is_one_that_no_neighbour_can_set() {
    let (_provider, server) = pair().await;
    let request =
        "POST /v1/oidc/begin HTTP/1.1\r\nHost: crews.example\r\nConnection: close\r\nX-Linecrew: board\r\nContent-Length: 0\r\n\r\n";
    let reply = server.client().raw(request.as_bytes()).await;
    assert!(set_cookie(&reply, "__Host-linecrew_oidc").unwrap().ends_with("; Secure"), "{:?}", reply.headers);
    assert_eq!(set_cookie(&reply, "linecrew_oidc"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn this_server_proves_who_it_is_as_the_provider_wants_it() {
    let (provider, server) = pair().await;
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303);
    let (form, authorization) = provider.exchanges().pop().unwrap();
    assert_eq!(basic(&authorization.unwrap()), (CLIENT.to_owned(), SECRET.to_owned()));
    assert!(!form.contains_key("client_secret") && !form.contains_key("client_id"), "{form:?}");

    provider.turn(|behaviour| {
        behaviour.describe = Box::new(|said| said["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]));
    });
    let posting = server_with(&provider, |_| {}).await;
    assert_eq!(sign_in(&posting, &provider, LIN_THERE).await.status, 303);
    let (form, authorization) = provider.exchanges().pop().unwrap();
    assert_eq!((form["client_id"].as_str(), form["client_secret"].as_str(), authorization), (CLIENT, SECRET, None));

    let public = server_with(&provider, |settings| *settings = provider.public_client()).await;
    assert_eq!(sign_in(&public, &provider, LIN_THERE).await.status, 303);
    let (form, authorization) = provider.exchanges().pop().unwrap();
    assert_eq!((form["client_id"].as_str(), form.get("client_secret"), authorization), (CLIENT, None, None));

    provider
        .turn(|behaviour| behaviour.describe = Box::new(|said| said["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt"])));
    begun(&server_with(&provider, |_| {}).await).await.problem(503, "provider_unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_is_asked_once_and_a_new_key_is_found() {
    let provider = Provider::start().await;
    let server = server_with(&provider, |settings| settings.limits.keys_again_after = Duration::ZERO).await;
    for _ in 0..3 {
        assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303);
    }
    assert_eq!((provider.asked("openid-configuration"), provider.asked("keys")), (1, 1));
    provider.turn(|behaviour| {
        behaviour.signer = Signer::new("k2");
        behaviour.published.push(behaviour.signer.public());
    });
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303, "a key that was turned signs nobody out");
    assert_eq!(provider.asked("keys"), 2);
    provider.turn(|behaviour| behaviour.published.clear());
    let renewing = server_with(&provider, |settings| settings.limits.refresh_every = Duration::ZERO).await;
    refused(&sign_in(&renewing, &provider, LIN_THERE).await, 403, "登录被拒绝");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_is_old_is_asked_for_again() {
    let provider = Provider::start().await;
    let server = server_with(&provider, |settings| settings.limits.refresh_every = Duration::ZERO).await;
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303);
    let before = provider.asked("openid-configuration");
    begin(&server).await;
    assert_eq!(provider.asked("openid-configuration"), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_boards_own_page_begins_a_sign_in() {
    let (provider, server) = pair().await;
    server.client().post("/v1/oidc/begin", &json!({})).await.problem(403, "csrf_header_required");
    server.client().get("/v1/oidc/begin").await.problem(405, "method_not_allowed");
    assert_eq!(provider.asked("openid-configuration"), 0);
    let limited = Server::with(|config| {
        config.oidc = Some(provider.public_client());
        config.oidc_attempts.per_name = 3;
        config.oidc_attempts.name_recovery = Duration::from_secs(600);
    })
    .await;
    for _ in 0..3 {
        begin(&limited).await;
    }
    let told: Value = begun(&limited).await.problem(429, "too_many_requests");
    assert!(told["retry_after_ms"].as_u64().unwrap() > 500_000, "{told}");
}
