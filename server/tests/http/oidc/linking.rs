//! An admin says who somebody is at the provider, and nobody else does.

use linecrew_protocol::ids::PersonId;
use serde_json::{Value, json};

use super::browser::{LIN_THERE, pair, sign_in};
use crate::server::{CHEN, LIN, Server};

const WU: PersonId = PersonId::from_bytes([2; 16]);

fn path(person: PersonId, what: &str) -> String {
    format!("/v1/people/{person}/{what}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_links_and_unlinks() {
    let (provider, server) = pair().await;
    let root = server.machine("root").await;
    let issuer = provider.issuer();
    for body in [json!({"subject": "s-wu"}), json!({"subject": "s-wu", "issuer": issuer})] {
        let linked = root.post(&path(WU, "link"), &body).await.ok();
        let identities = linked["identities"].as_array().unwrap();
        assert_eq!((identities.len(), &identities[0]["issuer"], &identities[0]["subject"]), (1, &json!(issuer), &json!("s-wu")));
        assert!(identities[0]["linked_at"].is_i64());
    }
    assert_eq!(sign_in(&server, &provider, "s-wu").await.status, 303);
    let listed = root.get("/v1/people").await.ok();
    let of =
        |id: PersonId| listed["items"].as_array().unwrap().iter().find(|person| person["id"] == json!(id)).unwrap()["identities"].clone();
    assert_eq!((of(LIN)[0]["subject"].as_str(), of(CHEN)), (Some(LIN_THERE), json!([])));

    assert_eq!(root.post(&path(WU, "unlink"), &json!({})).await.ok()["identities"], json!([]));
    assert_eq!(sign_in(&server, &provider, "s-wu").await.status, 403);
    root.post(&path(WU, "unlink"), &json!({})).await.problem(404, "not_found");
    // A person who is changed or renamed keeps who they are.
    let lin = json!({"name": "林", "username": "lin.fang", "roles": [{"role": "dispatcher"}], "crew": null});
    assert_eq!(root.put(&format!("/v1/people/{LIN}"), &lin).await.ok()["identities"][0]["subject"], LIN_THERE);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_is_one_persons_and_a_person_is_one_identity() {
    let (provider, server) = pair().await;
    let root = server.machine("root").await;
    let said = |told: Value| told["detail"].as_str().unwrap().to_owned();
    let taken = root.post(&path(WU, "link"), &json!({"subject": LIN_THERE})).await.problem(400, "invalid_field");
    assert!(said(taken).contains("another person"));
    let second = root.post(&path(LIN, "link"), &json!({"subject": "s-lin-2"})).await.problem(400, "invalid_field");
    assert!(said(second).contains("unlink it first"));
    root.post(&path(LIN, "link"), &json!({"subject": "s-lin", "issuer": "https://other.example"})).await.ok();
    root.post(&path(PersonId::from_bytes([0x77; 16]), "link"), &json!({"subject": "s"})).await.problem(404, "not_found");
    for subject in [json!(""), json!(" s"), json!("s\n"), json!("x".repeat(256)), json!(7), json!(null)] {
        root.post(&path(WU, "link"), &json!({"subject": subject})).await.problem(400, "invalid_field");
    }
    assert_eq!(sign_in(&server, &provider, LIN_THERE).await.status, 303, "nothing of it has changed anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_links_anybody() {
    let (_provider, server) = pair().await;
    for username in ["lin", "bot", "shen", "hua"] {
        let caller = server.machine(username).await;
        caller.post(&path(WU, "link"), &json!({"subject": "mine"})).await.problem(403, "not_permitted");
        caller.post(&path(LIN, "unlink"), &json!({})).await.problem(403, "not_permitted");
    }
    server.client().post(&path(WU, "link"), &json!({"subject": "mine"})).await.problem(401, "unauthenticated");
    let without = Server::start().await;
    let root = without.machine("root").await;
    root.post(&path(WU, "link"), &json!({"subject": "s"})).await.problem(400, "invalid_field");
    root.post(&path(WU, "link"), &json!({"subject": "s", "issuer": "https://login.example"})).await.ok();
}
