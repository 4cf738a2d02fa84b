//! The fold of a journal: books, sessions, receipts, and what is not explained.
//!
//! A session's **closing identity**, in every moment after its settlement, and by each of its terms:
//! `collected - voided - refunded = deposited + (float left - float) + break at the count + break at the deposit`.
//! A book's: `drawn = used + voided + disputed + missing + returned + frozen + left`.

mod book;
mod session;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::{
    book::Book,
    session::{Closing, Deposit, Session},
};
use super::{
    book::Lease,
    entry::{Act, Amounts, Entry, EntryHash, Receipt, Sealed},
    fen::Fen,
    office::{COUNT, Flag, OfficeAct},
    ticket::Ticket,
};
use crate::{
    ids::{DocumentId, SessionId},
    key::PublicKey,
    refusal::Refusal,
    time::Evidence,
};

/// Where a journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The last entry's place; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// The running total.
    pub turnover: Fen,
}

impl Head {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, hash: EntryHash::NONE, turnover: Fen::ZERO };
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its hash.
    pub hash: EntryHash,
    /// Whether it has a signature of its own.
    pub signed: bool,
    /// The entry.
    pub entry: Entry,
}

impl Line {
    /// # Errors
    /// As [`Sealed::read`].
    pub fn of(sealed: &Sealed) -> Result<Self, Refusal> {
        Ok(Self { hash: sealed.hash(), signed: sealed.signature.is_some(), entry: sealed.read()? })
    }
}

/// What is known of one phone's journal: its entries, its books, and what the office added. Entries of books and sessions that are over may
/// be left out; `base` is then where the journal stood before the first that is here.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Where the journal stood before the lines.
    pub base: Head,
    /// The books.
    pub leases: BTreeMap<DocumentId, Lease>,
    /// The entries by place.
    pub lines: BTreeMap<u64, Line>,
    /// What the office did, by book, each book's in order.
    pub office: Vec<(DocumentId, OfficeAct)>,
}

impl Default for Facts {
    fn default() -> Self {
        Self { base: Head::START, leases: BTreeMap::new(), lines: BTreeMap::new(), office: Vec::new() }
    }
}

/// How a receipt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// A receipt of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Its place in the journal.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// When, as far as the phone knew.
    pub at: Evidence,
    /// Whether it, or a later attestation of it, is signed.
    pub signed: bool,
    /// The receipt.
    pub receipt: Receipt,
    /// How it stands.
    pub state: ReceiptState,
    /// What was given back.
    pub refunded: Fen,
}

/// A flag and its decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The book whose document holds it.
    pub book: DocumentId,
    /// The flag.
    pub flag: Flag,
    /// What was decided, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<(String, String)>,
}

/// Everything that the facts say.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Where the journal ends.
    pub head: Head,
    /// The key that the phone signs with, by its own word: the first that it named.
    pub key: Option<PublicKey>,
    /// The books.
    pub books: BTreeMap<DocumentId, Book>,
    /// The sessions.
    pub sessions: BTreeMap<SessionId, Session>,
    /// The receipts.
    pub receipts: BTreeMap<Ticket, Issued>,
    /// The flags by name.
    pub flags: BTreeMap<String, Raised>,
    /// Places of entries without a signature that no attestation covers.
    pub unsigned: BTreeSet<u64>,
}

impl Ledger {
    /// Folds the facts. It is total: whatever was written, it says something.
    #[must_use]
    pub fn fold(facts: &Facts) -> Self {
        let books = facts.leases.iter().map(|(id, lease)| (*id, Book::of(lease.clone()))).collect();
        let mut ledger = Self {
            head: facts.base,
            key: None,
            books,
            sessions: BTreeMap::new(),
            receipts: BTreeMap::new(),
            flags: BTreeMap::new(),
            unsigned: BTreeSet::new(),
        };
        // Flags first: they say which entries count.
        facts.office.iter().for_each(|(book, act)| ledger.flag(*book, act));
        let disputed = ledger.disputed();
        for (seq, line) in &facts.lines {
            ledger.apply(line, disputed.contains(seq));
        }
        facts.office.iter().for_each(|(book, act)| ledger.apply_office(*book, act));
        ledger.count_tickets();
        ledger
    }

