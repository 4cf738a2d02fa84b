//! Projected rows.

use linecrew_protocol::{
    Refusal,
    ids::DocumentId,
    model::work::{Priority, State, WorkRow, view::view},
    wire::Withdrawal,
};
use rusqlite::{Connection, OptionalExtension, Result, Transaction, named_params};

use super::{
    book,
    columns::{Json, number},
    contact, form, receivable,
};
use crate::{authoring::Working, items::ItemFilter};

/// A row, and what is known of its document.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) row: WorkRow,
    pub(crate) withdrawal: Option<Withdrawal>,
    pub(crate) damage: Option<Refusal>,
}

/// The layout in which this build writes rows. One more whenever a row of before would read otherwise now, or lacks something: they are then
/// derived anew when the store is opened.
pub(crate) const LAYOUT: i64 = 4;

/// Writes the document's row: an item's, a form's, a contact's, an amount due's or a book's. A document of a kind or version that this build does not know has none: it is kept,
/// not shown.
pub(crate) fn project(transaction: &Transaction<'_>, working: &Working) -> Result<Option<State>> {
    let Ok((view, standing)) = view(&working.automerge, &working.receipts) else {
        forget(transaction, working.id)?;
        let (id, automerge) = (working.id, &working.automerge);
        let _is_other = form::project(transaction, id, automerge)?
            || contact::project(transaction, id, automerge)?
            || receivable::project(transaction, id, automerge)?
            || book::project(transaction, id, automerge)?;
        return Ok(None);
    };
    write(transaction, &view.row)?;
    Ok(Some(standing.fold.state))
}

/// The document has no row.
pub(crate) fn forget(transaction: &Transaction<'_>, document: DocumentId) -> Result<()> {
    transaction.prepare_cached("DELETE FROM item WHERE document = ?1")?.execute([document.as_bytes()]).map(drop)
}

pub(crate) fn forget_all(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute("DELETE FROM item", []).map(drop)
}

fn write(transaction: &Transaction<'_>, row: &WorkRow) -> Result<()> {
    let sql = "INSERT INTO item (document, number, open, urgent, reported_at, row)
               VALUES (:document, :number, :open, :urgent, :reported_at, :row)
               ON CONFLICT (document) DO UPDATE SET number = excluded.number, open = excluded.open, urgent = excluded.urgent,
                   reported_at = excluded.reported_at, row = excluded.row";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":document": row.id.as_bytes(),
        ":number": row.number,
        ":open": row.phase.is_open_for_crew(),
        ":urgent": row.priority == Priority::Urgent,
        ":reported_at": row.reported_at.as_unix_millis(),
        ":row": Json(row),
    })?;
    Ok(())
}

pub(crate) fn list(connection: &Connection, filter: ItemFilter) -> Result<Vec<Listed>> {
    let sql = "SELECT row, withdrawal, damage, contact.item, phone, arrears_fen FROM item JOIN document ON document.id = item.document
                   LEFT JOIN contact ON contact.document = (SELECT min(document) FROM contact WHERE contact.item = item.document)
               WHERE open >= ?1 AND (?2 IS NULL OR row ->> '$.kind' = ?2) ORDER BY open DESC, urgent DESC, reported_at, number";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((filter.open_only, filter.kind), |row| {
        let mut projected: Json<WorkRow> = row.get("row")?;
        if row.get_ref("item")?.as_blob_or_null()?.is_some() {
            contact::show(contact::read(row)?, &mut projected.0.customer);
        }
        let withdrawal: Option<Json<Withdrawal>> = row.get("withdrawal")?;
        let damage: Option<Json<Refusal>> = row.get("damage")?;
        Ok(Listed { row: projected.0, withdrawal: withdrawal.map(|json| json.0), damage: damage.map(|json| json.0) })
    })?;
    rows.collect()
}

/// The number people say, while the document is held and can be read.
pub(crate) fn number_of(connection: &Connection, document: DocumentId) -> Result<Option<String>> {
    let sql = "SELECT number FROM item WHERE document = ?1";
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], |row| row.get("number")).optional()
}

pub(crate) fn numbers(connection: &Connection) -> Result<Vec<(DocumentId, String)>> {
    let mut statement = connection.prepare_cached("SELECT document, number FROM item ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((DocumentId::from_bytes(row.get("document")?), row.get("number")?)))?;
    rows.collect()
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT count(*) AS items FROM item", [], |row| number(row, "items"))
}
