//! A transport that counts what a phone sends and receives, as messages.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::{FutureExt, future::BoxFuture};
use linecrew_client::transport::{Endpoint, MessageStream, TcpTransport, Transport, TransportError};
use linecrew_protocol::wire::decode_message;

/// Messages, their frames and their bytes, in one direction.
#[derive(Debug, Default)]
struct Counter {
    messages: AtomicU64,
    frames: AtomicU64,
    bytes: AtomicU64,
}

/// A reading of a [`Counter`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Count {
    pub(super) messages: u64,
    pub(super) frames: u64,
    pub(super) bytes: u64,
}

impl Counter {
    fn count(&self, message: &[u8]) {
        let frames = decode_message(message).map_or(0, |frames| frames.len() as u64);
        self.messages.fetch_add(1, Ordering::SeqCst);
        self.frames.fetch_add(frames, Ordering::SeqCst);
        self.bytes.fetch_add(message.len() as u64, Ordering::SeqCst);
    }

    fn take(&self) -> Count {
        let take = |counter: &AtomicU64| counter.swap(0, Ordering::SeqCst);
        Count { messages: take(&self.messages), frames: take(&self.frames), bytes: take(&self.bytes) }
    }
}

/// Counts, on top of TCP.
#[derive(Debug)]
pub(super) struct Counting {
    inner: TcpTransport,
    counters: Arc<[Counter; 2]>,
}

impl Counting {
    pub(super) fn over(inner: TcpTransport) -> Self {
        Self { inner, counters: Arc::default() }
    }

    /// What was sent and received since the last call.
    pub(super) fn take(&self) -> (Count, Count) {
        let [up, down] = &*self.counters;
        (up.take(), down.take())
    }
}

impl Transport for Counting {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn MessageStream>, TransportError>> {
        async move {
            let stream = self.inner.connect().await?;
            Ok(Box::new(CountingStream { stream, counters: Arc::clone(&self.counters) }) as Box<dyn MessageStream>)
        }
        .boxed()
    }

    fn post(&self, endpoint: Endpoint, body: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, TransportError>> {
        async move {
            let [up, down] = &*self.counters;
            up.count(&body);
            let answer = self.inner.post(endpoint, body).await?;
            down.count(&answer);
            Ok(answer)
        }
        .boxed()
    }
}

struct CountingStream {
    stream: Box<dyn MessageStream>,
    counters: Arc<[Counter; 2]>,
}

impl MessageStream for CountingStream {
    fn queue(&mut self, message: Vec<u8>) {
        self.counters[0].count(&message);
        self.stream.queue(message);
    }

    fn receive(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        async move {
            let message = self.stream.receive().await?;
            if let Some(message) = &message {
                self.counters[1].count(message);
            }
            Ok(message)
        }
        .boxed()
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        self.stream.close()
    }
}
