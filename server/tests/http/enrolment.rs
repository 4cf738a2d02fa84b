//! How a phone becomes somebody's.

use std::time::Duration;

use linecrew_protocol::{
    enrolment::InviteCode,
    ids::{InstallationId, PersonId},
    key::Signature,
    wire::{Farewell, Frame},
};
use linecrew_server::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::{
    handset::{Handset, invited, invited_until, tokens},
    log::Log,
    server::{CHEN, FIRST, LIN, Server},
};

async fn revoke(server: &Server, installation: InstallationId) {
    let revoked = server.store.revoke(installation, LIN, "lost".to_owned(), SystemClock.now()).await.unwrap();
    assert!(revoked.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_enrols_with_its_code_and_opens_a_session_with_its_key() {
    let server = Server::start().await;
    let phone = Handset::new(&server, 0x21);
    let reply = phone.enrol(&invited(&server, CHEN, 1).await).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let given = tokens(&reply);
    assert_eq!((given.person.id, given.person.username.as_str()), (CHEN, "chen"));
    assert_eq!(given.person.crew.map(|crew| crew.id), Some(FIRST));
    assert_eq!(given.access_expires_at.since_ms(given.server_time).div_ceil(1_000), 600);
    assert_eq!(given.refresh_expires_at.since_ms(given.server_time), 60 * 24 * 3_600_000);
    assert!(matches!(phone.session(phone.hello(&given.access_token)).await, Frame::Welcome(_)));

    let refused = async |by: &Handset| match by.session(by.hello(&given.access_token)).await {
        Frame::Goodbye(goodbye) => goodbye.why,
        frame => panic!("{frame:?}"),
    };
    assert_eq!(refused(&phone.with_key_of(0x22)).await, Farewell::Unauthenticated, "a token in other hands");
    assert_eq!(refused(&phone.named(0x23)).await, Farewell::Unauthenticated, "under another name");
    let other = Handset::new(&server, 0x24);
    tokens(&other.enrol(&invited(&server, CHEN, 2).await).await);
    assert_eq!(refused(&other).await, Farewell::Unauthenticated, "the same person's other phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once_and_its_failures_look_the_same() {
    let server = Server::start().await;
    let (first, second) = (Handset::new(&server, 0x21), Handset::new(&server, 0x22));
    let used = invited(&server, CHEN, 1).await;
    tokens(&first.enrol(&used).await);
    let expired = invited_until(&server, CHEN, 2, SystemClock.now().minus_ms(1)).await;
    let unknown = InviteCode::of_random([9; 10]);
    let fresh = invited(&server, CHEN, 3).await;
    let mut answers = Vec::new();
    for code in [&used, &expired, &unknown] {
        answers.push(second.enrol(code).await.problem(401, "invitation_invalid"));
    }
    for wrong in [
        second.with_key_of(0x23).enrolment(&fresh).proof,
        second.named(0x23).enrolment(&fresh).proof,
        second.enrolment(&used).proof,
        Signature::from_bytes([0; 64]),
    ] {
        let mut request = second.enrolment(&fresh);
        request.proof = wrong;
        answers.push(second.send("/v1/enrol", &serde_json::to_value(request).unwrap()).await.problem(401, "invitation_invalid"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0]["detail"].is_null());
    tokens(&second.enrol(&fresh).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_costs_no_second_code() {
    let server = Server::start().await;
    let phone = Handset::new(&server, 0x21);
    let code = invited(&server, CHEN, 1).await;
    let lost = tokens(&phone.enrol(&code).await);
    let again = tokens(&phone.enrol(&code).await);
    assert!(matches!(phone.session(phone.hello(&again.access_token)).await, Frame::Welcome(_)));
    phone.refresh(&lost.refresh_token).await.problem(401, "unauthenticated");
    tokens(&phone.refresh(&again.refresh_token).await);
    assert_eq!(server.store.phones().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_has_one_owner_and_one_key_for_ever() {
    let server = Server::start().await;
    let phone = Handset::new(&server, 0x21);
    tokens(&phone.enrol(&invited(&server, CHEN, 1).await).await);
    let lins = invited(&server, LIN, 2).await;
    phone.enrol(&lins).await.problem(403, "installation_of_another");
    let second = invited(&server, CHEN, 3).await;
    phone.with_key_of(0x22).enrol(&second).await.problem(403, "installation_key_differs");
    // No code was used up by being refused: each is good for a phone that begins anew, and the phone's sign-in goes on.
    tokens(&Handset::new(&server, 0x23).enrol(&lins).await);
    let anew = tokens(&phone.enrol(&second).await);
    tokens(&phone.refresh(&anew.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_installation_stays_out_and_its_person_takes_another() {
    let server = Server::start().await;
    let phone = Handset::new(&server, 0x21);
    let given = tokens(&phone.enrol(&invited(&server, CHEN, 1).await).await);
    revoke(&server, phone.installation).await;
    phone.refresh(&given.refresh_token).await.problem(401, "unauthenticated");
    assert!(matches!(phone.session(phone.hello(&given.access_token)).await, Frame::Goodbye(_)), "an access token opens nothing any more");
    let code = invited(&server, CHEN, 2).await;
    phone.enrol(&code).await.problem(403, "installation_revoked");
    tokens(&Handset::new(&server, 0x22).enrol(&code).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_invited_who_may_not_sign_in() {
    let server = Server::start().await;
    let code = invited(&server, CHEN, 1).await;
    assert!(server.store.set_disabled(CHEN, true, SystemClock.now()).await.unwrap().is_some());
    Handset::new(&server, 0x21).enrol(&code).await.problem(401, "invitation_invalid");
    assert!(server.store.set_disabled(PersonId::from_bytes([0x77; 16]), true, SystemClock.now()).await.unwrap().is_none());
    assert!(server.store.set_disabled(CHEN, false, SystemClock.now()).await.unwrap().is_some());
    tokens(&Handset::new(&server, 0x21).enrol(&code).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_guessed_at_leisure() {
    let server = Server::with(|config| {
        config.enrolments.per_name = 3;
        config.enrolments.name_recovery = Duration::from_secs(600);
    })
    .await;
    let phone = Handset::new(&server, 0x21);
    let code = invited(&server, CHEN, 1).await;
    for _ in 0..5 {
        tokens(&phone.enrol(&code).await);
    }
    for guess in 10..13 {
        phone.enrol(&InviteCode::of_random([guess; 10])).await.problem(401, "invitation_invalid");
    }
    let limited = phone.enrol(&code).await.problem(429, "too_many_requests");
    assert!(limited["retry_after_ms"].as_u64().unwrap() > 500_000, "{limited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_enrolment_is_explained_and_its_code_is_not_logged() {
    let log = Log::listen();
    let server = Server::start().await;
    let phone = Handset::new(&server, 0x2f);
    let code = invited(&server, CHEN, 31).await;
    let honest = serde_json::to_value(phone.enrolment(&code)).unwrap();
    let wrong: [(&str, Value); 7] = [
        ("code", json!("short")),
        ("key", json!("02")),
        ("key", json!("zz".repeat(33))),
        ("proof", json!(honest["proof"].as_str().unwrap().to_uppercase())),
        ("installation", json!("me")),
        ("device_name", json!("x".repeat(101))),
        ("extra", json!(1)),
    ];
    for (field, value) in wrong {
        let mut body = honest.clone();
        body[field] = value;
        phone.send("/v1/enrol", &body).await.problem(400, "invalid_field");
    }
    tokens(&phone.send("/v1/enrol", &honest).await);
    assert_eq!(log.lines_with(&format!("{}", phone.installation)).len(), 1, "the enrolment");
    assert!(log.lines_with(&code.canonical()).is_empty() && log.lines_with(&code.to_string()).is_empty());
}
