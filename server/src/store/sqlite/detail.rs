//! One item with everything behind it.

use linecrew_protocol::ids::DocumentId;
use rusqlite::Connection;

use super::{columns::Damaged, commit::Projection, documents, people, quarantine, rows};
use crate::store::BoardDetail;

pub(super) fn read(connection: &Connection, document: DocumentId) -> rusqlite::Result<Option<BoardDetail>> {
    let Some(row) = rows::one(connection, document)? else { return Ok(None) };
    let Some(loaded) = documents::load(connection, document)? else { return Ok(None) };
    let projection = Projection::of(&loaded).map_err(|refusal| Damaged::Document { document, source: Some(refusal.into()) })?;
    let mut view = projection.view;
    for event in &mut view.history {
        if let Some(name) = people::name(connection, event.by.id)? {
            event.by.name = Some(name);
        }
    }
    let quarantined = quarantine::of_document(connection, document)?;
    Ok(Some(BoardDetail { revision: row.revision, updated_at: row.updated_at, view, quarantined }))
}
