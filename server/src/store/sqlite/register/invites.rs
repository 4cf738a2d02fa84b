//! Invitations: one-time codes, of which only hashes are kept.

use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::super::people;
use crate::store::register::{CodeHash, NewInvite};

/// How long a code is remembered after its end, for those who look into who enrolled what.
const REMEMBERED_MS: i64 = 90 * 24 * 3_600_000;

/// Keeps an invitation; false when its person may not sign in.
pub(super) fn keep(transaction: &Transaction<'_>, invite: &NewInvite) -> rusqlite::Result<bool> {
    if people::account(transaction, invite.person)?.is_none() {
        return Ok(false);
    }
    let forgotten = invite.now.as_unix_millis().saturating_sub(REMEMBERED_MS);
    transaction.prepare_cached("DELETE FROM invites WHERE expires_at < ?1")?.execute([forgotten])?;
    let sql = "INSERT INTO invites (code, person, invited_by, invited_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let NewInvite { code, person, by, now, expires_at } = invite;
    let values = (code, person.as_bytes(), by.as_bytes(), now.as_unix_millis(), expires_at.as_unix_millis());
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(true)
}

/// Whom a code lets enrol this phone: it is not over, and no other phone has used it. The same phone may ask again, because answers get lost.
pub(super) fn person(
    connection: &Connection,
    code: &CodeHash,
    phone: InstallationId,
    now: Timestamp,
) -> rusqlite::Result<Option<PersonId>> {
    let sql = "SELECT person FROM invites WHERE code = ?1 AND expires_at > ?2 AND (installation IS NULL OR installation = ?3)";
    let values = (code, now.as_unix_millis(), phone.as_bytes());
    let found = connection.prepare_cached(sql)?.query_row(values, |row| Ok(PersonId::from_bytes(row.get("person")?))).optional()?;
    let Some(person) = found else { return Ok(None) };
    Ok(people::account(connection, person)?.map(|account| account.id))
}

pub(super) fn use_up(transaction: &Transaction<'_>, code: &CodeHash, phone: InstallationId, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE invites SET installation = ?2, used_at = ?3 WHERE code = ?1 AND installation IS NULL";
    transaction.prepare_cached(sql)?.execute((code, phone.as_bytes(), now.as_unix_millis())).map(drop)
}
