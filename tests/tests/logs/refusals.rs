//! Requests that are refused, with customers' data and secrets in them: nothing of it may come back or be written down.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use linecrew_protocol::{
    enrolment::{EnrolRequest, InviteCode, RefreshRequest},
    ids::InstallationId,
    key::{PublicKey, Signature},
    wire::{Frame, Health, Hello, encode_message},
};
use serde_json::{Value, json};

/// Somebody's data, and what must stay secret.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) customer: String,
    pub(crate) telephone: String,
    pub(crate) address: String,
    pub(crate) account: String,
    pub(crate) note: String,
    pub(crate) district: String,
    pub(crate) item: String,
    pub(crate) crew: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) wrong_password: String,
    pub(crate) token: String,
    pub(crate) cookie: String,
    pub(crate) refresh_token: String,
    pub(crate) code: InviteCode,
    pub(crate) installation: InstallationId,
    pub(crate) key: PublicKey,
}

/// One request over one connection; the whole answer.
pub(crate) fn ask(server: SocketAddr, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut request = format!("{line} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A server that refuses the header hangs up before it has read the body.
    stream.write_all(&[request.as_bytes(), b"\r\n", body].concat()).ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    answer
}

/// The answer to JSON.
pub(crate) fn post(server: SocketAddr, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    ask(server, &format!("POST {path}"), &headers, body.as_bytes())
}

/// All of them; each is refused with a problem document, or with a goodbye on the sync's own address.
pub(crate) fn everything(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let mut answers = [signing_in(server, told), phones(server, told), office(server, told), money(server, told)].concat();
    answers.extend(addresses(server, told));
    let refused = |answer: &&Vec<u8>| {
        let text = String::from_utf8_lossy(answer);
        text.starts_with("HTTP/1.1 4") && text.contains("application/problem+json")
    };
    let taken: Vec<_> = answers.iter().filter(|answer| !refused(answer)).map(|answer| body(answer)).collect();
    assert!(taken.is_empty(), "not refused: {taken:#?}");
    answers.extend(bills(server, told));
    answers.extend(syncs(server, told));
    answers
}

fn body(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    text.split_once("\r\n\r\n").map_or("", |(_, body)| body).chars().take(200).collect()
}

fn signing_in(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let Told { customer, telephone, username, password, wrong_password, .. } = told;
    let digits: u64 = telephone.replace('-', "").parse().unwrap();
    let bodies = [
        json!({"username": username, "password": wrong_password}).to_string(),
        json!({"username": customer, "password": password}).to_string(),
        json!({"username": digits, "password": password}).to_string(),
        json!({"username": username, "password": [password]}).to_string(),
        json!({"username": username, "password": password, "cookie": password}).to_string(),
        json!({"username": username, "password": wrong_password, customer: password}).to_string(),
        json!({"username": username, "password": wrong_password, password: true}).to_string(),
        format!(r#"{{"username": "{username}", "password": "{password}", {customer}"#),
        json!([username, password]).to_string(),
    ];
    bodies.iter().map(|body| post(server, "/v1/login", &[], body)).collect()
}

fn phones(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let Told { installation, key, code, customer, refresh_token, password, .. } = told;
    let proof = Signature::from_bytes([7; 64]);
    let enrolment = EnrolRequest { installation: *installation, device_name: customer.clone(), key: *key, code: code.clone(), proof };
    let refresh = RefreshRequest { installation: *installation, refresh_token: format!("{refresh_token}x"), proof };
    let with = |value: Value, name: &str, wrong: Value| {
        let mut value = value;
        value[name] = wrong;
        value.to_string()
    };
    let enrolled = serde_json::to_value(&enrolment).unwrap();
    let refreshed = serde_json::to_value(&refresh).unwrap();
    [
        ("/v1/enrol", enrolled.to_string()),
        ("/v1/enrol", with(enrolled.clone(), "code", json!(format!("{code}-{customer}")))),
        ("/v1/enrol", with(enrolled.clone(), "key", json!(password))),
        ("/v1/enrol", with(enrolled.clone(), "proof", json!(customer))),
        ("/v1/enrol", with(enrolled.clone(), "installation", json!(customer))),
        ("/v1/enrol", with(enrolled.clone(), "device_name", json!(customer.repeat(100)))),
        ("/v1/enrol", with(enrolled, customer, json!(code))),
        // Not a token, and then a real one in the hands of somebody without the phone's key.
        ("/v1/token", refreshed.to_string()),
        ("/v1/token", with(refreshed.clone(), "refresh_token", json!(refresh_token))),
        ("/v1/token", with(refreshed.clone(), "refresh_token", json!({"token": refresh_token}))),
        ("/v1/token", with(refreshed.clone(), "installation", json!(refresh_token))),
        ("/v1/token", with(refreshed, refresh_token, json!(1))),
    ]
    .iter()
    .map(|(path, body)| post(server, path, &[], body))
    .collect()
}

fn office(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let Told { customer, telephone, account, address, note, item, crew, token, cookie, district, .. } = told;
    let bearer = format!("Bearer {token}");
    let order = |kind: &str, priority: &str, about: Value| {
        json!({"kind": kind, "district": district, "customer": {"name": customer, "phone": telephone},
               "site": {"address": address}, "priority": priority, "about": about})
    };
    let fault = json!({"fault": {"category": "no_power", "description": note}});
    let with = |name: &str, value: Value| {
        let mut order = order("repair_dispatch", "normal", fault.clone());
        order[name] = value;
        order
    };
    let orders = [
        order(customer, "normal", fault.clone()),
        order("repair_dispatch", customer, fault.clone()),
        order("repair_dispatch", "normal", json!({"fault": {"category": note, "description": note}})),
        order("repair_dispatch", "normal", json!({"fault": note})),
        order("repair_dispatch", "normal", json!({note.as_str(): {"category": "no_power", "description": note}})),
        with("district", json!(customer)),
        with("customer", json!({"name": [customer], "phone": telephone})),
        with("customer", json!({"name": customer.repeat(2_000), "phone": telephone})),
        with("customer", json!({"name": customer, "phone": telephone, "account": [telephone]})),
        with("site", json!({"address": address.repeat(400)})),
        with("site", json!(address)),
        with("reported_at", json!(note)),
        with(customer, json!(true)),
    ];
    let steps = [
        ("assigned", json!({"crew": customer})),
        ("assigned", json!({"crew": crew, "reason": note.repeat(500)})),
        ("assigned", json!({"crew": crew, customer.as_str(): note})),
        ("resolved", json!({"attention": customer, "choice": note, "note": note})),
        ("cancelled", json!({"reason": [note]})),
        ("completed", json!({"cause": note, "remedy": note})),
        (telephone.as_str(), json!({"reason": note})),
    ];
    let tokens = [("Authorization", bearer.as_str()), ("Idempotency-Key", account.as_str())];
    let mut answers: Vec<_> = orders.iter().map(|order| post(server, "/v1/work", &tokens, &order.to_string())).collect();
    let step = |(step, body): &(&str, Value)| post(server, &format!("/v1/work/{item}/steps/{step}"), &tokens, &body.to_string());
    answers.extend(steps.iter().map(step));
    // A page of another site, with the board's cookie and without its header; tokens that are almost right.
    let good = order("repair_dispatch", "normal", fault.clone()).to_string();
    answers.push(post(server, "/v1/work", &[("Cookie", &format!("linecrew_session={cookie}"))], &good));
    answers.push(post(server, "/v1/work", &[("Authorization", &format!("{bearer}x"))], &good));
    answers.push(post(server, "/v1/work", &[("Authorization", &bearer), ("X-Padding", &note.repeat(600))], &good));
    answers
}

fn money(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let Told { customer, address, account, note, token, district, username, .. } = told;
    let bearer = format!("Bearer {token}");
    let tokens = [("Authorization", bearer.as_str())];
    let item = json!({"reference": account, "account": account, "customer": customer, "address": address, "period": "2026-10",
                      "amount": 8_640, "collector": username});
    let bodies = [
        ("/v1/collection/receivables", json!({"district": customer, "items": [item]})),
        ("/v1/collection/receivables", json!({"district": district, "items": customer})),
        ("/v1/collection/books", json!({"collector": customer, "device": account, "count": 5})),
        ("/v1/invites", json!({"username": customer, "valid_minutes": 15})),
        ("/v1/invites", json!({"username": username, "valid_minutes": note})),
        ("/v1/quarantine/decisions", json!({"batch": customer, "decision": note, "reason": note})),
    ];
    bodies.iter().map(|(path, body)| post(server, path, &tokens, &body.to_string())).collect()
}

/// Bills of which each is refused by itself.
fn bills(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let Told { customer, address, account, telephone, note, token, district, username, .. } = told;
    let good = json!({"reference": account, "account": account, "customer": customer, "address": address, "period": "2026-10",
                      "amount": 8_640, "collector": username});
    let wrong = [
        ("reference", json!(note.repeat(200))),
        ("account", json!([account])),
        ("customer", json!(customer.repeat(2_000))),
        ("period", json!(customer)),
        ("amount", json!(telephone)),
        ("amount", json!(-8_640)),
        ("collector", json!(customer)),
        (customer.as_str(), json!(account)),
    ];
    let items: Vec<Value> = wrong
        .iter()
        .map(|(name, value)| {
            let mut item = good.clone();
            item[name] = value.clone();
            item
        })
        .collect();
    let bearer = format!("Bearer {token}");
    let body = json!({"district": district, "items": items}).to_string();
    let answer = post(server, "/v1/collection/receivables", &[("Authorization", &bearer)], &body);
    let said = String::from_utf8_lossy(&answer).matches("\"detail\"").count();
    assert_eq!(said, items.len(), "each bill is refused: {}", String::from_utf8_lossy(&answer));
    vec![answer]
}

/// Data in an address: of somebody who typed it into the wrong place, or of a program that built it wrongly.
fn addresses(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let Told { customer, telephone, account, token, password, code, refresh_token, .. } = told;
    let bearer = format!("Bearer {token}");
    let escaped = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    [
        format!("/v1/work/{}", escaped(customer)),
        format!("/v1/work/{telephone}"),
        format!("/v1/customers/{account}/{}", escaped(customer)),
        format!("/{token}"),
        format!("/v1/{token}"),
        format!("/v1/enrol/{code}"),
        format!("/v1/token/{refresh_token}"),
        format!("/{}?token={token}", escaped(password)),
        format!("/v1/work?phase={}", escaped(customer)),
        format!("/v1/collection/receivables?collector={}", escaped(customer)),
    ]
    .iter()
    .map(|path| ask(server, &format!("GET {path}"), &[("Authorization", &bearer)], b""))
    .collect()
}

/// Messages that are none, and a hello with somebody else's token.
fn syncs(server: SocketAddr, told: &Told) -> Vec<Vec<u8>> {
    let Told { installation, token, customer, note, .. } = told;
    let hello = Frame::Hello(Hello {
        version_min: 1,
        version_max: 1,
        installation: *installation,
        token: token.clone(),
        store: None,
        positions: Vec::new(),
        health: Health { app_version: customer.clone(), ..Health::default() },
        refused: Vec::new(),
        proof: Signature::from_bytes([7; 64]),
    });
    let hello = encode_message(&[hello]).unwrap();
    let mut broken = hello.clone();
    broken.truncate(hello.len() - 9);
    let noise = [&[0, 0x82, 0x03][..], note.as_bytes(), customer.as_bytes()].concat();
    let answers = [hello, broken, noise].map(|body| ask(server, "POST /v1/sync", &[("Content-Type", "application/cbor")], &body));
    answers.to_vec()
}
