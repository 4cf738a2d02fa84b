//! What this phone knows of its money: ledger, books, receipts and where they are.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{DocumentId, InstallationId},
    model::collection::{
        Act, EntryHash, Fen, Ledger, Receipt, Ticket,
        ledger::{Book, Facts, Issued, ReceiptState},
    },
    time::Timestamp,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::situation::facts;
use crate::{
    client::Client,
    error::StoreError,
    store::{
        installation,
        journal::{self, Beside, Kept},
    },
};

/// A ticket book on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BookView {
    /// Its document.
    pub document: DocumentId,
    /// What has become of its tickets.
    pub book: Book,
    /// Whether the next receipt comes from it.
    pub is_current: bool,
}

/// Where a receipt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// A void or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reversal {
    /// `voided` or `refunded`.
    pub act: &'static str,
    /// When, by this phone's clock.
    pub at: Timestamp,
    /// How much was given back.
    pub amount: Fen,
    /// Why.
    pub reason: String,
}

/// A receipt that was issued on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptView {
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
    pub reversals: Vec<Reversal>,
    /// Where it is.
    pub custody: Custody,
}

impl Client {
    /// Everything that this phone's journal says: sessions, receipts, books, flags. Of this installation; receipts of former ones are in
    /// [`receipts`](Self::receipts).
    ///
    /// # Errors
    /// The store failed.
    pub fn ledger(&self) -> Result<Ledger, StoreError> {
        self.read(|connection| Ok(Ledger::fold(&facts(connection, installation::current(connection)?.id)?)))
    }

    /// The books on this phone, the earliest first.
    ///
    /// # Errors
    /// The store failed.
    pub fn books(&self) -> Result<Vec<BookView>, StoreError> {
        let ledger = self.ledger()?;
        let current = ledger.current_book().map(|(id, _)| id);
        let view = |(document, book)| BookView { document, book, is_current: current == Some(document) };
        let mut books: Vec<BookView> = ledger.books.into_iter().map(view).collect();
        books.sort_by_key(|view| (view.book.lease.leased_at, view.document));
        Ok(books)
    }

    /// Every receipt that was issued on this phone, in the order of issue.
    ///
    /// # Errors
    /// The store failed.
    pub fn receipts(&self) -> Result<Vec<ReceiptView>, StoreError> {
        self.read(|connection| Ok(receipts(connection)?))
    }

    /// The receipt with this number; `None` when it was not issued here.
    ///
    /// # Errors
    /// The store failed.
    pub fn receipt(&self, ticket: &Ticket) -> Result<Option<ReceiptView>, StoreError> {
        Ok(self.receipts()?.into_iter().find(|view| view.ticket == *ticket))
    }

    /// Where an entry of this phone's journal is; `None` when it is none. Whether its session is settled, [`receipts`](Self::receipts) say.
    ///
    /// # Errors
    /// The store failed.
    pub fn custody(&self, entry: &EntryHash) -> Result<Option<Custody>, StoreError> {
        self.read(|connection| Ok(journal::kept(connection, entry)?.map(|kept| custody(kept, false))))
    }
}

fn custody(kept: Kept, is_settled: bool) -> Custody {
    match kept {
        Kept::Safe if is_settled => Custody::Settled,
        Kept::Safe => Custody::SafeOnServer,
        Kept::Refused => Custody::Refused,
        Kept::Here => Custody::SavedHere,
    }
}

/// The ledgers of all installations that have sealed something here.
pub(super) fn ledgers(connection: &Connection) -> rusqlite::Result<Vec<Ledger>> {
    let devices = journal::devices(connection)?.into_iter();
    devices.map(|device| Ok(Ledger::fold(&facts(connection, device)?))).collect()
}

fn receipts(connection: &Connection) -> rusqlite::Result<Vec<ReceiptView>> {
    let beside = journal::beside_receipts(connection)?;
    let mut views = Vec::new();
    for device in journal::devices(connection)? {
        let facts = facts(connection, device)?;
        let ledger = Ledger::fold(&facts);
        let mut reversals = reversals(&facts);
        let mut issued: Vec<&Issued> = ledger.receipts.values().collect();
        issued.sort_by_key(|issued| issued.seq);
        for issued in issued {
            let reversals = reversals.remove(&issued.receipt.ticket).unwrap_or_default();
            views.push(view(device, issued, &ledger, beside.get(&issued.hash), reversals));
        }
    }
    Ok(views)
}

fn view(device: InstallationId, issued: &Issued, ledger: &Ledger, beside: Option<&Beside>, reversals: Vec<Reversal>) -> ReceiptView {
    let settled = ledger.sessions.get(&issued.receipt.session).is_some_and(|session| session.settled);
    let custody = custody(beside.map_or(Kept::Here, |beside| beside.kept), settled);
    ReceiptView {
        ticket: issued.receipt.ticket.clone(),
        code: issued.hash.verification_code(),
        hash: issued.hash,
        device,
        seq: issued.seq,
        at: issued.at.wall,
        signed: issued.signed,
        receipt: issued.receipt.clone(),
        customer: beside.and_then(|beside| beside.customer.clone()),
        state: issued.state,
        refunded: issued.refunded,
        reversals,
        custody,
    }
}

fn reversals(facts: &Facts) -> BTreeMap<Ticket, Vec<Reversal>> {
    let mut all: BTreeMap<Ticket, Vec<Reversal>> = BTreeMap::new();
    for line in facts.lines.values() {
        let act = &line.entry.act;
        if let Act::Voided { ticket, amount, reason, .. } | Act::Refunded { ticket, amount, reason, .. } = act {
            let reversal = Reversal { act: act.name(), at: line.entry.at.wall, amount: *amount, reason: reason.clone() };
            all.entry(ticket.clone()).or_default().push(reversal);
        }
    }
    all
}
