//! Books of tickets.

use linecrew_client::{
    collection::BookView,
    protocol::{
        ids::DocumentId,
        model::collection::{Lease, Ticket},
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// A book of tickets on this phone. Its tickets are used, voided, disputed, missing, returned, frozen or left.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TicketBook {
    /// Its document: what `take_book` and `return_book` take.
    pub document: DocumentId,
    /// Its first ticket.
    pub first: Ticket,
    /// Its last ticket.
    pub last: Ticket,
    /// Whose it is.
    pub collector_name: String,
    /// Since when.
    pub leased_at: Timestamp,
    /// Whether the collector has drawn it.
    pub taken: bool,
    /// The number of the next receipt out of it, while there may be one.
    pub next: Option<Ticket>,
    /// Whether the next receipt comes from it.
    pub is_current: bool,
    /// Whether the office should lease another one soon.
    pub is_low: bool,
    /// Receipts that stand.
    pub used: u64,
    /// Receipts that were voided.
    pub voided: u64,
    /// Receipts that count for nothing until somebody decides.
    pub disputed: u64,
    /// Numbers that were left out.
    pub missing: u64,
    /// The unused rest that was given back.
    pub returned: u64,
    /// The unused rest that is worth nothing.
    pub frozen: u64,
    /// The unused rest in hand.
    pub left: u64,
    /// Why it is frozen, when it is.
    pub frozen_reason: Option<String>,
    /// Whether its tickets were handed in and counted.
    pub handed_over: bool,
}

impl From<BookView> for TicketBook {
    fn from(BookView { document, book, is_current }: BookView) -> Self {
        let (next, is_low) = (book.next(), book.is_low());
        // Whose and on which phone is known: it lies here. Fields of the fold's own are behind `next`.
        let lease = book.lease;
        Self {
            document,
            first: lease.ticket(lease.first),
            last: lease.ticket(lease.last),
            leased_at: lease.leased_at,
            taken: book.taken,
            next,
            is_current,
            is_low,
            used: book.used,
            voided: book.voided,
            disputed: book.disputed,
            missing: book.missing,
            returned: book.returned,
            frozen: book.frozen,
            left: book.left,
            frozen_reason: book.frozen_reason,
            handed_over: book.handed_over,
            collector_name: named(lease),
        }
    }
}

/// What of a lease only this view says; the rest stands in the book's own fields.
fn named(Lease { collector_name, series: _, first: _, last: _, collector: _, device: _, leased_at: _ }: Lease) -> String {
    collector_name
}

#[uniffi::export]
impl LinecrewCore {
    /// The books on this phone, the earliest first.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn books(&self) -> Result<Vec<TicketBook>, LinecrewError> {
        self.read(|client| Ok(client.books()?.into_iter().map(TicketBook::from).collect()))
    }
}
