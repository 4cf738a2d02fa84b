//! HTTP and the sync socket through TLS.

use std::time::{Duration, Instant};

use rustls::{HandshakeKind, ProtocolVersion};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    time::timeout,
};

use crate::{
    certificates::Authority,
    server::{Caller, HEALTH, PATIENCE, Server, ask},
};

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_answered_with_all_that_protects_a_page() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |_| {}).await;
    let mut stream = Caller::trusting(&authority).connect(server.address).await;
    let session = stream.get_ref().1;
    assert_eq!((session.protocol_version(), session.alpn_protocol()), (Some(ProtocolVersion::TLSv1_3), Some(&b"http/1.1"[..])));
    let reply = ask(&mut stream, HEALTH).await.to_lowercase();
    assert!(reply.starts_with("http/1.1 200"), "{reply}");
    for header in ["strict-transport-security: max-age=31536000", "cross-origin-opener-policy: same-origin", "camera=()"] {
        assert!(reply.contains(header), "{header} is not in {reply}");
    }
    // Signing out names the cookie; on this machine it is `Secure` only because the connection is encrypted.
    let reply = ask(&mut stream, "POST /v1/logout HTTP/1.1\r\nHost: localhost\r\nX-Linecrew: board\r\nContent-Length: 0\r\n\r\n").await;
    let cookie = reply.to_lowercase().split("\r\n").find(|line| line.starts_with("set-cookie")).map(str::to_owned);
    assert!(cookie.as_ref().is_some_and(|cookie| cookie.ends_with("; secure")), "{cookie:?} in {reply}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sync_socket_is_upgraded() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |_| {}).await;
    let mut stream = Caller::trusting(&authority).connect(server.address).await;
    let upgrade = "GET /v1/sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    assert!(ask(&mut stream, upgrade).await.starts_with("HTTP/1.1 101"));
    // A masked ping (RFC 6455 section 5.5.2) is answered by a pong: bytes cross both ways after the upgrade.
    stream.write_all(&[0x89, 0x81, 0, 0, 0, 0, b'x']).await.unwrap();
    let mut pong = [0; 3];
    timeout(PATIENCE, stream.read_exact(&mut pong)).await.expect("no pong").unwrap();
    assert_eq!(pong, [0x8a, 1, b'x']);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_comes_back_resumes_its_session() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |_| {}).await;
    let caller = Caller::trusting(&authority);
    for expected in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed] {
        let mut stream = caller.connect(server.address).await;
        // The ticket comes with the first answer.
        ask(&mut stream, HEALTH).await;
        assert_eq!(stream.get_ref().1.handshake_kind(), Some(expected));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_header_is_closed_in_time() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |config| config.http.header_timeout = Duration::from_millis(400)).await;
    let mut stream = Caller::trusting(&authority).connect(server.address).await;
    let begun = Instant::now();
    stream.write_all(b"GET /v1/health HTTP/1.1\r\nX-Slow: ").await.unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the connection stayed open").ok();
    assert!((Duration::from_millis(300)..Duration::from_secs(5)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_takes_nothing_is_dropped() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |config| config.http.write_timeout = Duration::from_millis(500)).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1024).unwrap();
    let mut stream = Caller::trusting(&authority).over(socket.connect(server.address).await.unwrap()).await;
    let (begun, flood) = (Instant::now(), HEALTH.repeat(200));
    while begun.elapsed() < PATIENCE {
        if let Ok(Err(_)) = timeout(Duration::from_millis(200), stream.write_all(flood.as_bytes())).await {
            return;
        }
    }
    panic!("the connection stayed open for a reader who takes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_goodbye() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |_| {}).await;
    let mut idle = Caller::trusting(&authority).connect(server.address).await;
    ask(&mut idle, HEALTH).await;
    server.stop().await;
    // An end without TLS's own goodbye would be an error here: somebody could have cut it.
    assert_eq!(timeout(PATIENCE, idle.read(&mut [0; 16])).await.expect("it stayed open").unwrap(), 0);
}
