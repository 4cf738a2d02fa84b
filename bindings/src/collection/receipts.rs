//! Receipts, and where they are.

use linecrew_client::{
    collection::{Custody, ReceiptView, Reversal},
    protocol::{
        ids::{DocumentId, InstallationId, SessionId},
        model::collection::{EntryHash, Fen, Method, Receipt, Ticket, ledger::ReceiptState},
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// How a customer paid.
#[uniffi::remote(Enum)]
pub enum Method {
    /// Notes and coins.
    Cash,
    /// A cheque.
    Cheque {
        /// Its number.
        number: String,
        /// The bank it is drawn on.
        bank: String,
        /// The date on it, such as `2026-11-28`.
        date: String,
    },
    /// Card or QR through the POS terminal.
    Terminal {
        /// The terminal's reference.
        reference: String,
    },
}

/// Proof of payment, as the customer holds it.
#[uniffi::remote(Record)]
pub struct Receipt {
    /// Its number.
    pub ticket: Ticket,
    /// The cash session.
    pub session: SessionId,
    /// The amount due that it pays.
    pub receivable: DocumentId,
    /// The customer's account.
    pub account: String,
    /// What was paid for, such as `2026-10`.
    pub period: String,
    /// The amount due as the server gave it.
    pub due: Fen,
    /// What was still open of it, as far as the phone knew.
    pub open: Fen,
    /// What the customer paid.
    pub amount: Fen,
    /// How.
    pub method: Method,
}

/// How a receipt stands.
#[uniffi::remote(Enum)]
pub enum ReceiptState {
    /// Valid money.
    Counted,
    /// Taken back.
    Voided,
    /// All of it was given back later.
    Refunded,
    /// Counts for nothing until somebody decides.
    Disputed,
}

/// Where a receipt is.
#[uniffi::remote(Enum)]
pub enum Custody {
    /// Only this phone has it for certain.
    SavedHere,
    /// The server has named its hash.
    SafeOnServer,
    /// Its session is settled, too.
    Settled,
    /// The server keeps it in quarantine: see the inbox.
    Refused,
}

/// A receipt that was issued on this phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptStatus {
    /// Its number.
    pub ticket: Ticket,
    /// What is printed for the server to check it by.
    pub code: String,
    /// The hash of its entry.
    pub hash: EntryHash,
    /// The installation that issued it.
    pub device: InstallationId,
    /// Its place in that journal.
    pub seq: u64,
    /// When, by this phone's clock.
    pub at: Timestamp,
    /// Whether it is signed, or attested.
    pub signed: bool,
    /// The receipt.
    pub receipt: Receipt,
    /// Whom it names; forgotten once it is settled.
    pub customer: Option<String>,
    /// How it stands.
    pub state: ReceiptState,
    /// What was given back.
    pub refunded: Fen,
    /// How that came.
    pub reversals: Vec<ReceiptReversal>,
    /// Where it is.
    pub custody: Custody,
}

/// A void or a refund.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptReversal {
    /// `voided` or `refunded`.
    pub act: String,
    /// When, by this phone's clock.
    pub at: Timestamp,
    /// How much was given back.
    pub amount: Fen,
    /// Why.
    pub reason: String,
}

impl From<ReceiptView> for ReceiptStatus {
    fn from(view: ReceiptView) -> Self {
        let ReceiptView { ticket, code, hash, device, seq, at, signed, receipt, customer, state, refunded, reversals, custody } = view;
        let reversals = reversals.into_iter().map(ReceiptReversal::from).collect();
        Self { ticket, code, hash, device, seq, at, signed, receipt, customer, state, refunded, reversals, custody }
    }
}

impl From<Reversal> for ReceiptReversal {
    fn from(Reversal { act, at, amount, reason }: Reversal) -> Self {
        Self { act: act.to_owned(), at, amount, reason }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// Every receipt that was issued on this phone, in the order of issue.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn receipts(&self) -> Result<Vec<ReceiptStatus>, LinecrewError> {
        self.read(|client| Ok(client.receipts()?.into_iter().map(ReceiptStatus::from).collect()))
    }

    /// The receipt with this number; absent when it was not issued here.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn receipt(&self, ticket: Ticket) -> Result<Option<ReceiptStatus>, LinecrewError> {
        self.read(|client| Ok(client.receipt(&ticket)?.map(ReceiptStatus::from)))
    }

    /// Where an entry of this phone's journal is; absent when it is none.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn custody(&self, entry: EntryHash) -> Result<Option<Custody>, LinecrewError> {
        self.read(|client| Ok(client.custody(&entry)?))
    }
}
