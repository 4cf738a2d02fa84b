//! The counter: books, amounts due, deposits and settlements, as a cashier does them.

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, InstallationId, PersonId, SessionId},
    model::collection::{Amounts, EntryHash, Fen, Ticket},
};
use linecrew_server::store::collection::{BookRecord, FlagRecord, ReceivableRecord, SessionDetail, SessionRecord};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Office, Page, Said, http::Call};

/// An amount due as billing knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Billing's own number.
    pub reference: String,
    /// The account.
    pub account: String,
    /// The customer.
    pub customer: String,
    /// Where.
    pub address: String,
    /// How much.
    pub amount: Fen,
    /// The user name of the collector.
    pub collector: String,
}

#[derive(Deserialize)]
struct Taken {
    created: u64,
}

#[derive(Deserialize)]
struct Validity {
    valid: bool,
}

#[expect(clippy::missing_errors_doc, reason = "the server refused, or is not there")]
impl Office {
    /// Leases a book to a collector's phone.
    pub async fn lease(&self, collector: PersonId, device: InstallationId, count: u32) -> Said<BookRecord> {
        self.tell("/v1/collection/books", json!({"collector": collector, "device": device, "count": count})).await
    }

    /// Freezes a book.
    pub async fn freeze(&self, book: DocumentId, reason: &str) -> Said<BookRecord> {
        self.tell(&format!("/v1/collection/books/{book}/freeze"), json!({"reason": reason})).await
    }

    /// Takes the tickets of a book in.
    pub async fn take_tickets(&self, book: DocumentId, voided: u64, unused: u64) -> Said<BookRecord> {
        self.tell(&format!("/v1/collection/books/{book}/hand-over"), json!({"voided": voided, "unused": unused})).await
    }

    /// Takes amounts due in; answers how many were new.
    pub async fn bill(&self, district: DistrictId, bills: &[Bill]) -> Said<u64> {
        let items: Vec<Value> = bills.iter().map(Bill::to_json).collect();
        let taken: Taken = self.tell("/v1/collection/receivables", json!({"district": district, "items": items})).await?;
        Ok(taken.created)
    }

    /// Confirms a deposit.
    pub async fn confirm_deposit(&self, session: SessionId, slip: &str, amounts: Amounts) -> Said<SessionRecord> {
        let Amounts { cash, cheque, terminal } = amounts;
        let body = json!({"slip": slip, "cash": cash, "cheque": cheque, "terminal": terminal});
        self.tell(&format!("/v1/collection/sessions/{session}/deposits"), body).await
    }

    /// Settles a session.
    pub async fn settle(&self, session: SessionId, reason: Option<&str>) -> Said<SessionRecord> {
        let body = reason.map_or_else(|| json!({}), |reason| json!({"reason": reason}));
        self.tell(&format!("/v1/collection/sessions/{session}/settle"), body).await
    }

    /// Decides about a flag.
    pub async fn decide(&self, flag: &FlagRecord, choice: &str) -> Said<FlagRecord> {
        let body = json!({"flag": flag.flag, "choice": choice, "note": "已核实"});
        self.tell(&format!("/v1/collection/books/{}/flags/resolve", flag.book), body).await
    }

    /// Today's sessions and all that are not settled.
    pub async fn sessions(&self) -> Said<Vec<SessionRecord>> {
        Ok(self.look::<Page<_>>("/v1/collection/sessions").await?.items)
    }

    /// One session with its entries.
    pub async fn session(&self, session: SessionId) -> Said<SessionDetail> {
        self.look(&format!("/v1/collection/sessions/{session}")).await
    }

    /// All books.
    pub async fn books(&self) -> Said<Vec<BookRecord>> {
        Ok(self.look::<Page<_>>("/v1/collection/books").await?.items)
    }

    /// All flags, decided or not.
    pub async fn flags(&self) -> Said<Vec<FlagRecord>> {
        Ok(self.look::<Page<_>>("/v1/collection/flags?all=true").await?.items)
    }

    /// All amounts due.
    pub async fn receivables(&self) -> Said<Vec<ReceivableRecord>> {
        Ok(self.look::<Page<_>>("/v1/collection/receivables").await?.items)
    }

    /// Whether the server knows a receipt, as a customer asks.
    pub async fn verifies(&self, ticket: &Ticket, hash: &EntryHash) -> Said<bool> {
        let path = format!("/v1/receipts/verify?number={ticket}&code={}", hash.verification_code());
        Ok(self.look::<Validity>(&path).await?.valid)
    }

    async fn tell<T: serde::de::DeserializeOwned>(&self, path: &str, body: Value) -> Said<T> {
        self.ask(Call { method: "POST", path, token: None, key: None, body: Some(&body) }).await
    }
}

impl Bill {
    fn to_json(&self) -> Value {
        let Self { reference, account, customer, address, amount, collector } = self;
        json!({"reference": reference, "account": account, "customer": customer, "address": address, "period": "2026-10",
               "amount": amount, "collector": collector})
    }
}
