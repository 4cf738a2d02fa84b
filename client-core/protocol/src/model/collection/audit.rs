//! The verifier: walks every journal and every book, and names each place where somebody has laid hands on them.
//!
//! It believes nothing but texts, hashes and signatures: what a store has beside a text (its place, its number, its amount) is compared with
//! what the text says. Where each journal ended, and how many entries there are, comes from elsewhere: without that no verifier can see a
//! tail that was cut.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::{
    book::Lease,
    entry::{Act, Entry, EntryHash, Sealed},
    fen::Fen,
    ledger::Head,
    ticket::Ticket,
};
use crate::{
    ids::{DocumentId, InstallationId, PersonId, SessionId},
    key::{PublicKey, Signature},
};

/// An entry as a store keeps it: the text, and what the store says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Whose journal.
    pub device: InstallationId,
    /// The place in it.
    pub seq: u64,
    /// The hash.
    pub hash: EntryHash,
    /// The name of the act.
    pub act: String,
    /// The book whose document carries it.
    pub book: DocumentId,
    /// Who did it.
    pub collector: PersonId,
    /// The session.
    pub session: Option<SessionId>,
    /// The ticket.
    pub ticket: Option<Ticket>,
    /// What it adds to the running total.
    pub amount: Fen,
    /// Text and signature.
    pub sealed: Sealed,
}

impl Stored {
    /// As a store has to keep it.
    #[must_use]
    pub fn of(book: DocumentId, sealed: Sealed, entry: &Entry) -> Self {
        Self {
            device: entry.device,
            seq: entry.seq,
            hash: sealed.hash(),
            act: entry.act.name().to_owned(),
            book,
            collector: entry.collector,
            session: entry.act.session(),
            ticket: entry.act.ticket().cloned(),
            amount: entry.act.turnover(),
            sealed,
        }
    }
}

/// What a store knows of a journal beside its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Where it ended.
    pub head: Head,
    /// The key that the phone signs with.
    pub key: Option<PublicKey>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// What a store says of an entry is not what its text says, or the text is no entry.
    Altered,
    /// An entry is not there.
    Removed,
    /// An entry is not in its place.
    Reordered,
    /// A receipt bears a number that its book does not have.
    Renumbered,
    /// The same entry, place or number twice.
    Duplicated,
    /// The journal goes on beyond its last entry, or ends before it.
    CutTail,
    /// A number of a book was left out.
    Gap,
    /// The running total is wrong.
    WrongTotal,
    /// A signature is not the phone's, or there is one that nobody can check.
    BadSignature,
    /// Neither a signature nor a later attestation: nobody has vouched for it yet.
    Unsigned,
}

impl Finding {
    /// Whether it may be so without anybody having laid hands on it.
    #[must_use]
    pub fn is_pending(self) -> bool {
        self == Self::Unsigned
    }
}

/// A finding in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What.
    pub finding: Finding,
    /// Whose journal.
    pub device: InstallationId,
    /// The entry, when it is about one.
    pub seq: Option<u64>,
    /// The receipt, when it is about one.
    pub ticket: Option<Ticket>,
    /// In words, without customer data.
    pub detail: String,
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = serde_json::to_value(self.finding).unwrap_or_default();
        write!(formatter, "{}: journal {}", name.as_str().unwrap_or_default(), self.device)?;
        self.seq.iter().try_for_each(|seq| write!(formatter, ", entry {seq}"))?;
        self.ticket.iter().try_for_each(|ticket| write!(formatter, ", ticket {ticket}"))?;
        write!(formatter, ": {}", self.detail)
    }
}

/// Who checks signatures: whether the key has signed the hash.
pub type Signed<'a> = &'a mut dyn FnMut(&PublicKey, &EntryHash, &Signature) -> bool;

/// Walks everything. `entries` may come in any order; `leases` are all books, by document.
#[must_use]
pub fn audit(entries: &[Stored], anchors: &BTreeMap<InstallationId, Anchor>, leases: &BTreeMap<DocumentId, Lease>) -> Vec<Found> {
    audit_with(entries, anchors, leases, &mut |key, hash, signature| key.has_signed(hash.as_bytes(), signature))
}

/// The same with another way to check signatures: checking one takes longer than all the rest of an entry, so who audits often remembers.
#[must_use]
pub fn audit_with(
    entries: &[Stored],
    anchors: &BTreeMap<InstallationId, Anchor>,
    leases: &BTreeMap<DocumentId, Lease>,
    signed: Signed<'_>,
) -> Vec<Found> {
    let mut journals: BTreeMap<InstallationId, Vec<&Stored>> = anchors.keys().map(|device| (*device, Vec::new())).collect();
    for entry in entries {
        journals.entry(entry.device).or_default().push(entry);
    }
    let mut found = Vec::new();
    for (device, mut journal) in journals {
        journal.sort_by_key(|stored| stored.seq);
        let mut walk = Walk {
            signed: &mut *signed,
            device,
            anchor: anchors.get(&device),
            leases,
            found: Vec::new(),
            unsigned: BTreeSet::new(),
            tickets: BTreeSet::new(),
        };
        walk.walk(&journal);
        found.append(&mut walk.found);
    }
    found
}

struct Walk<'a> {
    signed: Signed<'a>,
    device: InstallationId,
    anchor: Option<&'a Anchor>,
    leases: &'a BTreeMap<DocumentId, Lease>,
    found: Vec<Found>,
    unsigned: BTreeSet<u64>,
    tickets: BTreeSet<Ticket>,
}

