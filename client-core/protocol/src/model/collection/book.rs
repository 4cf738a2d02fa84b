//! A ticket book: a leased block of receipt numbers, and the document that carries its phone's journal.
//!
//! The server creates it and puts it into the collector's own feed. The phone adds its entries, each an event; the office adds its acts.

use automerge::Automerge;
use serde::{Deserialize, Serialize};

use super::{
    entry::{Entry, Sealed},
    office::OfficeAct,
    ticket::{MAX_NUMBER, Series, Ticket},
};
use crate::{
    gate::TouchKind,
    ids::{EventId, InstallationId, PersonId},
    model::{
        authorship::{by_its_sender, the_one_new_event, touches_only},
        command::{Author, Written, create, put_json, write},
        document::{Meta, Snapshot},
        event::{Event, Recorded},
        person::{Principal, Role},
        work::authorize::Edit,
    },
    refusal::{Reason, Refusal},
    time::Timestamp,
};

/// `meta.kind` of a book's document.
pub const BOOK_KIND: &str = "ticket_book";
/// Tickets in one book at most: its document stays far below the limits of a document.
pub const MAX_BOOK_TICKETS: u32 = 200;
/// The next book is leased when this one has so many tickets left or fewer, in percent of the book.
pub const LOW_WATER_PERCENT: u64 = 20;

/// A block of numbers for one collector and one phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The series.
    pub series: Series,
    /// The first number.
    pub first: u32,
    /// The last number.
    pub last: u32,
    /// Who may issue them.
    pub collector: PersonId,
    /// The name.
    pub collector_name: String,
    /// On which phone.
    pub device: InstallationId,
    /// Since when.
    pub leased_at: Timestamp,
}

impl Lease {
    /// How many tickets.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        u64::from(self.last).saturating_sub(u64::from(self.first)).saturating_add(1)
    }

    /// The ticket with this number.
    #[must_use]
    pub fn ticket(&self, number: u32) -> Ticket {
        Ticket { series: self.series.clone(), number }
    }

    /// Whether a ticket is of this book.
    #[must_use]
    pub fn holds(&self, ticket: &Ticket) -> bool {
        ticket.series == self.series && (self.first..=self.last).contains(&ticket.number)
    }

    /// # Errors
    /// [`Reason::InvalidValue`] when the block is empty, too large, or leaves the series.
    pub fn validate(&self) -> Result<(), Refusal> {
        let fits = self.first > 0 && self.first <= self.last && self.last <= MAX_NUMBER && self.drawn() <= u64::from(MAX_BOOK_TICKETS);
        if fits {
            return Ok(());
        }
        Err(Refusal::new(Reason::InvalidValue, format!("a book has 1 to {MAX_BOOK_TICKETS} tickets with numbers up to {MAX_NUMBER}")))
    }
}

/// A book, read from its document.
#[derive(Debug, Clone)]
pub struct BookDocument {
    /// Identity.
    pub meta: Meta,
    /// The block.
    pub lease: Lease,
    /// What the phone wrote, by event.
    pub entries: Vec<(EventId, Sealed)>,
    /// What the office wrote, by event.
    pub office: Vec<OfficeRecord>,
}

/// An act of the office with its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeRecord {
    /// The event.
    pub event: EventId,
    /// Who.
    pub by: PersonId,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// What.
    pub act: OfficeAct,
}

/// The first change of a book's document. Only a server writes it.
///
/// # Errors
/// [`Reason::InvalidValue`] when the block is none, or when Automerge refuses to write.
pub fn lease(meta: &Meta, lease: &Lease, author: &Author) -> Result<Written, Refusal> {
    lease.validate()?;
    let recorded = author.sign(OfficeAct::Leased.parts());
    create(meta, author, recorded, |transaction| put_json(transaction, "order", lease))
}

/// An act of the office on a book. Only a server writes it.
///
/// # Errors
/// When the act is not sound, or Automerge refuses to write.
pub fn record(document: &Automerge, act: &OfficeAct, author: &Author) -> Result<Written, Refusal> {
    act.validate()?;
    let id = Snapshot::read(document)?.meta.id;
    write(document, id, author, author.sign(act.parts()), |_| Ok(()))
}

