//! Which receipt pays what. Applied is what was still open when the receipt came: two receipts for one bill are both valid money, and what the
//! second is above the rest is paid ahead (rule 8).

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, SessionId},
    model::collection::{
        Fen, Flag, FlagKind, Ticket,
        ledger::{Issued, ReceiptState},
        receivable::ReceivableAct,
    },
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{super::batch::Batch, bills, journals::raise};

/// A payment as the table holds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payment {
    pub(super) receivable: DocumentId,
    pub(super) amount: Fen,
    pub(super) returned: Fen,
    pub(super) applied: Fen,
    pub(super) reversed: Fen,
}

impl Payment {
    /// What of it is paid ahead.
    pub(super) fn prepaid(&self) -> Fen {
        (self.amount - self.returned) - (self.applied - self.reversed)
    }

    /// The same with so much given back: what was paid ahead goes first.
    fn giving_back(self, returned: Fen) -> Self {
        let returned = returned.max(self.returned).min(self.amount);
        let stays = self.applied.min(self.amount - returned);
        Self { returned, reversed: (self.applied - stays).max(self.reversed), ..self }
    }
}

/// Brings the payments in line with how a receipt stands in its journal.
pub(super) fn settle(batch: &mut Batch<'_>, device: InstallationId, ticket: &Ticket) -> rusqlite::Result<()> {
    let Some(journal) = batch.journals.at_work(device) else { return Ok(()) };
    let ledger = journal.ledger();
    let Some(issued) = ledger.receipts.get(ticket).filter(|issued| issued.state != ReceiptState::Disputed).cloned() else { return Ok(()) };
    let settled = ledger.sessions.get(&issued.receipt.session).is_some_and(|session| session.settled);
    let payment = match find(batch.transaction, ticket)? {
        Some(payment) => payment,
        None => match pay(batch, device, &issued, settled)? {
            Some(payment) => payment,
            None => return Ok(()),
        },
    };
    let returned = if issued.state == ReceiptState::Voided { payment.amount } else { issued.refunded };
    let now = payment.giving_back(returned);
    if now.returned == payment.returned {
        return Ok(());
    }
    update(batch.transaction, ticket, &now)?;
    let reopened = now.reversed - payment.reversed;
    if reopened.is_positive() {
        bills::record(batch, now.receivable, &ReceivableAct::PaymentReversed { ticket: ticket.clone(), amount: reopened })?;
    }
    Ok(())
}

/// A session's receipts are written off: their money is deposited.
pub(super) fn write_off(transaction: &Transaction<'_>, device: InstallationId, session: SessionId) -> rusqlite::Result<()> {
    let sql = "UPDATE payments SET written_off = 1 WHERE device = ?1 AND session = ?2";
    transaction.prepare_cached(sql)?.execute((device.as_bytes(), session.as_bytes()))?;
    Ok(())
}

/// The payment by a receipt.
pub(super) fn find(connection: &Connection, ticket: &Ticket) -> rusqlite::Result<Option<Payment>> {
    let sql = "SELECT receivable, amount, returned, applied, reversed FROM payments WHERE series = ?1 AND number = ?2";
    let read = |row: &Row<'_>| {
        let fen = |column: &str| row.get(column).map(Fen);
        let receivable = DocumentId::from_bytes(row.get("receivable")?);
        Ok(Payment { receivable, amount: fen("amount")?, returned: fen("returned")?, applied: fen("applied")?, reversed: fen("reversed")? })
    };
    connection.prepare_cached(sql)?.query_row((ticket.series.as_str(), ticket.number), read).optional()
}

/// None when the receipt is for no bill that is known here.
fn pay(batch: &mut Batch<'_>, device: InstallationId, issued: &Issued, settled: bool) -> rusqlite::Result<Option<Payment>> {
    let receipt = &issued.receipt;
    let Some(bill) = bills::find(batch.transaction, receipt.receivable)? else { return Ok(None) };
    let applied = receipt.amount.min(bill.open(batch.transaction)?);
    let payment = Payment { receivable: receipt.receivable, amount: receipt.amount, returned: Fen::ZERO, applied, reversed: Fen::ZERO };
    insert(batch.transaction, (device, receipt.session), &receipt.ticket, (&payment, settled))?;
    bills::record(batch, receipt.receivable, &ReceivableAct::Paid { ticket: receipt.ticket.clone(), applied })?;
    let excess = receipt.applied() - applied;
    let carrier = batch.journals.at_work(device).and_then(|journal| journal.carrier(issued.seq));
    if let Some(book) = carrier.filter(|_| excess.is_positive()) {
        let detail = format!("of receipt {} {excess} yuan is above what was still open of the bill", receipt.ticket);
        let flag = Flag {
            session: Some(receipt.session),
            ticket: Some(receipt.ticket.clone()),
            amount: Some(excess),
            ..Flag::on_entry(FlagKind::DoublePayment, issued.seq, detail)
        };
        raise(batch, device, book, flag)?;
    }
    Ok(Some(payment))
}

fn insert(
    transaction: &Transaction<'_>,
    (device, session): (InstallationId, SessionId),
    ticket: &Ticket,
    (payment, written_off): (&Payment, bool),
) -> rusqlite::Result<()> {
    let Payment { receivable, amount, returned, applied, reversed } = payment;
    let sql = "INSERT INTO payments (series, number, receivable, device, session, amount, returned, applied, reversed, written_off)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let (receivable, device, session) = (receivable.as_bytes(), device.as_bytes(), session.as_bytes());
    let (series, number) = (ticket.series.as_str(), ticket.number);
    let values = (series, number, receivable, device, session, amount.0, returned.0, applied.0, reversed.0, written_off);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn update(transaction: &Transaction<'_>, ticket: &Ticket, payment: &Payment) -> rusqlite::Result<()> {
    let sql = "UPDATE payments SET returned = ?3, reversed = ?4 WHERE series = ?1 AND number = ?2";
    let values = (ticket.series.as_str(), ticket.number, payment.returned.0, payment.reversed.0);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_paid_ahead_is_given_back_first() {
        let paid = Payment {
            receivable: DocumentId::from_bytes([1; 16]),
            amount: Fen(100),
            returned: Fen::ZERO,
            applied: Fen(70),
            reversed: Fen::ZERO,
        };
        let parts = |payment: Payment| (payment.returned, payment.reversed, payment.prepaid());
        assert_eq!(parts(paid), (Fen(0), Fen(0), Fen(30)));
        assert_eq!(parts(paid.giving_back(Fen(20))), (Fen(20), Fen(0), Fen(10)));
        assert_eq!(parts(paid.giving_back(Fen(20)).giving_back(Fen(50))), (Fen(50), Fen(20), Fen(0)));
        assert_eq!(parts(paid.giving_back(Fen(100))), (Fen(100), Fen(70), Fen(0)));
        assert_eq!(parts(paid.giving_back(Fen(900))), (Fen(100), Fen(70), Fen(0)));
    }
}
