use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    client::Reply,
    server::{GULOU, Server, report},
};

#[tokio::test(flavor = "multi_thread")]
async fn only_json_is_read_as_json() {
    let server = Server::start().await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "k");
    let body = report(GULOU).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "application/cbor"] {
        bot.send("POST", "/v1/work", &[("Content-Type", kind)], Some(body.as_bytes())).await.problem(415, "unsupported_media_type");
    }
    bot.send("POST", "/v1/work", &[], Some(body.as_bytes())).await.problem(415, "unsupported_media_type");
    let parameters = [("Content-Type", "Application/JSON; charset=utf-8")];
    bot.send("POST", "/v1/work", &parameters, Some(body.as_bytes())).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_is_none_is_refused_before_anything_happens() {
    let server = Server::start().await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "k");
    let json = [("Content-Type", "application/json")];
    for body in [&b"{"[..], b"", b"\xff\xfe", b"{\"district\": \"\xc3\x28\"}", b"[1,", b"{} {}", &[b'['; 40_000]] {
        bot.send("POST", "/v1/work", &json, Some(body)).await.problem(400, "malformed_json");
    }
    assert_eq!(bot.get("/v1/work").await.ok()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_too_large_is_not_read() {
    let server = Server::start().await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "k");
    let large = format!("{{\"x\": \"{}\"}}", "x".repeat(64 * 1024));
    let json = [("Content-Type", "application/json")];
    bot.send("POST", "/v1/work", &json, Some(large.as_bytes())).await.problem(413, "body_too_large");
    // The length alone is enough: nothing is waited for.
    let begun = Instant::now();
    let head = bot.head("POST", "/v1/work", &json) + "Content-Length: 99999999999999\r\n\r\n";
    bot.raw(head.as_bytes()).await.problem(413, "body_too_large");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_length_is_refused() {
    let server = Server::start().await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "k");
    let head = bot.head("POST", "/v1/work", &[("Content-Type", "application/json")]);
    bot.raw(format!("{head}\r\n").as_bytes()).await.problem(411, "length_required");
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\n{{\"a\":\r\n2\r\n1}}\r\n0\r\n\r\n");
    bot.raw(chunked.as_bytes()).await.problem(411, "length_required");
    // Both at once is how requests are smuggled past a proxy (RFC 9112 section 6.3): the length is not believed.
    let both = format!("{head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    let reply = bot.raw(both.as_bytes()).await;
    assert!(matches!(reply.status, 400 | 411), "{reply:?}");
    let twice = format!("{head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
    assert_eq!(bot.raw(twice.as_bytes()).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_dawdles_is_cut_off() {
    let server = Server::with(|config| config.http.body_timeout = Duration::from_millis(300)).await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "k");
    let head = bot.head("POST", "/v1/work", &[("Content-Type", "application/json")]) + "Content-Length: 50\r\n\r\n{\"district\"";
    let begun = Instant::now();
    bot.raw(head.as_bytes()).await.problem(408, "body_timeout");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_takes_nothing() {
    let server = Server::start().await;
    let bot = server.machine("bot").await.with("Idempotency-Key", "k");
    let body = report(GULOU).to_string();
    let head = bot.head("POST", "/v1/work", &[("Content-Type", "application/json")]);
    for cut in [0, 1, body.len() / 2, body.len() - 1] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!("{head}Content-Length: {}\r\n\r\n{}", body.len(), &body[..body.floor_char_boundary(cut)]);
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        // The server answers or just closes; what matters is that nothing was taken.
        let mut rest = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await.ok();
    }
    assert_eq!(bot.get("/v1/work").await.ok()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_before_the_body_is_read() {
    let server = Server::start().await;
    let chen = server.machine("chen").await;
    let begun = Instant::now();
    let head = chen.head("POST", "/v1/work", &[("Content-Type", "application/json")]) + "Content-Length: 60000\r\n\r\n";
    Reply::problem(&chen.raw(head.as_bytes()).await, 403, "not_permitted");
    let nobody = server.client();
    let head = nobody.head("POST", "/v1/work", &[("Content-Type", "application/json")]) + "Content-Length: 60000\r\n\r\n";
    nobody.raw(head.as_bytes()).await.problem(401, "unauthenticated");
    assert!(begun.elapsed() < Duration::from_secs(5));
}
