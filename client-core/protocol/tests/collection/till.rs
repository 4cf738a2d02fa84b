//! A collector's phone, as far as its journal goes: seals what the rules allow, and keeps what the office sends.

use linecrew_protocol::{
    ids::{BootId, DocumentId, InstallationId, PersonId, SessionId},
    key::{PublicKey, Signature},
    model::collection::{
        Act, Amounts, Entry, EntryHash, Fen, Lease, Ledger, Method, OfficeAct, Receipt, Sealed, Ticket,
        audit::{Anchor, Stored},
        entry::TicketCount,
        ledger::{Facts, Line, ReceiptState},
        rules,
    },
    time::{Evidence, Timestamp},
};
use p256::ecdsa::{SigningKey, signature::Signer};

pub(crate) const START: i64 = 1_795_000_000_000;
pub(crate) const BILL: DocumentId = DocumentId::from_bytes([0xB1; 16]);

pub(crate) struct Till {
    pub(crate) device: InstallationId,
    pub(crate) collector: PersonId,
    pub(crate) facts: Facts,
    pub(crate) sealed: Vec<(DocumentId, Sealed, Entry)>,
    pub(crate) wall: Timestamp,
    /// Whether the keystore answers.
    pub(crate) can_sign: bool,
    key: SigningKey,
    books: u8,
    sessions: u8,
}

pub(crate) fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

