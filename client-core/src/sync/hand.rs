//! What this phone brings into a session, and what it has to send.

use linecrew_protocol::{
    sync::Hand,
    time::{Sighting, Timestamp},
    wire::{Health, Hello, Push, VERSIONS},
};
use rusqlite::Connection;

use super::SyncError;
use crate::{
    client::Client,
    store::{account, document, feed, inbox, installation, outbox, sighting},
};

impl Client {
    /// What opens a session: the hello, and the first edits that have no answer. `None` while signed out.
    ///
    /// # Errors
    /// The store failed.
    pub fn hand(&self) -> Result<Option<(Hand, Option<Push>)>, SyncError> {
        self.read(|connection| {
            let Some(session) = account::session(connection)? else { return Ok(None) };
            let installation = installation::current(connection)?;
            let next_seq = installation.next_device_seq;
            let first_pending = outbox::first_unanswered(connection)?.unwrap_or(next_seq);
            let hello = Hello {
                version_min: VERSIONS.0,
                version_max: VERSIONS.1,
                installation: installation.id,
                token: session.token,
                store: installation.store_epoch,
                positions: feed::positions(connection)?,
                health: health(connection, self.app_version())?,
            };
            let first = outbox::push_from(connection, first_pending)?;
            Ok(Some((Hand { hello, first_pending, next_seq }, first)))
        })
    }

    /// Consecutive edits from `seq` on; `None` when there are no more.
    ///
    /// # Errors
    /// The store failed.
    pub fn push_from(&self, seq: u64) -> Result<Option<Push>, SyncError> {
        self.read(|connection| Ok(outbox::push_from(connection, seq)?))
    }

    /// This push went out: its edits are shown as sent. What there is to send is decided by answers alone.
    ///
    /// # Errors
    /// The store failed.
    pub fn mark_sent(&self, push: &Push) -> Result<(), SyncError> {
        let device_seqs = push.first_seq..push.first_seq.saturating_add(push.edits.len() as u64);
        self.write(move |transaction| Ok(outbox::mark_sent(transaction, &device_seqs)?))
    }

    /// The server's clock was seen, `round_trip_ms` after it was asked for.
    ///
    /// # Errors
    /// The store failed.
    pub fn sighting(&self, server_time: Timestamp, round_trip_ms: u64) -> Result<(), SyncError> {
        let seen = self.seen(server_time, round_trip_ms);
        self.write(move |transaction| Ok(sighting::store(transaction, &seen)?))
    }

    /// This phone's report about itself.
    ///
    /// # Errors
    /// The store failed.
    pub fn health(&self) -> Result<Health, SyncError> {
        self.read(|connection| health(connection, self.app_version()))
    }

    pub(super) fn seen(&self, server: Timestamp, round_trip_ms: u64) -> Sighting {
        let host = self.host();
        Sighting { server, round_trip_ms, monotonic_ms: host.monotonic_ms(), boot: host.boot() }
    }
}

fn health(connection: &Connection, app_version: &str) -> Result<Health, SyncError> {
    let counts = outbox::counts(connection)?;
    Ok(Health {
        pending: counts.saved.saturating_add(counts.sent),
        oldest_pending_at: counts.oldest_pending_at,
        needs_attention: inbox::count_refused(connection)?,
        documents: document::count(connection)?,
        app_version: app_version.to_owned(),
    })
}
