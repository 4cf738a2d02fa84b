//! From what a person wants to the acts that record it.

use linecrew_protocol::{
    ids::DocumentId,
    model::{
        collection::{Act, Lease},
        person::Role,
    },
};

use super::{CollectionError, situation::Situation};

/// An act that is not sealed yet, and the book whose document will carry it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) document: DocumentId,
    pub(super) act: Act,
    /// Whom a receipt names.
    pub(super) customer: Option<String>,
}

impl Step {
    pub(super) fn new(document: DocumentId, act: Act) -> Self {
        Self { document, act, customer: None }
    }
}

/// The act, and before it that its book is drawn, when it is the first in it.
pub(super) fn with_first_use(situation: &Situation, step: Step) -> Result<Vec<Step>, CollectionError> {
    situation.requires(Role::Collector, step.document)?;
    let book = situation.ledger.books.get(&step.document).filter(|book| !book.taken && !matches!(step.act, Act::BookReturned { .. }));
    let drawn = book.map(|book| draw(step.document, &book.lease));
    Ok(drawn.into_iter().chain([step]).collect())
}

/// That a book is drawn.
pub(super) fn draw(book: DocumentId, lease: &Lease) -> Step {
    Step::new(book, Act::BookTaken { book, first: lease.ticket(lease.first), last: lease.ticket(lease.last) })
}
