//! Field collection (走收): ticket books, receipts, cash sessions, deposits, write-off.
//!
//! A phone seals what its collector does with money into a **journal**: one chain for each phone, in which every [entry] holds the
//! hash of the one before, a running total, and a signature. A journal travels in the documents of its ticket [books](book), which only the
//! server creates. The [`Ledger`] folds entries and the office's acts into books, sessions and receipts; the [`rules`] judge an entry on both
//! ends; [`audit`] walks everything and names each place that was tampered with. Amounts due are [receivables](receivable), which only the
//! server writes. See docs/adr/0016.

pub mod audit;
pub mod book;
pub mod entry;
pub mod fen;
pub mod ledger;
pub mod office;
pub mod receivable;
pub mod rules;
pub mod ticket;

pub use book::{BOOK_KIND, Lease};
pub use entry::{Act, Amounts, Entry, EntryHash, Method, Receipt, Sealed};
pub use fen::Fen;
pub use ledger::Ledger;
pub use office::{Flag, FlagKind, OfficeAct};
pub use receivable::{RECEIVABLE_KIND, Receivable};
pub use ticket::{Series, Ticket};
