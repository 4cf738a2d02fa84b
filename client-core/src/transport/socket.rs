//! The sync socket: a WebSocket whose binary messages are messages of ours.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{FutureExt, Sink, SinkExt, Stream, future::BoxFuture};
use linecrew_protocol::limits::MAX_WIRE_BYTES;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use super::{
    Endpoint, MessageStream, ServerAddress, TransportError,
    limits::{READ_BUFFER_BYTES, WRITE_BUFFER_BYTES},
    tls::Duplex,
};

/// Asks for the sync socket on an open connection.
pub(super) async fn upgrade(stream: Box<dyn Duplex>, address: &ServerAddress) -> Result<Socket<Box<dyn Duplex>>, TransportError> {
    // The address names host and path only: the stream is already there, encrypted or not.
    let url = format!("ws://{}{}", address.authority(), address.target(Endpoint::Sync.path()));
    let request = url.into_client_request().map_err(broken)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        // Every message is written at once; the buffer only holds what the network does not take.
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(Some(MAX_WIRE_BYTES))
        .max_frame_size(Some(MAX_WIRE_BYTES));
    match client_async_with_config(request, stream, Some(config)).await {
        Ok((stream, _response)) => Ok(Socket { stream, outgoing: VecDeque::new() }),
        Err(Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            Err(TransportError::of_status(response.status().as_u16(), body))
        }
        Err(error) => Err(broken(error)),
    }
}

/// An open sync socket.
#[derive(Debug)]
pub(super) struct Socket<S> {
    stream: WebSocketStream<S>,
    outgoing: VecDeque<Vec<u8>>,
}

impl<S> Socket<S>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    /// Sends as much as the network takes; ready when all of it is out.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut stream = Pin::new(&mut self.stream);
        while !self.outgoing.is_empty() {
            std::task::ready!(stream.as_mut().poll_ready(context))?;
            if let Some(message) = self.outgoing.pop_front() {
                stream.as_mut().start_send(Message::Binary(Bytes::from(message)))?;
            }
        }
        stream.poll_flush(context)
    }

    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Vec<u8>>, TransportError>> {
        if let Poll::Ready(Err(error)) = self.poll_send(context) {
            return Poll::Ready(Err(broken(error)));
        }
        loop {
            return match std::task::ready!(Pin::new(&mut self.stream).poll_next(context)) {
                Some(Ok(Message::Binary(message))) => Poll::Ready(Ok(Some(message.into()))),
                // Pings are answered inside; a text can only come from somebody who is not our server.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Text(_))) => Poll::Ready(Err(TransportError::NotOurs { status: 101 })),
                Some(Ok(Message::Close(_))) | None | Some(Err(Error::ConnectionClosed)) => Poll::Ready(Ok(None)),
                Some(Err(Error::Capacity(_))) => Poll::Ready(Err(TransportError::TooLarge)),
                Some(Err(error)) => Poll::Ready(Err(broken(error))),
            };
        }
    }
}

impl<S> MessageStream for Socket<S>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send,
{
    fn queue(&mut self, message: Vec<u8>) {
        self.outgoing.push_back(message);
    }

    fn receive(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        poll_fn(|context| self.poll_receive(context)).boxed()
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        async move {
            // What cannot be said any more is not worth an error: the session is over either way.
            let _sent = poll_fn(|context| self.poll_send(context)).await;
            let _closed = SinkExt::close(&mut self.stream).await;
        }
        .boxed()
    }
}

fn broken(error: Error) -> TransportError {
    TransportError::Socket(Box::new(error))
}
