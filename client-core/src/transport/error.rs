//! What can go wrong between here and the server. None of it says anything about the edits: they stay pending.

use std::{fmt, io};

use linecrew_protocol::limits::MAX_WIRE_BYTES;
use tokio_tungstenite::tungstenite;

use super::{Problem, limits::MAX_PROBLEM_BYTES};

/// What was being done when time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking the name up and opening a connection.
    Connecting,
    /// The TLS handshake.
    Encrypting,
    /// Asking for the sync socket.
    Upgrading,
    /// Waiting for an answer to a request.
    Answering,
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connecting => "connecting",
            Self::Encrypting => "encrypting the connection",
            Self::Upgrading => "opening the sync socket",
            Self::Answering => "waiting for the answer",
        })
    }
}

/// What is wrong with the certificate of whoever answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Signed by nobody whom this phone believes: a network's sign-in page or an eavesdropper in between, or a CA that the phone was not told of.
    UnknownIssuer,
    /// Over, by this device's clock.
    Expired,
    /// Not begun, by this device's clock.
    NotYetValid,
    /// Another server's.
    OtherName,
    /// Damaged, not for servers, or signed in a way that is not safe any more.
    Unusable,
}

impl fmt::Display for Distrust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UnknownIssuer => {
                "its certificate is signed by nobody this phone trusts; a sign-in page of the network may stand in between, or the \
                 company's own CA is missing here"
            }
            Self::Expired => "its certificate has expired, unless the clock of this device is wrong",
            Self::NotYetValid => "its certificate is not valid yet; the clock of this device may be wrong",
            Self::OtherName => "its certificate is for another name; a sign-in page of the network may stand in between",
            Self::Unusable => "its certificate cannot be used",
        })
    }
}

/// Why a request or a connection failed.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// There is no way to the server now.
    #[error("no connection to {server}")]
    Connect {
        /// The server's address.
        server: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Somebody answered who is not proven to be the server. Nothing was said to them.
    #[error("{server} is not trusted: {why}")]
    Untrusted {
        /// The server's address.
        server: String,
        /// What is wrong.
        why: Distrust,
        /// What the TLS library said.
        #[source]
        source: io::Error,
    },
    /// Somebody answered who speaks no TLS, or none that is safe. Nothing was said to them.
    #[error("no encrypted connection to {server}; it does not speak TLS 1.2 or newer there, or something stands in between")]
    NotEncrypted {
        /// The server's address.
        server: String,
        /// What the TLS library said.
        #[source]
        source: io::Error,
    },
    /// Nothing came for too long: a black hole, or a link too slow to use.
    #[error("timed out while {0}")]
    TimedOut(Stage),
    /// An HTTP exchange broke off.
    #[error("the connection broke off")]
    Http(#[source] hyper::Error),
    /// The sync socket broke off.
    #[error("the sync socket broke off")]
    Socket(#[source] Box<tungstenite::Error>),
    /// The other end of a transport that is not ours broke off.
    #[error("the connection broke off")]
    Broken(#[source] io::Error),
    /// Somebody between here and the server answered: a proxy, a captive portal.
    #[error("the answer is not the server's (HTTP {status}); a proxy or a sign-in page of the network may stand in between")]
    NotOurs {
        /// The status line's number.
        status: u16,
    },
    /// The server itself refused.
    #[error("the server refused: {} ({})", .0.words(), .0.code)]
    Refused(Box<Problem>),
    /// The answer is longer than any message may be.
    #[error("the answer is longer than any message may be")]
    TooLarge,
}

impl TransportError {
    /// When the server asked to try again.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Refused(problem) => problem.retry_after_ms,
            _ => None,
        }
    }

    /// The stable code of the server's own refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// Whether it failed before there was a connection that could carry the request: then nothing of it has left this phone.
    pub(crate) fn is_before_sending(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Untrusted { .. }
                | Self::NotEncrypted { .. }
                | Self::TimedOut(Stage::Connecting | Stage::Encrypting | Stage::Upgrading)
        )
    }

    /// The body of a whole HTTP answer, for a transport that brings one: the platform's own.
    ///
    /// # Errors
    /// Its status says that it failed, or it is longer than any message may be.
    pub fn of_answer(status: u16, body: Vec<u8>) -> Result<Vec<u8>, Self> {
        match status {
            200..300 if body.len() <= MAX_WIRE_BYTES => Ok(body),
            200..300 => Err(Self::TooLarge),
            _ => Err(Self::of_status(status, body.get(..MAX_PROBLEM_BYTES).unwrap_or(&body))),
        }
    }

    /// A 2xx is no error here; anything else is the server's word only when it is a problem document of ours.
    pub(super) fn of_status(status: u16, body: &[u8]) -> Self {
        Problem::read(status, body).map_or(Self::NotOurs { status }, |problem| Self::Refused(Box::new(problem)))
    }
}
