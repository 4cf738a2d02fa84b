//! Field collection on this phone: books, receipts, cash sessions, deposits, and what is due.
//!
//! Every command seals one or more entries of this phone's journal and writes them, with their edits, in one transaction: a receipt that was
//! returned is on this phone's disk with its number, and no other receipt can have it. What an entry says is decided and signed before that
//! transaction, which then writes only when the journal still ends where it ended: so the key is never used while the store is locked, and two
//! processes never give one number. See docs/adr/0016.

mod act;
mod append;
mod commands;
mod due;
mod error;
mod print;
mod reads;
mod seal;
mod situation;

pub use append::SavedEntry;
pub use commands::Issued;
pub use due::{Due, DueFilter};
pub use error::{CollectionError, PrintError};
pub use print::{Paper, PaperLanguage};
pub use reads::{BookView, Custody, ReceiptView, Reversal};
