//! The office's side of field collection: books, amounts due, and which hashes it names.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    Automerge, Refusal,
    ids::{DocumentId, InstallationId, PersonId},
    model::{
        collection::{
            EntryHash, Fen, Lease, OfficeAct, Receivable, Ticket,
            book::{self, BOOK_KIND},
            receivable::{self, RECEIVABLE_KIND, ReceivableAct},
        },
        command::Written,
        document::{Meta, Snapshot},
        person::Principal,
        work::authorize::Edit as Judged,
    },
    wire::Feed,
};

use super::{DISTRICT, Office, kept};
use crate::phone::Phone;

/// What the office knows about money.
#[derive(Clone, Default)]
pub(crate) struct Money {
    /// Who collects with which installation.
    people: BTreeMap<InstallationId, PersonId>,
    /// Whose round an amount due is in.
    rounds: BTreeMap<DocumentId, PersonId>,
    /// Books and amounts due that were taken from their phones.
    gone: BTreeSet<DocumentId>,
    drawn: u32,
    /// The entry in each change, by its bytes.
    entries: BTreeMap<Vec<u8>, EntryHash>,
    /// Entries that arrived, in order.
    pub(crate) arrived: Vec<String>,
    /// Answers that name another hash than the entry's, or none.
    pub(crate) misnamed: BTreeMap<u64, Option<[u8; 32]>>,
}

impl Money {
    /// The feed of whoever collects with this installation.
    pub(super) fn feed_of(&self, installation: InstallationId) -> Option<Feed> {
        self.people.get(&installation).copied().map(Feed::Person)
    }

    /// What an answer names.
    pub(super) fn named(&self, device_seq: u64, change: &[u8]) -> Option<[u8; 32]> {
        let hash = self.entries.get(change).map(|hash| *hash.as_bytes());
        self.misnamed.get(&device_seq).copied().unwrap_or(hash)
    }

    pub(super) fn judge(&mut self, judged: &Judged<'_>, principal: &Principal, bytes: &[u8]) -> Result<(), Refusal> {
        let (_, sealed, _) = book::authorize(judged, principal)?;
        self.entries.insert(bytes.to_vec(), sealed.hash());
        self.arrived.push(sealed.entry);
        Ok(())
    }

    /// Where a document of ours is; `None`: it is none.
    pub(super) fn feed_of_document(&self, id: DocumentId, document: &Automerge) -> Option<Option<Feed>> {
        let whose = book::read(document).ok().map(|book| book.lease.collector).or_else(|| self.rounds.get(&id).copied())?;
        Some((!self.gone.contains(&id)).then_some(Feed::Person(whose)))
    }
}

pub(super) fn is_book(document: &Automerge) -> bool {
    Snapshot::read(document).is_ok_and(|snapshot| snapshot.meta.kind == BOOK_KIND)
}

impl Office {
    /// Who signed in with an installation.
    pub(crate) fn introduce(&mut self, phone: &Phone) {
        self.money.people.insert(phone.client.installation(), phone.person);
    }

    /// Leases the next block of the series to a phone.
    pub(crate) fn lease(&mut self, phone: &Phone, count: u32) -> DocumentId {
        self.introduce(phone);
        let (_, id) = self.next_document();
        let (first, last) = (self.money.drawn + 1, self.money.drawn + count);
        self.money.drawn = last;
        let lease = Lease {
            series: "FZ".parse().unwrap(),
            first,
            last,
            collector: phone.person,
            collector_name: "林强".to_owned(),
            device: phone.client.installation(),
            leased_at: self.now,
        };
        let written = book::lease(&meta(id, BOOK_KIND, self), &lease, &self.author()).unwrap();
        self.publish_money(id, written);
        id
    }

    /// Puts an amount due into a phone's round. The account ends with `n`, the address with the house's number.
    pub(crate) fn bill(&mut self, phone: &Phone, n: u32, fen: i64) -> DocumentId {
        self.introduce(phone);
        let (_, id) = self.next_document();
        self.money.rounds.insert(id, phone.person);
        let bill = Receivable {
            reference: format!("B-{n}"),
            account: format!("35010{n:05}"),
            customer: "陈秀英".to_owned(),
            address: format!("鼓楼区东街 {n:03} 号"),
            period: "2026-10".to_owned(),
            amount: Fen(fen),
        };
        let written = receivable::bill(&meta(id, RECEIVABLE_KIND, self), &bill, &self.author()).unwrap();
        self.publish_money(id, written);
        id
    }

    /// An act of the office on a book.
    pub(crate) fn acts(&mut self, id: DocumentId, act: &OfficeAct) {
        self.tick();
        let author = self.author();
        let written = book::record(&self.documents[&id].automerge, act, &author).unwrap();
        self.add_money(id, written);
    }

    /// What happened to an amount due.
    pub(crate) fn tells(&mut self, id: DocumentId, act: &ReceivableAct) {
        self.tick();
        let author = self.author();
        let written = receivable::record(&self.documents[&id].automerge, act, &author).unwrap();
        self.add_money(id, written);
    }

    pub(crate) fn pays(&mut self, id: DocumentId, ticket: &Ticket, applied: i64) {
        self.tells(id, &ReceivableAct::Paid { ticket: ticket.clone(), applied: Fen(applied) });
    }

    /// Takes a book or an amount due from its phone.
    pub(crate) fn takes_away(&mut self, id: DocumentId) {
        self.tick();
        self.money.gone.insert(id);
        let before = self.documents[&id].changes.len();
        self.announce(id, before);
    }

    /// Whether a phone holds the same as the office in its person's feed.
    pub(crate) fn is_equal_to(&self, phone: &Phone) -> bool {
        phone.client.compare(&self.caught_up(Feed::Person(phone.person))).unwrap().is_empty()
    }

    fn publish_money(&mut self, id: DocumentId, written: Written) {
        self.file(id, written);
        self.announce(id, 0);
    }

    fn add_money(&mut self, id: DocumentId, written: Written) {
        let now = self.now;
        let filed = self.documents.get_mut(&id).unwrap();
        let before = filed.changes.len();
        filed.automerge = written.document;
        filed.changes.push(kept(&written.change, now));
        self.announce(id, before);
    }
}

fn meta(id: DocumentId, kind: &str, office: &Office) -> Meta {
    Meta { id, kind: kind.to_owned(), schema: 1, district: DISTRICT, created: office.now }
}