    /// The session that is open.
    #[must_use]
    pub fn open_session(&self) -> Option<(SessionId, &Session)> {
        self.sessions
            .iter()
            .filter(|(_, session)| session.closing.is_none())
            .max_by_key(|(_, session)| session.seq)
            .map(|(id, session)| (*id, session))
    }

    /// The book that the next receipt comes from: the earliest that was leased and still has tickets.
    #[must_use]
    pub fn current_book(&self) -> Option<(DocumentId, &Book)> {
        let with_tickets = self.books.iter().filter(|(_, book)| book.next().is_some());
        with_tickets.min_by_key(|(id, book)| (!book.taken, book.lease.leased_at, **id)).map(|(id, book)| (*id, book))
    }

    /// What an attestation has to cover: the first and the last entry without a signature.
    #[must_use]
    pub fn to_attest(&self) -> Option<(u64, u64)> {
        Some((*self.unsigned.first()?, *self.unsigned.last()?))
    }

    /// Whether an entry is disputed, and nobody has decided that it counts.
    #[must_use]
    pub fn is_disputed(&self, seq: u64) -> bool {
        self.flags.values().any(|raised| raised.disputes() == Some(seq))
    }

    fn disputed(&self) -> BTreeSet<u64> {
        self.flags.values().filter_map(Raised::disputes).collect()
    }

    fn flag(&mut self, book: DocumentId, act: &OfficeAct) {
        match act {
            OfficeAct::Flagged(flag) => {
                let raised = Raised { book, flag: flag.clone(), resolved: None };
                self.flags.entry(flag.id.clone()).or_insert(raised);
            }
            OfficeAct::FlagResolved { flag, choice, note } => {
                if let Some(raised) = self.flags.get_mut(flag) {
                    raised.resolved.get_or_insert((choice.clone(), note.clone()));
                }
            }
            _ => {}
        }
    }

    fn apply(&mut self, line: &Line, disputed: bool) {
        let Line { hash, signed, entry } = line;
        self.head = Head { seq: entry.seq, hash: *hash, turnover: entry.turnover };
        self.key = self.key.or(entry.key);
        if !signed {
            self.unsigned.insert(entry.seq);
        }
        match &entry.act {
            Act::Receipt(receipt) => self.issue(line, receipt, disputed),
            _ if disputed => {}
            Act::BookTaken { book, .. } => self.book(*book, |book| book.taken = true),
            Act::SessionOpened { session, float } => {
                self.sessions.entry(*session).or_insert_with(|| Session::open(entry.at, entry.seq, *float));
            }
            Act::Voided { ticket, session, .. } => self.void(ticket, *session),
            Act::Refunded { ticket, session, amount, .. } => self.refund(ticket, *session, *amount),
            Act::Deposited { session, slip, bank, amounts } => self.session(*session, |session| {
                let deposit = session.deposit(slip);
                (deposit.bank, deposit.declared) = (Some(bank.clone()), Some(deposit.declared.unwrap_or_default() + *amounts));
            }),
            Act::SessionClosed { session, counted, float_left, tickets, reason } => self.session(*session, |session| {
                let (expected, deposited) = (session.expected_in_hand(), session.declared());
                let (counted, float_left, tickets, reason) = (*counted, *float_left, *tickets, reason.clone());
                let closing = Closing { at: entry.at, counted, float_left, tickets, expected, deposited, reason };
                session.closing.get_or_insert(closing);
            }),
            Act::BookReturned { book, .. } => self.book(*book, |book| book.given_back = true),
            Act::Attested { from, through } => {
                if *signed {
                    self.unsigned.retain(|seq| !(*from..=*through).contains(seq));
                    self.receipts
                        .values_mut()
                        .filter(|issued| (*from..=*through).contains(&issued.seq))
                        .for_each(|issued| issued.signed = true);
                }
            }
        }
    }

