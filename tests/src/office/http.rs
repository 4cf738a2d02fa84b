//! One request over one connection.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};

/// How long one answer may take: a sign-in behind a queue of others takes longest.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Why a call has no answer that helps.
#[derive(Debug)]
pub enum CallError {
    /// The server refused, and said why.
    Refused(Problem),
    /// There is no server now, or it went away.
    NoAnswer(String),
    /// The answer is not what docs/api.md promises.
    Unexpected(String),
}

impl std::fmt::Display for CallError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(problem) => write!(formatter, "{} {}: {}", problem.status, problem.code, problem.detail.as_deref().unwrap_or("")),
            Self::NoAnswer(why) => write!(formatter, "no answer: {why}"),
            Self::Unexpected(what) => write!(formatter, "not an answer: {what}"),
        }
    }
}

impl std::error::Error for CallError {}

impl CallError {
    /// The stable code of the server's refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// Whether the same call can have another answer in a moment.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Refused(problem) => problem.status == 503 || problem.status == 429,
            Self::NoAnswer(_) => true,
            Self::Unexpected(_) => false,
        }
    }
}

/// A problem document (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The status, again.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// In words.
    #[serde(default)]
    pub detail: Option<String>,
}

/// What is asked.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) token: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) body: Option<&'a Value>,
}

/// Asks once.
pub(super) async fn call<T: DeserializeOwned>(server: SocketAddr, call: &Call<'_>) -> Result<T, CallError> {
    timeout(ANSWER_WITHIN, async { read(send(server, call).await?).await })
        .await
        .map_err(|_| CallError::NoAnswer(format!("none within {} s", ANSWER_WITHIN.as_secs())))?
}

/// Sends a request; the answer's body is still to come.
pub(super) async fn send(server: SocketAddr, call: &Call<'_>) -> Result<Response<Incoming>, CallError> {
    let lost = |error: &dyn std::error::Error| CallError::NoAnswer(error.to_string());
    let stream = TcpStream::connect(server).await.map_err(|error| lost(&error))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| lost(&error))?;
    tokio::spawn(connection);
    sender.send_request(request(server, call)).await.map_err(|error| lost(&error))
}

/// Reads an answer: JSON, or why there is none.
pub(super) async fn read<T: DeserializeOwned>(response: Response<Incoming>) -> Result<T, CallError> {
    let status = response.status();
    let body = response.into_body().collect().await.map_err(|error| CallError::NoAnswer(error.to_string()))?.to_bytes();
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| CallError::Unexpected(format!("{error} in {}", text(&body))));
    }
    Err(match serde_json::from_slice(&body) {
        Ok(problem) => CallError::Refused(problem),
        Err(_) => CallError::Unexpected(format!("{status} with {}", text(&body))),
    })
}

fn request(server: SocketAddr, call: &Call<'_>) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(call.method).uri(call.path).header(header::HOST, server.to_string());
    if let Some(token) = call.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if let Some(key) = call.key {
        request = request.header("idempotency-key", key);
    }
    let body = call.body.map(|body| Bytes::from(body.to_string()));
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request.body(Full::new(body.unwrap_or_default())).expect("a request of known parts")
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(500).collect()
}
