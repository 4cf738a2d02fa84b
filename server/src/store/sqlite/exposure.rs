//! Whose data is, or was, on a phone, derived from the feeds that it followed: what they held while the phone could still hear.
//!
//! Where something is not known the list errs to the side of too much: whoever lost nothing is told once too often, and nobody too seldom.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    ids::{DocumentId, InstallationId},
    model::contact::CONTACT_KIND,
    time::Timestamp,
    wire::Feed,
};
use rusqlite::{Connection, Row};

use super::{
    SqliteStore,
    columns::{json, read_feed, read_time},
    feeds::{CHANGED, LEAVE},
    people, phones,
};
use crate::store::{
    Answer, PhoneRecord,
    exposure::{Doubt, Exposure, ExposureDesk},
};

/// How long after a phone was last heard of it may still have been sent something: a session that is silent ends after 5 minutes
/// (docs/protocol.md, section 4), and clocks are read at different moments.
const SILENT_SESSION_MS: u64 = 10 * 60_000;

impl ExposureDesk for SqliteStore {
    fn exposure(&self, installation: InstallationId, now: Timestamp) -> Answer<'_, Option<Exposure>> {
        self.read("list what a phone holds", move |connection| of(connection, installation, now))
    }
}

/// A document that the phone was given, and whether it has left its feeds since.
pub(super) type Given = BTreeMap<DocumentId, bool>;

fn of(connection: &Connection, installation: InstallationId, now: Timestamp) -> rusqlite::Result<Option<Exposure>> {
    let Some(phone) = phones::one(connection, installation)? else { return Ok(None) };
    let until = phone.last_contact.map_or(now, |contact| contact.plus_ms(SILENT_SESSION_MS));
    let (confirmed, current) = (confirmed(connection, installation)?, current(connection, &phone)?);
    let feeds: BTreeSet<Feed> = confirmed.union(&current).copied().collect();
    let mut given = given(connection, &feeds, (known_since(connection, installation)?, until))?;
    for document in touched(connection, installation)? {
        given.entry(document).or_insert(true);
    }
    let doubts = doubts(&phone, &confirmed);
    Ok(Some(Exposure {
        until,
        feeds: feeds.iter().map(ToString::to_string).collect(),
        items: read::items(connection, &given)?,
        receivables: read::receivables(connection, &given)?,
        books: read::books(connection, &given)?,
        doubts,
        phone,
    }))
}

fn doubts(phone: &PhoneRecord, confirmed: &BTreeSet<Feed>) -> Vec<Doubt> {
    let mut doubts = vec![Doubt::ListsTooMuch];
    if phone.last_contact.is_none() {
        doubts.push(Doubt::NeverHeardOf);
    }
    if confirmed.is_empty() && phone.crew.is_none() {
        doubts.push(Doubt::NoFeeds);
    }
    if phone.behind_entries > 0 {
        doubts.push(Doubt::Behind);
    }
    doubts.push(Doubt::FormerCrew);
    doubts
}

/// Feeds of which the phone has said that it stored something, those of former crews included.
fn confirmed(connection: &Connection, installation: InstallationId) -> rusqlite::Result<BTreeSet<Feed>> {
    let sql = "SELECT feed FROM cursors WHERE installation = ?1";
    connection.prepare_cached(sql)?.query_map([installation.as_bytes()], read_feed)?.collect()
}

/// Feeds that its person follows now, also when neither may any more.
fn current(connection: &Connection, phone: &PhoneRecord) -> rusqlite::Result<BTreeSet<Feed>> {
    let mut feeds = BTreeSet::from([Feed::Person(phone.person.id)]);
    if let Some(crew) = phone.crew {
        feeds.insert(Feed::Crew(crew));
        feeds.extend(people::crew(connection, crew)?.map(|crew| Feed::Reference(crew.district)));
    }
    Ok(feeds)
}

fn known_since(connection: &Connection, installation: InstallationId) -> rusqlite::Result<Timestamp> {
    let sql = "SELECT bound_at FROM installations WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([installation.as_bytes()], |row| read_time(row, "bound_at"))
}

/// What these feeds held between the phone's beginning and its end.
fn given(connection: &Connection, feeds: &BTreeSet<Feed>, (since, until): (Timestamp, Timestamp)) -> rusqlite::Result<Given> {
    let sql = "SELECT feed_entries.feed, feed_entries.document, feed_entries.kind, documents.kind AS document_kind, changes.received_at
               FROM feed_entries
               JOIN documents ON documents.id = feed_entries.document
               JOIN changes ON changes.commit_seq = feed_entries.commit_seq
               WHERE feed_entries.feed IN (SELECT value FROM json_each(?1)) AND feed_entries.kind <> ?2
               ORDER BY feed_entries.feed, feed_entries.feed_seq";
    let names: Vec<String> = feeds.iter().map(ToString::to_string).collect();
    let read = |row: &Row<'_>| {
        let is_contact = row.get::<_, String>("document_kind")? == CONTACT_KIND;
        let (document, kind) = (DocumentId::from_bytes(row.get("document")?), row.get::<_, i64>("kind")?);
        Ok((read_feed(row)?, document, kind == LEAVE, is_contact, read_time(row, "received_at")?))
    };
    let mut held: BTreeMap<(Feed, DocumentId), bool> = BTreeMap::new();
    let mut statement = connection.prepare_cached(sql)?;
    for entry in statement.query_map((json(&names)?, CHANGED), read)? {
        let (feed, document, leaves, is_contact, at) = entry?;
        // An entry is no older than the change at which it was made.
        if at > until {
            continue;
        }
        if !leaves {
            held.insert((feed, document), false);
        } else if is_contact {
            // It moves without changing: when it left is not known.
        } else if at < since {
            held.remove(&(feed, document));
        } else if let Some(left) = held.get_mut(&(feed, document)) {
            *left = true;
        }
    }
    let mut given = Given::new();
    for ((_, document), left) in held {
        given.entry(document).and_modify(|known| *known &= left).or_insert(left);
    }
    Ok(given)
}

/// Documents that the phone has written to: it held them.
fn touched(connection: &Connection, installation: InstallationId) -> rusqlite::Result<BTreeSet<DocumentId>> {
    let sql = "SELECT document FROM changes WHERE installation = ?1 UNION SELECT document FROM quarantine WHERE installation = ?1";
    let read = |row: &Row<'_>| Ok(DocumentId::from_bytes(row.get("document")?));
    connection.prepare_cached(sql)?.query_map([installation.as_bytes()], read)?.collect()
}
