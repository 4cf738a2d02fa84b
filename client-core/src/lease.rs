//! The lease: a phone that has not heard of its server for too long locks itself, and opens by hearing of it again (docs/adr/0020).
//!
//! Time is counted by the clock that never steps, boot by boot. The wall clock has no say: whoever sets it neither locks a phone nor opens one.
//! Nothing is deleted, and syncing goes on: a locked phone still hands in what waits on it.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use rusqlite::{Connection, Transaction};

use crate::{
    client::Client,
    error::StoreError,
    host::Host,
    store::lease::{self, Counted},
};

/// How long a phone works without contact, unless its app says otherwise.
pub const LEASE: Duration = Duration::from_secs(72 * 60 * 60);
/// What may be lost of the count when the phone is switched off.
const KEEP_EVERY_MS: u64 = 60_000;

/// The lease of one client.
#[derive(Debug)]
pub(crate) struct Lease {
    length_ms: u64,
    /// When the count was last written, by this boot's clock.
    kept_ms: AtomicU64,
    /// Whether the count was written since it was over: switching a locked phone off gives back nothing.
    kept_over: AtomicBool,
}

impl Lease {
    pub(crate) fn of(length: Duration) -> Self {
        Self {
            length_ms: u64::try_from(length.as_millis()).unwrap_or(u64::MAX),
            kept_ms: AtomicU64::new(0),
            kept_over: AtomicBool::new(false),
        }
    }

    /// Whether it is over, as far as was counted and has passed since.
    pub(crate) fn is_over(&self, counted: Option<Counted>, host: &dyn Host) -> bool {
        counted.is_some_and(|counted| elapsed(counted, host) >= self.length_ms)
    }

    /// Fails when it is over.
    pub(crate) fn check(&self, connection: &Connection, host: &dyn Host) -> Result<(), StoreError> {
        if self.is_over(lease::find(connection, host.boot())?, host) { Err(StoreError::Locked) } else { Ok(()) }
    }

    /// Counts up to now, in a store that has never counted from now on.
    pub(crate) fn count(&self, transaction: &Transaction<'_>, host: &dyn Host) -> rusqlite::Result<()> {
        let (boot, now) = (host.boot(), host.monotonic_ms());
        // How long a phone was alone before it counted is not known.
        match lease::find(transaction, boot)? {
            Some(_) => lease::count(transaction, boot, now)?,
            None => lease::begin(transaction, boot, now)?,
        }
        // Should the transaction fail, the next minute counts again.
        self.kept_ms.store(now, Ordering::Relaxed);
        Ok(())
    }

    /// Whether it is time to count: once a minute, and once when the lease is over.
    fn is_due(&self, is_over: bool, host: &dyn Host) -> bool {
        let first_over = is_over != self.kept_over.swap(is_over, Ordering::Relaxed) && is_over;
        first_over || host.monotonic_ms().saturating_sub(self.kept_ms.load(Ordering::Relaxed)) >= KEEP_EVERY_MS
    }
}

/// The time without contact, in milliseconds.
fn elapsed(counted: Counted, host: &dyn Host) -> u64 {
    counted.elapsed_ms.saturating_add(host.monotonic_ms().saturating_sub(counted.until_ms))
}

impl Client {
    /// Whether this phone has locked itself: it was without contact for too long. Commands, queries and observers answer
    /// [`StoreError::Locked`] until the server was heard of; what waits is still sent.
    ///
    /// # Errors
    /// The store failed.
    pub fn is_locked(&self) -> Result<bool, StoreError> {
        let (lease, host) = (self.lease(), self.host());
        Ok(lease.is_over(self.read_unleased(|connection| Ok::<_, StoreError>(lease::find(connection, host.boot())?))?, host.as_ref()))
    }

    /// Counts, when it is time to. That it fails costs nothing while this boot lasts.
    pub(crate) fn count_lease(&self, is_over: bool) {
        if self.lease().is_due(is_over, self.host().as_ref()) {
            self.count_lease_now();
        }
    }

    /// Counts. A phone without space for it is not kept from working.
    pub(crate) fn count_lease_now(&self) {
        let (client, host) = (self.clone(), self.host());
        drop(self.database().write(move |transaction| client.lease().count(transaction, host.as_ref())));
    }
}
