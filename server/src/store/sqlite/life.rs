//! The identity of this store: what changes at a restore, and what changes at a start.

use linecrew_protocol::ids::{BootId, EventId, InstallationId, StoreEpoch};
use linecrew_protocol::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::columns::{counter, damaged};
use crate::clock::{Clock, SystemClock};

/// One life of a store, in one run of the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    /// The life.
    pub(super) epoch: StoreEpoch,
    /// The run.
    pub(super) boot: BootId,
}

impl Life {
    /// The life that the file is in, or its first.
    pub(super) fn go_on(transaction: &Transaction<'_>) -> rusqlite::Result<Self> {
        match read(transaction, "epoch")? {
            Some(epoch) => Ok(Self { epoch: StoreEpoch::from_bytes(epoch), boot: new_boot() }),
            None => Self::begin(transaction),
        }
    }

    /// A new life.
    pub(super) fn begin(transaction: &Transaction<'_>) -> rusqlite::Result<Self> {
        let epoch = StoreEpoch::new(SystemClock.now(), rand::random());
        write(transaction, "epoch", epoch.as_bytes())?;
        write(transaction, "device_seq", &0_i64.to_be_bytes())?;
        Ok(Self { epoch, boot: new_boot() })
    }

    /// The store as an author: its epoch.
    pub(super) fn installation(&self) -> InstallationId {
        InstallationId::from_bytes(*self.epoch.as_bytes())
    }
}

/// The next number of the store's own edits.
pub(super) fn next_device_seq(transaction: &Transaction<'_>) -> rusqlite::Result<u64> {
    let last = read(transaction, "device_seq")?.map(i64::from_be_bytes).ok_or_else(|| damaged("device_seq"))?;
    let next = u64::try_from(last).map_err(|_| damaged("device_seq"))?.saturating_add(1);
    write(transaction, "device_seq", &counter(next).to_be_bytes())?;
    Ok(next)
}

/// A new event's id.
pub(super) fn new_event(now: Timestamp) -> EventId {
    EventId::new(now, rand::random())
}

fn new_boot() -> BootId {
    BootId::new(SystemClock.now(), rand::random())
}

/// What `meta` holds under a key.
pub(super) fn read<const N: usize>(connection: &Connection, key: &str) -> rusqlite::Result<Option<[u8; N]>> {
    let sql = "SELECT value FROM meta WHERE key = ?1";
    connection.prepare_cached(sql)?.query_row([key], |row| row.get("value")).optional()
}

/// Puts something into `meta`.
pub(super) fn write(transaction: &Transaction<'_>, key: &str, value: &[u8]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    transaction.prepare_cached(sql)?.execute((key, value))?;
    Ok(())
}
