//! The app's network: for platforms whose own stack knows ways that ours does not, such as a company's proxy.

use std::{fmt, future::Future, io, pin::Pin, sync::Arc};

use linecrew_client::transport::{Endpoint, MessageStream, ServerAddress, Stage, Transport, TransportError};
use tokio::time::timeout;

use super::{Desk, HostError, HostFault};

/// What it is asked, in the status.
const POST: &str = "transport.post";

/// Carries requests to the server. It keeps no live connection, so an app that gives one syncs at times of its own.
#[uniffi::export(rust, foreign)]
#[async_trait::async_trait]
pub trait HostTransport: Send + Sync {
    /// Sends one request by POST, and gives the whole answer, whoever wrote it and whatever its status says. `Unavailable` when nothing was sent.
    /// It ends when nobody waits for it any more, and is waited for at most 70 seconds.
    async fn post(&self, request: HostRequest) -> Result<HostAnswer, HostError>;
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HostRequest {
    /// Where to.
    pub url: String,
    /// The header `Content-Type`.
    pub content_type: String,
    /// What is sent.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HostAnswer {
    /// The number in the status line.
    pub status: u16,
    /// What came.
    pub body: Vec<u8>,
}

/// The way to one server over the app's network.
pub(crate) struct HostedTransport {
    host: Arc<dyn HostTransport>,
    address: ServerAddress,
    desk: Arc<Desk>,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, TransportError>> + Send + 'a>>;

impl HostedTransport {
    pub(crate) fn new(host: Arc<dyn HostTransport>, address: ServerAddress, desk: Arc<Desk>) -> Self {
        Self { host, address, desk }
    }

    async fn ask(&self, endpoint: Endpoint, body: Vec<u8>) -> Result<HostAnswer, TransportError> {
        let url = format!("{}{}", self.address, endpoint.path());
        let request = HostRequest { url, content_type: endpoint.content_type().to_owned(), body };
        let answered = match timeout(self.desk.patience().reply, self.host.post(request)).await {
            Ok(answered) => answered.map_err(HostFault::from),
            Err(_) => Err(HostFault::TimedOut),
        };
        self.desk.note(POST, answered.as_ref().err().copied());
        answered.map_err(|how| match how {
            HostFault::Unavailable => {
                TransportError::Connect { server: self.address.to_string(), source: io::ErrorKind::NotConnected.into() }
            }
            HostFault::TimedOut => TransportError::TimedOut(Stage::Answering),
            _ => TransportError::Broken(io::ErrorKind::Other.into()),
        })
    }
}

impl Transport for HostedTransport {
    fn connect(&self) -> Answer<'_, Box<dyn MessageStream>> {
        Box::pin(async { Err(TransportError::Broken(io::ErrorKind::Unsupported.into())) })
    }

    fn post(&self, endpoint: Endpoint, body: Vec<u8>) -> Answer<'_, Vec<u8>> {
        Box::pin(async move {
            let HostAnswer { status, body } = self.ask(endpoint, body).await?;
            TransportError::of_answer(status, body)
        })
    }
}

impl fmt::Debug for HostedTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HostedTransport").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
