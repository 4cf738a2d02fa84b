//! A collector with a phone that keeps a journal. Nothing on it is signed: a keystore that works is no business of the office.

use std::collections::BTreeMap;

use crate::server::{MEI, Server};
use linecrew_protocol::{
    Automerge,
    gate::{inspect, receive},
    ids::{BootId, DocumentId, EventId, InstallationId, SessionId},
    key::{ChainLink, Signature},
    model::{
        collection::{
            Act, Amounts, Entry, Fen, Method, Receipt, Sealed, Ticket,
            book::{self, Lease},
            entry::TicketCount,
            ledger::Head,
            receivable,
        },
        command::Author,
        person::Principal,
    },
    time::{Evidence, Sighting, Timestamp},
    wire::{Edit, EntryKind, Feed, Outcome, Push, Verdict},
};
use linecrew_server::{
    clock::{Clock, SystemClock},
    store::Delivery,
};

pub(crate) const PHONE: &str = "01931c6e-7d00-7000-8000-0000000000f1";

pub(crate) struct Collector {
    principal: Principal,
    documents: BTreeMap<DocumentId, Automerge>,
    cursor: u64,
    transfer: Option<Vec<u8>>,
    pushed: u64,
    link: ChainLink,
    head: Head,
}

impl Collector {
    /// Mei, signed in on her phone.
    pub(crate) async fn mei(server: &Server) -> Self {
        server.phone("mei", PHONE).await;
        let installation: InstallationId = PHONE.parse().unwrap();
        let principal = server.store.account(MEI).await.unwrap().unwrap().principal(installation);
        Self { principal, documents: BTreeMap::new(), cursor: 0, transfer: None, pushed: 0, link: ChainLink::START, head: Head::START }
    }

    /// Takes what the server has for her.
    pub(crate) async fn pull(&mut self, server: &Server) {
        loop {
            let feed = Feed::Person(MEI);
            let page = server.store.page(self.principal.installation, feed, self.cursor, self.transfer.take()).await.unwrap();
            for entry in page.entries {
                if matches!(entry.kind, EntryKind::Leave(_) | EntryKind::Enter) {
                    self.documents.remove(&entry.document);
                }
                let changes: Vec<_> = entry.changes.iter().map(|record| inspect(&record.change).unwrap()).collect();
                if !changes.is_empty() {
                    receive(self.documents.entry(entry.document).or_default(), &changes).unwrap();
                }
            }
            (self.cursor, self.transfer) = (page.cursor, page.transfer.map(Into::into));
            if !page.more {
                return;
            }
        }
    }

    /// The books on the phone.
    pub(crate) fn books(&self) -> Vec<(DocumentId, Lease)> {
        self.documents.iter().filter_map(|(id, document)| Some((*id, book::read(document).ok()?.lease))).collect()
    }

    /// The receivables on the phone, by reference.
    pub(crate) fn due(&self) -> Vec<DocumentId> {
        let reference = |document| Some(receivable::read(document).ok()?.receivable.reference);
        let due = self.documents.iter().filter_map(|(id, document)| Some((reference(document)?, *id)));
        due.collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// Seals an act, writes it into the book, and sends it.
    pub(crate) async fn act(&mut self, server: &Server, book: DocumentId, act: Act) -> Outcome {
        let now = SystemClock.now();
        let at = evidence(now, self.pushed);
        let turnover = self.head.turnover + act.turnover();
        let (device, collector) = (self.principal.installation, self.principal.person);
        let entry = Entry { device, collector, seq: self.head.seq + 1, previous: self.head.hash, at, turnover, key: None, act };
        let sealed = Sealed { entry: entry.to_text().unwrap(), signature: None };
        self.head = Head { seq: entry.seq, hash: sealed.hash(), turnover };
        self.pushed += 1;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.pushed.to_be_bytes());
        let event = EventId::new(now, random);
        let author = Author { principal: self.principal.clone(), name: None, device_seq: self.pushed, evidence: at, event, generation: 0 };
        let written = book::append(&self.documents[&book], &sealed, &author).unwrap();
        self.documents.insert(book, written.document);
        let edit = Edit { document: book, generation: 0, change: written.change.raw_bytes().to_vec().into(), lost: None };
        // Signatures are checked before the store, by the session.
        let (previous, signature) = (self.link, Signature::from_bytes([0; 64]));
        self.link = previous.then(&edit.content());
        let push = Push { first_seq: self.pushed, edits: vec![edit], previous, signature };
        let delivery = Delivery { principal: self.principal.clone(), push, now };
        let (acked, effects) = server.store.deliver(delivery).await.unwrap();
        assert!(effects.collection, "boards have to hear of it");
        acked.outcomes.into_iter().next().unwrap()
    }

    /// The same, when nothing is wrong with it.
    pub(crate) async fn do_well(&mut self, server: &Server, book: DocumentId, act: Act) {
        let outcome = self.act(server, book, act).await;
        assert_eq!(outcome.verdict, Verdict::Accepted);
    }

    /// Draws the book and opens a session with that much change.
    pub(crate) async fn begin(&mut self, server: &Server, id: DocumentId, lease: &Lease, session: SessionId, float: Fen) {
        let (first, last) = (lease.ticket(lease.first), lease.ticket(lease.last));
        self.do_well(server, id, Act::BookTaken { book: id, first, last }).await;
        self.do_well(server, id, Act::SessionOpened { session, float }).await;
    }

    /// A receipt over cash for all of a receivable.
    pub(crate) fn receipt(&self, receivable: DocumentId, ticket: Ticket, session: SessionId, amount: Fen) -> Act {
        let due = receivable::read(&self.documents[&receivable]).unwrap().receivable;
        let (account, period, method) = (due.account, due.period, Method::Cash);
        Act::Receipt(Receipt { ticket, session, receivable, account, period, due: due.amount, open: due.amount, amount, method })
    }

    /// The verification code that is printed on the last receipt.
    pub(crate) fn code(&self) -> String {
        self.head.hash.verification_code()
    }
}

/// The end of a session without anything left over.
pub(crate) fn closed(session: SessionId, cash: Fen, float_left: Fen, used: u64, reason: Option<&str>) -> Act {
    let (counted, tickets) = (Amounts::cash(cash), TicketCount { used, voided: 0 });
    Act::SessionClosed { session, counted, float_left, tickets, reason: reason.map(str::to_owned) }
}

fn evidence(now: Timestamp, monotonic_ms: u64) -> Evidence {
    let boot = BootId::from_bytes([1; 16]);
    let sighting = Sighting { server: now, round_trip_ms: 50, monotonic_ms, boot };
    Evidence { wall: now, monotonic_ms, boot, sighting: Some(sighting) }
}
