//! The transport over TCP: HTTP/1.1 and WebSocket, without TLS for now.

use std::{future::Future, io, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{net::TcpStream, time::timeout};

use super::{
    Endpoint, MessageStream, ServerAddress, Stage, Transport, TransportError, http,
    limits::{CONNECT_TIMEOUT, REPLY_TIMEOUT},
    socket,
};

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to open.
    pub connect: Duration,
    /// From a request to the end of its answer.
    pub reply: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: CONNECT_TIMEOUT, reply: REPLY_TIMEOUT }
    }
}

/// Reaches a server over TCP.
#[derive(Debug, Clone)]
pub struct TcpTransport {
    address: ServerAddress,
    timeouts: Timeouts,
}

impl TcpTransport {
    /// A transport to this server.
    #[must_use]
    pub fn new(address: ServerAddress) -> Self {
        Self::with_timeouts(address, Timeouts::default())
    }

    /// A transport with other patience.
    #[must_use]
    pub fn with_timeouts(address: ServerAddress, timeouts: Timeouts) -> Self {
        Self { address, timeouts }
    }

    /// The server's address.
    #[must_use]
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    async fn open(&self) -> Result<TcpStream, TransportError> {
        let failed = |source: io::Error| TransportError::Connect { server: self.address.to_string(), source };
        let opening = TcpStream::connect((self.address.host(), self.address.port()));
        let stream = within(self.timeouts.connect, Stage::Connecting, opening).await?.map_err(failed)?;
        // Frames are whole messages: waiting for more to send only delays them.
        stream.set_nodelay(true).map_err(failed)?;
        Ok(stream)
    }
}

impl Transport for TcpTransport {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn MessageStream>, TransportError>> {
        async move {
            let stream = self.open().await?;
            let socket = within(self.timeouts.connect, Stage::Upgrading, socket::upgrade(stream, &self.address)).await??;
            Ok(Box::new(socket) as Box<dyn MessageStream>)
        }
        .boxed()
    }

    fn post(&self, endpoint: Endpoint, body: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, TransportError>> {
        async move {
            let stream = self.open().await?;
            within(self.timeouts.reply, Stage::Answering, http::post(stream, &self.address, endpoint, body)).await?
        }
        .boxed()
    }
}

async fn within<T>(limit: Duration, stage: Stage, work: impl Future<Output = T>) -> Result<T, TransportError> {
    timeout(limit, work).await.map_err(|_| TransportError::TimedOut(stage))
}
