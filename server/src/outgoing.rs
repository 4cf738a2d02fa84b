//! Asking others: the one place from which this server speaks to somebody that did not call it.
//!
//! A question is one connection with one answer. Time and bytes are bounded for the whole of it, so that whoever hangs or talks without end costs
//! one of few places for a few seconds. No redirect is followed: an answer comes from the address that was asked, or it is none.

mod address;

use std::{io, path::Path, pin::pin, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

pub use self::address::{WebAddress, WebAddressError};
use crate::tls::{TlsClient, TrustError};

/// Questions at once. Each holds a connection and at most the bytes of one answer.
const AT_ONCE: usize = 32;
/// Bytes of the header of an answer.
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// How much somebody who is asked may take.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingLimits {
    /// From the first packet to the last byte of the answer.
    pub timeout: Duration,
    /// Bytes of the answer's body.
    pub body_bytes: usize,
}

impl Default for OutgoingLimits {
    /// A person waits for it, and the largest honest answer (a key set with certificates) has some 10 KiB.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(8), body_bytes: 256 * 1024 }
    }
}

/// Why there is no answer. Nothing of what was sent or received is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum OutgoingError {
    /// Too many questions are under way.
    #[error("too many questions are under way")]
    Busy,
    /// Nobody is there.
    #[error("failed to connect")]
    Connect(#[source] io::Error),
    /// It is not proven who is there.
    #[error("failed to speak TLS")]
    Handshake(#[source] io::Error),
    /// The question cannot be written.
    #[error("failed to write the question")]
    Question(#[source] hyper::http::Error),
    /// What came is no HTTP, or broke off.
    #[error("the answer is no HTTP, or broke off")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It has too many bytes.
    #[error("the answer is too large")]
    TooLarge,
    /// It took too long.
    #[error("the answer took too long")]
    Timeout,
}

/// An answer, whatever it says.
#[derive(Debug)]
pub(crate) struct Answered {
    /// Its status.
    pub(crate) status: u16,
    /// Its body, whole.
    pub(crate) body: Bytes,
}

/// Asks.
#[derive(Debug)]
pub(crate) struct Outgoing {
    tls: TlsClient,
    limits: OutgoingLimits,
    places: Semaphore,
}

impl Outgoing {
    /// Believes the public certificate authorities, or those in the file and nobody else.
    ///
    /// # Errors
    /// [`TrustError`] when the file cannot be used.
    pub(crate) fn new(authorities: Option<&Path>, limits: OutgoingLimits) -> Result<Self, TrustError> {
        Ok(Self { tls: TlsClient::new(authorities)?, limits, places: Semaphore::new(AT_ONCE) })
    }

    /// Reads what is there.
    ///
    /// # Errors
    /// [`OutgoingError`]; a status is no error.
    ///
    /// # Cancellation
    /// Dropping it closes the connection.
    pub(crate) async fn get(&self, address: &WebAddress) -> Result<Answered, OutgoingError> {
        let request = to(address).method("GET").body(Full::default()).map_err(OutgoingError::Question)?;
        self.ask(address, request).await
    }

    /// Sends a form, with an `Authorization` if there is one.
    ///
    /// # Errors
    /// As [`Self::get`].
    ///
    /// # Cancellation
    /// Dropping it closes the connection; the question may have been heard.
    pub(crate) async fn post_form(
        &self,
        address: &WebAddress,
        form: String,
        authorization: Option<String>,
    ) -> Result<Answered, OutgoingError> {
        let mut request = to(address).method("POST").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            let mut value = HeaderValue::try_from(authorization).map_err(|error| OutgoingError::Question(error.into()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Full::from(form)).map_err(OutgoingError::Question)?;
        self.ask(address, request).await
    }

    async fn ask(&self, address: &WebAddress, request: Request<Full<Bytes>>) -> Result<Answered, OutgoingError> {
        let _place = self.places.try_acquire().map_err(|_| OutgoingError::Busy)?;
        timeout(self.limits.timeout, self.exchange(address, request)).await.map_err(|_| OutgoingError::Timeout)?
    }

    async fn exchange(&self, address: &WebAddress, request: Request<Full<Bytes>>) -> Result<Answered, OutgoingError> {
        let stream = TcpStream::connect((address.host(), address.port())).await.map_err(OutgoingError::Connect)?;
        if !address.is_encrypted() {
            return self.speak(stream, request).await;
        }
        let stream = self.tls.connect(address.host(), stream).await.map_err(OutgoingError::Handshake)?;
        self.speak(stream, request).await
    }

    async fn speak<S>(&self, stream: S, request: Request<Full<Bytes>>) -> Result<Answered, OutgoingError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let broken = |error: hyper::Error| OutgoingError::Answer(error.into());
        let shaken = http1::Builder::new().max_buf_size(MAX_HEADER_BYTES).handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.map_err(broken)?;
        let mut answered = pin!(async { self.collect(sender.send_request(request).await.map_err(broken)?).await });
        tokio::select! {
            answered = &mut answered => answered,
            // The end of the connection may be the end of the answer: what has come is still to be taken.
            _ = connection => answered.await,
        }
    }

    async fn collect(&self, response: Response<Incoming>) -> Result<Answered, OutgoingError> {
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), self.limits.body_bytes)
            .collect()
            .await
            .map_err(|error| if error.is::<LengthLimitError>() { OutgoingError::TooLarge } else { OutgoingError::Answer(error) })?;
        Ok(Answered { status, body: body.to_bytes() })
    }
}

fn to(address: &WebAddress) -> hyper::http::request::Builder {
    let request = Request::builder().uri(address.path_and_query()).header(HOST, address.authority());
    request.header(ACCEPT, "application/json").header(USER_AGENT, "linecrew")
}

#[cfg(test)]
mod tests;
