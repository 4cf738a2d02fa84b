//! What somebody has to decide: each reason once in its journal.

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, SessionId},
    model::collection::Flag,
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::super::columns::{json, read_json};

/// Adds a flag; false when it was raised before.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    (device, book): (InstallationId, DocumentId),
    flag: &Flag,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO flags (device, flag, document, session, raised_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (device, flag) DO NOTHING";
    let session = flag.session.map(|session| *session.as_bytes());
    let values = (device.as_bytes(), &flag.id, book.as_bytes(), session, now.as_unix_millis(), json(flag)?);
    Ok(transaction.prepare_cached(sql)?.execute(values)? > 0)
}

/// A flag of a book with the journal it belongs to, and whether somebody has decided.
pub(super) fn find(connection: &Connection, book: DocumentId, flag: &str) -> rusqlite::Result<Option<(InstallationId, Flag, bool)>> {
    let sql = "SELECT device, body, choice IS NOT NULL AS decided FROM flags WHERE document = ?1 AND flag = ?2";
    let read = |row: &Row<'_>| Ok((InstallationId::from_bytes(row.get("device")?), read_json(row, "body")?, row.get("decided")?));
    connection.prepare_cached(sql)?.query_row((book.as_bytes(), flag), read).optional()
}

/// A decision.
pub(super) struct Decision<'a> {
    pub(super) choice: &'a str,
    pub(super) note: &'a str,
    pub(super) by_name: &'a str,
    pub(super) at: Timestamp,
}

/// Notes what was decided.
pub(super) fn decide(transaction: &Transaction<'_>, device: InstallationId, flag: &str, decision: &Decision<'_>) -> rusqlite::Result<()> {
    let Decision { choice, note, by_name, at } = decision;
    let sql = "UPDATE flags SET choice = ?3, note = ?4, by_name = ?5, resolved_at = ?6 WHERE device = ?1 AND flag = ?2";
    transaction.prepare_cached(sql)?.execute((device.as_bytes(), flag, choice, note, by_name, at.as_unix_millis()))?;
    Ok(())
}

/// How many flags of a session wait for a decision.
pub(super) fn open_of(connection: &Connection, device: InstallationId, session: SessionId) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) AS open FROM flags WHERE device = ?1 AND session = ?2 AND choice IS NULL";
    let params = (device.as_bytes(), session.as_bytes());
    connection.prepare_cached(sql)?.query_row(params, |row| super::super::columns::read_counter(row, "open"))
}
