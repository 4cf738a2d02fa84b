//! The transport over TCP: HTTP/1.1 and WebSocket, through TLS when the address says so.

use std::{future::Future, io, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use rustls::ClientConfig;
use tokio::{net::TcpStream, time::timeout};

use super::{
    Endpoint, MessageStream, ServerAddress, Stage, Transport, TransportError, Trust, http,
    limits::{CONNECT_TIMEOUT, REPLY_TIMEOUT},
    socket,
    tls::{Duplex, encrypt},
};

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to open, and again for its TLS handshake.
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
    /// Shared by all its connections: a session of one is resumed by the next.
    tls: Option<Arc<ClientConfig>>,
    timeouts: Timeouts,
}

impl TcpTransport {
    /// A transport to this server, which the public authorities vouch for if the address is encrypted.
    #[must_use]
    pub fn new(address: ServerAddress) -> Self {
        Self::with_timeouts(address, Timeouts::default())
    }

    /// A transport with other patience.
    #[must_use]
    pub fn with_timeouts(address: ServerAddress, timeouts: Timeouts) -> Self {
        Self { address, tls: None, timeouts }.trusting(&Trust::PublicCas)
    }

    /// The same with other trust. It changes nothing for an address in the clear.
    #[must_use]
    pub fn trusting(mut self, trust: &Trust) -> Self {
        self.tls = self.address.is_encrypted().then(|| trust.config().expect("ring has suites for both versions"));
        self
    }

    /// The server's address.
    #[must_use]
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    async fn open(&self) -> Result<Box<dyn Duplex>, TransportError> {
        let stream = self.reach().await?;
        let Some((name, config)) = self.address.certified().zip(self.tls.clone()) else { return Ok(Box::new(stream)) };
        within(self.timeouts.connect, Stage::Encrypting, encrypt(stream, name, &self.address, config)).await?
    }

    async fn reach(&self) -> Result<TcpStream, TransportError> {
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