impl Walk<'_> {
    fn walk(&mut self, journal: &[&Stored]) {
        let mut head = Head::START;
        let mut hashes = BTreeSet::new();
        for stored in journal {
            if !hashes.insert(stored.hash) || (stored.seq == head.seq && head.seq > 0) {
                self.note(Finding::Duplicated, stored, "the same entry, or another one in its place, comes twice");
                continue;
            }
            self.gap(head.seq, stored);
            let Some(entry) = self.text(stored) else {
                head = Head { seq: stored.seq, hash: stored.hash, turnover: head.turnover + stored.amount };
                continue;
            };
            self.link(&head, stored, &entry);
            self.signature(stored, &entry);
            self.ticket(stored, &entry);
            head = Head { seq: stored.seq, hash: stored.sealed.hash(), turnover: entry.turnover };
        }
        self.tail(&head);
        for seq in std::mem::take(&mut self.unsigned) {
            self.found.push(Found {
                finding: Finding::Unsigned,
                device: self.device,
                seq: Some(seq),
                ticket: None,
                detail: "no signature, and no attestation yet".to_owned(),
            });
        }
        self.books();
    }

    fn gap(&mut self, before: u64, stored: &Stored) {
        let expected = before.saturating_add(1);
        if stored.seq > expected {
            self.note(Finding::Removed, stored, format!("entries {expected} to {} before it are not there", stored.seq.saturating_sub(1)));
        }
    }

    /// The entry, when the text is one. What the store says of it is compared with it.
    fn text(&mut self, stored: &Stored) -> Option<Entry> {
        let entry = match stored.sealed.read() {
            Ok(entry) => entry,
            Err(refusal) => {
                self.note(Finding::Altered, stored, refusal.detail);
                return None;
            }
        };
        let written = Stored::of(stored.book, stored.sealed.clone(), &entry);
        if written.seq != stored.seq {
            self.note(Finding::Reordered, stored, format!("its text says entry {}", written.seq));
        }
        if written.ticket != stored.ticket {
            self.note(Finding::Renumbered, stored, "its text says another ticket");
        }
        if written != (Stored { seq: written.seq, ticket: written.ticket.clone(), ..stored.clone() }) {
            self.note(Finding::Altered, stored, "the store says something else than its text");
        }
        Some(entry)
    }

    fn link(&mut self, head: &Head, stored: &Stored, entry: &Entry) {
        if entry.seq == head.seq.saturating_add(1) && entry.previous != head.hash {
            self.note(Finding::Altered, stored, format!("it does not follow the entry {} that is there", head.seq));
        }
        let follows = entry.previous == head.hash;
        if follows && entry.turnover != head.turnover + entry.act.turnover() {
            self.note(
                Finding::WrongTotal,
                stored,
                format!("the running total is {}, not {}", head.turnover + entry.act.turnover(), entry.turnover),
            );
        }
    }

    fn signature(&mut self, stored: &Stored, entry: &Entry) {
        let key = self.anchor.and_then(|anchor| anchor.key);
        if entry.key.is_some() && entry.key != key {
            self.note(Finding::BadSignature, stored, "it names another key than this phone's");
        }
        match (&stored.sealed.signature, key) {
            (None, _) => {
                self.unsigned.insert(stored.seq);
            }
            (Some(signature), Some(key)) if (self.signed)(&key, &stored.sealed.hash(), signature) => {
                if let Act::Attested { from, through } = entry.act {
                    self.unsigned.retain(|seq| !(from..=through).contains(seq));
                }
            }
            (Some(_), _) => self.note(Finding::BadSignature, stored, "the signature is not this phone's"),
        }
    }

    fn ticket(&mut self, stored: &Stored, entry: &Entry) {
        let lease = self.leases.get(&stored.book);
        if lease.is_none_or(|lease| lease.device != entry.device || lease.collector != entry.collector) {
            self.note(Finding::Altered, stored, "its book is not leased to this phone and collector");
        }
        let Act::Receipt(receipt) = &entry.act else { return };
        if !self.leases.values().any(|lease| lease.holds(&receipt.ticket) && lease.device == entry.device) {
            self.note(Finding::Renumbered, stored, "no book of this phone has its number");
        }
        if !self.tickets.insert(receipt.ticket.clone()) {
            self.note(Finding::Duplicated, stored, "its number was given before");
        }
    }

    fn tail(&mut self, head: &Head) {
        let Some(anchor) = self.anchor else {
            self.end(head, "nobody knows where this journal ends".to_owned());
            return;
        };
        if anchor.head != *head {
            self.end(
                head,
                format!(
                    "it ends with entry {} (running total {}); it should with entry {} ({})",
                    head.seq, head.turnover, anchor.head.seq, anchor.head.turnover
                ),
            );
        }
    }

    fn end(&mut self, head: &Head, detail: String) {
        self.found.push(Found { finding: Finding::CutTail, device: self.device, seq: Some(head.seq), ticket: None, detail });
    }

    /// Every number below a book's highest was given.
    fn books(&mut self) {
        let mine = self.leases.values().filter(|lease| lease.device == self.device);
        for lease in mine {
            let given: BTreeSet<u32> = self.tickets.iter().filter(|ticket| lease.holds(ticket)).map(|ticket| ticket.number).collect();
            let Some(highest) = given.last() else { continue };
            for number in (lease.first..*highest).filter(|number| !given.contains(number)) {
                let detail = "the number was left out, or its receipt is not there".to_owned();
                self.found.push(Found {
                    finding: Finding::Gap,
                    device: self.device,
                    seq: None,
                    ticket: Some(lease.ticket(number)),
                    detail,
                });
            }
        }
    }

    fn note(&mut self, finding: Finding, stored: &Stored, detail: impl Into<String>) {
        let (seq, ticket) = (Some(stored.seq), stored.ticket.clone());
        self.found.push(Found { finding, device: self.device, seq, ticket, detail: detail.into() });
    }
}