impl Till {
    pub(crate) fn new(number: u8) -> Self {
        let device = InstallationId::from_bytes([number; 16]);
        let mut key = [number; 32];
        key[0] = 1;
        Self {
            device,
            collector: PersonId::from_bytes([number; 16]),
            facts: Facts::default(),
            sealed: Vec::new(),
            wall: Timestamp::from_unix_millis(START),
            can_sign: true,
            key: SigningKey::from_slice(&key).unwrap(),
            books: 0,
            sessions: 0,
        }
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.key.verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap())
    }

    pub(crate) fn sign(&self, hash: &EntryHash) -> Signature {
        let signature: p256::ecdsa::Signature = self.key.sign(hash.as_bytes());
        Signature::from_bytes(signature.to_bytes().into())
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::fold(&self.facts)
    }

    /// The office leases a book; nobody has drawn it yet.
    pub(crate) fn is_leased(&mut self, count: u32) -> DocumentId {
        self.books += 1;
        let id = DocumentId::from_bytes([self.books; 16]);
        let first = u32::from(self.device.as_bytes()[0]) * 100_000 + u32::from(self.books) * 1_000 + 1;
        let lease = Lease {
            series: "FZ".parse().unwrap(),
            first,
            last: first + count - 1,
            collector: self.collector,
            collector_name: "林秀兰".to_owned(),
            device: self.device,
            leased_at: Timestamp::from_unix_millis(START).plus_ms(u64::from(self.books)),
        };
        self.facts.leases.insert(id, lease);
        self.facts.office.push((id, OfficeAct::Leased));
        id
    }

    /// Leased and drawn.
    pub(crate) fn draws(&mut self, count: u32) -> DocumentId {
        let book = self.is_leased(count);
        self.takes(book).unwrap();
        book
    }

    pub(crate) fn takes(&mut self, book: DocumentId) -> Result<Sealed, String> {
        let lease = &self.facts.leases[&book];
        let (first, last) = (lease.ticket(lease.first), lease.ticket(lease.last));
        self.acts(Act::BookTaken { book, first, last })
    }

    pub(crate) fn opens(&mut self, float: Fen) -> SessionId {
        self.tries_to_open(float).unwrap()
    }

    pub(crate) fn tries_to_open(&mut self, float: Fen) -> Result<SessionId, String> {
        let session = SessionId::from_bytes([self.sessions + 1; 16]);
        self.acts(Act::SessionOpened { session, float })?;
        self.sessions += 1;
        Ok(session)
    }

    /// A receipt over `amount`, of `due`.
    pub(crate) fn collects(&mut self, amount: Fen, method: Method) -> Result<Ticket, String> {
        let ledger = self.ledger();
        let (_, book) = ledger.current_book().ok_or("no book with tickets")?;
        let ticket = book.next().unwrap();
        self.issues(ticket.clone(), amount, method).map(|_| ticket)
    }

    pub(crate) fn issues(&mut self, ticket: Ticket, amount: Fen, method: Method) -> Result<Sealed, String> {
        let session = self.ledger().open_session().map_or(SessionId::from_bytes([0; 16]), |(id, _)| id);
        self.acts(Act::Receipt(receipt(ticket, session, amount, method)))
    }

    pub(crate) fn voids(&mut self, ticket: &Ticket) -> Result<Sealed, String> {
        let ledger = self.ledger();
        let issued = ledger.receipts.get(ticket).ok_or("no such receipt")?;
        let session = ledger.open_session().ok_or("no session")?.0;
        self.acts(Act::Voided { ticket: ticket.clone(), session, amount: issued.receipt.amount, reason: "金额有误".to_owned() })
    }

    pub(crate) fn refunds(&mut self, ticket: &Ticket, amount: Fen) -> Result<Sealed, String> {
        let session = self.ledger().open_session().ok_or("no session")?.0;
        self.acts(Act::Refunded { ticket: ticket.clone(), session, amount, reason: "重复缴费".to_owned() })
    }

    pub(crate) fn deposits(&mut self, session: SessionId, slip: &str, amounts: Amounts) -> Result<Sealed, String> {
        self.acts(Act::Deposited { session, slip: slip.to_owned(), bank: "工商银行".to_owned(), amounts })
    }

    pub(crate) fn closes(&mut self, counted: Amounts, float_left: Fen, reason: Option<&str>) -> Result<Sealed, String> {
        let (session, open) = self.ledger().open_session().map(|(id, session)| (id, session.clone())).ok_or("no session")?;
        let reason = reason.map(str::to_owned);
        self.acts(Act::SessionClosed { session, counted, float_left, tickets: open.tickets, reason })
    }

    pub(crate) fn returns(&mut self, book: DocumentId) -> Result<Sealed, String> {
        let unused = self.ledger().books[&book].left;
        self.acts(Act::BookReturned { book, unused })
    }

    pub(crate) fn attests(&mut self) -> Result<Sealed, String> {
        let (from, through) = self.ledger().to_attest().ok_or("nothing to attest")?;
        self.acts(Act::Attested { from, through })
    }

    pub(crate) fn hears(&mut self, book: DocumentId, act: OfficeAct) {
        self.facts.office.push((book, act));
    }

    /// Seals an act if the rules allow it.
    pub(crate) fn acts(&mut self, act: Act) -> Result<Sealed, String> {
        rules::permitted(&self.ledger(), &act)?;
        Ok(self.forces(act))
    }

    /// Seals an act, whatever the rules say.
    pub(crate) fn forces(&mut self, act: Act) -> Sealed {
        let head = self.ledger().head;
        let entry = self.entry(head.seq + 1, head.hash, head.turnover + act.turnover(), act);
        self.keeps(entry)
    }

    pub(crate) fn entry(&self, seq: u64, previous: EntryHash, turnover: Fen, act: Act) -> Entry {
        let at = Evidence { wall: self.wall, monotonic_ms: seq, boot: BootId::from_bytes([1; 16]), sighting: None };
        Entry { device: self.device, collector: self.collector, seq, previous, at, turnover, key: (seq == 1).then(|| self.public()), act }
    }

    pub(crate) fn seal(&self, entry: &Entry) -> Sealed {
        let text = entry.to_text().unwrap();
        let signature = self.can_sign.then(|| self.sign(&EntryHash::of(&text)));
        Sealed { entry: text, signature }
    }

    pub(crate) fn keeps(&mut self, entry: Entry) -> Sealed {
        let sealed = self.seal(&entry);
        let book = self.carrier(&entry);
        self.facts.lines.insert(entry.seq, Line::of(&sealed).unwrap());
        self.sealed.push((book, sealed.clone(), entry));
        sealed
    }

    fn carrier(&self, entry: &Entry) -> DocumentId {
        let of_ticket = |ticket: &Ticket| self.facts.leases.iter().find(|(_, lease)| lease.holds(ticket)).map(|(id, _)| *id);
        let newest = self.sealed.last().map(|(book, ..)| *book);
        let own = match &entry.act {
            Act::BookTaken { book, .. } | Act::BookReturned { book, .. } => Some(*book),
            Act::Receipt(receipt) => of_ticket(&receipt.ticket),
            _ => None,
        };
        own.or(newest).or(self.facts.leases.keys().next().copied()).unwrap()
    }

    pub(crate) fn stored(&self) -> Vec<Stored> {
        self.sealed.iter().map(|(book, sealed, entry)| Stored::of(*book, sealed.clone(), entry)).collect()
    }

    pub(crate) fn anchor(&self) -> Anchor {
        Anchor { head: self.ledger().head, key: Some(self.public()) }
    }

    pub(crate) fn state(&self, ticket: &Ticket) -> ReceiptState {
        self.ledger().receipts[ticket].state
    }
}

pub(crate) fn receipt(ticket: Ticket, session: SessionId, amount: Fen, method: Method) -> Receipt {
    let (account, period) = ("3501020017".to_owned(), "2026-10".to_owned());
    Receipt { ticket, session, receivable: BILL, account, period, due: amount, open: amount, amount, method }
}

pub(crate) fn count(used: u64, voided: u64) -> TicketCount {
    TicketCount { used, voided }
}
