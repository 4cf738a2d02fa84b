//! Thousands of requests that no honest client makes: each gets an error, none costs memory, and the next honest one works.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::child::Server;

/// Rounds over all kinds of nonsense before memory is read, so that caches and the allocator have settled.
const WARM_UP: usize = 60;
/// Rounds whose memory counts.
const ROUNDS: usize = 400;
/// What they may leave behind. The allocator keeps some pages; one forgotten body of 64 KiB a round would be 25 MiB.
const ALLOWED_KIB: u64 = 6 * 1024;

fn post(path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn get(path: &str, header: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n").into_bytes()
}

/// Each with what its answer must begin with.
fn nonsense() -> Vec<(Vec<u8>, &'static str)> {
    let forged = "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.\r\n";
    let upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let garbage: Vec<u8> = (0..=255).cycle().take(60_000).collect();
    // A message that announces 1 MiB and holds noise.
    let bomb = [&[1, 0, 16, 0, 0][..], &garbage].concat();
    vec![
        (post("/v1/login", "application/json", b"{\"username\": "), "HTTP/1.1 400"),
        (post("/v1/login", "text/plain", b"{}"), "HTTP/1.1 415"),
        (post("/v1/login", "application/json", &vec![b'['; 60_000]), "HTTP/1.1 400"),
        (post("/v1/login", "application/json", &vec![b' '; 70_000]), "HTTP/1.1 413"),
        (post("/v1/work", "application/json", b"{}"), "HTTP/1.1 401"),
        (post("/v1/sync", "application/cbor", &garbage), "HTTP/1.1 "),
        (post("/v1/sync", "application/cbor", &bomb), "HTTP/1.1 "),
        (get("/v1/work/not-an-id", forged), "HTTP/1.1 4"),
        (get("/v1/board/stream", forged), "HTTP/1.1 401"),
        (get("/nowhere", ""), "HTTP/1.1 404"),
        (get("/v1/sync", upgrade), "HTTP/1.1 "),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), ""),
    ]
}

/// Sends it and reads whatever comes until the server closes.
fn throw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The server may hang up before it has read everything.
    stream.write_all(bytes).ok();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).ok();
    String::from_utf8_lossy(&reply).into_owned()
}

#[test]
fn nonsense_gets_an_error_and_leaves_nothing_behind() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let nonsense = nonsense();
    let round = || {
        for (request, expected) in &nonsense {
            let reply = throw(server.address, request);
            assert!(reply.starts_with(expected), "{:?} is not {expected:?}", reply.get(..200).unwrap_or(&reply));
            assert!(!reply.starts_with("HTTP/1.1 5"), "{reply:?}");
        }
    };
    (0..WARM_UP).for_each(|_| round());
    let before = server.resident_kib();
    (0..ROUNDS).for_each(|_| round());
    let grown = server.resident_kib().saturating_sub(before);
    println!("{} requests: {grown} KiB more resident than {before}", ROUNDS * nonsense.len());
    assert!(grown <= ALLOWED_KIB, "{grown} KiB");
    let health = server.ask("GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
}
