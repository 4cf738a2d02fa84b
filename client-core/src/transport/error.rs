//! What can go wrong between here and the server. None of it says anything about the edits: they stay pending.

use std::{fmt, io};

use tokio_tungstenite::tungstenite;

use super::Problem;

/// What was being done when time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking the name up and opening a connection.
    Connecting,
    /// Asking for the sync socket.
    Upgrading,
    /// Waiting for an answer to a request.
    Answering,
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connecting => "connecting",
            Self::Upgrading => "opening the sync socket",
            Self::Answering => "waiting for the answer",
        })
    }
}

/// Why a request or a connection failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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

    /// A 2xx is no error here; anything else is the server's word only when it is a problem document of ours.
    pub(super) fn of_status(status: u16, body: &[u8]) -> Self {
        Problem::read(status, body).map_or(Self::NotOurs { status }, |problem| Self::Refused(Box::new(problem)))
    }
}
