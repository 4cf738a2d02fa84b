//! Documents that are no longer this phone's.

use linecrew_protocol::{
    ids::DocumentId,
    time::Timestamp,
    wire::{Feed, LeaveReason, Withdrawal},
};
use rusqlite::Transaction;

use super::SyncError;
use crate::{
    inbox::InboxBody,
    store::{book, contact, departure, document, feed, form, inbox, journal, outbox, receivable},
};

/// The document is no longer in `feed`. When no other feed has it, it leaves this phone: at once, or, while own edits of it wait for their
/// answer, as soon as the last one is answered.
pub(super) fn leave(
    transaction: &Transaction<'_>,
    feed: Feed,
    document: DocumentId,
    withdrawal: &Withdrawal,
    now: Timestamp,
) -> Result<(), SyncError> {
    if !feed::leave(transaction, feed, document)? || feed::has(transaction, document)? {
        return Ok(());
    }
    // A form and a customer's number are nobody's work: nobody has to know that they have gone.
    if form::is_form(transaction, document)? || contact::is_contact(transaction, document)? {
        return drop_document(transaction, document);
    }
    // An amount due that has gone holds nothing up: a receipt for it lies in its book.
    if receivable::is_receivable(transaction, document)? {
        return drop_document(transaction, document);
    }
    if book::is_book(transaction, document)? {
        return leave_book(transaction, document, withdrawal);
    }
    departure::note(transaction, document, now, withdrawal)?;
    let waits = outbox::is_unanswered(transaction, document)?;
    // That an item is done with and filed is no news, unless somebody here still had something to say.
    if waits || withdrawal.reason != LeaveReason::Archived {
        inbox::note(transaction, document, now, &InboxBody::Withdrawn(withdrawal.clone()))?;
    }
    if waits {
        return Ok(document::set_withdrawal(transaction, document, Some(withdrawal))?);
    }
    drop_document(transaction, document)
}

/// A book is no news either, but it leaves only when the server has named every entry in it.
fn leave_book(transaction: &Transaction<'_>, document: DocumentId, withdrawal: &Withdrawal) -> Result<(), SyncError> {
    if outbox::is_unanswered(transaction, document)? || !journal::is_elsewhere(transaction, document)? {
        return Ok(document::set_withdrawal(transaction, document, Some(withdrawal))?);
    }
    drop_document(transaction, document)
}

/// Everything of this phone's is answered: the document goes, its edits keep their numbers.
pub(super) fn drop_document(transaction: &Transaction<'_>, document: DocumentId) -> Result<(), SyncError> {
    outbox::forget_contents(transaction, document)?;
    Ok(document::forget(transaction, document)?)
}
