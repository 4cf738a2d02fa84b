//! The sync driver: drives [`PhoneSession`](linecrew_protocol::sync::PhoneSession) over a [`Transport`], for a
//! few seconds ([`SyncDriver::sync_once`]) or for as long as the app runs ([`SyncDriver::run`]).
//!
//! Invariants:
//! - The driver decides nothing about edits. What is pending, sent or safe stands in the store, and only a stored acknowledgement of the
//!   server's makes an edit safe: no status line, no closed connection, no time-out does.
//! - Steps are carried out in order, each store call in one transaction. Dropping any future here, at any await, leaves the store as
//!   some earlier moment of the same session would have; the next session goes on from there.
//! - Tokens are replaced before they end, and once when the server refuses one. Only the server's own refusal of the refresh token ends the
//!   sign-in; that stops syncing and nothing else: work goes on and edits wait.
//! - Nothing goes out that this phone's key has not signed. A key that cannot be used now is asked again with back-off.

mod access;
mod conversation;
mod desk;
mod limits;
mod link;
mod live;
mod once;
mod report;

use std::{fmt, sync::Arc, time::Duration};

use linecrew_protocol::limits::{HELLO_TIMEOUT_MS, IDLE_TIMEOUT_MS, PING_EVERY_MS};
use linecrew_sqlite::Execution;
use tokio::sync::{Notify, watch};

use crate::{client::Client, transport::Transport};

use desk::Desk;
pub use link::LinkState;
pub use report::{SyncReport, SyncStop};

/// How a driver behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriverOptions {
    /// Seeds the jitter of the back-off. Every phone needs another one, or they return together.
    pub jitter_seed: u64,
    /// Whether store calls run on threads of their own or inline: as the client was opened.
    pub execution: Execution,
    /// How often a live phone reports its health.
    pub ping_every: Duration,
    /// A live connection that was asked something says something within this time, or it is dead.
    pub answer_within: Duration,
    /// A live connection that was asked nothing says something within this time, or it is dead.
    pub idle: Duration,
    /// From an open socket to the welcome.
    pub welcome_within: Duration,
}

impl DriverOptions {
    /// The usual times.
    #[must_use]
    pub fn new(jitter_seed: u64) -> Self {
        Self {
            jitter_seed,
            execution: Execution::Thread,
            ping_every: Duration::from_millis(PING_EVERY_MS),
            answer_within: limits::ANSWER_WITHIN,
            idle: Duration::from_millis(IDLE_TIMEOUT_MS),
            welcome_within: Duration::from_millis(HELLO_TIMEOUT_MS),
        }
    }
}

/// Syncs one client with its server.
pub struct SyncDriver {
    desk: Desk,
    transport: Arc<dyn Transport>,
    options: DriverOptions,
    link: watch::Sender<LinkState>,
    nudged: Notify,
}

impl SyncDriver {
    /// A driver for `client`, over `transport`. It does nothing until asked to.
    #[must_use]
    pub fn new(client: Client, transport: Arc<dyn Transport>, options: DriverOptions) -> Self {
        let desk = Desk::new(client, options.execution);
        let link = watch::Sender::new(LinkState::idle(desk.wall()));
        Self { desk, transport, options, link, nudged: Notify::new() }
    }

    /// How the live connection is. Only [`run`](Self::run) changes it.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<LinkState> {
        self.link.subscribe()
    }

    /// The network came back or changed, the keystore was unlocked, or somebody has just signed in: try now instead of waiting, or check a connection that may be dead.
    pub fn nudge(&self) {
        self.nudged.notify_one();
    }

    /// Everything is handed in: nobody is to have what is on this phone any more. Why syncing stops.
    async fn wipe(&self) -> SyncStop {
        match self.desk.client().wipe().await {
            Ok(()) => SyncStop::Revoked,
            Err(error) => SyncStop::NotWiped(error),
        }
    }
}

impl fmt::Debug for SyncDriver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SyncDriver").field("options", &self.options).finish_non_exhaustive()
    }
}
