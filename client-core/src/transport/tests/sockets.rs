//! The sync socket.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::{accept_async, tungstenite::Message};

use super::{reply, say, server};
use crate::transport::{Transport, TransportError};

#[tokio::test]
async fn both_ends_may_send_more_than_the_buffers_hold() {
    const MESSAGES: usize = 40;
    let block = vec![7_u8; 256 * 1024];
    let (transport, serving) = server(|stream| async move {
        let mut socket = accept_async(stream).await.unwrap();
        // A server that says everything before it listens.
        for _ in 0..MESSAGES {
            socket.send(Message::binary(vec![8_u8; 256 * 1024])).await.unwrap();
        }
        for _ in 0..MESSAGES {
            assert_eq!(socket.next().await.unwrap().unwrap().len(), 256 * 1024);
        }
        socket.close(None).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let mut socket = transport.connect().await.unwrap();
    (0..MESSAGES).for_each(|_| socket.queue(block.clone()));
    for _ in 0..MESSAGES {
        assert_eq!(socket.receive().await.unwrap().map(|message| message.len()), Some(256 * 1024));
    }
    assert_eq!(socket.receive().await.unwrap(), None);
    serving.abort();
}

#[tokio::test]
async fn a_dropped_wait_loses_no_message() {
    let (transport, serving) = server(|stream| async move {
        let mut socket = accept_async(stream).await.unwrap();
        while let Some(Ok(Message::Binary(message))) = socket.next().await {
            socket.send(Message::Binary(message)).await.unwrap();
        }
    })
    .await;
    let mut socket = transport.connect().await.unwrap();
    for number in 0..200_u8 {
        socket.queue(vec![number; 1_000]);
        // Dropped after one poll, whatever it was doing.
        let early = tokio::select! {
            biased;
            message = socket.receive() => Some(message),
            () = std::future::ready(()) => None,
        };
        let message = match early {
            Some(message) => message,
            None => socket.receive().await,
        };
        assert_eq!(message.unwrap(), Some(vec![number; 1_000]));
    }
    socket.close().await;
    serving.abort();
}

#[tokio::test]
async fn what_is_not_the_sync_socket_is_refused() {
    for (answer, status) in [("200 OK", 200), ("502 Bad Gateway", 502), ("301 Moved Permanently", 301)] {
        let page = reply(answer, "", b"<html></html>");
        let (transport, serving) = server(move |stream| say(stream, page.clone())).await;
        let error = transport.connect().await.err();
        assert!(matches!(error, Some(TransportError::NotOurs { status: seen }) if seen == status), "{error:?}");
        serving.abort();
    }
    let (transport, serving) = server(|stream| async move {
        let mut socket = accept_async(stream).await.unwrap();
        let _said = socket.send(Message::text("hello")).await;
    })
    .await;
    let answer = transport.connect().await.unwrap().receive().await;
    assert!(matches!(answer, Err(TransportError::NotOurs { status: 101 })), "{answer:?}");
    serving.abort();
}

#[tokio::test]
async fn a_socket_cut_off_is_an_error_and_a_closed_one_is_not() {
    let (transport, serving) = server(|stream| async move {
        drop(accept_async(stream).await.unwrap());
    })
    .await;
    assert!(matches!(transport.connect().await.unwrap().receive().await, Err(TransportError::Socket(_))));
    serving.abort();
}

#[tokio::test]
async fn an_oversized_message_is_refused_before_it_is_held() {
    let (transport, serving) = server(|stream| async move {
        let mut socket = accept_async(stream).await.unwrap();
        let _said = socket.send(Message::binary(vec![0_u8; 2 * 1024 * 1024])).await;
    })
    .await;
    let answer = transport.connect().await.unwrap().receive().await;
    assert!(matches!(answer, Err(TransportError::TooLarge)), "{answer:?}");
    serving.abort();
}
