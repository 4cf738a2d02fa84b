//! What a collector does with a phone. Receipts that a command returned are printed: customers hold them from then on.

use linecrew_client::collection::{CollectionError, Due, DueFilter, Issued, ReceiptView, SavedEntry};
use linecrew_protocol::{
    ids::{DocumentId, SessionId},
    model::collection::{Amounts, Fen, Ledger, Method, Ticket, ledger::Session},
};

use super::Phone;

#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `CollectionError`, which says them")]
impl Phone {
    /// Takes change money along.
    pub fn open_session(&self, float: Fen) -> Result<SavedEntry, CollectionError> {
        self.client.open_session(float)
    }

    /// Takes money and prints the receipt.
    pub fn collect(&mut self, receivable: DocumentId, amount: Fen, method: Method) -> Result<Issued, CollectionError> {
        let issued = self.client.collect(receivable, amount, method)?;
        self.printed.push(issued.clone());
        Ok(issued)
    }

    /// Takes a receipt back.
    pub fn void(&self, ticket: &Ticket) -> Result<SavedEntry, CollectionError> {
        self.client.void_receipt(ticket, "金额有误")
    }

    /// Pays in what of the open or the last session is to be paid in.
    pub fn pay_in(&self, slip: &str, amounts: Amounts) -> Result<SavedEntry, CollectionError> {
        self.client.deposit(slip, "工商银行鼓楼支行", amounts)
    }

    /// Counts what should be in hand, less what is missing of it, and closes the session.
    pub fn close_session(&self, missing: Fen, float_left: Fen) -> Result<SavedEntry, CollectionError> {
        let in_hand = self.open_money().map(|(_, session)| session.expected_in_hand()).unwrap_or_default();
        let reason = (missing != Fen::ZERO).then(|| "找零有误".to_owned());
        self.client.close_session(in_hand - Amounts::cash(missing), float_left, reason)
    }
}

/// What the collector sees.
#[expect(clippy::missing_panics_doc, reason = "they panic when the store cannot be read")]
impl Phone {
    /// The journal as it stands here.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.client.ledger().expect("the phone reads its journal")
    }

    /// The open session.
    #[must_use]
    pub fn open_money(&self) -> Option<(SessionId, Session)> {
        self.ledger().open_session().map(|(id, session)| (id, session.clone()))
    }

    /// What is due in the round.
    #[must_use]
    pub fn due(&self) -> Vec<Due> {
        self.client.due(&DueFilter::default()).expect("the phone reads what is due")
    }

    /// All receipts that were issued here.
    #[must_use]
    pub fn receipts(&self) -> Vec<ReceiptView> {
        self.client.receipts().expect("the phone reads its receipts")
    }
}