    fn issue(&mut self, line: &Line, receipt: &Receipt, disputed: bool) {
        if self.receipts.contains_key(&receipt.ticket) {
            return;
        }
        let state = if disputed { ReceiptState::Disputed } else { ReceiptState::Counted };
        let Line { hash, signed, entry } = line;
        let issued =
            Issued { seq: entry.seq, hash: *hash, at: entry.at, signed: *signed, receipt: receipt.clone(), state, refunded: Fen::ZERO };
        self.receipts.insert(receipt.ticket.clone(), issued);
        if disputed {
            return;
        }
        self.session(receipt.session, |session| {
            session.tickets.used = session.tickets.used.saturating_add(1);
            session.collected = session.collected + Amounts::by(&receipt.method, receipt.amount);
        });
    }

    fn void(&mut self, ticket: &Ticket, session: SessionId) {
        let Some(issued) = self.receipts.get_mut(ticket).filter(|issued| issued.state == ReceiptState::Counted) else { return };
        issued.state = ReceiptState::Voided;
        let amounts = Amounts::by(&issued.receipt.method, issued.receipt.amount);
        self.session(session, |session| {
            session.tickets.used = session.tickets.used.saturating_sub(1);
            session.tickets.voided = session.tickets.voided.saturating_add(1);
            session.voided = session.voided + amounts;
        });
    }

    fn refund(&mut self, ticket: &Ticket, session: SessionId, amount: Fen) {
        if let Some(issued) = self.receipts.get_mut(ticket) {
            issued.refunded = issued.refunded + amount;
            if issued.state == ReceiptState::Counted && issued.refunded >= issued.receipt.amount {
                issued.state = ReceiptState::Refunded;
            }
        }
        // The cash has left the bag, whatever is known of the receipt.
        self.session(session, |session| session.refunded = session.refunded + amount);
    }

    fn apply_office(&mut self, book: DocumentId, act: &OfficeAct) {
        match act {
            OfficeAct::Frozen { reason } => self.book(book, |book| {
                book.frozen_reason.get_or_insert_with(|| reason.clone());
            }),
            OfficeAct::HandedOver { .. } => self.book(book, |book| book.handed_over = true),
            OfficeAct::DepositConfirmed { session, slip, amounts } => self.session(*session, |session| {
                let deposit = session.deposit(slip);
                deposit.confirmed = Some(deposit.confirmed.unwrap_or_default() + *amounts);
            }),
            OfficeAct::SessionSettled { session, reason } => self.session(*session, |session| {
                session.settled = true;
                session.settled_reason = session.settled_reason.take().or_else(|| reason.clone());
            }),
            OfficeAct::Leased | OfficeAct::Flagged(_) | OfficeAct::FlagResolved { .. } => {}
        }
    }

    fn count_tickets(&mut self) {
        for book in self.books.values_mut() {
            let lease = &book.lease;
            let issued = self.receipts.values().filter(|issued| lease.holds(&issued.receipt.ticket));
            let (mut count, mut highest) = (0_u64, lease.first.saturating_sub(1));
            for issued in issued {
                count = count.saturating_add(1);
                highest = highest.max(issued.receipt.ticket.number);
                let part = match issued.state {
                    ReceiptState::Counted | ReceiptState::Refunded => &mut book.used,
                    ReceiptState::Voided => &mut book.voided,
                    ReceiptState::Disputed => &mut book.disputed,
                };
                *part = part.saturating_add(1);
            }
            let below = u64::from(highest).saturating_add(1).saturating_sub(u64::from(lease.first));
            book.missing = below.saturating_sub(count);
            book.highest = highest;
            let rest = lease.drawn().saturating_sub(below);
            let part = if book.given_back {
                &mut book.returned
            } else if book.frozen_reason.is_some() {
                &mut book.frozen
            } else {
                &mut book.left
            };
            *part = rest;
        }
    }

    fn book(&mut self, id: DocumentId, change: impl FnOnce(&mut Book)) {
        self.books.get_mut(&id).map(change).unwrap_or_default();
    }

    fn session(&mut self, id: SessionId, change: impl FnOnce(&mut Session)) {
        self.sessions.get_mut(&id).map(change).unwrap_or_default();
    }
}

impl Raised {
    /// The entry that counts for nothing because of this.
    fn disputes(&self) -> Option<u64> {
        let counts = self.resolved.as_ref().is_some_and(|(choice, _)| choice == COUNT);
        self.flag.seq.filter(|_| self.flag.kind.disputes() && !counts)
    }
}
