//! Those who never get as far as HTTP.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    certificates::Authority,
    server::{Caller, HEALTH, PATIENCE, Server, ask},
};

/// A record with a fatal alert (RFC 8446 section 6).
const ALERT: u8 = 21;
const PROTOCOL_VERSION: u8 = 70;
/// A record with a part of a handshake.
const HANDSHAKE: u8 = 22;

/// What comes back on a raw connection until the server closes it.
async fn answer(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut rest = Vec::new();
    // A reset is an end, too: the server does not read what it does not want.
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the connection stayed open").ok();
    rest
}

/// What today's servers want to hear, whatever the version: ECDSA with P-256 as signature and as group.
const EXTENSIONS: [u8; 18] = [0, 16, 0, 13, 0, 4, 0, 2, 4, 3, 0, 10, 0, 4, 0, 2, 0, 23];

/// The hello of a client whose newest version is TLS 1.`minor` (RFC 5246 section 7.4.1.2), with suites of each time.
fn hello_of_tls_1(minor: u8) -> Vec<u8> {
    let mut body = vec![3, minor + 1];
    body.extend([7; 32]);
    body.extend([0, 0, 6, 0xc0, 0x2b, 0xc0, 0x09, 0xc0, 0x0a, 1, 0]);
    body.extend(EXTENSIONS);
    let length = u8::try_from(body.len()).unwrap();
    [&[22, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_no_tls_is_cut_and_hurts_nobody() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |_| {}).await;
    for plain in [HEALTH.as_bytes(), b"\0\0\0\0\0\0\0\0", &[22, 3, 3, 0xff, 0xff], &[0x80; 4096]] {
        let said = answer(&server, plain).await;
        assert!(!said.starts_with(b"HTTP"), "cleartext is answered on an encrypted port: {said:?}");
    }
    let mut stream = Caller::trusting(&authority).connect(server.address).await;
    assert!(ask(&mut stream, HEALTH).await.starts_with("HTTP/1.1 200"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_1_1_is_refused_by_name() {
    let server = Server::with(&Authority::found().issue(), |config| config.http.handshake_timeout = Duration::from_millis(500)).await;
    for minor in [0, 1] {
        let said = answer(&server, &hello_of_tls_1(minor)).await;
        assert_eq!((said.first(), said.last()), (Some(&ALERT), Some(&PROTOCOL_VERSION)), "{said:?}");
    }
    // The same hello in TLS 1.2 is answered with one of the server's: it is the version that was refused.
    let said = answer(&server, &hello_of_tls_1(2)).await;
    assert_eq!(said.first(), Some(&HANDSHAKE), "{said:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_stalls_is_cut_while_others_are_served() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |config| {
        config.http.handshake_timeout = Duration::from_millis(600);
        config.http.header_timeout = PATIENCE;
    })
    .await;
    let begun = Instant::now();
    let mut stalled = Vec::new();
    for half in [&b""[..], &[22, 3, 1], &hello_of_tls_1(2)[..20]] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(half).await.unwrap();
        stalled.push(stream);
    }
    let mut stream = Caller::trusting(&authority).connect(server.address).await;
    assert!(ask(&mut stream, HEALTH).await.starts_with("HTTP/1.1 200"));
    for mut stream in stalled {
        let ended = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await;
        ended.expect("a stalled handshake stayed open").ok();
        assert!(begun.elapsed() >= Duration::from_millis(500), "cut after {:?}", begun.elapsed());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_holds_a_place() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |config| config.http.connections = 1).await;
    let held = TcpStream::connect(server.address).await.unwrap();
    // Turned away without a word: none could be read in the clear.
    let mut turned_away = TcpStream::connect(server.address).await.unwrap();
    let mut said = Vec::new();
    timeout(PATIENCE, turned_away.read_to_end(&mut said)).await.expect("there was a second place").ok();
    assert!(said.is_empty(), "{said:?}");
    drop(held);
    let (caller, begun) = (Caller::trusting(&authority), Instant::now());
    while begun.elapsed() < PATIENCE {
        let stream = TcpStream::connect(server.address).await.unwrap();
        if let Some(mut stream) = caller.attempt(stream).await {
            assert!(ask(&mut stream, HEALTH).await.starts_with("HTTP/1.1 200"));
            return;
        }
    }
    panic!("the place was never free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_handshake_does_not_hold_a_server_up_that_stops() {
    let server = Server::with(&Authority::found().issue(), |config| {
        config.http.handshake_timeout = Duration::from_secs(600);
        config.http.farewell = Duration::from_secs(600);
    })
    .await;
    let mut stalled = TcpStream::connect(server.address).await.unwrap();
    stalled.write_all(&[22, 3, 1]).await.unwrap();
    server.stop().await;
}
