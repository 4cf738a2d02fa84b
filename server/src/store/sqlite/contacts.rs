//! Customers' telephone numbers and arrears (docs/domain.md, Privacy): kept beside the items, and carried to phones in documents of their own,
//! which are in the feeds of those people only who hold one of the kind's roles, from dispatch to close.

use std::collections::BTreeSet;

use linecrew_protocol::{
    ids::{CrewId, DistrictId, DocumentId, PersonId},
    model::{
        contact::{self, CONTACT_KIND, Contact},
        document::{Meta, SCHEMA},
        kinds,
        work::{Customer, Phase, WorkRow},
    },
    time::Timestamp,
    wire::{Feed, LeaveReason, Withdrawal},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{
    Desk,
    author::{own_author, unreadable},
    changes::{self, Origin},
    columns::{damaged, read_counter},
    documents::{self, Content, Loaded, NewDocument},
    feeds::{self, Placement},
    people,
};

/// With the forms: after everything that is work.
const PRIORITY: i64 = 2;

/// Where an item is, as far as that decides who needs its customer's number.
pub(super) struct Whereabouts<'a> {
    pub(super) item: DocumentId,
    pub(super) kind: &'a str,
    pub(super) district: DistrictId,
    /// The crew that holds it, unless it is closed.
    pub(super) crew: Option<CrewId>,
}

impl<'a> Whereabouts<'a> {
    pub(super) fn of(row: &'a WorkRow) -> Self {
        let crew = row.crew.filter(|_| !row.phase.is_closed());
        Self { item: row.id, kind: &row.kind, district: row.district, crew }
    }
}

/// Keeps what an order says of its customer's telephone and arrears.
pub(super) fn keep(transaction: &Transaction<'_>, contact: &Contact) -> rusqlite::Result<()> {
    let sql = "INSERT INTO contacts (item, phone, arrears_fen) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute((contact.item.as_bytes(), &contact.phone, contact.arrears_fen))?;
    Ok(())
}

/// Shows it in a row: the office needs it.
pub(super) fn show(connection: &Connection, item: DocumentId, customer: &mut Customer) -> rusqlite::Result<()> {
    if let Some((contact, _)) = find(connection, item)? {
        customer.phone = contact.phone.or(customer.phone.take());
        customer.arrears_fen = contact.arrears_fen.or(customer.arrears_fen);
    }
    Ok(())
}

/// Brings it to those who need it now, and takes it from those who did; gives the feeds that changed.
pub(super) fn place(
    transaction: &Transaction<'_>,
    desk: &Desk,
    whereabouts: &Whereabouts<'_>,
    now: Timestamp,
) -> rusqlite::Result<BTreeSet<Feed>> {
    let Some((contact, document)) = find(transaction, whereabouts.item)? else { return Ok(BTreeSet::new()) };
    let homes = homes(transaction, whereabouts)?;
    let document = match document {
        Some(document) => document,
        None if homes.is_empty() => return Ok(BTreeSet::new()),
        None => publish(transaction, desk, &contact, (whereabouts.district, now))?,
    };
    if feeds::homes(transaction, document)? == homes {
        return Ok(BTreeSet::new());
    }
    let loaded = documents::take(transaction, desk, document)?.ok_or_else(|| damaged("document"))?;
    let placement = Placement { document, loaded: &loaded, commit_seq: newest(transaction, document)?, homes };
    let why = Withdrawal { reason: LeaveReason::AccessEnded, by: None, at: now, to: None };
    let moved = feeds::place(transaction, &placement, || Ok(why))?;
    documents::keep(desk, document, loaded);
    Ok(moved)
}

/// The same for all items of these crews: their people, or what those may do, have changed.
pub(super) fn place_all(
    transaction: &Transaction<'_>,
    desk: &Desk,
    crews: &BTreeSet<CrewId>,
    now: Timestamp,
) -> rusqlite::Result<BTreeSet<Feed>> {
    let mut moved = BTreeSet::new();
    for crew in crews {
        for (item, kind, district) in open_items(transaction, *crew)? {
            let whereabouts = Whereabouts { item, kind: &kind, district, crew: Some(*crew) };
            moved.extend(place(transaction, desk, &whereabouts, now)?);
        }
    }
    Ok(moved)
}

