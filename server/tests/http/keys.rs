//! The signing keys: what the world sees of them, and how they are turned while a server runs.

use std::time::{Duration, Instant};

use jsonwebtoken::decode_header;
use linecrew_server::{
    auth::{Lifetimes, rotate_key},
    clock::{Clock, SystemClock},
};
use serde_json::{Value, json};

use crate::{client::PATIENCE, log::Log, server::Server};

async fn keys(server: &Server) -> Vec<Value> {
    let reply = server.client().get("/.well-known/jwks.json").await;
    assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(reply.header("content-type"), Some("application/jwk-set+json"));
    reply.ok()["keys"].as_array().unwrap().clone()
}

/// The name of the key that signs now.
async fn kid(server: &Server) -> String {
    let machine = server.machine("lin").await;
    decode_header(machine.headers[0].1.strip_prefix("Bearer ").unwrap()).unwrap().kid.unwrap()
}

async fn until<T: PartialEq + std::fmt::Debug>(wanted: T, now: impl AsyncFn() -> T) {
    let begun = Instant::now();
    while now().await != wanted {
        assert!(begun.elapsed() < PATIENCE, "still not {wanted:?}");
        tokio::task::yield_now().await;
    }
}

async fn quick() -> Server {
    Server::with(|config| config.key_poll = Duration::from_millis(5)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_keys_are_there_for_everybody() {
    let server = Server::start().await;
    let [key] = &keys(&server).await[..] else { panic!() };
    let kid = kid(&server).await;
    assert_eq!((&key["kid"], &key["kty"], &key["crv"]), (&json!(kid), &json!("OKP"), &json!("Ed25519")));
    assert_eq!((&key["alg"], &key["use"]), (&json!("EdDSA"), &json!("sig")));
    let mut members: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"], "nothing private");
    // Whoever reads them can verify a token.
    let machine = server.machine("lin").await;
    let token = machine.headers[0].1.strip_prefix("Bearer ").unwrap();
    let public = jsonwebtoken::DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["api"]);
    assert!(jsonwebtoken::decode::<Value>(token, &public, &validation).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_takes_over_a_new_key_and_nobody_is_signed_out() {
    let server = quick().await;
    let before = server.machine("lin").await;
    let rotation = rotate_key(server.data.path(), SystemClock.now(), Lifetimes::default().longest(), false).unwrap();
    until(rotation.current.clone(), async || kid(&server).await).await;
    before.get("/v1/me").await.ok();
    let kids: Vec<Value> = keys(&server).await.into_iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(kids, [rotation.current, rotation.retired]);

    let stolen = rotate_key(server.data.path(), SystemClock.now(), Lifetimes::default().longest(), true).unwrap();
    until(401, async || before.get("/v1/me").await.status).await;
    // The old one goes first: a server that looks between the two files trusts neither.
    let kids = async || keys(&server).await.into_iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    until(vec![stolen.current], kids).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_used_change_nothing() {
    let log = Log::listen();
    let server = quick().await;
    let before = server.machine("lin").await;
    let kid_before = kid(&server).await;
    let path = server.data.path().join("retired-keys.json");
    std::fs::write(&path, "{\"keys\": [").unwrap();
    let complaints = || log.lines_with(path.to_str().unwrap()).len();
    until(true, async || complaints() > 0).await;
    assert!(log.lines_with(path.to_str().unwrap()).iter().all(|line| line.contains("ERROR")));
    before.get("/v1/me").await.ok();
    assert_eq!(kid(&server).await, kid_before);
    assert_eq!(complaints(), 1, "once, and not at every look");
    std::fs::remove_file(&path).unwrap();
    let rotation = rotate_key(server.data.path(), SystemClock.now(), Lifetimes::default().longest(), false).unwrap();
    until(rotation.current, async || kid(&server).await).await;
}
