//! Rows are projections: a build that lays them out in another way makes them anew from the changes.

use linecrew_protocol::{
    ids::DocumentId,
    model::{
        collection::{BOOK_KIND, RECEIVABLE_KIND},
        contact::CONTACT_KIND,
        reference::FORM_KIND,
    },
};
use rusqlite::{Connection, Row, Transaction};

use super::{
    columns::{read_counter, read_time},
    commit::Projection,
    contacts, documents, life, rows,
};
use crate::store::BoardRow;

/// Rises whenever rows, or the columns beside them, come to hold something else.
const ROW_LAYOUT: u64 = 2;
const KEY: &str = "row_layout";

/// Makes all rows anew, if the file's are of another layout.
pub(super) fn bring_up(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    if life::read(transaction, KEY)?.map(u64::from_be_bytes) == Some(ROW_LAYOUT) {
        return Ok(());
    }
    let (mut made, mut left) = (0_u64, 0_u64);
    for id in items(transaction)? {
        if remake(transaction, id)? { made += 1 } else { left += 1 }
    }
    if made > 0 || left > 0 {
        tracing::info!(rows.made = made, rows.unreadable = left, "rows were made anew for this version");
    }
    life::write(transaction, KEY, &ROW_LAYOUT.to_be_bytes())
}

fn items(connection: &Connection) -> rusqlite::Result<Vec<DocumentId>> {
    let mut statement = connection.prepare("SELECT id FROM documents WHERE kind NOT IN (?1, ?2, ?3, ?4) ORDER BY id")?;
    statement.query_map([FORM_KIND, CONTACT_KIND, BOOK_KIND, RECEIVABLE_KIND], |row| Ok(DocumentId::from_bytes(row.get("id")?)))?.collect()
}

/// False when this build cannot read the document; its row stays as it was.
fn remake(transaction: &Transaction<'_>, document: DocumentId) -> rusqlite::Result<bool> {
    let Some(loaded) = documents::load(transaction, document)? else { return Ok(false) };
    let Ok(projection) = Projection::of(&loaded) else { return Ok(false) };
    let sql = "SELECT commit_seq, received_at FROM changes WHERE document = ?1 ORDER BY commit_seq DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok((read_counter(row, "commit_seq")?, read_time(row, "received_at")?));
    let (revision, updated_at) = transaction.prepare_cached(sql)?.query_row([document.as_bytes()], read)?;
    let mut row = projection.view.row;
    contacts::show(transaction, document, &mut row.customer)?;
    rows::write(transaction, &BoardRow { revision, updated_at, row })?;
    Ok(true)
}
