//! What is still to be collected: the server's amounts, less what this phone has taken and the server does not know yet.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::DocumentId,
    model::collection::{
        Fen, Ledger, Receivable, Ticket,
        ledger::{Issued, ReceiptState},
        receivable::ReceivableAct,
    },
};
use rusqlite::Connection;
use serde::Serialize;

use super::reads::ledgers;
use crate::{
    client::Client,
    error::StoreError,
    store::receivable::{self, Bill},
};

/// An amount due, as it stands on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The receivable: what [`Client::collect`] takes.
    pub receivable: DocumentId,
    /// The bill.
    pub bill: Receivable,
    /// What is paid of it, here or elsewhere.
    pub paid: Fen,
    /// What is still open of it.
    pub open: Fen,
    /// Whether billing took it back.
    pub is_withdrawn: bool,
}

/// Which amounts due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueFilter {
    /// Also those of which nothing is open.
    pub all: bool,
    /// Only those whose account, customer, address, period or reference holds this text.
    pub text: Option<String>,
}

impl DueFilter {
    fn fits(&self, due: &Due) -> bool {
        let bill = &due.bill;
        let holds = |text: &str| {
            let wanted = text.trim().to_lowercase();
            let fields = [&bill.account, &bill.customer, &bill.address, &bill.period, &bill.reference];
            fields.iter().any(|field| field.to_lowercase().contains(&wanted))
        };
        (self.all || (due.open.is_positive() && !due.is_withdrawn)) && self.text.as_deref().is_none_or(holds)
    }
}

impl Client {
    /// What is due, in the order of a round: by address, then by account and period.
    ///
    /// # Errors
    /// The store failed.
    pub fn due(&self, filter: &DueFilter) -> Result<Vec<Due>, StoreError> {
        self.read(|connection| {
            let own = Own::read(connection)?;
            let due = receivable::all(connection)?.into_iter().map(|bill| own.due(bill));
            let mut due: Vec<Due> = due.filter(|due| filter.fits(due)).collect();
            let key = |due: &Due| (due.bill.address.clone(), due.bill.account.clone(), due.bill.period.clone(), due.receivable);
            due.sort_by_cached_key(key);
            Ok(due)
        })
    }
}

/// One amount due.
pub(super) fn find(connection: &Connection, document: DocumentId) -> rusqlite::Result<Option<Due>> {
    let Some(bill) = receivable::find(connection, document)? else { return Ok(None) };
    Ok(Some(Own::read(connection)?.due(bill)))
}

/// The receipts that were issued here, under whichever installation, by what they pay.
struct Own(BTreeMap<DocumentId, Vec<Issued>>);

impl Own {
    fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut own: BTreeMap<DocumentId, Vec<Issued>> = BTreeMap::new();
        for Ledger { receipts, .. } in ledgers(connection)? {
            receipts.into_values().for_each(|issued| own.entry(issued.receipt.receivable).or_default().push(issued));
        }
        Ok(Self(own))
    }

    fn due(&self, bill: Bill) -> Due {
        let Bill { document, receivable, acts } = bill;
        let own = self.0.get(&document).map(Vec::as_slice).unwrap_or_default();
        let mut told = told(&acts);
        let here: Fen = own.iter().map(|issued| pays(issued, told.remove(&issued.receipt.ticket))).sum();
        let paid = here + told.into_values().sum();
        let is_withdrawn = acts.iter().any(|act| matches!(act, ReceivableAct::Withdrawn { .. }));
        let open = (receivable.amount - paid).clamp(Fen::ZERO, receivable.amount);
        Due { receivable: document, bill: receivable, paid, open, is_withdrawn }
    }
}

/// What of the bill the server says that each receipt pays.
fn told(acts: &[ReceivableAct]) -> BTreeMap<Ticket, Fen> {
    let mut told: BTreeMap<Ticket, Fen> = BTreeMap::new();
    for act in acts {
        let (ticket, amount) = match act {
            ReceivableAct::Paid { ticket, applied } => (ticket, *applied),
            ReceivableAct::PaymentReversed { ticket, amount } => (ticket, -*amount),
            ReceivableAct::Billed | ReceivableAct::Withdrawn { .. } => continue,
        };
        let sum = told.entry(ticket.clone()).or_default();
        *sum = *sum + amount;
    }
    told
}

/// What of the bill an own receipt pays: what the server says, but no more than what is left of it here, where a void or a refund may be that
/// the server does not know. A disputed one pays too: nobody should be asked for the same money again.
fn pays(issued: &Issued, told: Option<Fen>) -> Fen {
    let left = match issued.state {
        ReceiptState::Voided => Fen::ZERO,
        _ => (issued.receipt.amount - issued.refunded).max(Fen::ZERO),
    };
    left.min(told.unwrap_or_else(|| issued.receipt.applied()))
}
