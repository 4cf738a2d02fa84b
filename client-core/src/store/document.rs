//! The documents that this phone holds.

use linecrew_protocol::{Refusal, ids::DocumentId, wire::Withdrawal};
use rusqlite::{Connection, OptionalExtension, Result, Transaction};

use super::columns::{Json, number};
use crate::status::DamagedDocument;

/// What is known of a document beside its changes.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) withdrawal: Option<Withdrawal>,
    pub(crate) damage: Option<Refusal>,
}

pub(crate) fn find(connection: &Connection, id: DocumentId) -> Result<Option<Held>> {
    let sql = "SELECT withdrawal, damage FROM document WHERE id = ?1";
    let found = connection.prepare_cached(sql)?.query_row([id.as_bytes()], |row| {
        let withdrawal: Option<Json<Withdrawal>> = row.get("withdrawal")?;
        let damage: Option<Json<Refusal>> = row.get("damage")?;
        Ok(Held { withdrawal: withdrawal.map(|json| json.0), damage: damage.map(|json| json.0) })
    });
    found.optional()
}

/// Makes room for a document, unless it is held. One that comes back begins beyond every actor that its own edits have ever used.
pub(crate) fn hold(transaction: &Transaction<'_>, id: DocumentId) -> Result<()> {
    let sql = "INSERT INTO document (id, generation)
               SELECT ?1, coalesce(max(generation) + 1, 0) FROM outbox WHERE document = ?1
               ON CONFLICT (id) DO NOTHING";
    transaction.prepare_cached(sql)?.execute([id.as_bytes()]).map(drop)
}

/// Forgets a document with its changes and its row.
pub(crate) fn forget(transaction: &Transaction<'_>, id: DocumentId) -> Result<()> {
    transaction.execute("DELETE FROM document WHERE id = ?1", [id.as_bytes()]).map(drop)
}

pub(crate) fn generation(connection: &Connection, id: DocumentId) -> Result<u32> {
    let sql = "SELECT generation FROM document WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([id.as_bytes()], |row| row.get("generation"))
}

/// A new actor for this installation's edits of the document.
pub(crate) fn next_generation(transaction: &Transaction<'_>, id: DocumentId) -> Result<()> {
    transaction.execute("UPDATE document SET generation = generation + 1 WHERE id = ?1", [id.as_bytes()]).map(drop)
}

pub(crate) fn set_withdrawal(transaction: &Transaction<'_>, id: DocumentId, withdrawal: Option<&Withdrawal>) -> Result<()> {
    let sql = "UPDATE document SET withdrawal = ?2 WHERE id = ?1";
    transaction.prepare_cached(sql)?.execute((id.as_bytes(), withdrawal.map(Json))).map(drop)
}

pub(crate) fn set_damage(transaction: &Transaction<'_>, id: DocumentId, damage: Option<&Refusal>) -> Result<()> {
    let sql = "UPDATE document SET damage = ?2 WHERE id = ?1";
    transaction.prepare_cached(sql)?.execute((id.as_bytes(), damage.map(Json))).map(drop)
}

pub(crate) fn damaged(connection: &Connection) -> Result<Vec<DamagedDocument>> {
    let sql = "SELECT id, damage FROM document WHERE damage IS NOT NULL ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let damage: Json<Refusal> = row.get("damage")?;
        Ok(DamagedDocument { document: DocumentId::from_bytes(row.get("id")?), damage: damage.0 })
    })?;
    rows.collect()
}

/// Every document held.
pub(crate) fn all(connection: &Connection) -> Result<Vec<DocumentId>> {
    let mut statement = connection.prepare("SELECT id FROM document ORDER BY id")?;
    statement.query_map([], |row| Ok(DocumentId::from_bytes(row.get("id")?)))?.collect()
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT count(*) AS documents FROM document", [], |row| number(row, "documents"))
}
