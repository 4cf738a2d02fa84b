//! What this phone brings into a session, and what it has to send.

use linecrew_protocol::{
    ids::{InstallationId, StoreEpoch},
    key::Statement,
    sync::Hand,
    time::{Sighting, Timestamp},
    wire::{Health, Hello, Position, Push, VERSIONS},
};
use rusqlite::Connection;

use super::{HandError, SyncError};
use crate::{
    client::Client,
    error::StoreError,
    store::{
        account, document, feed, inbox, installation,
        outbox::{self, Unsigned},
        sighting,
    },
};

/// A hand that nothing vouches for yet.
struct Unvouched {
    installation: InstallationId,
    token: String,
    store: Option<StoreEpoch>,
    positions: Vec<Position>,
    health: Health,
    refused: Vec<u64>,
    first_pending: u64,
    next_seq: u64,
    first: Option<Unsigned>,
}

impl Client {
    /// What opens a session: the hello, and the first edits that have no answer. `None` while signed out. The key is asked twice, outside of
    /// any transaction.
    ///
    /// # Errors
    /// See [`HandError`].
    pub fn hand(&self) -> Result<Option<(Hand, Option<Push>)>, HandError> {
        let Some(unvouched) = self.read_unleased(|connection| unvouched(connection, self.app_version()))? else { return Ok(None) };
        let Unvouched { installation, token, store, positions, health, refused, first_pending, next_seq, first } = unvouched;
        let proof = self.vouch(&Statement::Hello { installation, token: &token })?;
        let (version_min, version_max) = VERSIONS;
        let hello = Hello { version_min, version_max, installation, token, store, positions, health, proof, refused };
        let first = first.map(|first| first.signed(|statement| self.vouch(statement))).transpose()?;
        Ok(Some((Hand { hello, first_pending, next_seq }, first)))
    }

    /// Consecutive edits from `seq` on; `None` when there are no more. The key is asked outside of any transaction.
    ///
    /// # Errors
    /// See [`HandError`].
    pub fn push_from(&self, seq: u64) -> Result<Option<Push>, HandError> {
        let unsigned = self.read_unleased(|connection| Ok::<_, HandError>(outbox::push_from(connection, seq)?))?;
        Ok(unsigned.map(|unsigned| unsigned.signed(|statement| self.vouch(statement))).transpose()?)
    }

    /// This push went out: its edits are shown as sent. What there is to send is decided by answers alone.
    ///
    /// # Errors
    /// The store failed.
    pub fn mark_sent(&self, push: &Push) -> Result<(), SyncError> {
        let device_seqs = push.first_seq..push.first_seq.saturating_add(push.edits.len() as u64);
        self.write_unleased(move |transaction| Ok(outbox::mark_sent(transaction, &device_seqs)?))
    }

    /// The server's clock was seen, `round_trip_ms` after it was asked for.
    ///
    /// # Errors
    /// The store failed.
    pub fn sighting(&self, server_time: Timestamp, round_trip_ms: u64) -> Result<(), SyncError> {
        let seen = self.seen(server_time, round_trip_ms);
        self.write_unleased(move |transaction| Ok(sighting::store(transaction, &seen)?))
    }

    /// This phone's report about itself.
    ///
    /// # Errors
    /// The store failed.
    pub fn health(&self) -> Result<Health, SyncError> {
        self.read_unleased(|connection| Ok(health(connection, self.app_version())?))
    }

    pub(crate) fn seen(&self, server: Timestamp, round_trip_ms: u64) -> Sighting {
        let host = self.host();
        Sighting { server, round_trip_ms, monotonic_ms: host.monotonic_ms(), boot: host.boot() }
    }
}

fn unvouched(connection: &Connection, app_version: &str) -> Result<Option<Unvouched>, HandError> {
    let Some(session) = account::session(connection)? else { return Ok(None) };
    let installation = installation::current(connection)?;
    let next_seq = installation.next_device_seq;
    let first_pending = outbox::first_unanswered(connection)?.unwrap_or(next_seq);
    Ok(Some(Unvouched {
        installation: installation.id,
        token: session.token,
        store: installation.store_epoch,
        positions: feed::positions(connection)?,
        health: health(connection, app_version)?,
        refused: outbox::refused(connection)?,
        first_pending,
        next_seq,
        first: outbox::push_from(connection, first_pending)?,
    }))
}

fn health(connection: &Connection, app_version: &str) -> Result<Health, StoreError> {
    let counts = outbox::counts(connection)?;
    Ok(Health {
        pending: counts.saved.saturating_add(counts.sent),
        oldest_pending_at: counts.oldest_pending_at,
        needs_attention: inbox::count_refused(connection)?,
        documents: document::count(connection)?,
        app_version: app_version.to_owned(),
    })
}
