//! What people see of collection, read from what the folds said last.

pub(super) mod books;
mod detail;
pub(super) mod flags;
pub(super) mod receivables;
pub(super) mod sessions;

use linecrew_protocol::{
    ids::PersonId,
    model::collection::{EntryHash, Ticket},
};
use rusqlite::{Connection, OptionalExtension, Row};

pub(in super::super) use self::{detail::read as session, sessions::list as sessions};
use crate::store::PersonBrief;

/// Whether there is a receipt with this number and code. It tells nothing else: a voided receipt was issued too.
pub(in super::super) fn verify(connection: &Connection, ticket: &Ticket, code: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT hash FROM journal WHERE series = ?1 AND number = ?2 AND act = 'receipt'";
    let read = |row: &Row<'_>| Ok(EntryHash::from_bytes(row.get("hash")?));
    let hash = connection.prepare_cached(sql)?.query_row((ticket.series.as_str(), ticket.number), read).optional()?;
    Ok(hash.is_some_and(|hash| hash.has_code(code)))
}

/// The columns `collector, collector_name`.
fn read_collector(row: &Row<'_>) -> rusqlite::Result<PersonBrief> {
    let name = row.get::<_, Option<String>>("collector_name")?.unwrap_or_default();
    Ok(PersonBrief { id: PersonId::from_bytes(row.get("collector")?), name })
}
