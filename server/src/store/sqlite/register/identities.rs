//! Who somebody is at an OpenID Connect provider.

use linecrew_protocol::ids::PersonId;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::super::{columns::read_time, people};
use crate::store::register::{Identity, IdentityRecord, Linked, NewLink};

/// Links an identity to a person. An identity is one person's, and a person is one identity of an issuer; the same again changes nothing.
pub(super) fn link(transaction: &Transaction<'_>, link: &NewLink) -> rusqlite::Result<Linked> {
    let NewLink { identity, person, by, now } = link;
    if people::owner(transaction, *person)?.is_none() {
        return Ok(Linked::UnknownPerson);
    }
    match find(transaction, identity)? {
        Some(linked) if linked == *person => return Ok(Linked::Done),
        Some(_) => return Ok(Linked::AnothersIdentity),
        None => {}
    }
    if of_person(transaction, *person)?.iter().any(|known| known.identity.issuer == identity.issuer) {
        return Ok(Linked::HasAnother);
    }
    let sql = "INSERT INTO oidc_identities (issuer, subject, person, linked_by, linked_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = (&identity.issuer, &identity.subject, person.as_bytes(), by.as_bytes(), now.as_unix_millis());
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(Linked::Done)
}

/// Takes a person's identity of an issuer away; false when there is none.
pub(super) fn unlink(transaction: &Transaction<'_>, person: PersonId, issuer: &str) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM oidc_identities WHERE person = ?1 AND issuer = ?2";
    Ok(transaction.prepare_cached(sql)?.execute((person.as_bytes(), issuer))? > 0)
}

/// Whose an identity is, whether or not they may sign in.
pub(super) fn find(connection: &Connection, identity: &Identity) -> rusqlite::Result<Option<PersonId>> {
    let sql = "SELECT person FROM oidc_identities WHERE issuer = ?1 AND subject = ?2";
    let values = (&identity.issuer, &identity.subject);
    connection.prepare_cached(sql)?.query_row(values, |row| Ok(PersonId::from_bytes(row.get("person")?))).optional()
}

pub(super) fn of_person(connection: &Connection, person: PersonId) -> rusqlite::Result<Vec<IdentityRecord>> {
    let sql = "SELECT issuer, subject, linked_at FROM oidc_identities WHERE person = ?1 ORDER BY issuer";
    let read = |row: &Row<'_>| {
        let identity = Identity { issuer: row.get("issuer")?, subject: row.get("subject")? };
        Ok(IdentityRecord { identity, linked_at: read_time(row, "linked_at")? })
    };
    connection.prepare_cached(sql)?.query_map([person.as_bytes()], read)?.collect()
}