/// The feeds of the crew's people who hold one of the kind's roles.
fn homes(connection: &Connection, whereabouts: &Whereabouts<'_>) -> rusqlite::Result<BTreeSet<Feed>> {
    let (Some(crew), Some(kind)) = (whereabouts.crew, kinds::named(whereabouts.kind)) else { return Ok(BTreeSet::new()) };
    let mut homes = BTreeSet::new();
    for member in people::members(connection, crew)? {
        if needs(connection, member.id, kind.describe().roles, whereabouts.district)? {
            homes.insert(Feed::Person(member.id));
        }
    }
    Ok(homes)
}

fn needs(
    connection: &Connection,
    person: PersonId,
    roles: &[linecrew_protocol::model::person::Role],
    district: DistrictId,
) -> rusqlite::Result<bool> {
    let grants = people::grants(connection, person)?;
    Ok(grants.iter().any(|grant| roles.contains(&grant.role) && grant.district.is_none_or(|only| only == district)))
}

fn publish(
    transaction: &Transaction<'_>,
    desk: &Desk,
    contact: &Contact,
    (district, now): (DistrictId, Timestamp),
) -> rusqlite::Result<DocumentId> {
    let id = DocumentId::new(now, rand::random());
    let author = own_author(transaction, desk, now)?;
    let meta = Meta { id, kind: CONTACT_KIND.to_owned(), schema: SCHEMA, district, created: now };
    let written = contact::publish(&meta, contact, &author).map_err(unreadable(id))?;
    let number = format!("contact/{}", contact.item);
    documents::create(transaction, &NewDocument { id, kind: CONTACT_KIND, district, number: &number, priority: PRIORITY })?;
    let (installation, person) = (author.principal.installation, author.principal.person);
    let origin = Origin { document: id, installation, device_seq: author.device_seq, person, received_at: now };
    changes::insert(transaction, &written.change, &origin)?;
    let mut loaded = Loaded::empty(Content::Leaflet, PRIORITY);
    loaded.advance(written.document, &written.change, now);
    documents::update(transaction, id, &loaded)?;
    documents::keep(desk, id, loaded);
    transaction.prepare_cached("UPDATE contacts SET document = ?2 WHERE item = ?1")?.execute((contact.item.as_bytes(), id.as_bytes()))?;
    Ok(id)
}

fn find(connection: &Connection, item: DocumentId) -> rusqlite::Result<Option<(Contact, Option<DocumentId>)>> {
    let sql = "SELECT document, phone, arrears_fen FROM contacts WHERE item = ?1";
    let read = |row: &Row<'_>| {
        let document: Option<[u8; 16]> = row.get("document")?;
        Ok((Contact { item, phone: row.get("phone")?, arrears_fen: row.get("arrears_fen")? }, document.map(DocumentId::from_bytes)))
    };
    connection.prepare_cached(sql)?.query_row([item.as_bytes()], read).optional()
}

fn newest(connection: &Connection, document: DocumentId) -> rusqlite::Result<u64> {
    let sql = "SELECT max(commit_seq) AS newest FROM changes WHERE document = ?1";
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], |row| read_counter(row, "newest"))
}

fn open_items(connection: &Connection, crew: CrewId) -> rusqlite::Result<Vec<(DocumentId, String, DistrictId)>> {
    let sql = "SELECT rows.document, kind, district FROM rows JOIN contacts ON contacts.item = rows.document
               WHERE crew = ?1 AND phase NOT IN (?2, ?3, ?4) ORDER BY rows.document";
    let closed = [Phase::Cancelled, Phase::Linked, Phase::Archived].map(Phase::name);
    let read =
        |row: &Row<'_>| Ok((DocumentId::from_bytes(row.get("document")?), row.get("kind")?, DistrictId::from_bytes(row.get("district")?)));
    connection.prepare_cached(sql)?.query_map((crew.as_bytes(), closed[0], closed[1], closed[2]), read)?.collect()
}
