//! Field collection (现场收费): books of tickets, receipts, cash sessions, deposits, and what is due.
//!
//! Every command is on this phone's disk when it returns, sealed into its journal: a receipt that was returned has its number, and no other receipt
//! can have it.

mod books;
mod commands;
mod due;
mod paper;
mod receipts;
mod sessions;

use linecrew_client::protocol::model::collection::{Amounts, Fen, entry::TicketCount};

pub use books::TicketBook;
pub use commands::{IssuedReceipt, JournalEntry};
pub use due::AmountDue;
pub use paper::PaperStyle;
pub use receipts::{ReceiptReversal, ReceiptStatus};
pub use sessions::{CashCount, CashDeposit, CashSession, Ledger, MoneyFlag};

/// Amounts by how they were paid.
#[uniffi::remote(Record)]
pub struct Amounts {
    /// Notes and coins.
    pub cash: Fen,
    /// Cheques.
    pub cheque: Fen,
    /// Card and QR payments through the terminal: they are on the bank's account already, and handed in as slips.
    pub terminal: Fen,
}

/// How many tickets a collector hands in with a session.
#[uniffi::remote(Record)]
pub struct TicketCount {
    /// Receipts that stand.
    pub used: u64,
    /// Receipts that were voided: their originals are handed in.
    pub voided: u64,
}
