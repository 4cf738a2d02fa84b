//! Edits that were refused at first, and that the server has accepted after all.

use linecrew_protocol::{
    time::Timestamp,
    wire::{Outcome, Verdict},
};
use rusqlite::Transaction;

use super::SyncError;
use crate::store::{
    inbox,
    journal::{self, Kept},
    outbox,
};

/// What the server names in its greeting. The changes come with their items, as far as those are still this phone's.
pub(super) fn all(transaction: &Transaction<'_>, outcomes: &[Outcome]) -> Result<(), SyncError> {
    for outcome in outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Accepted) {
        if outbox::is_refused(transaction, outcome.device_seq)? && is_named(transaction, outcome)? {
            admit(transaction, outcome.device_seq, outcome.received_at)?;
        }
    }
    Ok(())
}

/// An entry of the journal is safe only when the server has named its hash.
fn is_named(transaction: &Transaction<'_>, outcome: &Outcome) -> Result<bool, SyncError> {
    let entry = journal::of_edit(transaction, outcome.device_seq)?;
    Ok(entry.is_none_or(|(hash, _)| outcome.entry.as_ref().is_some_and(|named| **named == *hash.as_bytes())))
}

/// The edit is safe, and nobody has to look at it any more.
pub(super) fn admit(transaction: &Transaction<'_>, device_seq: u64, received_at: Timestamp) -> Result<(), SyncError> {
    outbox::accept(transaction, device_seq, received_at)?;
    inbox::forget_refusal(transaction, device_seq)?;
    if let Some((entry, _)) = journal::of_edit(transaction, device_seq)? {
        journal::set_kept(transaction, &entry, Kept::Safe)?;
    }
    Ok(())
}
