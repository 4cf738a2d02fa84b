//! Survey forms: documents of the reference feeds, ready to be looked up.

use linecrew_protocol::{
    Automerge,
    ids::DocumentId,
    model::{form::Form, reference},
};
use rusqlite::{Connection, OptionalExtension, Result, Transaction};

use super::columns::{Json, number};

/// Writes the form's row, if the document is a form. Whether it is one.
pub(crate) fn project(transaction: &Transaction<'_>, id: DocumentId, document: &Automerge) -> Result<bool> {
    let Ok(form) = reference::read(document) else {
        forget(transaction, id)?;
        return Ok(false);
    };
    let sql = "INSERT INTO form (document, name, version, definition) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (document) DO UPDATE SET name = excluded.name, version = excluded.version, definition = excluded.definition";
    transaction.prepare_cached(sql)?.execute((id.as_bytes(), &form.form, form.version, Json(&form)))?;
    Ok(true)
}

fn forget(transaction: &Transaction<'_>, id: DocumentId) -> Result<()> {
    transaction.prepare_cached("DELETE FROM form WHERE document = ?1")?.execute([id.as_bytes()]).map(drop)
}

/// The form with this name and version. Districts may each publish it; the oldest document is the one that people have answered.
pub(crate) fn find(connection: &Connection, name: &str, version: u32) -> Result<Option<Form>> {
    let sql = "SELECT definition FROM form WHERE name = ?1 AND version = ?2 ORDER BY document LIMIT 1";
    let found = connection.prepare_cached(sql)?.query_row((name, version), |row| row.get("definition")).optional()?;
    Ok(found.map(|Json(form)| form))
}

/// Every form, each once, by name and version.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Form>> {
    let sql = "SELECT definition, min(document) FROM form GROUP BY name, version ORDER BY name, version";
    let mut statement = connection.prepare(sql)?;
    statement.query_map([], |row| row.get("definition").map(|Json(form)| form))?.collect()
}

/// Whether the document is a form.
pub(crate) fn is_form(connection: &Connection, document: DocumentId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM form WHERE document = ?1")?.exists([document.as_bytes()])
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT count(*) AS forms FROM form", [], |row| number(row, "forms"))
}
