//! How messages reach the server and come back.
//!
//! [`Transport`] is all that the driver knows of the network: apps bring their own (a platform's HTTP stack, a test's faulty link),
//! [`TcpTransport`] is ours. The rule that every implementation keeps: **a status line proves nothing**. Captive portals and proxies
//! answer 200 with their own pages, so success is only bytes that decode as a message of ours, and deciding that is the driver's work.
//! Nothing here touches the store.

mod address;
mod error;
mod http;
mod limits;
mod problem;
mod socket;
mod tcp;
#[cfg(test)]
mod tests;
mod tls;
mod trust;

use futures_util::future::BoxFuture;

pub use address::{AddressError, Cleartext, ServerAddress};
pub use error::{Distrust, Stage, TransportError};
pub use problem::Problem;
pub use tcp::{TcpTransport, Timeouts};
pub use trust::{PrivateCa, PrivateCaError, Trust};

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// One message up, one message down (docs/protocol.md).
    Sync,
    /// Enrolling with an invitation: JSON both ways (docs/api.md).
    Enrol,
    /// New tokens for the old ones: JSON both ways (docs/api.md).
    Token,
}

impl Endpoint {
    /// The path under the server's address.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Sync => "/v1/sync",
            Self::Enrol => "/v1/enrol",
            Self::Token => "/v1/token",
        }
    }

    /// The media type of what is sent.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Sync => "application/cbor",
            Self::Enrol | Self::Token => "application/json",
        }
    }
}

/// The way to one server.
pub trait Transport: Send + Sync {
    /// Opens the live connection: the sync socket.
    ///
    /// # Cancellation
    /// Dropping the future closes what was opened.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn MessageStream>, TransportError>>;

    /// Sends one request and gives the body of a 2xx answer, whoever wrote it.
    ///
    /// # Cancellation
    /// Dropping the future closes the connection. The server may have carried out the request.
    fn post(&self, endpoint: Endpoint, body: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, TransportError>>;
}

/// A live connection that carries whole messages both ways.
pub trait MessageStream: Send {
    /// Takes a message over for sending; it travels while [`receive`](Self::receive) is awaited.
    ///
    /// Sending and receiving share one future on purpose: two ends that both wait for their sends, and read nothing meanwhile, wait for
    /// ever as soon as the buffers between them are full.
    fn queue(&mut self, message: Vec<u8>);

    /// Sends what is queued and waits for the next message; `None` when the other end has closed.
    ///
    /// # Cancellation
    /// Dropping the future loses nothing, neither of what is queued nor of what arrives.
    fn receive(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>>;

    /// Sends what is queued and says goodbye. Bounded by the caller.
    fn close(&mut self) -> BoxFuture<'_, ()>;
}
