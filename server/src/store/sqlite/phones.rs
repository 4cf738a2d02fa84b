//! Phones as the board shows them.

use linecrew_protocol::{
    ids::{CrewId, DistrictId, InstallationId, PersonId},
    wire::Feed,
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{read_counter, read_optional_time};
use crate::store::{PersonBrief, PhoneRecord};

/// The filter is all that differs between one and all.
const SELECT: &str = "
    SELECT installations.id, installations.name, installations.person, people.name AS person_name, people.crew, crews.district,
           installations.last_contact, installations.pending_edits, installations.oldest_pending_at,
           installations.needs_attention, installations.app_version
    FROM installations JOIN people ON people.id = installations.person LEFT JOIN crews ON crews.id = people.crew
    WHERE installations.revoked_at IS NULL AND (:only IS NULL OR installations.id = :only)
    ORDER BY people.name, installations.id";

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<PhoneRecord>> {
    let mut statement = connection.prepare_cached(SELECT)?;
    let phones = statement.query_map(named_params! {":only": None::<[u8; 16]>}, |row| read(connection, row))?;
    phones.collect()
}

pub(super) fn one(connection: &Connection, installation: InstallationId) -> rusqlite::Result<Option<PhoneRecord>> {
    let mut statement = connection.prepare_cached(SELECT)?;
    statement.query_row(named_params! {":only": installation.as_bytes()}, |row| read(connection, row)).optional()
}

fn read(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<PhoneRecord> {
    let installation = InstallationId::from_bytes(row.get("id")?);
    let person = PersonBrief { id: PersonId::from_bytes(row.get("person")?), name: row.get("person_name")? };
    let crew = row.get::<_, Option<[u8; 16]>>("crew")?.map(CrewId::from_bytes);
    let district = row.get::<_, Option<[u8; 16]>>("district")?.map(DistrictId::from_bytes);
    let feeds = [Some(Feed::Person(person.id)), crew.map(Feed::Crew), district.map(Feed::Reference)];
    Ok(PhoneRecord {
        installation,
        name: row.get("name")?,
        behind_entries: behind(connection, installation, feeds)?,
        person,
        crew,
        connected: false,
        last_contact: read_optional_time(row, "last_contact")?,
        pending_edits: read_counter(row, "pending_edits")?,
        oldest_pending_at: read_optional_time(row, "oldest_pending_at")?,
        needs_attention: read_counter(row, "needs_attention")?,
        app_version: row.get("app_version")?,
    })
}

/// Entries of its feeds that the phone has not said to have stored.
fn behind(connection: &Connection, phone: InstallationId, feeds: [Option<Feed>; 3]) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(sum(max(feeds.head - coalesce(cursors.seq, 0), 0)), 0) AS behind
               FROM feeds LEFT JOIN cursors ON cursors.feed = feeds.feed AND cursors.installation = ?1
               WHERE feeds.feed IN (?2, ?3, ?4)";
    let [first, second, third] = feeds.map(|feed| feed.map(|feed| feed.to_string()));
    connection.prepare_cached(sql)?.query_row((phone.as_bytes(), first, second, third), |row| read_counter(row, "behind"))
}
