//! The facts of one journal, as far as somebody may still ask about them: entries of books and sessions that are over stay in the table, unless
//! what is being done now is about them.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, SessionId},
    model::collection::{
        Act, Entry, EntryHash, Lease, Ledger, OfficeAct, Ticket,
        ledger::{Facts, Line},
    },
};
use rusqlite::{Connection, Params, Row};

use super::{
    super::columns::{counter, read_json},
    acts, books,
};

/// A journal at work.
#[derive(Debug, Default)]
pub(super) struct Journal {
    facts: Facts,
    /// The book whose document carries an entry.
    carriers: BTreeMap<u64, DocumentId>,
    /// Sessions of which every entry is here.
    sessions: BTreeSet<SessionId>,
    /// Books whose acts of the office are here.
    heard: BTreeSet<DocumentId>,
    ledger: Option<Ledger>,
}

impl Journal {
    /// What is going on in a journal, and everything about `book`.
    pub(super) fn load(connection: &Connection, device: InstallationId, book: DocumentId) -> rusqlite::Result<Self> {
        let mut journal = Self::default();
        for (id, lease) in books::open_of(connection, device)? {
            journal.add_book(connection, id, lease)?;
        }
        // The newest entry is where the journal stands; what nobody has vouched for waits for an attestation.
        journal.add_lines(connection, "device = ?1 ORDER BY seq DESC LIMIT 1", [device.as_bytes()])?;
        let unsigned = "device = ?1 AND signature IS NULL
                        AND seq > (SELECT coalesce(max(seq), 0) FROM journal WHERE device = ?1 AND act = 'attested' AND signature IS NOT NULL)";
        journal.add_lines(connection, unsigned, [device.as_bytes()])?;
        for session in unsettled(connection, device)? {
            journal.add_session(connection, device, session)?;
        }
        journal.ensure_book(connection, book)?;
        journal.complete(connection, device)?;
        Ok(journal)
    }

    /// What there is to say about one session, for reading.
    pub(super) fn of_session(connection: &Connection, device: InstallationId, session: SessionId) -> rusqlite::Result<Self> {
        let mut journal = Self::default();
        journal.add_session(connection, device, session)?;
        // What became of its receipts later, and who vouched for its entries.
        let of_its_tickets = "device = ?1 AND number IS NOT NULL AND (series, number) IN
                              (SELECT series, number FROM journal WHERE device = ?1 AND session = ?2 AND act = 'receipt')";
        journal.add_lines(connection, of_its_tickets, (device.as_bytes(), session.as_bytes()))?;
        journal.add_lines(connection, "device = ?1 AND act = 'attested'", [device.as_bytes()])?;
        journal.complete(connection, device)?;
        Ok(journal)
    }

    /// A session's entries in order.
    pub(super) fn lines_of(&self, session: SessionId) -> Vec<Line> {
        self.facts.lines.values().filter(|line| line.entry.act.session() == Some(session)).cloned().collect()
    }

    /// Makes sure that everything about a book is here.
    pub(super) fn ensure_book(&mut self, connection: &Connection, book: DocumentId) -> rusqlite::Result<()> {
        if self.facts.leases.contains_key(&book) {
            return Ok(());
        }
        let Some((device, lease)) = books::lease_of(connection, book)? else { return Ok(()) };
        self.add_book(connection, book, lease)?;
        self.complete(connection, device)
    }

    /// Makes sure that everything is here that an act is about.
    pub(super) fn ensure(&mut self, connection: &Connection, device: InstallationId, act: &Act) -> rusqlite::Result<()> {
        if let Some(session) = act.session() {
            self.add_session(connection, device, session)?;
        }
        if let Some(ticket) = act.ticket() {
            self.add_ticket(connection, device, ticket)?;
        }
        self.complete(connection, device)
    }

    /// Makes sure that every entry of a session is here.
    pub(super) fn ensure_session(&mut self, connection: &Connection, device: InstallationId, session: SessionId) -> rusqlite::Result<()> {
        self.add_session(connection, device, session)?;
        self.complete(connection, device)
    }

    /// The same for an entry that is in the table.
    pub(super) fn ensure_line(&mut self, connection: &Connection, device: InstallationId, seq: u64) -> rusqlite::Result<()> {
        self.add_lines(connection, "device = ?1 AND seq = ?2", (device.as_bytes(), counter(seq)))?;
        let act = self.facts.lines.get(&seq).map(|line| line.entry.act.clone());
        act.map_or(Ok(()), |act| self.ensure(connection, device, &act))
    }

    /// The fold.
    pub(super) fn ledger(&mut self) -> &Ledger {
        self.ledger.get_or_insert_with(|| Ledger::fold(&self.facts))
    }

    /// The books of which everything is here.
    pub(super) fn books(&self) -> Vec<DocumentId> {
        self.facts.leases.keys().copied().collect()
    }

    /// An entry.
    pub(super) fn line(&self, seq: u64) -> Option<&Line> {
        self.facts.lines.get(&seq)
    }

    /// The book whose document carries an entry.
    pub(super) fn carrier(&self, seq: u64) -> Option<DocumentId> {
        self.carriers.get(&seq).copied()
    }

