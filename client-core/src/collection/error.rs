//! Why money could not be recorded, in words that say what to do.

use linecrew_protocol::{
    Refusal,
    ids::DocumentId,
    model::{
        collection::{Fen, Ticket},
        person::Role,
    },
};

use crate::{authoring::AuthorError, device_key::KeyUnavailable, error::StoreError};

/// Why nothing was recorded. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    /// Nobody has signed in on this phone yet.
    #[error("nobody has signed in on this phone yet")]
    NotSignedIn,
    /// The person does not hold the role.
    #[error("only a {} does this: ask the office for the role", name_of(*.0))]
    RoleMissing(Role),
    /// No cash session is open.
    #[error("no cash session is open: open one first")]
    NoSession,
    /// This phone holds no book.
    #[error("this phone holds no ticket book: ask the office for a book, then sync")]
    NoBook,
    /// All its books are used up or given back.
    #[error("no book on this phone has tickets left: ask the office for a book, then sync")]
    NoTickets,
    /// What is left of the books is frozen.
    #[error("the ticket book is frozen ({reason}): ask the office for another one")]
    BookFrozen {
        /// Why.
        reason: String,
    },
    /// This phone does not hold the book.
    #[error("book {document} is not on this phone")]
    UnknownBook {
        /// The book asked for.
        document: DocumentId,
    },
    /// This phone does not hold the amount due.
    #[error("amount due {document} is not on this phone: it was paid, taken back, or is in another round")]
    UnknownReceivable {
        /// The one asked for.
        document: DocumentId,
    },
    /// Nothing is open of it.
    #[error("nothing is open for account {account}, {period}: it is paid, or was taken back")]
    ReceivableClosed {
        /// The account.
        account: String,
        /// What for.
        period: String,
    },
    /// No receipt with this number was issued here.
    #[error("no receipt {ticket} was issued on this phone")]
    UnknownTicket {
        /// The number.
        ticket: Ticket,
    },
    /// The amount is none.
    #[error("{amount} is no amount: it must be above zero")]
    NoAmount {
        /// What was asked for.
        amount: Fen,
    },
    /// The rules do not allow it; the server would flag it.
    #[error("{}", .0.detail)]
    Refused(#[source] Refusal),
    /// The key cannot be used; said only by what needs it.
    #[error("the key of this phone cannot be used now: unlock the phone and try again")]
    KeyUnavailable(#[source] KeyUnavailable),
    /// Other processes wrote entries again and again meanwhile.
    #[error("another app on this phone is writing receipts: try again")]
    Contended,
    /// The book's changes on this phone are damaged; they are fetched anew with the next sync.
    #[error("book {document} is damaged on this phone: sync first")]
    DamagedBook {
        /// The book.
        document: DocumentId,
        /// What is wrong.
        #[source]
        damage: Refusal,
    },
    /// The phone is full; nothing was issued.
    #[error("this phone has no space left: nothing was issued")]
    StorageFull(#[source] StoreError),
    /// This phone was without its server for too long: see [`StoreError::Locked`]. Nothing was issued.
    #[error(transparent)]
    Locked(StoreError),
    /// The store failed otherwise.
    #[error("failed to save on this phone: nothing was issued")]
    Store(#[source] StoreError),
}

/// Why a receipt could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// No receipt with this number was issued here.
    #[error("no receipt {ticket} was issued on this phone")]
    UnknownTicket {
        /// The number.
        ticket: Ticket,
    },
    /// The link to check it does not fit a QR code.
    #[error("the server's address is too long for a QR code")]
    Code(#[source] qrcode::types::QrError),
    /// The picture could not be written.
    #[error("failed to draw the picture")]
    Picture(#[source] png::EncodingError),
    /// The store failed.
    #[error("failed to read the receipt")]
    Store(#[from] StoreError),
}

impl From<StoreError> for CollectionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::StorageFull(error),
            StoreError::Locked => Self::Locked(error),
            other => Self::Store(other),
        }
    }
}

impl From<rusqlite::Error> for CollectionError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<AuthorError> for CollectionError {
    fn from(error: AuthorError) -> Self {
        match error {
            AuthorError::Refused(refusal) => Self::Refused(refusal),
            AuthorError::Damaged { document, damage } => Self::DamagedBook { document, damage },
            AuthorError::Store(error) => error.into(),
        }
    }
}

fn name_of(role: Role) -> &'static str {
    match role {
        Role::Cashier => "cashier",
        _ => "collector",
    }
}
