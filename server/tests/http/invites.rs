//! The office invites somebody to enrol a phone.

use linecrew_protocol::{enrolment::Invitation, ids::PersonId, model::person::Role};
use serde_json::{Value, json};

use crate::{
    client::Client,
    handset::{Handset, tokens},
    server::{CHEN, LIN, Server, TAO},
};

async fn invite(client: &Client, body: Value) -> Value {
    let reply = client.post("/v1/invites", &body).await;
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    reply.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_becomes_a_phone() {
    let server = Server::start().await;
    let root = server.machine("root").await;
    let made = invite(&root, json!({"username": "chen"})).await;
    assert_eq!(made["person"], json!({"id": CHEN, "name": "人 chen"}));
    let invitation: Invitation = made["link"].as_str().unwrap().parse().unwrap();
    assert_eq!(invitation.server, format!("http://{}", server.address));
    assert_eq!(made["code"], json!(invitation.code.to_string()));
    let rows = made["qr"].as_array().unwrap();
    assert!(rows.len() >= 29 && rows.iter().all(|row| row.as_str().unwrap().len() == rows.len()), "{rows:?}");
    let good_for = made["expires_at"].as_i64().unwrap() - root.get("/v1/me").await.ok()["server_time"].as_i64().unwrap();
    assert!((880_000..=900_000).contains(&good_for), "{good_for} ms");
    let phone = Handset::new(&server, 0x21);
    assert_eq!(tokens(&phone.enrol(&invitation.code).await).person.id, CHEN);
    let anew = invite(&root, json!({"person": CHEN, "valid_minutes": 1_440})).await;
    assert_ne!(anew["code"], made["code"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_names_the_server_as_the_caller_knows_it() {
    let server = Server::start().await;
    let root = server.machine("root").await;
    let body = json!({"username": "chen"}).to_string();
    let link = async |host: &str, headers: &str| {
        let token = &root.headers[0].1;
        let request = format!(
            "POST /v1/invites HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: {token}\r\n{headers}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        root.raw(request.as_bytes()).await
    };
    for (host, headers, expected) in [
        ("linecrew.example", "", "http://linecrew.example"),
        ("linecrew.example:8443", "X-Forwarded-Proto: https\r\n", "https://linecrew.example:8443"),
        ("[::1]:8420", "X-Forwarded-Proto: http\r\n", "http://[::1]:8420"),
    ] {
        let link = link(host, headers).await.ok()["link"].as_str().unwrap().to_owned();
        assert_eq!(link.parse::<Invitation>().unwrap().server, expected);
    }
    for host in ["a&code=00000-00000", "a/b", "a b", "a?x", "a#x", "\"", &"a".repeat(300)] {
        link(host, "").await.problem(400, "invalid_field");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_invites_the_field_people_of_their_districts() {
    let server = Server::start().await;
    let (lin, wu, root) = (server.machine("lin").await, server.machine("wu").await, server.machine("root").await);
    let grant = |role: Role| json!([{"role": role}]);
    let second = crate::server::SECOND;
    let mut everybody = Vec::new();
    for (number, roles, crew) in [
        (0x51, grant(Role::Surveyor), json!(second)),
        (0x52, json!([{"role": "repair_crew"}, {"role": "cashier"}]), json!(second)),
        (0x53, grant(Role::RepairCrew), json!(crate::server::FIRST)),
        (0x54, grant(Role::RepairCrew), Value::Null),
    ] {
        let id = PersonId::from_bytes([number; 16]);
        let person = json!({"name": "某人", "username": format!("p{number}"), "roles": roles, "crew": crew});
        root.put(&format!("/v1/people/{id}"), &person).await.ok();
        everybody.push(id);
    }
    let [theirs, cashier, elsewhere, crewless] = everybody[..] else { panic!() };
    invite(&wu, json!({"person": theirs})).await;
    wu.post("/v1/invites", &json!({"person": cashier})).await.problem(403, "not_permitted");
    for hidden in [elsewhere, crewless, TAO, LIN, PersonId::from_bytes([0x77; 16])] {
        wu.post("/v1/invites", &json!({"person": hidden})).await.problem(404, "not_found");
    }
    // Who dispatches everywhere sees every crew, and invites nobody who does more than field work.
    invite(&lin, json!({"person": elsewhere})).await;
    lin.post("/v1/invites", &json!({"person": cashier})).await.problem(403, "not_permitted");
    lin.post("/v1/invites", &json!({"person": LIN})).await.problem(404, "not_found");
    for anybody in [theirs, cashier, elsewhere, crewless, LIN] {
        invite(&root, json!({"person": anybody})).await;
    }
    for username in ["chen", "bot", "shen", "hua", "mei"] {
        let other = server.machine(username).await;
        other.post("/v1/invites", &json!({"person": theirs})).await.problem(403, "not_permitted");
    }
    server.client().post("/v1/invites", &json!({"person": theirs})).await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_careless_invitation_is_explained() {
    let server = Server::start().await;
    let root = server.machine("root").await;
    for body in [
        json!({}),
        json!({"person": CHEN, "username": "chen"}),
        json!({"username": "chen", "valid_minutes": 0}),
        json!({"username": "chen", "valid_minutes": 1_441}),
        json!({"username": "chen", "valid_minutes": -1}),
        json!({"username": "chen", "valid_minutes": 1.5}),
        json!({"username": "chen", "server": "https://elsewhere.example"}),
    ] {
        root.post("/v1/invites", &body).await.problem(400, "invalid_field");
    }
    root.post("/v1/invites", &json!({"username": "nobody"})).await.problem(404, "not_found");
    root.post(&format!("/v1/people/{CHEN}/disable"), &json!({})).await.ok();
    root.post("/v1/invites", &json!({"username": "chen"})).await.problem(409, "state_conflict");
}
