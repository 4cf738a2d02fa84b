//! Answers to a request.

use linecrew_protocol::wire::decode_message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{message, reply, say, server, short_session};
use crate::transport::{Cleartext, Endpoint, ServerAddress, Stage, TcpTransport, Transport, TransportError};

async fn post_to(reply: Vec<u8>) -> Result<Vec<u8>, TransportError> {
    let (transport, serving) = server(move |stream| say(stream, reply.clone())).await;
    let answer = transport.post(Endpoint::Sync, vec![1, 2, 3]).await;
    serving.abort();
    answer
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_is_never_an_answer() {
    let whole = reply("200 OK", "content-type: application/cbor\r\n", &message());
    assert_eq!(post_to(whole.clone()).await.unwrap(), message());
    for cut in 0..whole.len() {
        let answer = post_to(whole[..cut].to_vec()).await;
        assert!(matches!(answer, Err(TransportError::Http(_))), "cut after {cut} of {} bytes: {answer:?}", whole.len());
    }
}

#[tokio::test]
async fn without_a_length_a_cut_answer_says_less_but_nothing_false() {
    // A proxy that rewrites to HTTP/1.0 hides the cut. Each frame is true by itself, so a prefix of the frames is, too.
    for cut in 0..=message().len() {
        let old = [b"HTTP/1.0 200 OK\r\n\r\n", &message()[..cut]].concat();
        let body = post_to(old).await.unwrap();
        if let Ok(frames) = decode_message(&body) {
            assert!(short_session().starts_with(&frames), "cut after {cut} bytes");
        }
    }
}

#[tokio::test]
async fn a_captive_portal_is_not_the_server() {
    let page = b"<!doctype html><title>Free Wi-Fi</title><form action=/accept>".to_vec();
    let body = post_to(reply("200 OK", "content-type: text/html\r\n", &page)).await.unwrap();
    assert!(decode_message(&body).is_err());
    for status in
        ["302 Found", "401 Unauthorized", "403 Forbidden", "426 Upgrade Required", "502 Bad Gateway", "511 Network Authentication Required"]
    {
        let answer = post_to(reply(status, "location: http://portal.example/\r\n", &page)).await;
        let number: u16 = status.split(' ').next().unwrap().parse().unwrap();
        assert!(matches!(answer, Err(TransportError::NotOurs { status }) if status == number), "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn the_servers_own_refusal_is_understood() {
    let problem = br#"{"type":"https://linecrew.dev/problems/busy","title":"Busy","status":503,"code":"busy","detail":"too many phones","retry_after_ms":1500}"#;
    let error = post_to(reply("503 Service Unavailable", "", problem)).await.unwrap_err();
    assert_eq!((error.code(), error.retry_after_ms()), (Some("busy"), Some(1500)));
    assert_eq!(error.to_string(), "the server refused: too many phones (busy)");
}

#[tokio::test]
async fn an_endless_answer_is_cut_short() {
    let (transport, serving) = server(|mut stream| async move {
        let mut request = [0; 512];
        let _request = stream.read(&mut request).await;
        let _head = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[0; 16 * 1024]).await.is_ok() {}
    })
    .await;
    let answer = transport.post(Endpoint::Sync, Vec::new()).await;
    assert!(matches!(answer, Err(TransportError::TooLarge)), "{answer:?}");
    serving.abort();
}

#[tokio::test]
async fn a_black_hole_times_out() {
    let (transport, serving) = server(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let answer = transport.post(Endpoint::Sync, Vec::new()).await;
    assert!(matches!(answer, Err(TransportError::TimedOut(Stage::Answering))), "{answer:?}");
    let socket = transport.connect().await.err();
    assert!(matches!(socket, Some(TransportError::TimedOut(Stage::Upgrading))), "{socket:?}");
    serving.abort();
}

#[tokio::test]
async fn nobody_there_is_said_at_once() {
    let free = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let address = ServerAddress::parse(&format!("http://{free}"), Cleartext::LoopbackOnly).unwrap();
    let error = TcpTransport::new(address).post(Endpoint::Sync, Vec::new()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("no connection to http://{free}"));
}
