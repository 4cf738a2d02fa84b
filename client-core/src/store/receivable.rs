//! Amounts due: documents of the person's own feed, which nobody here can change.

use linecrew_protocol::{
    Automerge,
    ids::DocumentId,
    model::collection::{
        Receivable,
        receivable::{self, ReceivableAct},
    },
};
use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction};

use super::columns::{Json, number};

/// An amount due, as the server has told it.
#[derive(Debug, Clone)]
pub(crate) struct Bill {
    pub(crate) document: DocumentId,
    pub(crate) receivable: Receivable,
    pub(crate) acts: Vec<ReceivableAct>,
}

/// Writes the receivable's row, if the document is one. Whether it is one.
pub(crate) fn project(transaction: &Transaction<'_>, id: DocumentId, document: &Automerge) -> Result<bool> {
    let Ok(read) = receivable::read(document) else { return Ok(false) };
    let sql = "INSERT INTO receivable (document, bill, acts) VALUES (?1, ?2, ?3)
               ON CONFLICT (document) DO UPDATE SET bill = excluded.bill, acts = excluded.acts";
    transaction.prepare_cached(sql)?.execute((id.as_bytes(), Json(&read.receivable), Json(&read.acts)))?;
    Ok(true)
}

pub(crate) fn find(connection: &Connection, document: DocumentId) -> Result<Option<Bill>> {
    let sql = "SELECT document, bill, acts FROM receivable WHERE document = ?1";
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], read).optional()
}

/// All of them, by document.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Bill>> {
    let mut statement = connection.prepare_cached("SELECT document, bill, acts FROM receivable ORDER BY document")?;
    statement.query_map([], read)?.collect()
}

/// Whether the document is a receivable.
pub(crate) fn is_receivable(connection: &Connection, document: DocumentId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM receivable WHERE document = ?1")?.exists([document.as_bytes()])
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT count(*) AS receivables FROM receivable", [], |row| number(row, "receivables"))
}

fn read(row: &Row<'_>) -> Result<Bill> {
    let (Json(receivable), Json(acts)) = (row.get("bill")?, row.get("acts")?);
    Ok(Bill { document: DocumentId::from_bytes(row.get("document")?), receivable, acts })
}
