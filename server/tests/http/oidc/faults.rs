//! A provider that is down, hangs or never ends: it is said, and passwords go on working.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    browser::{LIN_THERE, begin, begun, come_back, refused, server_with, sign_in},
    provider::{Mood, Provider},
};
use crate::server::{PASSWORD, Server};

const AWAY: &str = "The sign-in service cannot be reached";
const BAD: [Mood; 4] = [Mood::Fails, Mood::Hangs, Mood::Endless, Mood::Nonsense];

async fn impatient(provider: &Provider) -> Server {
    server_with(provider, |settings| {
        settings.limits.outgoing.timeout = Duration::from_millis(500);
        settings.limits.rest = Duration::ZERO;
    })
    .await
}

async fn passwords_work(server: &Server) {
    server.login(&json!({"username": "lin", "password": PASSWORD})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_cannot_be_asked_where_to_go() {
    let provider = Provider::start().await;
    let server = impatient(&provider).await;
    for mood in BAD {
        provider.feel("openid-configuration", mood);
        let told = begun(&server).await.problem(503, "provider_unavailable");
        assert!(told["retry_after_ms"].is_number() && told["detail"].is_null(), "{mood:?}: {told}");
        passwords_work(&server).await;
    }
    provider.feel("openid-configuration", Mood::Well);
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303, "and it recovers by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_take_its_own_codes() {
    let provider = Provider::start().await;
    let server = impatient(&provider).await;
    for (path, moods) in [("/token", BAD), ("/keys", BAD)] {
        for mood in moods {
            provider.feel(path, mood);
            let reply = sign_in(&server, &provider, LIN_THERE).await;
            // What is no token is not believed; everything else may be better later.
            let (status, words) = if (path, mood) == ("/token", Mood::Nonsense) { (403, "The sign-in was refused") } else { (503, AWAY) };
            refused(&reply, status, words);
            passwords_work(&server).await;
        }
        provider.feel(path, Mood::Well);
    }
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_who_the_operator_named() {
    let says: [fn(&mut Value); 7] = [
        |said| said["issuer"] = json!("https://login.evil.example"),
        |said| said["issuer"] = json!(format!("{}/", said["issuer"].as_str().unwrap())),
        |said| said["authorization_endpoint"] = json!("http://login.example/authorize"),
        |said| said["token_endpoint"] = json!("javascript:alert(1)"),
        |said| said["jwks_uri"] = json!("file:///etc/passwd"),
        |said| said["code_challenge_methods_supported"] = json!(["plain"]),
        |said| drop(said.as_object_mut().unwrap().remove("token_endpoint")),
    ];
    let provider = Provider::start().await;
    let server = impatient(&provider).await;
    for describe in says {
        provider.turn(|behaviour| behaviour.describe = Box::new(describe));
        begun(&server).await.problem(503, "provider_unavailable");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_provider_that_has_just_kept_somebody_waiting() {
    let provider = Provider::start().await;
    let server = server_with(&provider, |settings| settings.limits.outgoing.timeout = Duration::from_millis(500)).await;
    provider.feel("openid-configuration", Mood::Hangs);
    let begun_at = Instant::now();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let client = server.client().with("X-Linecrew", "board");
            tokio::spawn(async move { client.post("/v1/oidc/begin", &json!({})).await })
        })
        .collect();
    for waited in waiting {
        waited.await.unwrap().problem(503, "provider_unavailable");
    }
    assert_eq!(provider.asked("openid-configuration"), 1, "twenty people, one question");
    assert!(begun_at.elapsed() < Duration::from_secs(8), "{:?}", begun_at.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_on_the_way_is_begun_anew() {
    let provider = Provider::start().await;
    let server = impatient(&provider).await;
    let under_way = begin(&server).await;
    let brought = provider.authorize(&under_way.url, LIN_THERE);
    provider.feel("/token", Mood::Fails);
    refused(&come_back(&server, Some(&under_way.cookie), &brought).await, 503, AWAY);
    provider.feel("/token", Mood::Well);
    refused(&come_back(&server, Some(&under_way.cookie), &brought).await, 400, "did not finish");
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303);
}
