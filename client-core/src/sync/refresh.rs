//! What follows from a document's changes: accepted heads, digests, row.

use linecrew_protocol::ids::DocumentId;
use rusqlite::Transaction;

use super::SyncError;
use crate::{
    authoring::{self, AuthorError},
    store::{change, document, feed, item},
};

/// Brings everything that is derived from a document's changes up to date.
pub(super) fn refresh(transaction: &Transaction<'_>, id: DocumentId) -> Result<(), SyncError> {
    let heads = match authoring::load(transaction, id) {
        Ok(working) => {
            item::project(transaction, &working)?;
            change::accepted_heads(transaction, id)?
        }
        Err(AuthorError::Store(error)) => return Err(error.into()),
        Err(AuthorError::Damaged { damage, .. } | AuthorError::Refused(damage)) => {
            tracing::warn!(document.id = %id, damage.reason = %damage.reason, "a stored document is damaged");
            document::set_damage(transaction, id, Some(&damage))?;
            // Claiming to hold nothing of it makes the digests differ, and the server send all of it.
            Vec::new()
        }
    };
    Ok(feed::weigh(transaction, id, &heads)?)
}