    /// Takes up a new entry.
    pub(super) fn push(&mut self, carrier: DocumentId, line: Line) {
        self.carriers.insert(line.entry.seq, carrier);
        // A session that begins here has no other entries.
        if let Act::SessionOpened { session, .. } = &line.entry.act {
            self.sessions.insert(*session);
        }
        self.facts.lines.insert(line.entry.seq, line);
        self.ledger = None;
    }

    /// Takes up a new act of the office.
    pub(super) fn push_act(&mut self, book: DocumentId, act: OfficeAct) {
        self.facts.office.push((book, act));
        self.ledger = None;
    }

    /// Takes up a new book.
    pub(super) fn push_book(&mut self, book: DocumentId, lease: Lease) {
        self.facts.leases.insert(book, lease);
        self.heard.insert(book);
        self.ledger = None;
    }

    fn add_book(&mut self, connection: &Connection, book: DocumentId, lease: Lease) -> rusqlite::Result<()> {
        self.add_lines(connection, "document = ?1", [book.as_bytes()])?;
        let of_its_tickets = "series = ?1 AND number BETWEEN ?2 AND ?3 AND device = ?4";
        self.add_lines(connection, of_its_tickets, (lease.series.as_str(), lease.first, lease.last, lease.device.as_bytes()))?;
        self.facts.leases.insert(book, lease);
        Ok(())
    }

    fn add_session(&mut self, connection: &Connection, device: InstallationId, session: SessionId) -> rusqlite::Result<()> {
        if self.sessions.insert(session) {
            self.add_lines(connection, "device = ?1 AND session = ?2", (device.as_bytes(), session.as_bytes()))?;
        }
        Ok(())
    }

    fn add_ticket(&mut self, connection: &Connection, device: InstallationId, ticket: &Ticket) -> rusqlite::Result<()> {
        let of_it = "series = ?1 AND number = ?2 AND device = ?3";
        self.add_lines(connection, of_it, (ticket.series.as_str(), ticket.number, device.as_bytes()))
    }

    /// Every session that begins here is here as a whole, with the receipts that it takes back, and with what the office said in the same books.
    fn complete(&mut self, connection: &Connection, device: InstallationId) -> rusqlite::Result<()> {
        let begun = self.facts.lines.values().filter_map(|line| match &line.entry.act {
            Act::SessionOpened { session, .. } => Some(*session),
            _ => None,
        });
        for session in begun.collect::<Vec<SessionId>>() {
            self.add_session(connection, device, session)?;
        }
        for ticket in self.taken_back() {
            self.add_ticket(connection, device, &ticket)?;
        }
        let carriers: BTreeSet<DocumentId> = self.carriers.values().chain(self.facts.leases.keys()).copied().collect();
        for book in carriers {
            if self.heard.insert(book) {
                self.facts.office.extend(acts::of_book(connection, book)?.into_iter().map(|act| (book, act)));
            }
        }
        self.ledger = None;
        Ok(())
    }

    /// Tickets of which only the taking back is here.
    fn taken_back(&self) -> Vec<Ticket> {
        let mut issued = BTreeSet::new();
        let mut taken_back = BTreeSet::new();
        for line in self.facts.lines.values() {
            match &line.entry.act {
                Act::Receipt(receipt) => issued.insert(&receipt.ticket),
                Act::Voided { ticket, .. } | Act::Refunded { ticket, .. } => taken_back.insert(ticket),
                _ => false,
            };
        }
        taken_back.difference(&issued).map(|ticket| (*ticket).clone()).collect()
    }

    fn add_lines(&mut self, connection: &Connection, which: &str, params: impl Params) -> rusqlite::Result<()> {
        for (carrier, line) in lines(connection, which, params)? {
            self.carriers.insert(line.entry.seq, carrier);
            self.facts.lines.insert(line.entry.seq, line);
        }
        self.ledger = None;
        Ok(())
    }
}

/// Entries by the table's own word: what was admitted was read then, so it is not written again to compare.
pub(super) fn lines(connection: &Connection, which: &str, params: impl Params) -> rusqlite::Result<Vec<(DocumentId, Line)>> {
    let sql = format!("SELECT document, hash, text, signature IS NOT NULL AS signed FROM journal WHERE {which}");
    let read = |row: &Row<'_>| {
        let entry: Entry = read_json(row, "text")?;
        let line = Line { hash: EntryHash::from_bytes(row.get("hash")?), signed: row.get("signed")?, entry };
        Ok((DocumentId::from_bytes(row.get("document")?), line))
    };
    connection.prepare_cached(&sql)?.query_map(params, read)?.collect()
}

fn unsettled(connection: &Connection, device: InstallationId) -> rusqlite::Result<Vec<SessionId>> {
    let sql = "SELECT session FROM cash_sessions WHERE device = ?1 AND settled = 0 ORDER BY session";
    let read = |row: &Row<'_>| Ok(SessionId::from_bytes(row.get("session")?));
    connection.prepare_cached(sql)?.query_map([device.as_bytes()], read)?.collect()
}
