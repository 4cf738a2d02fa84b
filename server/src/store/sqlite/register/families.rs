//! Families of refresh tokens.

use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    key::PublicKey,
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::super::people;
use crate::store::register::{Family, FamilyId, FamilySecret, Rotated, Rotation};

pub(super) fn begin(
    transaction: &Transaction<'_>,
    (id, secret): &(FamilyId, FamilySecret),
    installation: InstallationId,
    now: Timestamp,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO families (id, installation, secret, generation, begun_at, expires_at) VALUES (?1, ?2, ?3, 1, ?4, ?5)";
    let values = (id, installation.as_bytes(), secret, now.as_unix_millis(), expires_at.as_unix_millis());
    transaction.prepare_cached(sql)?.execute(values).map(drop)
}

pub(super) fn find(connection: &Connection, id: &FamilyId) -> rusqlite::Result<Option<Family>> {
    let sql = "SELECT families.installation, installations.public_key, families.secret
               FROM families JOIN installations ON installations.id = families.installation
               WHERE families.id = ?1 AND installations.public_key IS NOT NULL";
    let read = |row: &Row<'_>| {
        let (installation, key) = (InstallationId::from_bytes(row.get("installation")?), PublicKey::from_bytes(row.get("public_key")?));
        Ok(Family { installation, key, secret: row.get("secret")? })
    };
    connection.prepare_cached(sql)?.query_row([id], read).optional()
}

/// The newest token gives the next generation. The one before it gives the newest again: its answer got lost. A generation that this store has
/// not given yet comes after a restore from a backup; it is authentic, so the store catches up. Phones and people that may work no longer are
/// renewed as well: what they hold can be handed in, and their sessions give them nothing.
pub(super) fn rotate(transaction: &Transaction<'_>, rotation: &Rotation) -> rusqlite::Result<Rotated> {
    let Rotation { family, generation: used, now, expires_at } = *rotation;
    let sql =
        "SELECT families.generation, installations.person FROM families JOIN installations ON installations.id = families.installation
               WHERE families.id = ?1 AND families.ended_at IS NULL AND families.expires_at > ?2";
    let read = |row: &Row<'_>| Ok((row.get::<_, u32>("generation")?, PersonId::from_bytes(row.get("person")?)));
    let found = transaction.prepare_cached(sql)?.query_row((family, now.as_unix_millis()), read).optional()?;
    let Some((newest, person)) = found else { return Ok(Rotated::Refused) };
    if used.saturating_add(1) < newest {
        return Ok(Rotated::Refused);
    }
    let Some(owner) = people::owner(transaction, person)? else { return Ok(Rotated::Refused) };
    let next = used.saturating_add(1);
    let sql = "UPDATE families SET generation = ?2, expires_at = ?3 WHERE id = ?1";
    transaction.prepare_cached(sql)?.execute((family, next, expires_at.as_unix_millis()))?;
    Ok(Rotated::Next(owner, next))
}

pub(super) fn end(transaction: &Transaction<'_>, id: &FamilyId, why: &str, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE families SET ended_at = ?2, why = ?3 WHERE id = ?1 AND ended_at IS NULL";
    transaction.prepare_cached(sql)?.execute((id, now.as_unix_millis(), why)).map(drop)
}

pub(super) fn end_all(transaction: &Transaction<'_>, installation: InstallationId, why: &str, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE families SET ended_at = ?2, why = ?3 WHERE installation = ?1 AND ended_at IS NULL";
    transaction.prepare_cached(sql)?.execute((installation.as_bytes(), now.as_unix_millis(), why)).map(drop)
}
