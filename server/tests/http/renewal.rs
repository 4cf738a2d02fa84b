//! How a phone stays signed in.

use std::time::Duration;

use linecrew_protocol::{enrolment::PhoneTokens, wire::Frame};
use linecrew_server::clock::{Clock, SystemClock};
use serde_json::json;

use crate::{
    client::Reply,
    handset::{Handset, invited, invited_anew, tokens},
    log::Log,
    server::{CHEN, Server},
};

async fn enrolled(server: &Server, number: u8) -> (Handset, PhoneTokens) {
    let phone = Handset::new(server, number);
    let given = tokens(&phone.enrol(&invited(server, CHEN, number).await).await);
    (phone, given)
}

#[track_caller]
fn refused(reply: &Reply) {
    assert!(reply.problem(401, "unauthenticated")["detail"].is_null(), "the reason stays inside");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_never_signs_a_phone_out() {
    let server = Server::start().await;
    let (phone, first) = enrolled(&server, 0x21).await;
    let second = tokens(&phone.refresh(&first.refresh_token).await);
    assert!(matches!(phone.session(phone.hello(&second.access_token)).await, Frame::Welcome(_)));
    // The answer is lost, several times over: the same question has the same answer.
    for _ in 0..3 {
        assert_eq!(tokens(&phone.refresh(&first.refresh_token).await).refresh_token, second.refresh_token);
    }
    let third = tokens(&phone.refresh(&second.refresh_token).await);
    assert_ne!(third.refresh_token, second.refresh_token);
    // Now the second was used, so the first is over; what is refused costs the phone nothing.
    refused(&phone.refresh(&first.refresh_token).await);
    assert_eq!(tokens(&phone.refresh(&second.refresh_token).await).refresh_token, third.refresh_token);
    tokens(&phone.refresh(&third.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_other_hands_ends_the_sign_in_and_somebody_hears_of_it() {
    let log = Log::listen();
    let server = Server::start().await;
    for (number, thief) in [(0x31, "key"), (0x32, "installation"), (0x33, "proof")] {
        let (phone, given) = enrolled(&server, number).await;
        let reply = match thief {
            "key" => phone.with_key_of(0x41).refresh(&given.refresh_token).await,
            "installation" => phone.named(0x41).refresh(&given.refresh_token).await,
            _ => {
                let proof = "00".repeat(64);
                let body = json!({"installation": phone.installation, "refresh_token": given.refresh_token, "proof": proof});
                phone.send("/v1/token", &body).await
            }
        };
        refused(&reply);
        refused(&phone.refresh(&given.refresh_token).await);
        let lines = log.lines_with(&format!("{}", phone.installation));
        let warned = lines.iter().filter(|line| line.contains("WARN") && line.contains("security")).count();
        assert_eq!(warned, 1, "{thief}: {lines:?}");
        assert!(log.lines_with(&given.refresh_token).is_empty(), "no token is logged");
        // A new code brings it back; nothing on it was lost.
        tokens(&phone.enrol(&invited_anew(&server, CHEN).await).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_server_did_not_make_harms_nobody() {
    let server = Server::start().await;
    let (phone, given) = enrolled(&server, 0x21).await;
    let good = &given.refresh_token;
    // The last bits of the code, of the generation, and of the family.
    let mut forged = [69, 24, 3].map(|place| {
        let mut bytes = good.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'Q' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    });
    forged.sort();
    for token in forged.iter().map(String::as_str).chain(["", "x", "a.b.c", &"A".repeat(70), &"A".repeat(20_000), &given.access_token]) {
        refused(&phone.refresh(token).await);
        refused(&phone.with_key_of(0x41).refresh(token).await);
    }
    tokens(&phone.refresh(good).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_from_a_backup_catches_up_with_its_phones() {
    let server = Server::start().await;
    let (phone, mut given) = enrolled(&server, 0x21).await;
    for _ in 0..3 {
        given = tokens(&phone.refresh(&given.refresh_token).await);
    }
    let store = rusqlite::Connection::open(server.data.path().join("linecrew.db")).unwrap();
    store.execute_batch("UPDATE families SET generation = 1").unwrap();
    let next = tokens(&phone.refresh(&given.refresh_token).await);
    assert_eq!(tokens(&phone.refresh(&given.refresh_token).await).refresh_token, next.refresh_token);
    tokens(&phone.refresh(&next.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_sign_in_is_not_renewed() {
    let server = Server::start().await;
    let (phone, given) = enrolled(&server, 0x21).await;
    assert!(server.store.set_disabled(CHEN, true, SystemClock.now()).await.unwrap().is_some());
    refused(&phone.refresh(&given.refresh_token).await);
    assert!(matches!(phone.session(phone.hello(&given.access_token)).await, Frame::Goodbye(_)));
    assert!(server.store.set_disabled(CHEN, false, SystemClock.now()).await.unwrap().is_some());
    tokens(&phone.refresh(&given.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_lay_in_a_drawer_for_too_long_is_enrolled_anew() {
    let server = Server::with(|config| config.lifetimes.refresh = Duration::ZERO).await;
    let (phone, given) = enrolled(&server, 0x21).await;
    assert_eq!(given.refresh_expires_at, given.server_time);
    refused(&phone.refresh(&given.refresh_token).await);
    tokens(&phone.enrol(&invited(&server, CHEN, 2).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn renewals_that_fail_are_limited_and_others_are_not() {
    let server = Server::with(|config| {
        config.renewals.per_name = 3;
        config.renewals.name_recovery = Duration::from_secs(600);
    })
    .await;
    let (phone, mut given) = enrolled(&server, 0x21).await;
    let (other, others) = enrolled(&server, 0x22).await;
    let old = given.refresh_token.clone();
    for _ in 0..5 {
        given = tokens(&phone.refresh(&given.refresh_token).await);
    }
    for _ in 0..3 {
        refused(&phone.refresh(&old).await);
    }
    let limited = phone.refresh(&given.refresh_token).await.problem(429, "too_many_requests");
    assert!(limited["retry_after_ms"].as_u64().unwrap() > 500_000, "{limited}");
    // Behind the same address there are other phones.
    tokens(&other.refresh(&others.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_renewal_is_explained() {
    let server = Server::start().await;
    let phone = Handset::new(&server, 0x21);
    for body in [json!({}), json!({"installation": phone.installation, "refresh_token": "x"}), json!([])] {
        phone.send("/v1/token", &body).await.problem(400, "invalid_field");
    }
}
