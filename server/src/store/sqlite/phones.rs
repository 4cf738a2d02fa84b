//! Phones as the board shows them.

use linecrew_protocol::{
    ids::{CrewId, DistrictId, InstallationId, PersonId},
    time::Timestamp,
    wire::Feed,
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{read_counter, read_optional_time};
use crate::store::{PersonBrief, PhoneRecord};

/// The filter is all that differs between one and all.
const SELECT: &str = "
    SELECT installations.id, installations.name, installations.person, people.name AS person_name, people.crew, crews.district,
           installations.last_contact, installations.pending_edits, installations.oldest_pending_at,
           installations.needs_attention, installations.app_version,
           installations.enrolled_at, installations.revoked_at, installations.revoked_reason
    FROM installations JOIN people ON people.id = installations.person LEFT JOIN crews ON crews.id = people.crew
    WHERE (:only IS NULL OR installations.id = :only) AND (installations.revoked_at IS NULL OR installations.revoked_at >= :revoked_since)
    ORDER BY people.name, installations.id";

/// Those in use.
pub(super) fn in_use(connection: &Connection) -> rusqlite::Result<Vec<PhoneRecord>> {
    let never = Timestamp::from_unix_millis(i64::MAX);
    list(connection, never)
}

/// Those in use, and those revoked since then.
pub(super) fn list(connection: &Connection, revoked_since: Timestamp) -> rusqlite::Result<Vec<PhoneRecord>> {
    let mut statement = connection.prepare_cached(SELECT)?;
    let values = named_params! {":only": None::<[u8; 16]>, ":revoked_since": revoked_since.as_unix_millis()};
    statement.query_map(values, |row| read(connection, row))?.collect()
}

/// In use or revoked.
pub(super) fn one(connection: &Connection, installation: InstallationId) -> rusqlite::Result<Option<PhoneRecord>> {
    let mut statement = connection.prepare_cached(SELECT)?;
    let values = named_params! {":only": installation.as_bytes(), ":revoked_since": i64::MIN};
    statement.query_row(values, |row| read(connection, row)).optional()
}

/// The phones of a person that are in use.
pub(super) fn of_person(connection: &Connection, person: PersonId) -> rusqlite::Result<Vec<InstallationId>> {
    let sql = "SELECT id FROM installations WHERE person = ?1 AND revoked_at IS NULL ORDER BY id";
    let read = |row: &Row<'_>| Ok(InstallationId::from_bytes(row.get("id")?));
    connection.prepare_cached(sql)?.query_map([person.as_bytes()], read)?.collect()
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
        enrolled_at: read_optional_time(row, "enrolled_at")?,
        revoked_at: read_optional_time(row, "revoked_at")?,
        revoked_reason: row.get("revoked_reason")?,
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
