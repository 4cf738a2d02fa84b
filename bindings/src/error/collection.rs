//! What field collection can say.

use linecrew_client::collection::{CollectionError, PrintError};

use super::LinecrewError;

impl From<CollectionError> for LinecrewError {
    fn from(error: CollectionError) -> Self {
        match error {
            CollectionError::NotSignedIn => Self::needs_sign_in("nobody_signed_in"),
            CollectionError::RoleMissing(_) => Self::not_permitted("role_missing"),
            CollectionError::NoSession => Self::not_permitted("no_session"),
            CollectionError::NoBook => Self::not_permitted("no_book"),
            CollectionError::NoTickets => Self::not_permitted("no_tickets"),
            CollectionError::BookFrozen { .. } => Self::not_permitted("book_frozen"),
            CollectionError::ReceivableClosed { .. } => Self::not_permitted("receivable_closed"),
            CollectionError::UnknownBook { .. } => Self::not_found("unknown_book"),
            CollectionError::UnknownReceivable { .. } => Self::not_found("unknown_receivable"),
            CollectionError::UnknownTicket { .. } => Self::not_found("unknown_ticket"),
            CollectionError::NoAmount { .. } => Self::invalid("amount"),
            CollectionError::Refused(refusal) => refusal.into(),
            CollectionError::KeyUnavailable(error) => error.into(),
            CollectionError::Contended => Self::store("busy"),
            CollectionError::DamagedBook { .. } => Self::store("damaged"),
            CollectionError::StorageFull(error) | CollectionError::Locked(error) | CollectionError::Store(error) => error.into(),
        }
    }
}

impl From<PrintError> for LinecrewError {
    fn from(error: PrintError) -> Self {
        match error {
            PrintError::UnknownTicket { .. } => Self::not_found("unknown_ticket"),
            // Its link does not fit a code.
            PrintError::Code(_) => Self::invalid("server_address"),
            PrintError::Picture(_) => Self::bug("picture", None),
            PrintError::Store(error) => error.into(),
        }
    }
}
