use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    client::{PATIENCE, Reply},
    server::Server,
};

#[tokio::test(flavor = "multi_thread")]
async fn half_a_header_is_closed_in_time() {
    let server = Server::with(|config| config.http.header_timeout = Duration::from_millis(400)).await;
    for half in ["", "GET /v1/he", "GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let begun = Instant::now();
        stream.write_all(half.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the connection stayed open").ok();
        let took = begun.elapsed();
        assert!((Duration::from_millis(300)..Duration::from_secs(5)).contains(&took), "{half:?}: {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_dribbles_is_closed_in_time() {
    let server = Server::with(|config| config.http.header_timeout = Duration::from_millis(400)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let begun = Instant::now();
    stream.write_all(b"GET /v1/health HTTP/1.1\r\n").await.unwrap();
    let mut byte = [0];
    // One byte every 50 ms resets no timer.
    while timeout(Duration::from_millis(50), stream.read(&mut byte)).await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "the connection stayed open");
        if stream.write_all(b"x").await.is_err() {
            break;
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_serves_many_requests_and_then_ends_by_itself() {
    let server = Server::with(|config| config.http.header_timeout = Duration::from_millis(400)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert_eq!(Reply::parse(&buffer[..read]).status, 200);
    }
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("an idle connection stayed open").unwrap();
    assert!(rest.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_too_large_is_refused() {
    let server = Server::start().await;
    let large = "x".repeat(17 * 1024);
    server.client().with("X-Large", &large).get("/v1/health").await.problem(431, "header_too_large");
    let mut many = server.client();
    for number in 0..70 {
        many = many.with(&format!("X-{number}"), "1");
    }
    many.get("/v1/health").await.problem(431, "header_too_large");
    // Beyond hyper's own bound there is no document.
    let huge = server.client().with("X-Huge", &"x".repeat(100 * 1024)).get("/v1/health").await;
    assert_eq!(huge.status, 431);
    server.client().get("/v1/health").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_connections_than_places() {
    let server = Server::with(|config| config.http.connections = 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        held.push(stream);
    }
    let mut turned_away = TcpStream::connect(server.address).await.unwrap();
    let reply = Reply::read(&mut turned_away).await;
    assert_eq!(reply.problem(503, "busy")["retry_after_ms"], 5_000);
    assert_eq!(reply.header("retry-after"), Some("5"));
    held.pop();
    let begun = Instant::now();
    loop {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.ok();
        if Reply::read(&mut stream).await.status == 200 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "the place was never free again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_takes_nothing_is_dropped() {
    let server = Server::with(|config| config.http.write_timeout = Duration::from_millis(500)).await;
    let lin = server.machine("lin").await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1024).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    // Thousands of pipelined requests whose replies nobody reads.
    let request = lin.head("GET", "/v1/crews", &[]).replace("Connection: close\r\n", "") + "\r\n";
    let begun = Instant::now();
    let flood = request.repeat(200);
    while begun.elapsed() < PATIENCE {
        if let Ok(Err(_)) = timeout(Duration::from_millis(200), stream.write_all(flood.as_bytes())).await {
            return;
        }
    }
    panic!("the connection stayed open for a reader who takes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_finishes_what_it_began() {
    let mut server = Server::start().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let mut busy = TcpStream::connect(server.address).await.unwrap();
    let body = json!({"username": "lin", "password": crate::server::PASSWORD}).to_string();
    let head = server.client().head("POST", "/v1/login", &[("Content-Type", "application/json")]);
    let request = format!("{head}Content-Length: {}\r\n\r\n", body.len());
    busy.write_all(request.as_bytes()).await.unwrap();
    // The request is inside when its first byte is wanted: a second connection answered after it proves that.
    server.client().get("/v1/health").await.ok();
    server.begin_to_stop();
    let mut rest = Vec::new();
    timeout(PATIENCE, idle.read_to_end(&mut rest)).await.expect("an idle connection held the server up").ok();
    busy.write_all(body.as_bytes()).await.unwrap();
    Reply::read(&mut busy).await.ok();
    assert!(TcpStream::connect(server.address).await.is_err(), "the door is closed");
}
