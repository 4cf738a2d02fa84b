//! What the server sends: documents that enter, change and leave.

use linecrew_protocol::{
    Reason, Refusal,
    gate::{self, Inspected},
    ids::DocumentId,
    time::Timestamp,
    wire::{ChangeRecord, Entries, Entry, EntryKind, LeaveReason, Withdrawal},
};
use rusqlite::Transaction;

use super::{
    Stored, SyncError, admitted,
    leave::leave,
    rebase::Rebase,
    refresh::{derive, refresh},
};
use crate::{
    authoring::{self, AuthorError, Working},
    client::Client,
    store::{
        change::{self, Standing},
        departure, document, feed, inbox, installation, outbox, sighting,
    },
};

impl Client {
    /// Stores a page of a feed with its cursor. A document whose changes do not pass the gate is set aside as damaged; the others go on.
    ///
    /// # Errors
    /// The store failed; nothing was stored, and the cursor stays.
    pub fn store_entries(&self, entries: Entries) -> Result<Stored, SyncError> {
        let host = self.host();
        self.write_unleased(move |transaction| {
            let (rebase, now) = (Rebase { transaction, host: host.as_ref() }, host.wall());
            // A page of a feed that ended meanwhile.
            if !feed::followed(transaction)?.contains(&entries.feed) {
                return Ok(Stored { next_seq: installation::next_device_seq(transaction)? });
            }
            for entry in &entries.entries {
                match &entry.kind {
                    EntryKind::Leave(withdrawal) => leave(transaction, entries.feed, entry.document, withdrawal, now)?,
                    EntryKind::Enter | EntryKind::Changed => {
                        take(transaction, &entries, entry)?;
                        rebase.carry_what_is_not(entry.document)?;
                    }
                }
            }
            if entries.transfer_done {
                end_transfer(transaction, &entries, now)?;
            }
            feed::advance(transaction, entries.feed, entries.cursor, entries.transfer.as_ref().map(|token| token.as_slice()))?;
            Ok(Stored { next_seq: installation::next_device_seq(transaction)? })
        })
    }
}

fn take(transaction: &Transaction<'_>, entries: &Entries, entry: &Entry) -> Result<(), SyncError> {
    let id = entry.document;
    document::hold(transaction, id)?;
    if entry.kind == EntryKind::Enter {
        document::set_withdrawal(transaction, id, None)?;
        inbox::forget_withdrawal(transaction, id)?;
        departure::forget(transaction, id)?;
    }
    let transferring = entries.transfer.is_some() || entries.transfer_done;
    feed::enter(transaction, entries.feed, id, transferring)?;
    match admit(transaction, id, &entry.changes)? {
        Ok(working) => {
            document::set_damage(transaction, id, None)?;
            derive(transaction, &working)
        }
        Err(damage) => {
            tracing::warn!(document.id = %id, damage.reason = %damage.reason, "what the server sent for a document does not pass the gate");
            document::set_damage(transaction, id, Some(&damage))?;
            refresh(transaction, id)
        }
    }
}

/// Passes all changes through the gate, on top of what is here, and stores them; or none.
fn admit(transaction: &Transaction<'_>, id: DocumentId, records: &[ChangeRecord]) -> Result<Result<Working, Refusal>, SyncError> {
    let mut working = match authoring::load(transaction, id) {
        Ok(working) => working,
        Err(AuthorError::Store(error)) => return Err(error.into()),
        // What is here is damaged: the server may have sent all of it anew.
        Err(_) => Working::empty(id),
    };
    let inspected = match receive(&mut working, records) {
        Ok(inspected) => inspected,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for (inspected, record) in inspected.iter().zip(records) {
        let (hash, received_at) = (inspected.hash(), record.received_at);
        change::insert(transaction, id, inspected.change(), Standing::Accepted, Some(received_at))?;
        working.receipts.insert(hash, received_at);
        // A dispatcher may have admitted what was refused before.
        if let Some(device_seq) = outbox::refused_as(transaction, id, hash)? {
            admitted::admit(transaction, device_seq, received_at)?;
        }
    }
    Ok(Ok(working))
}

fn receive(working: &mut Working, records: &[ChangeRecord]) -> Result<Vec<Inspected>, Refusal> {
    let inspected = records.iter().map(|record| gate::inspect(&record.change)).collect::<Result<Vec<_>, _>>()?;
    gate::receive(&mut working.automerge, &inspected)?;
    if working.automerge.is_empty() {
        return Err(Refusal::new(Reason::UnknownDocument, "a document without changes"));
    }
    Ok(inspected)
}

/// The whole feed has been listed: what was not is no longer in it.
fn end_transfer(transaction: &Transaction<'_>, entries: &Entries, now: Timestamp) -> Result<(), SyncError> {
    let unlisted = feed::end_transfer(transaction, entries.feed)?;
    // The last page for a second time: the pages before it are forgotten, and so is what they listed.
    if feed::is_at(transaction, entries.feed, entries.cursor)? {
        return Ok(());
    }
    let at = sighting::find(transaction)?.map_or(now, |seen| seen.server);
    let withdrawal = Withdrawal { reason: LeaveReason::NotListed, by: None, at, to: None };
    for document in unlisted {
        leave(transaction, entries.feed, document, &withdrawal, now)?;
    }
    Ok(())
}
