//! The server's end of a sync session, over whatever carries its messages.
//!
//! The rules of a session are in [`ServerSession`](linecrew_protocol::sync::ServerSession); this module carries out its steps: it asks the
//! store, sends what is to be sent, and ends a session that says nothing or takes nothing. It holds no entries for a slow phone: what a
//! phone has not got is read from the store when it can be sent. An acknowledgement is sent after the store's commit, or not at all.

mod connection;
mod conversation;
mod limits;
mod once;
mod outgoing;
mod share;

use std::{fmt, future::Future, sync::Arc};

use bytes::Bytes;
use linecrew_protocol::ids::{InstallationId, PersonId};

pub use self::{
    connection::run,
    once::once,
    share::{ShareLimits, Shares},
};
use crate::{clock::Clock, live::Live, store::Store};

/// Carries whole messages. The HTTP side implements it over a WebSocket.
pub trait MessageStream: Send {
    /// The next message; none when the phone is gone.
    ///
    /// # Cancellation
    ///
    /// Has to be safe: it is dropped whenever something else happens first, and no message may be lost then.
    fn receive(&mut self) -> impl Future<Output = Option<Bytes>> + Send;

    /// Sends a message, and returns once it is out of this process's hands.
    ///
    /// # Errors
    ///
    /// The phone is gone.
    fn send(&mut self, message: Bytes) -> impl Future<Output = Result<(), PhoneGone>> + Send;

    /// Ends the stream in an orderly way, if it still can be.
    fn close(&mut self) -> impl Future<Output = ()> + Send;
}

/// The other end does not take anything any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the phone is gone")]
pub struct PhoneGone;

/// The token is missing, wrong, expired, or bound to another installation; nobody outside learns which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not authenticated")]
pub struct NotAuthenticated;

/// Knows whose token this is.
pub trait Authenticator: Send + Sync + 'static {
    /// The person behind a token that is bound to `installation`.
    ///
    /// # Errors
    ///
    /// It is no such token, or no longer.
    fn authenticate(&self, token: &str, installation: InstallationId) -> Result<PersonId, NotAuthenticated>;
}

/// What a session needs. Clones share it.
#[derive(Clone)]
pub struct SyncDeps {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Who has to hear of a commit.
    pub live: Arc<Live>,
    /// The reference clock.
    pub clock: Arc<dyn Clock>,
    /// Whose token it is.
    pub authenticator: Arc<dyn Authenticator>,
    /// How long a session waits.
    pub patience: Patience,
    /// What each phone has used up of its share.
    pub shares: Arc<Shares>,
}

impl fmt::Debug for SyncDeps {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SyncDeps").field("patience", &self.patience).finish_non_exhaustive()
    }
}

/// How long a session waits for its phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a valid hello.
    pub hello_ms: u64,
    /// For any message after that.
    pub idle_ms: u64,
    /// For a message to be taken.
    pub send_ms: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            hello_ms: linecrew_protocol::limits::HELLO_TIMEOUT_MS,
            idle_ms: linecrew_protocol::limits::IDLE_TIMEOUT_MS,
            send_ms: limits::SEND_TIMEOUT_MS,
        }
    }
}

#[cfg(test)]
mod tests;
