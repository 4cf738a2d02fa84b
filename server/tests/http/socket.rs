use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use linecrew_protocol::{
    ids::InstallationId,
    wire::{Farewell, Frame, Health, Hello, Welcome, decode_message, encode_message},
};
use serde_json::json;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::{client::PATIENCE, handset::proof, server::Server};

const PHONE: &str = "01931c6e-7d00-7000-8000-000000000001";

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) fn hello(token: &str, installation: &str) -> Frame {
    let installation: InstallationId = installation.parse().unwrap();
    let health = Health { pending: 3, app_version: "0.1.0".into(), ..Health::default() };
    let token = token.to_owned();
    let proof = proof(installation, &token);
    Frame::Hello(Hello {
        version_min: 1,
        version_max: 1,
        installation,
        token,
        store: None,
        positions: Vec::new(),
        health,
        proof,
        refused: Vec::new(),
    })
}

pub(crate) async fn connect(server: &Server) -> Socket {
    connect_async(format!("ws://{}/v1/sync", server.address)).await.unwrap().0
}

pub(crate) async fn say(socket: &mut Socket, frame: Frame) {
    socket.send(Message::Binary(encode_message(&[frame]).unwrap().into())).await.unwrap();
}

pub(crate) async fn hear(socket: &mut Socket) -> Vec<Frame> {
    match timeout(PATIENCE, socket.next()).await.expect("the server says nothing").expect("the server closed").unwrap() {
        Message::Binary(message) => decode_message(&message).unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn welcome(socket: &mut Socket) -> Welcome {
    let frames = hear(socket).await;
    match frames.first() {
        Some(Frame::Welcome(welcome)) => welcome.clone(),
        _ => panic!("{frames:?}"),
    }
}

async fn farewell(socket: &mut Socket) -> Farewell {
    let frames = hear(socket).await;
    match frames.as_slice() {
        [Frame::Goodbye(goodbye)] => goodbye.why,
        _ => panic!("{frames:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_welcomed_with_its_own_token_alone() {
    let server = Server::start().await;
    let token = server.phone("chen", PHONE).await;
    let mut socket = connect(&server).await;
    say(&mut socket, hello(&token, PHONE)).await;
    let welcome = welcome(&mut socket).await;
    assert_eq!((welcome.version, welcome.store), (1, server.store.epoch()));

    let machine = server.machine("chen").await.headers[0].1.strip_prefix("Bearer ").unwrap().to_owned();
    // The same person's other phone: the person and the installation fit, only not together with this token.
    let other = "01931c6e-7d00-7000-8000-000000000002";
    server.phone("chen", other).await;
    for (token, installation) in [(machine.as_str(), PHONE), (token.as_str(), other), ("", PHONE), ("a.b.c", PHONE)] {
        let mut socket = connect(&server).await;
        say(&mut socket, hello(token, installation)).await;
        assert_eq!(farewell(&mut socket).await, Farewell::Unauthenticated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_carries_a_whole_session() {
    let server = Server::start().await;
    let token = server.phone("chen", PHONE).await;
    let message = encode_message(&[hello(&token, PHONE)]).unwrap();
    let cbor = [("Content-Type", "application/cbor")];
    let reply = server.client().send("POST", "/v1/sync", &cbor, Some(&message)).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/cbor")));
    assert!(matches!(decode_message(&reply.body).unwrap().first(), Some(Frame::Welcome(_))));

    let rubbish = server.client().send("POST", "/v1/sync", &cbor, Some(b"rubbish")).await;
    assert!(matches!(decode_message(&rubbish.body).unwrap().first(), Some(Frame::Goodbye(goodbye)) if goodbye.why == Farewell::Malformed));
    server.client().send("POST", "/v1/sync", &[], Some(&message)).await.problem(415, "unsupported_media_type");
    server.client().send("POST", "/v1/sync", &cbor, None).await.problem(411, "length_required");
    let large = vec![0; 1024 * 1024 + 1];
    server.client().send("POST", "/v1/sync", &cbor, Some(&large)).await.problem(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_handshake_is_told_how_to_make_one() {
    let server = Server::start().await;
    let good = [
        ("Connection", "keep-alive, Upgrade"),
        ("Upgrade", "WebSocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let request = |headers: &[(&str, &str)]| {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("GET /v1/sync HTTP/1.1\r\nHost: x\r\n{lines}\r\n").into_bytes()
    };
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &request(&good)).await.unwrap();
    let mut buffer = [0; 4096];
    let read = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await.unwrap();
    let reply = crate::client::Reply::parse(&buffer[..read]);
    // The example of RFC 6455 section 1.3.
    assert_eq!((reply.status, reply.header("sec-websocket-accept")), (101, Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));

    let changed = |name: &str, value: Option<&'static str>| {
        let headers =
            good.iter().filter_map(|(own, kept)| if *own == name { value.map(|value| (*own, value)) } else { Some((*own, *kept)) });
        request(&headers.chain([("Connection", "close")]).collect::<Vec<_>>())
    };
    for (name, value, status, code) in [
        ("Upgrade", None, 426, "upgrade_required"),
        ("Upgrade", Some("h2c"), 426, "upgrade_required"),
        ("Sec-WebSocket-Version", None, 426, "upgrade_required"),
        ("Sec-WebSocket-Version", Some("8"), 426, "upgrade_required"),
        ("Sec-WebSocket-Key", None, 400, "invalid_field"),
        ("Sec-WebSocket-Key", Some("short=="), 400, "invalid_field"),
        ("Sec-WebSocket-Key", Some("dGhlIHNhbXBsZSBub25jZQ======"), 400, "invalid_field"),
    ] {
        let reply = server.client().raw(&changed(name, value)).await;
        reply.problem(status, code);
        assert_eq!(reply.header("sec-websocket-version"), Some("13"));
    }
    server.client().get("/v1/sync").await.problem(426, "upgrade_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_messages_end_the_session_and_nothing_else() {
    let server = Server::start().await;
    let token = server.phone("chen", PHONE).await;
    let mut honest = connect(&server).await;
    say(&mut honest, hello(&token, PHONE)).await;
    welcome(&mut honest).await;

    let mut text = connect(&server).await;
    text.send(Message::Text("hello".into())).await.unwrap();
    assert!(
        matches!(timeout(PATIENCE, text.next()).await.unwrap(), Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == 1003)
    );

    let mut large = connect(&server).await;
    large.send(Message::Binary(vec![0; 1024 * 1024 + 1].into())).await.ok();
    let ended = timeout(PATIENCE, large.next()).await.unwrap();
    assert!(!matches!(ended, Some(Ok(Message::Binary(_)))), "{ended:?}");

    let mut rubbish = connect(&server).await;
    rubbish.send(Message::Binary(b"rubbish".as_slice().into())).await.unwrap();
    assert_eq!(farewell(&mut rubbish).await, Farewell::Malformed);

    honest.send(Message::Ping(b"still here?".as_slice().into())).await.unwrap();
    // Its district's forms may still be on their way.
    let pong = loop {
        match timeout(PATIENCE, honest.next()).await.unwrap() {
            Some(Ok(Message::Binary(_))) => {}
            other => break other,
        }
    };
    assert!(matches!(pong, Some(Ok(Message::Pong(_)))), "{pong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_told_that_the_server_goes_down() {
    let server = Server::start().await;
    let token = server.phone("chen", PHONE).await;
    let mut socket = connect(&server).await;
    say(&mut socket, hello(&token, PHONE)).await;
    welcome(&mut socket).await;
    let begun = Instant::now();
    let told = tokio::spawn(async move {
        loop {
            if let [Frame::Goodbye(goodbye)] = hear(&mut socket).await.as_slice() {
                return goodbye.why;
            }
        }
    });
    server.stop().await;
    assert_eq!(told.await.unwrap(), Farewell::ShuttingDown);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connected_phone_is_shown_as_connected() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let token = server.phone("chen", PHONE).await;
    let mut socket = connect(&server).await;
    say(&mut socket, hello(&token, PHONE)).await;
    welcome(&mut socket).await;
    let phone = lin.get("/v1/phones").await.ok()["items"][0].clone();
    assert_eq!(phone["connected"], json!(true));
    drop(socket);
    let begun = Instant::now();
    while lin.get("/v1/phones").await.ok()["items"][0]["connected"] == json!(true) {
        assert!(begun.elapsed() < PATIENCE, "the phone stayed connected");
    }
}
