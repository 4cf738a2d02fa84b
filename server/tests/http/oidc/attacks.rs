//! Those who want in and don't belong: each is refused, without a session and without a reason that would help.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use linecrew_server::store::register::Linked;
use serde_json::{Value, json};

use super::{
    browser::{LIN_THERE, begin, come_back, cookie, link, pair, refused, server_with, set_cookie, sign_in},
    provider::{Provider, Signer, query_of, written},
};
use crate::{
    log::Log,
    server::{CHEN, LIN},
};

const REFUSED: &str = "The sign-in was refused";
const OVER: &str = "The sign-in did not finish";

/// Whether a token whose claims are turned like this opens anything.
async fn turned(provider: &Provider, server: &crate::server::Server, change: impl Fn(&mut Value) + Send + 'static) {
    provider.turn(|behaviour| behaviour.claims = Box::new(change));
    refused(&sign_in(server, provider, LIN_THERE).await, 403, REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_says_something_else_opens_nothing() {
    let (provider, server) = pair().await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    turned(&provider, &server, |claims| claims["nonce"] = json!("another")).await;
    turned(&provider, &server, |claims| drop(claims.as_object_mut().unwrap().remove("nonce"))).await;
    turned(&provider, &server, |claims| claims["aud"] = json!("another client")).await;
    turned(&provider, &server, |claims| claims["aud"] = json!(["linecrew", "another client"])).await;
    turned(&provider, &server, |claims| claims["azp"] = json!("another client")).await;
    turned(&provider, &server, |claims| claims["iss"] = json!("https://login.evil.example")).await;
    turned(&provider, &server, move |claims| claims["exp"] = json!(now - 60)).await;
    turned(&provider, &server, move |claims| claims["iat"] = json!(now + 600)).await;
    turned(&provider, &server, move |claims| claims["nbf"] = json!(now + 600)).await;
    turned(&provider, &server, |claims| claims["sub"] = json!("")).await;
    provider.turn(|behaviour| behaviour.claims = Box::new(|_| {}));
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303, "it was that, and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_provider_has_not_signed_opens_nothing() {
    let (provider, server) = pair().await;
    let unsigned = |header: Value, claims: &Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&header), part(claims))
    };
    provider.turn(|behaviour| behaviour.sign = Box::new(move |_, claims| unsigned(json!({"alg": "none", "typ": "JWT"}), claims)));
    refused(&sign_in(&server, &provider, LIN_THERE).await, 403, REFUSED);
    provider.turn(|behaviour| {
        behaviour.sign = Box::new(|signer, claims| {
            let (public, header) = (signer.public(), Header { kid: Some(signer.kid.clone()), ..Header::new(Algorithm::HS256) });
            encode(&header, claims, &EncodingKey::from_secret(public["x"].as_str().unwrap().as_bytes())).unwrap()
        });
    });
    refused(&sign_in(&server, &provider, LIN_THERE).await, 403, REFUSED);
    let (stranger, same_name) = (Signer::new("k9"), Signer::new("k1"));
    for signer in [same_name, stranger] {
        provider.turn(|behaviour| behaviour.sign = Box::new(move |_, claims| signer.token(claims)));
        for _ in 0..2 {
            refused(&sign_in(&server, &provider, LIN_THERE).await, 403, REFUSED);
        }
    }
    assert_eq!(provider.asked("keys"), 1, "invented keys cost the provider one question a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_did_not_begin_a_sign_in_cannot_end_it() {
    let (provider, server) = pair().await;
    let (attacker, victim) = (begin(&server).await, begin(&server).await);
    // Login CSRF: the attacker has signed in as himself and lures the victim to the end of it.
    let brought = provider.authorize(&attacker.url, LIN_THERE);
    refused(&come_back(&server, Some(&victim.cookie), &brought).await, 400, OVER);
    refused(&come_back(&server, None, &brought).await, 400, OVER);
    let lured = come_back(&server, Some(&victim.cookie), &brought).await;
    assert_eq!(set_cookie(&lured, "linecrew_oidc"), None, "and the victim's own sign-in goes on");
    assert_eq!(come_back(&server, Some(&victim.cookie), &provider.authorize(&victim.url, LIN_THERE)).await.status, 303);
    for query in ["", "code=x", &written(&[("code", "x"), ("state", "invented")]), &format!("{brought}&state=twice"), &"x".repeat(10_000)] {
        refused(&come_back(&server, Some(&attacker.cookie), query).await, 400, OVER);
    }
    assert_eq!(provider.exchanges().len(), 1, "nothing of it reached the provider");
    assert_eq!(come_back(&server, Some(&attacker.cookie), &brought).await.status, 303, "who guessed has ended nobody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_good_once() {
    let (provider, server) = pair().await;
    let under_way = begin(&server).await;
    let brought = provider.authorize(&under_way.url, LIN_THERE);
    // Even at a provider that takes its codes twice.
    provider.turn(|behaviour| behaviour.careful = false);
    assert_eq!(come_back(&server, Some(&under_way.cookie), &brought).await.status, 303);
    refused(&come_back(&server, Some(&under_way.cookie), &brought).await, 400, OVER);
    assert_eq!(provider.exchanges().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_sign_in_opens_nothing() {
    let (provider, server) = pair().await;
    for careful in [true, false] {
        provider.turn(|behaviour| behaviour.careful = careful);
        // The victim's code has leaked; the attacker puts it into a sign-in of his own.
        let (victim, attacker) = (begin(&server).await, begin(&server).await);
        let stolen = provider.authorize(&victim.url, LIN_THERE);
        let stolen = query_of(&format!("?{stolen}"))["code"].clone();
        let injected = written(&[("code", &stolen), ("state", &query_of(&attacker.url)["state"])]);
        refused(&come_back(&server, Some(&attacker.cookie), &injected).await, 403, REFUSED);
    }
    assert_eq!(provider.exchanges().len(), 2, "PKCE stopped the first, the nonce the second");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_provider_is_refused() {
    let (provider, server) = pair().await;
    for (issuer, good) in [(provider.issuer(), true), ("https://login.evil.example", false), ("", false)] {
        let under_way = begin(&server).await;
        let brought = format!("{}&{}", provider.authorize(&under_way.url, LIN_THERE), written(&[("iss", issuer)]));
        let reply = come_back(&server, Some(&under_way.cookie), &brought).await;
        if good { assert_eq!(reply.status, 303) } else { refused(&reply, 403, REFUSED) }
    }
    // A provider that says it always names itself (RFC 9207).
    provider.turn(|behaviour| behaviour.describe = Box::new(|said| said["authorization_response_iss_parameter_supported"] = json!(true)));
    let strict = server_with(&provider, |_| {}).await;
    refused(&sign_in(&strict, &provider, LIN_THERE).await, 403, REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_reports_is_said_in_our_own_words() {
    let (provider, server) = pair().await;
    for (error, status, words) in [
        ("access_denied", 400, "You were not signed in"),
        ("temporarily_unavailable", 503, "cannot be reached"),
        ("invalid_scope", 403, REFUSED),
        ("<script>alert(1)</script>", 403, REFUSED),
    ] {
        let under_way = begin(&server).await;
        let state = &query_of(&under_way.url)["state"];
        let brought = written(&[("error", error), ("error_description", "<b>call 555-1234</b>"), ("state", state)]);
        let reply = come_back(&server, Some(&under_way.cookie), &brought).await;
        refused(&reply, status, words);
        let page = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(!page.contains("555") && !page.contains("<script"), "{page}");
        refused(&come_back(&server, Some(&under_way.cookie), &provider.authorize(&under_way.url, LIN_THERE)).await, 400, OVER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_nobody_here_sees_their_own_subject_and_nothing_else() {
    let (provider, server) = pair().await;
    let log = Log::listen();
    let unlinked = sign_in(&server, &provider, "x-<9>-unlinked").await;
    assert_eq!((unlinked.status, set_cookie(&unlinked, "linecrew_session")), (403, None));
    let page = String::from_utf8_lossy(&unlinked.body).into_owned();
    assert!(page.contains("x-&lt;9&gt;-unlinked") && page.contains("尚未关联") && page.contains("not linked"), "{page}");
    assert!(!page.contains("lin@grid.example") && !page.contains(provider.issuer()), "{page}");
    // The name and the address of somebody here, in a token of somebody else, are worth nothing.
    assert_eq!(sign_in(&server, &provider, "lin").await.status, 403);
    assert_eq!(sign_in(&server, &provider, "lin@grid.example").await.status, 403);
    assert_eq!(sign_in(&server, &provider, &LIN_THERE.to_uppercase()).await.status, 403, "a subject is compared byte for byte");
    for secret in ["unlinked", LIN_THERE, "grid.example", "code-", "eyJ"] {
        let lines: Vec<String> = log.lines_with(secret).into_iter().filter(|line| !line.contains("realms/grid")).collect();
        assert_eq!(lines, [""; 0], "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_subject_at_another_issuer_is_somebody_else() {
    let (provider, other) = (Provider::start().await, Provider::start().await);
    let server = server_with(&provider, |_| {}).await;
    assert_eq!(link(&server, other.issuer(), "shared-subject", LIN).await, Linked::Done);
    assert_eq!(sign_in(&server, &provider, "shared-subject").await.status, 403);
    assert_eq!(link(&server, &format!("{}/", provider.issuer()), "shared-subject", CHEN).await, Linked::Done);
    assert_eq!(sign_in(&server, &provider, "shared-subject").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_or_has_only_a_phone_gets_no_desk() {
    let (provider, server) = pair().await;
    let no_desk = "You may not sign in here";
    for (username, subject) in [("chen", "s-chen"), ("mei", "s-mei"), ("bot", "s-bot")] {
        let (person, _) = server.store.password_hash(username.to_owned()).await.unwrap().unwrap();
        assert_eq!(link(&server, provider.issuer(), subject, person).await, Linked::Done);
        refused(&sign_in(&server, &provider, subject).await, 403, no_desk);
    }
    for (username, subject) in [("hua", "s-hua"), ("shen", "s-shen"), ("root", "s-root")] {
        let (person, _) = server.store.password_hash(username.to_owned()).await.unwrap().unwrap();
        assert_eq!(link(&server, provider.issuer(), subject, person).await, Linked::Done);
        assert_eq!(sign_in(&server, &provider, subject).await.status, 303, "{username}");
    }
    let session = cookie(&sign_in(&server, &provider, LIN_THERE).await, "linecrew_session").unwrap();
    server.store.set_disabled(LIN, true, linecrew_protocol::time::Timestamp::from_unix_millis(1)).await.unwrap();
    refused(&sign_in(&server, &provider, LIN_THERE).await, 403, no_desk);
    server.client().with("Cookie", &session).get("/v1/me").await.problem(401, "unauthenticated");
    server.store.set_disabled(LIN, false, linecrew_protocol::time::Timestamp::from_unix_millis(2)).await.unwrap();
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303);
}