/// An entry of the phone's journal in its book.
///
/// # Errors
/// When the entry is none, or Automerge refuses to write.
pub fn append(document: &Automerge, sealed: &Sealed, author: &Author) -> Result<Written, Refusal> {
    let entry = sealed.read()?;
    let id = Snapshot::read(document)?.meta.id;
    let body = serde_json::to_value(sealed).map_err(|_| Refusal::new(Reason::InvalidValue, "the entry cannot be written as JSON"))?;
    write(document, id, author, author.sign((entry.act.name().to_owned(), body)), |_| Ok(()))
}

/// The book in a document. Events that this build does not know are left out.
///
/// # Errors
/// [`Reason::UnreadableEvent`] when it is no book.
pub fn read(document: &Automerge) -> Result<BookDocument, Refusal> {
    let snapshot = Snapshot::read(document)?;
    let lease = lease_of(&snapshot)?;
    let (mut entries, mut office) = (Vec::new(), Vec::new());
    for (id, text) in &snapshot.events {
        let Ok(event) = Event::from_text(text) else { continue };
        if let Some(sealed) = sealed_in(&event) {
            entries.push((*id, sealed));
        } else if let Some(act) = OfficeAct::of(&event.kind, &event.body) {
            office.push(OfficeRecord { event: *id, by: event.by, by_name: event.by_name, at: event.evidence.wall, act });
        }
    }
    Ok(BookDocument { meta: snapshot.meta, lease, entries, office })
}

/// The entry that an event carries.
#[must_use]
pub fn sealed_in(event: &Event) -> Option<Sealed> {
    serde_json::from_value(event.body.clone()).ok()
}

/// Judges a phone's edit of a book: who may write what. Whether the entry follows the journal and its rules, [`rules`](super::rules) say: an
/// entry of the right phone is never refused for that, because a receipt that was handed to a customer exists.
///
/// # Errors
/// The first rule it breaks.
pub fn authorize(edit: &Edit<'_>, principal: &Principal) -> Result<(Recorded, Sealed, Entry), Refusal> {
    let before = Snapshot::read(edit.before)?;
    let after = Snapshot::read(edit.after)?;
    let lease = lease_of(&before)?;
    let recorded = the_one_new_event(&before, &after, edit.after)?;
    by_its_sender(&recorded.event, edit.device_seq, principal)?;
    let key = recorded.id.to_string();
    touches_only(edit.touches, |touch| {
        touch.section.as_deref() == Some("events")
            && touch.kind == TouchKind::Put
            && touch.key.as_deref() == Some(&key)
            && !touch.overwrites
    })?;
    let sealed = sealed_in(&recorded.event).ok_or_else(|| Refusal::new(Reason::UnreadableEvent, "not a journal entry"))?;
    let entry = sealed.read()?;
    if recorded.event.kind != entry.act.name() {
        return Err(Refusal::new(Reason::UnreadableEvent, "the event is called other than its entry"));
    }
    is_the_holders(&entry, &lease, principal)?;
    let district = before.meta.district;
    if !principal.holds(Role::Collector, district) {
        return Err(Refusal::new(Reason::RoleNotPermitted, "only a collector writes a journal"));
    }
    if matches!(entry.act, super::Act::Refunded { .. }) && !principal.holds(Role::Cashier, district) {
        return Err(Refusal::new(Reason::RoleNotPermitted, "only a cashier refunds"));
    }
    Ok((recorded, sealed, entry))
}

/// The journal is that of the phone to which the book is leased, and who sends it is its collector. A phone that had to begin a new
/// installation still sends what the old one had sealed.
fn is_the_holders(entry: &Entry, lease: &Lease, principal: &Principal) -> Result<(), Refusal> {
    if principal.person != lease.collector || entry.collector != lease.collector || entry.device != lease.device {
        return Err(Refusal::new(Reason::NotYourItem, "the book is leased to another collector or phone"));
    }
    Ok(())
}

fn lease_of(snapshot: &Snapshot) -> Result<Lease, Refusal> {
    let none = || Refusal::new(Reason::UnreadableEvent, "not a book's document");
    if snapshot.meta.kind != BOOK_KIND {
        return Err(none());
    }
    serde_json::from_value(snapshot.order.clone()).map_err(|_| none())
}
