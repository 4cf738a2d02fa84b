//! What a command knows before it decides: the person, the journal, the books.

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, InstallationId, SessionId},
    model::{
        collection::{
            Ledger,
            ledger::{Book, Facts, Head},
        },
        person::{Principal, Role},
    },
    time::Sighting,
};
use rusqlite::Connection;

use super::CollectionError;
use crate::store::{
    account,
    book::{self, HeldBook},
    installation, journal, sighting,
};

/// What must not have changed between the decision and the writing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) device: InstallationId,
    pub(super) head: Head,
    usable: Vec<DocumentId>,
}

impl Mark {
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let device = installation::current(connection)?.id;
        Ok(Self { device, head: journal::head(connection, device)?, usable: book::usable(connection, device)? })
    }
}

/// Everything of one moment.
#[derive(Debug)]
pub(super) struct Situation {
    pub(super) mark: Mark,
    pub(super) principal: Principal,
    pub(super) sighting: Option<Sighting>,
    pub(super) facts: Facts,
    pub(super) ledger: Ledger,
    books: Vec<HeldBook>,
    /// The book that carries the newest entry.
    newest: Option<DocumentId>,
}

impl Situation {
    pub(super) fn of(connection: &Connection) -> Result<Self, CollectionError> {
        let account = account::find(connection)?.ok_or(CollectionError::NotSignedIn)?;
        let mark = Mark::of(connection)?;
        let mut books = book::held(connection, mark.device)?;
        books.retain(|held| held.lease.collector == account.person);
        let facts = facts(connection, mark.device)?;
        Ok(Self {
            principal: account.principal(mark.device),
            sighting: sighting::find(connection)?,
            ledger: Ledger::fold(&facts),
            newest: journal::newest_document(connection, mark.device)?,
            facts,
            books,
            mark,
        })
    }

    /// The book with the next ticket.
    pub(super) fn current_book(&self) -> Result<(DocumentId, &Book), CollectionError> {
        if self.books.is_empty() {
            return Err(CollectionError::NoBook);
        }
        let current = self.ledger.current_book().filter(|(id, _)| self.holds(*id));
        current.ok_or_else(|| {
            let frozen = self.ledger.books.values().find(|book| book.frozen > 0).and_then(|book| book.frozen_reason.clone());
            frozen.map_or(CollectionError::NoTickets, |reason| CollectionError::BookFrozen { reason })
        })
    }

    /// The book whose document carries what is of no book of its own: the one with the newest entry, else the current one, else any.
    pub(super) fn carrier(&self) -> Result<DocumentId, CollectionError> {
        let newest = self.newest.filter(|id| self.holds(*id));
        let current = || self.ledger.current_book().map(|(id, _)| id).filter(|id| self.holds(*id));
        let any = || self.books.iter().max_by_key(|held| held.lease.leased_at).map(|held| held.document);
        newest.or_else(current).or_else(any).ok_or(CollectionError::NoBook)
    }

    pub(super) fn open_session(&self) -> Result<SessionId, CollectionError> {
        self.ledger.open_session().map(|(id, _)| id).ok_or(CollectionError::NoSession)
    }

    /// # Errors
    /// [`CollectionError::RoleMissing`] when the person does not hold the role where the book belongs.
    pub(super) fn requires(&self, role: Role, book: DocumentId) -> Result<(), CollectionError> {
        let holds = self.district(book).is_some_and(|district| self.principal.holds(role, district));
        if holds { Ok(()) } else { Err(CollectionError::RoleMissing(role)) }
    }

    pub(super) fn holds(&self, book: DocumentId) -> bool {
        self.district(book).is_some()
    }

    fn district(&self, book: DocumentId) -> Option<DistrictId> {
        self.books.iter().find(|held| held.document == book).map(|held| held.district)
    }
}

/// What this phone knows of one journal. The books are those that are here; what the office did stays known of all.
pub(super) fn facts(connection: &Connection, device: InstallationId) -> rusqlite::Result<Facts> {
    let leases = book::held(connection, device)?.into_iter().map(|held| (held.document, held.lease)).collect();
    let (lines, office) = (journal::lines(connection, device)?, book::office(connection, device)?);
    Ok(Facts { leases, lines, office, ..Facts::default() })
}
