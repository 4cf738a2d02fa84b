//! What follows from a document's changes: accepted heads, digests, row.

use linecrew_protocol::ids::DocumentId;
use rusqlite::Transaction;

use super::SyncError;
use crate::{
    authoring::{self, AuthorError, Working},
    error::StoreError,
    store::{change, document, feed, item},
};

/// Brings everything that is derived from a document's changes up to date.
pub(super) fn refresh(transaction: &Transaction<'_>, id: DocumentId) -> Result<(), SyncError> {
    match authoring::load(transaction, id) {
        Ok(working) => derive(transaction, &working),
        Err(AuthorError::Store(error)) => Err(error.into()),
        Err(AuthorError::Damaged { damage, .. } | AuthorError::Refused(damage)) => {
            tracing::warn!(document.id = %id, damage.reason = %damage.reason, "a stored document is damaged");
            document::set_damage(transaction, id, Some(&damage))?;
            // Claiming to hold nothing of it makes the digests differ, and the server send all of it.
            Ok(feed::weigh(transaction, id, &[])?)
        }
    }
}

/// The same when a store is opened that an older build has written.
pub(crate) fn derive_anew(transaction: &Transaction<'_>, id: DocumentId) -> Result<(), StoreError> {
    refresh(transaction, id).map_err(|error| match error {
        SyncError::StorageFull(error) | SyncError::Store(error) => error,
    })
}

/// The same for a document that is at hand, as its changes are stored.
pub(super) fn derive(transaction: &Transaction<'_>, working: &Working) -> Result<(), SyncError> {
    item::project(transaction, working)?;
    let heads = change::accepted_heads(transaction, working.id)?;
    Ok(feed::weigh(transaction, working.id, &heads)?)
}
