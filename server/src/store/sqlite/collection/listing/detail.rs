//! One session with its part of the journal.

use linecrew_protocol::{
    ids::{InstallationId, SessionId},
    model::collection::{
        Act, Fen, Ledger,
        ledger::{Issued, Line},
    },
};
use rusqlite::{Connection, Row};

use super::{
    super::{
        super::columns::{counter, read_time},
        bills,
        facts::Journal,
        payments, projection,
    },
    flags, sessions,
};
use crate::store::collection::{EntryRecord, SessionDetail};

/// The session with its entries and flags.
pub(in super::super::super) fn read(connection: &Connection, session: SessionId, today: &str) -> rusqlite::Result<Option<SessionDetail>> {
    let Some(record) = sessions::first(connection, session, today)? else { return Ok(None) };
    let device = record.device;
    let mut journal = Journal::of_session(connection, device, session)?;
    let mut entries = Vec::new();
    for line in journal.lines_of(session) {
        entries.push(entry(connection, device, journal.ledger(), &line)?);
    }
    Ok(Some(SessionDetail { record, entries, flags: flags::of_session(connection, device, session)? }))
}

fn entry(connection: &Connection, device: InstallationId, ledger: &Ledger, line: &Line) -> rusqlite::Result<EntryRecord> {
    let Line { hash, signed, entry } = line;
    let act = &entry.act;
    let issued = act.ticket().filter(|_| matches!(act, Act::Receipt(_))).and_then(|ticket| ledger.receipts.get(ticket));
    let issued = issued.filter(|issued| issued.seq == entry.seq);
    let receipt = if let Act::Receipt(receipt) = act { Some(receipt) } else { None };
    let bill = receipt.map(|receipt| bills::find(connection, receipt.receivable)).transpose()?.flatten();
    Ok(EntryRecord {
        seq: entry.seq,
        act: act.name().to_owned(),
        at: projection::when(connection, device, entry.seq, &entry.at)?,
        received_at: received_at(connection, device, entry.seq)?,
        ticket: act.ticket().cloned(),
        amount: act.turnover(),
        account: receipt.map(|receipt| receipt.account.clone()),
        customer: bill.map(|bill| bill.due.customer),
        period: receipt.map(|receipt| receipt.period.clone()),
        method: receipt.map(|receipt| receipt.method.name().to_owned()),
        prepaid: issued.map(|issued| prepaid(connection, issued)).transpose()?.unwrap_or_default(),
        state: issued.map(|issued| issued.state),
        signed: *signed || !ledger.unsigned.contains(&entry.seq),
        reason: reason(act),
        hash: *hash,
    })
}

/// By what the receivable says, once the receipt has paid some of it; else by what the phone knew.
fn prepaid(connection: &Connection, issued: &Issued) -> rusqlite::Result<Fen> {
    let payment = payments::find(connection, &issued.receipt.ticket)?;
    Ok(payment.map_or_else(|| issued.receipt.prepaid(), |payment| payment.prepaid()))
}

fn reason(act: &Act) -> Option<String> {
    match act {
        Act::Voided { reason, .. } | Act::Refunded { reason, .. } => Some(reason.clone()),
        Act::SessionClosed { reason, .. } => reason.clone(),
        _ => None,
    }
}

fn received_at(connection: &Connection, device: InstallationId, seq: u64) -> rusqlite::Result<linecrew_protocol::time::Timestamp> {
    let sql = "SELECT received_at FROM journal WHERE device = ?1 AND seq = ?2";
    connection.prepare_cached(sql)?.query_row((device.as_bytes(), counter(seq)), |row: &Row<'_>| read_time(row, "received_at"))
}
