//! What the server's answers mean for the entries of this phone's journal: one is safe only when the server has named its hash.

use linecrew_protocol::{Reason, Refusal, wire::Outcome};
use rusqlite::Transaction;

use super::{
    SyncError,
    rebase::{Rebase, note_refusal},
};
use crate::store::{
    change,
    journal::{self, Kept},
    outbox::OutboxEdit,
};

/// The edit was accepted. Another hash than the entry's, or none, does not make the entry safe: people are told, and it stays here.
pub(super) fn accepted(rebase: &Rebase<'_, '_>, edit: &OutboxEdit, outcome: &Outcome) -> Result<(), SyncError> {
    let Some((hash, kept)) = journal::of_edit(rebase.transaction, edit.device_seq)? else { return Ok(()) };
    if outcome.entry.as_ref().is_some_and(|named| **named == *hash.as_bytes()) {
        return Ok(journal::set_kept(rebase.transaction, &hash, Kept::Safe)?);
    }
    if kept == Kept::Safe {
        return Ok(());
    }
    tracing::error!(device_seq = edit.device_seq, "the server has accepted a journal entry without naming its hash");
    let refusal = Refusal::new(Reason::Unknown, "the server has not named this entry in its answer: it counts as saved on this phone only");
    note_refusal(rebase, edit, &refusal, true)
}

/// The edit was refused. Whether nobody has to be told: the server had lost an entry of a book that had left this phone, so that only an
/// empty edit could be sent for it. The entry is still here, and goes out again as soon as the book comes back.
pub(super) fn refused(transaction: &Transaction<'_>, edit: &OutboxEdit, refusal: &Refusal) -> Result<bool, SyncError> {
    let Some((hash, _)) = journal::of_edit(transaction, edit.device_seq)? else { return Ok(false) };
    if change::standing(transaction, edit.document, edit.hash)?.is_none() {
        journal::set_edit(transaction, &hash, None)?;
        return Ok(true);
    }
    // One that only depends on a refused one is carried by another edit after the rebase.
    if refusal.reason != Reason::DependsOnRefused {
        journal::set_kept(transaction, &hash, Kept::Refused)?;
    }
    Ok(false)
}
