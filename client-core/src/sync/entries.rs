//! What the server sends: documents that enter, change and leave.

use linecrew_protocol::{
    Automerge, Reason, Refusal,
    gate::{self, Inspected},
    ids::DocumentId,
    time::Timestamp,
    wire::{ChangeRecord, Entries, Entry, EntryKind, LeaveReason, Withdrawal},
};
use rusqlite::Transaction;

use super::{Stored, SyncError, leave::leave, refresh::refresh};
use crate::{
    authoring::{self, AuthorError},
    client::Client,
    store::{
        change::{self, Standing},
        document, feed, inbox, installation, sighting,
    },
};

impl Client {
    /// Stores a page of a feed with its cursor. A document whose changes do not pass the gate is set aside as damaged; the others go on.
    ///
    /// # Errors
    /// The store failed; nothing was stored, and the cursor stays.
    pub fn store_entries(&self, entries: Entries) -> Result<Stored, SyncError> {
        let now = self.host().wall();
        self.write(move |transaction| {
            let next_seq = installation::next_device_seq(transaction)?;
            // A page of a feed that ended meanwhile.
            if !feed::followed(transaction)?.contains(&entries.feed) {
                return Ok(Stored { next_seq });
            }
            for entry in &entries.entries {
                match &entry.kind {
                    EntryKind::Leave(withdrawal) => leave(transaction, entries.feed, entry.document, withdrawal, now)?,
                    EntryKind::Enter | EntryKind::Changed => take(transaction, &entries, entry)?,
                }
            }
            feed::advance(transaction, entries.feed, entries.cursor, entries.transfer.as_ref().map(|token| token.as_slice()))?;
            if entries.transfer_done {
                drop_unlisted(transaction, &entries, now)?;
            }
            Ok(Stored { next_seq })
        })
    }
}

fn take(transaction: &Transaction<'_>, entries: &Entries, entry: &Entry) -> Result<(), SyncError> {
    let id = entry.document;
    document::hold(transaction, id)?;
    if document::find(transaction, id)?.is_some_and(|held| held.withdrawal.is_some()) {
        document::set_withdrawal(transaction, id, None)?;
        inbox::forget_withdrawal(transaction, id)?;
    }
    let transferring = entries.transfer.is_some() || entries.transfer_done;
    feed::enter(transaction, entries.feed, id, transferring)?;
    let admitted = admit(transaction, id, &entry.changes)?;
    if let Err(damage) = &admitted {
        tracing::warn!(document.id = %id, damage.reason = %damage.reason, "what the server sent for a document does not pass the gate");
    }
    document::set_damage(transaction, id, admitted.err().as_ref())?;
    refresh(transaction, id)
}

/// Passes all changes through the gate, on top of what is here, and stores them; or none.
fn admit(transaction: &Transaction<'_>, id: DocumentId, records: &[ChangeRecord]) -> Result<Result<(), Refusal>, SyncError> {
    let inspected: Result<Vec<Inspected>, Refusal> = records.iter().map(|record| gate::inspect(&record.change)).collect();
    let inspected = match inspected {
        Ok(inspected) => inspected,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut automerge = match authoring::load(transaction, id) {
        Ok(working) => working.automerge,
        Err(AuthorError::Store(error)) => return Err(error.into()),
        // What is here is damaged: the server may have sent all of it anew.
        Err(_) => Automerge::new(),
    };
    if let Err(refusal) = gate::receive(&mut automerge, &inspected) {
        return Ok(Err(refusal));
    }
    if automerge.is_empty() {
        return Ok(Err(Refusal::new(Reason::UnknownDocument, "a document without changes")));
    }
    for (inspected, record) in inspected.iter().zip(records) {
        change::insert(transaction, id, inspected.change(), Standing::Accepted, Some(record.received_at))?;
    }
    Ok(Ok(()))
}

fn drop_unlisted(transaction: &Transaction<'_>, entries: &Entries, now: Timestamp) -> Result<(), SyncError> {
    let at = sighting::find(transaction)?.map_or(now, |seen| seen.server);
    let withdrawal = Withdrawal { reason: LeaveReason::NotListed, by: None, at, to: None };
    for document in feed::end_transfer(transaction, entries.feed)? {
        leave(transaction, entries.feed, document, &withdrawal, now)?;
    }
    Ok(())
}
