//! People, crews, districts and phones as an admin keeps them.

use linecrew_protocol::{
    ids::{CrewId, DistrictId, PersonId},
    wire::{Farewell, Frame},
};
use serde_json::{Value, json};

use crate::{
    handset::{Handset, invited_anew, tokens},
    server::{CHEN, FIRST, GULOU, PASSWORD, SECOND, Server},
    socket::{Socket, connect, hear, say},
};

const NEW: PersonId = PersonId::from_bytes([0x51; 16]);
/// Who runs it all.
const ROOT: PersonId = PersonId::from_bytes([5; 16]);

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_built_and_changed_over_rest() {
    let server = Server::start().await;
    let root = server.machine("root").await;
    let (district, crew) = (DistrictId::from_bytes([0xe1; 16]), CrewId::from_bytes([0xe2; 16]));
    for name in ["仓山", "仓山区", "仓山区"] {
        let put = root.put(&format!("/v1/districts/{district}"), &json!({"name": name})).await.ok();
        assert_eq!(put, json!({"id": district, "name": name}));
    }
    let body = json!({"name": "三班", "district": district});
    for _ in 0..2 {
        assert_eq!(root.put(&format!("/v1/crews/{crew}"), &body).await.ok()["district"], json!(district));
    }
    let person = json!({"name": " 赵 ", "username": "zhao", "roles": [{"role": "repair_crew", "district": district}], "crew": crew,
        "qualifications": ["high_voltage"]});
    let path = format!("/v1/people/{NEW}");
    let made = root.put(&path, &person).await.ok();
    assert_eq!(made, root.put(&path, &person).await.ok());
    assert_eq!((&made["name"], &made["has_password"], &made["disabled_at"]), (&json!("赵"), &json!(false), &Value::Null));
    assert_eq!((&made["crew"]["name"], &made["qualifications"]), (&json!("三班"), &json!(["high_voltage"])));
    let listed = root.get("/v1/people").await.ok();
    assert!(listed["items"].as_array().unwrap().contains(&made));

    // Without a password nobody signs in, with whatever it may be; with one they do, and it stays when it is not mentioned.
    for password in ["", "x", PASSWORD] {
        server.login(&json!({"username": "zhao", "password": password})).await.problem(401, "wrong_credentials");
    }
    let mut with_password = person.clone();
    with_password["password"] = json!("correct battery");
    assert_eq!(root.put(&path, &with_password).await.ok()["has_password"], true);
    assert_eq!(root.put(&path, &person).await.ok()["has_password"], true);
    server.login(&json!({"username": "zhao", "password": "correct battery"})).await.ok();
    let text = root.get("/v1/people").await;
    assert!(!String::from_utf8_lossy(&text.body).contains("argon2"), "no hash is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_explained_and_changes_nothing() {
    let server = Server::start().await;
    let root = server.machine("root").await;
    let before = root.get("/v1/people").await.ok();
    let honest = json!({"name": "赵", "username": "zhao", "roles": [], "crew": null});
    let nowhere = DistrictId::from_bytes([0x99; 16]);
    let path = format!("/v1/people/{NEW}");
    let wrong: [(&str, Value); 11] = [
        ("username", json!("chen")),
        ("username", json!(" ")),
        ("username", json!("z hao")),
        ("username", json!("z".repeat(101))),
        ("name", json!("")),
        ("name", json!("a\u{7}b")),
        ("crew", json!(CrewId::from_bytes([0x99; 16]))),
        ("roles", json!([{"role": "king"}])),
        ("roles", json!([{"role": "dispatcher", "district": nowhere}])),
        ("password", json!("short")),
        ("pasword", json!("a typo")),
    ];
    for (field, value) in wrong {
        let mut body = honest.clone();
        body[field] = value;
        root.put(&path, &body).await.problem(400, "invalid_field");
    }
    root.put(&format!("/v1/crews/{FIRST}"), &json!({"name": "一班", "district": nowhere})).await.problem(400, "invalid_field");
    root.put("/v1/people/me", &honest).await.problem(404, "not_found");
    root.get(&path).await.problem(405, "method_not_allowed");
    assert_eq!(root.get("/v1/people").await.ok(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_runs_it_all_keeps_the_register() {
    let server = Server::start().await;
    let root = server.machine("root").await;
    let local = json!({"name": "区长", "username": "local", "roles": [{"role": "admin", "district": GULOU}], "password": PASSWORD});
    root.put(&format!("/v1/people/{NEW}"), &local).await.ok();
    let mut everybody = vec![(server.client(), 401, "unauthenticated")];
    for username in ["lin", "wu", "bot", "chen", "shen", "hua", "mei", "local"] {
        everybody.push((server.machine(username).await, 403, "not_permitted"));
    }
    for (client, status, code) in everybody {
        let person = json!({"name": "x", "username": "x", "roles": [{"role": "admin"}]});
        client.put(&format!("/v1/people/{NEW}"), &person).await.problem(status, code);
        client.put(&format!("/v1/districts/{GULOU}"), &json!({"name": "x"})).await.problem(status, code);
        client.put(&format!("/v1/crews/{FIRST}"), &json!({"name": "x", "district": GULOU})).await.problem(status, code);
        client.get("/v1/people").await.problem(status, code);
        for act in ["disable", "enable"] {
            client.post(&format!("/v1/people/{CHEN}/{act}"), &json!({})).await.problem(status, code);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_cannot_lock_themselves_out() {
    let server = Server::start().await;
    let root = server.machine("root").await;
    root.post(&format!("/v1/people/{ROOT}/disable"), &json!({})).await.problem(403, "not_permitted");
    let path = format!("/v1/people/{ROOT}");
    for roles in [json!([]), json!([{"role": "dispatcher"}]), json!([{"role": "admin", "district": GULOU}])] {
        let body = json!({"name": "根", "username": "root", "roles": roles});
        root.put(&path, &body).await.problem(403, "not_permitted");
    }
    root.put(&path, &json!({"name": "根", "username": "root", "roles": [{"role": "admin"}, {"role": "dispatcher"}]})).await.ok();
    // Another admin can.
    let other = json!({"name": "二", "username": "second", "roles": [{"role": "admin"}], "password": PASSWORD});
    root.put(&format!("/v1/people/{NEW}"), &other).await.ok();
    server.machine("second").await.post(&format!("/v1/people/{ROOT}/disable"), &json!({})).await.ok();
    root.get("/v1/me").await.problem(401, "unauthenticated");
}

/// A phone of Chen's with an open session.
async fn connected(server: &Server, number: u8) -> (Handset, Socket) {
    let phone = Handset::new(server, number);
    let given = tokens(&phone.enrol(&invited_anew(server, CHEN).await).await);
    let mut socket = connect(server).await;
    say(&mut socket, Frame::Hello(phone.hello(&given.access_token))).await;
    assert!(matches!(hear(&mut socket).await.first(), Some(Frame::Welcome(_))));
    (phone, socket)
}

async fn farewell(socket: &mut Socket) -> Farewell {
    loop {
        if let Some(Frame::Goodbye(goodbye)) = hear(socket).await.last() {
            return goodbye.why;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_once_when_its_phone_or_person_may_no_longer() {
    let server = Server::start().await;
    let (root, lin) = (server.machine("root").await, server.machine("lin").await);
    let (lost, mut socket) = connected(&server, 0x21).await;
    let (_, mut neighbour) = connected(&server, 0x22).await;
    let path = format!("/v1/phones/{}/revoke", lost.installation);
    let revoked = lin.post(&path, &json!({"reason": "lost on the way"})).await.ok();
    assert_eq!((&revoked["revoked_reason"], revoked["revoked_at"].is_i64()), (&json!("lost on the way"), true));
    assert_eq!(farewell(&mut socket).await, Farewell::Busy);
    // The first revocation stands.
    assert_eq!(lin.post(&path, &json!({"reason": "again"})).await.ok()["revoked_at"], revoked["revoked_at"]);

    // The person's other phone goes on, until the person may no longer.
    root.post(&format!("/v1/people/{CHEN}/disable"), &json!({})).await.ok();
    assert_eq!(farewell(&mut neighbour).await, Farewell::Busy);
    let enabled = root.post(&format!("/v1/people/{CHEN}/enable"), &json!({})).await.ok();
    assert!(enabled["disabled_at"].is_null());

    // Another crew: other feeds.
    let (_, mut moved) = connected(&server, 0x23).await;
    let body = json!({"name": "陈", "username": "chen", "roles": [{"role": "repair_crew"}], "crew": SECOND});
    root.put(&format!("/v1/people/{CHEN}"), &body).await.ok();
    assert_eq!(farewell(&mut moved).await, Farewell::Busy);
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_are_revoked_by_those_who_look_after_them() {
    let server = Server::start().await;
    let chens = Handset::new(&server, 0x21);
    tokens(&chens.enrol(&invited_anew(&server, CHEN).await).await);
    let roots = Handset::new(&server, 0x22);
    tokens(&roots.enrol(&invited_anew(&server, ROOT).await).await);
    let path = |phone: &Handset| format!("/v1/phones/{}/revoke", phone.installation);
    let reason = json!({"reason": "x"});
    let (wu, root, lin) = (server.machine("wu").await, server.machine("root").await, server.machine("lin").await);
    wu.post(&path(&chens), &reason).await.problem(404, "not_found");
    wu.post(&path(&roots), &reason).await.problem(403, "not_permitted");
    for other in ["bot", "chen", "shen", "hua", "mei"] {
        server.machine(other).await.post(&path(&chens), &reason).await.problem(403, "not_permitted");
    }
    server.client().post(&path(&chens), &reason).await.problem(401, "unauthenticated");
    for body in [json!({}), json!({"reason": " "}), json!({"reason": "x".repeat(201)})] {
        lin.post(&path(&chens), &body).await.problem(400, "invalid_field");
    }
    root.post(&format!("/v1/phones/{}/revoke", PersonId::from_bytes([9; 16])), &reason).await.problem(404, "not_found");
    root.post(&path(&roots), &reason).await.ok();
    lin.post(&path(&chens), &reason).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_phone_is_listed_for_a_month_and_then_on_demand() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let mut phones = Vec::new();
    for number in [0x21, 0x22, 0x23] {
        let phone = Handset::new(&server, number);
        tokens(&phone.enrol(&invited_anew(&server, CHEN).await).await);
        phones.push(phone.installation.to_string());
    }
    for phone in &phones[1..] {
        lin.post(&format!("/v1/phones/{phone}/revoke"), &json!({"reason": "lost"})).await.ok();
    }
    let store = rusqlite::Connection::open(server.data.path().join("linecrew.db")).unwrap();
    let sql = "UPDATE installations SET revoked_at = revoked_at - 31 * 86400000 WHERE id = ?1";
    assert_eq!(store.execute(sql, [&[0x23_u8; 16]]).unwrap(), 1);
    let listed = async |path: &str| {
        let mut ids: Vec<String> = lin.get(path).await.ok()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|phone| {
                assert!(phone["enrolled_at"].is_i64(), "{phone}");
                phone["installation"].as_str().unwrap().to_owned()
            })
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(listed("/v1/phones").await, phones[..2]);
    assert_eq!(listed("/v1/phones?all=true").await, phones);
    assert_eq!(listed("/v1/phones?all=false").await, phones[..2]);
    lin.get("/v1/phones?all=maybe").await.problem(400, "invalid_field");
}
