//! What the office, or the store itself, adds to a book: in its document, and in the table beside it that folds read.

use linecrew_protocol::{
    Refusal,
    ids::{DocumentId, EventId},
    model::{
        collection::{OfficeAct, book},
        command::Author,
    },
};
use rusqlite::{Connection, Transaction};

use super::super::{
    author::own_author,
    batch::Batch,
    columns::{json, read_json},
};

/// Records an act in its book.
///
/// # Errors
/// The act is not sound.
pub(super) fn record(batch: &mut Batch<'_>, id: DocumentId, act: &OfficeAct, author: &Author) -> rusqlite::Result<Result<(), Refusal>> {
    if let Err(refusal) = write(batch, id, act, author)? {
        return Ok(Err(refusal));
    }
    if let Some(device) = batch.journals.device_of(id) {
        batch.journals.journal(batch.transaction, device, id)?.push_act(id, act.clone());
    }
    Ok(Ok(()))
}

/// Records an act as the store's own, when the facts have it already. A book that does not take it stays as it is: nobody could do anything
/// about that.
pub(super) fn record_own(batch: &mut Batch<'_>, id: DocumentId, act: &OfficeAct) -> rusqlite::Result<()> {
    let author = own_author(batch.transaction, batch.desk, batch.now)?;
    if let Err(refusal) = write(batch, id, act, &author)? {
        tracing::error!(document = %id, refusal.reason = %refusal.reason, refusal.detail, "an act about a book could not be recorded");
    }
    Ok(())
}

/// All acts about a book, in order.
pub(super) fn of_book(connection: &Connection, book: DocumentId) -> rusqlite::Result<Vec<OfficeAct>> {
    let sql = "SELECT act FROM office_acts WHERE document = ?1 ORDER BY place";
    connection.prepare_cached(sql)?.query_map([book.as_bytes()], |row| read_json(row, "act"))?.collect()
}

/// Keeps an act that is in its document.
pub(super) fn keep(transaction: &Transaction<'_>, book: DocumentId, event: EventId, act: &OfficeAct) -> rusqlite::Result<()> {
    let sql = "INSERT INTO office_acts (document, event, act) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute((book.as_bytes(), event.as_bytes(), json(act)?))?;
    Ok(())
}

fn write(batch: &mut Batch<'_>, id: DocumentId, act: &OfficeAct, author: &Author) -> rusqlite::Result<Result<(), Refusal>> {
    batch.open(id)?;
    let Some(loaded) = batch.loaded(id) else { return Ok(Ok(())) };
    let written = match book::record(&loaded.document, act, author) {
        Ok(written) => written,
        Err(refusal) => return Ok(Err(refusal)),
    };
    keep(batch.transaction, id, written.recorded.id, act)?;
    batch.append(id, written, author)?;
    Ok(Ok(()))
}
