//! Phones as accounts: who they belong to, and what they say about themselves.

use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    key::PublicKey,
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::columns::{counter, read_counter};
use crate::store::Contact;

/// An installation as admission needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Installation {
    /// Its owner.
    pub(super) person: PersonId,
    /// The number wanted next from it.
    pub(super) next_device_seq: u64,
    /// Whether it may no longer write.
    pub(super) revoked: bool,
    /// Its key; none for a phone from before.
    pub(super) key: Option<PublicKey>,
}

pub(super) fn find(connection: &Connection, installation: InstallationId) -> rusqlite::Result<Option<Installation>> {
    let sql = "SELECT person, next_device_seq, revoked_at, public_key FROM installations WHERE id = ?1";
    let read = |row: &Row<'_>| {
        let person = PersonId::from_bytes(row.get("person")?);
        let revoked = row.get::<_, Option<i64>>("revoked_at")?.is_some();
        let key = row.get::<_, Option<[u8; 33]>>("public_key")?.map(PublicKey::from_bytes);
        Ok(Installation { person, next_device_seq: read_counter(row, "next_device_seq")?, revoked, key })
    };
    connection.prepare_cached(sql)?.query_row([installation.as_bytes()], read).optional()
}

/// A phone that was not known before.
pub(super) fn add(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    person: PersonId,
    name: &str,
    key: &PublicKey,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO installations (id, person, name, public_key, bound_at, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)";
    let values = (installation.as_bytes(), person.as_bytes(), name, key.as_bytes(), now.as_unix_millis());
    transaction.execute(sql, values).map(drop)
}

pub(super) fn rename(transaction: &Transaction<'_>, installation: InstallationId, name: &str) -> rusqlite::Result<()> {
    transaction.execute("UPDATE installations SET name = ?2 WHERE id = ?1", (installation.as_bytes(), name)).map(drop)
}

/// The phone may no longer write; false when there is no such phone. The first revocation stands.
pub(super) fn revoke(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    by: PersonId,
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE installations SET revoked_at = ?2, revoked_by = ?3, revoked_reason = ?4 WHERE id = ?1 AND revoked_at IS NULL";
    transaction.execute(sql, (installation.as_bytes(), now.as_unix_millis(), by.as_bytes(), reason))?;
    Ok(find(transaction, installation)?.is_some())
}

pub(super) fn set_next_device_seq(transaction: &Transaction<'_>, installation: InstallationId, next: u64) -> rusqlite::Result<()> {
    let sql = "UPDATE installations SET next_device_seq = ?2 WHERE id = ?1";
    transaction.prepare_cached(sql)?.execute((installation.as_bytes(), counter(next)))?;
    Ok(())
}

/// Notes what a phone said about itself; what it does not mention stays.
pub(super) fn note(transaction: &Transaction<'_>, contact: &Contact) -> rusqlite::Result<()> {
    let id = contact.installation.as_bytes();
    let now = contact.now.as_unix_millis();
    let sql = "UPDATE installations SET last_contact = ?2 WHERE id = ?1";
    if transaction.prepare_cached(sql)?.execute((id, now))? == 0 {
        return Ok(());
    }
    if let Some(health) = &contact.health {
        let sql = "UPDATE installations SET pending_edits = ?2, oldest_pending_at = ?3, needs_attention = ?4, app_version = ?5
                   WHERE id = ?1";
        let oldest = health.oldest_pending_at.map(Timestamp::as_unix_millis);
        let app_version: String = health.app_version.chars().take(64).collect();
        let health = (id, counter(health.pending), oldest, counter(health.needs_attention), app_version);
        transaction.prepare_cached(sql)?.execute(health)?;
    }
    for stored in &contact.stored {
        let sql = "INSERT INTO cursors (installation, feed, seq) VALUES (?1, ?2, ?3)
                   ON CONFLICT (installation, feed) DO UPDATE SET seq = excluded.seq";
        transaction.prepare_cached(sql)?.execute((id, stored.feed.to_string(), counter(stored.seq)))?;
    }
    Ok(())
}
