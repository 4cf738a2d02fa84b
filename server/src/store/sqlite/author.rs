//! The store as the author of changes: in somebody's name, or in its own.

use linecrew_protocol::{
    Refusal,
    ids::DocumentId,
    model::{command::Author, person::Principal},
    time::{Evidence, Timestamp},
};
use rusqlite::{Connection, Transaction};

use super::{Desk, columns::Damaged, life, people};
use crate::store::{SYSTEM_NAME, SYSTEM_PERSON, system_principal};

/// The caller with the roles of this transaction: they may have changed since the request was let in.
pub(super) fn caller(connection: &Connection, desk: &Desk, by: &Principal) -> rusqlite::Result<Option<Principal>> {
    if by.person == SYSTEM_PERSON {
        return Ok(Some(system_principal(desk.life.epoch)));
    }
    people::principal(connection, by.person, by.installation)
}

/// The store's own installation in the place of the caller's, with the next number of its edits.
pub(super) fn author(
    transaction: &Transaction<'_>,
    desk: &Desk,
    by: &Principal,
    by_name: &str,
    now: Timestamp,
) -> rusqlite::Result<Author> {
    Ok(Author {
        principal: Principal { installation: desk.life.installation(), ..by.clone() },
        name: Some(by_name.to_owned()),
        device_seq: life::next_device_seq(transaction)?,
        evidence: Evidence::of_server(now, desk.life.boot),
        event: life::new_event(now),
        generation: 0,
    })
}

/// The store in its own name: for what follows from a rule.
pub(super) fn own_author(transaction: &Transaction<'_>, desk: &Desk, now: Timestamp) -> rusqlite::Result<Author> {
    author(transaction, desk, &system_principal(desk.life.epoch), SYSTEM_NAME, now)
}

pub(super) fn unreadable(document: DocumentId) -> impl FnOnce(Refusal) -> rusqlite::Error {
    move |refusal| Damaged::Document { document, source: Some(refusal.into()) }.into()
}
