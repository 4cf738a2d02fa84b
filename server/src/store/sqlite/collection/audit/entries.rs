//! The entries as the bank and the accounts want them: one line for each, with how it stands.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{InstallationId, PersonId, SessionId},
    key::Signature,
    model::collection::{
        Act, Entry, EntryHash, Fen, Ledger, Ticket,
        ledger::{Facts, Line, ReceiptState},
    },
    time::{Interval, Timestamp},
};
use rusqlite::Connection;
use serde::Serialize;

use super::{
    super::{
        super::people,
        day::{local_day, moment},
        journal::Kept,
    },
    documents::Documents,
    tables::Tables,
};

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditedEntry {
    /// Its place in the order in which entries came.
    pub position: u64,
    /// Whose journal.
    pub device: InstallationId,
    /// Its place there.
    pub seq: u64,
    /// What was done.
    pub act: String,
    /// Who did it.
    pub collector: PersonId,
    /// The name.
    pub collector_name: Option<String>,
    /// The cash session.
    pub session: Option<SessionId>,
    /// The local day of the session; of the entry, when it belongs to none.
    pub day: Option<String>,
    /// The receipt's number.
    pub ticket: Option<Ticket>,
    /// The customer's account.
    pub account: Option<String>,
    /// What was paid for.
    pub period: Option<String>,
    /// How.
    pub method: Option<&'static str>,
    /// What it adds to the running total.
    pub amount: Fen,
    /// Receipts: how they stand.
    pub state: Option<ReceiptState>,
    /// When it came, in milliseconds since 1970 UTC.
    pub received_at: Timestamp,
    /// The phone's signature.
    pub signature: Option<Signature>,
    /// The entry's hash.
    pub hash: EntryHash,
}

/// All entries, in the order in which they came.
pub(super) fn list(
    connection: &Connection,
    tables: &Tables,
    documents: &Documents,
    utc_offset_minutes: i32,
) -> rusqlite::Result<Vec<AuditedEntry>> {
    let texts: Vec<Option<Entry>> = tables.rows.iter().map(|kept| kept.stored.sealed.read().ok()).collect();
    let ledgers = fold(tables, documents, &texts);
    let mut names: BTreeMap<PersonId, Option<String>> = BTreeMap::new();
    let mut days: BTreeMap<(InstallationId, SessionId), String> = BTreeMap::new();
    let mut entries = Vec::with_capacity(tables.rows.len());
    for (kept, entry) in tables.rows.iter().zip(&texts) {
        let stored = &kept.stored;
        let own_day = entry.as_ref().map(|entry| day(documents, kept, entry, utc_offset_minutes));
        if let (Some(Act::SessionOpened { session, .. }), Some(day)) = (entry.as_ref().map(|entry| &entry.act), &own_day) {
            days.insert((stored.device, *session), day.clone());
        }
        if let std::collections::btree_map::Entry::Vacant(unknown) = names.entry(stored.collector) {
            unknown.insert(people::name(connection, stored.collector)?);
        }
        let of_session = stored.session.and_then(|session| days.get(&(stored.device, session)).cloned());
        let name = names.get(&stored.collector).cloned().flatten();
        let state = ledgers.get(&stored.device).and_then(|ledger| state(ledger, kept));
        entries.push(AuditedEntry { collector_name: name, day: of_session.or(own_day), state, ..plain(kept, entry.as_ref()) });
    }
    Ok(entries)
}

fn plain(kept: &Kept, entry: Option<&Entry>) -> AuditedEntry {
    let Kept { position, stored, received_at, .. } = kept;
    let receipt = match entry.map(|entry| &entry.act) {
        Some(Act::Receipt(receipt)) => Some(receipt),
        _ => None,
    };
    AuditedEntry {
        position: *position,
        device: stored.device,
        seq: stored.seq,
        act: stored.act.clone(),
        collector: stored.collector,
        collector_name: None,
        session: stored.session,
        day: None,
        ticket: stored.ticket.clone(),
        account: receipt.map(|receipt| receipt.account.clone()),
        period: receipt.map(|receipt| receipt.period.clone()),
        method: receipt.map(|receipt| receipt.method.name()),
        amount: stored.amount,
        state: None,
        received_at: *received_at,
        signature: stored.sealed.signature,
        hash: stored.hash,
    }
}

fn state(ledger: &Ledger, kept: &Kept) -> Option<ReceiptState> {
    let issued = ledger.receipts.get(kept.stored.ticket.as_ref()?)?;
    (issued.hash == kept.stored.hash).then_some(issued.state)
}

fn day(documents: &Documents, kept: &Kept, entry: &Entry, utc_offset_minutes: i32) -> String {
    let leased_at = documents.books.get(&kept.stored.book).map(|book| book.lease.leased_at);
    local_day(moment(&entry.at, Interval { earliest: leased_at, latest: Some(kept.received_at) }), utc_offset_minutes)
}

/// Each journal, folded by its texts and by what the documents say of the office.
fn fold(tables: &Tables, documents: &Documents, texts: &[Option<Entry>]) -> BTreeMap<InstallationId, Ledger> {
    let mut facts: BTreeMap<InstallationId, Facts> = BTreeMap::new();
    for (id, book) in &documents.books {
        let facts = facts.entry(book.lease.device).or_default();
        facts.leases.insert(*id, book.lease.clone());
        facts.office.extend(book.office.iter().map(|record| (*id, record.act.clone())));
    }
    for (kept, entry) in tables.rows.iter().zip(texts) {
        let Some(entry) = entry else { continue };
        let line = Line { hash: kept.stored.hash, signed: kept.stored.sealed.signature.is_some(), entry: entry.clone() };
        facts.entry(kept.stored.device).or_default().lines.insert(entry.seq, line);
    }
    facts.iter().map(|(device, facts)| (*device, Ledger::fold(facts))).collect()
}
