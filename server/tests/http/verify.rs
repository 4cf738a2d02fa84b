use std::time::{Duration, Instant};

use linecrew_protocol::{
    ids::SessionId,
    model::collection::{Fen, Ticket},
};
use serde_json::json;

use crate::{
    collector::Collector,
    server::{GULOU, MEI, Server},
};

fn path(number: &str, code: &str) -> String {
    format!("/v1/receipts/verify?number={number}&code={code}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_real_or_not_and_nobody_learns_more() {
    let server = Server::start().await;
    let mut mei = Collector::mei(&server).await;
    let hua = server.machine("hua").await;
    hua.post("/v1/collection/books", &json!({"collector": MEI, "device": crate::collector::PHONE})).await.ok();
    let items = json!([{"reference": "B-1", "account": "1", "customer": "陈", "period": "2026-10", "amount": 8_640, "collector": "mei"}]);
    hua.post("/v1/collection/receivables", &json!({"district": GULOU, "items": items})).await.ok();
    mei.pull(&server).await;
    let (book, lease) = mei.books().remove(0);
    let session = SessionId::from_bytes([5; 16]);
    mei.begin(&server, book, &lease, session, Fen::ZERO).await;
    let ticket = lease.ticket(lease.first);
    let act = mei.receipt(mei.due()[0], ticket.clone(), session, Fen(8_640));
    mei.do_well(&server, book, act).await;

    let (number, code) = (ticket.to_string(), mei.code());
    let anybody = server.client();
    let plain = code.replace('-', "").to_lowercase();
    for (number, code) in [(number.as_str(), code.as_str()), (&number, &plain), (&number.to_lowercase(), &format!("%20{code}%20"))] {
        let reply = anybody.get(&path(number, code)).await;
        assert_eq!(reply.body, br#"{"valid":true}"#, "{number} {code}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    let next = Ticket { number: 2, ..ticket.clone() }.to_string();
    let other = if code.starts_with('0') { code.replacen('0', "1", 1) } else { format!("0{}", &code[1..]) };
    let whatever = [
        path(&number, &other),
        path(&next, &code),
        path("ZZ-00000001", &code),
        path("nonsense", &code),
        path("%F0%9F%92%A1", "%00"),
        path(&"9".repeat(5_000), &"A".repeat(5_000)),
        path(&number, ""),
        format!("/v1/receipts/verify?number={number}"),
        format!("/v1/receipts/verify?code={code}"),
        format!("/v1/receipts/verify?number=x&number=y&code={code}"),
        "/v1/receipts/verify".to_owned(),
    ];
    let mut no: Option<Vec<_>> = None;
    for path in whatever {
        let begun = Instant::now();
        let reply = anybody.get(&path).await;
        assert!(begun.elapsed() >= Duration::from_millis(50), "an answer that comes sooner tells why: {path}");
        assert_eq!((reply.status, reply.body.as_slice()), (200, &br#"{"valid":false}"#[..]), "{path}");
        let headers: Vec<_> = reply.headers.into_iter().filter(|(name, _)| name != "date").collect();
        assert_eq!(no.get_or_insert(headers.clone()), &headers, "{path}");
    }
    anybody.post("/v1/receipts/verify", &json!({})).await.problem(405, "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_counts_and_too_many_are_refused() {
    let server = Server::with(|config| config.verifications.name_recovery = Duration::from_secs(600)).await;
    let anybody = server.client();
    for question in 0..30 {
        let path = if question % 2 == 0 { path("FZ-00000001", "7K3M-9QWE") } else { path("nonsense", "") };
        assert_eq!(anybody.get(&path).await.ok(), json!({"valid": false}));
    }
    let limited = anybody.get(&path("FZ-00000001", "7K3M-9QWE")).await;
    let wait = limited.problem(429, "too_many_requests")["retry_after_ms"].as_u64().unwrap();
    assert!((500_000..=600_000).contains(&wait), "{wait}");
    assert_eq!(limited.header("retry-after"), Some(wait.div_ceil(1000).to_string().as_str()));
    // Whoever is told apart by the proxy on this machine has questions of their own; what a caller writes before that is not believed.
    let from = |addresses: &str| server.client().with("X-Forwarded-For", addresses);
    assert_eq!(from("203.0.113.7").get(&path("x", "x")).await.ok(), json!({"valid": false}));
    assert_eq!(from("203.0.113.8, 203.0.113.9").get(&path("x", "x")).await.ok(), json!({"valid": false}));
    for _ in 0..29 {
        from("198.51.100.1, 203.0.113.9").get(&path("x", "x")).await.ok();
    }
    from("198.51.100.2, 203.0.113.9").get(&path("x", "x")).await.problem(429, "too_many_requests");
    // Signing in is not touched.
    server.machine("lin").await.get("/v1/me").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_come_through_one_proxy_are_bounded_too() {
    let server = Server::with(|config| {
        config.verifications.per_address = 5;
        config.verifications.address_recovery = Duration::from_secs(600);
    })
    .await;
    for caller in 0..5 {
        server.client().with("X-Forwarded-For", &format!("203.0.113.{caller}")).get(&path("x", "x")).await.ok();
    }
    server.client().with("X-Forwarded-For", "203.0.113.77").get(&path("x", "x")).await.problem(429, "too_many_requests");
}
