//! Districts, crews, people and what they may do.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{CrewId, DistrictId, InstallationId, PersonId},
    model::{
        person::{Grant, Principal},
        work::Member,
    },
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::columns::{damaged, name_of};
use crate::store::{Account, CrewRecord, CrewWithMembers, DistrictRecord, NewPerson, Organisation};

/// Creates or updates.
pub(super) fn import(transaction: &Transaction<'_>, organisation: &Organisation) -> rusqlite::Result<()> {
    for district in &organisation.districts {
        let sql = "INSERT INTO districts (id, name) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET name = excluded.name";
        transaction.prepare_cached(sql)?.execute((district.id.as_bytes(), &district.name))?;
    }
    for crew in &organisation.crews {
        let sql = "INSERT INTO crews (id, name, district) VALUES (?1, ?2, ?3)
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name, district = excluded.district";
        transaction.prepare_cached(sql)?.execute((crew.id.as_bytes(), &crew.name, crew.district.as_bytes()))?;
    }
    for person in &organisation.people {
        import_person(transaction, person)?;
    }
    Ok(())
}

fn import_person(transaction: &Transaction<'_>, person: &NewPerson) -> rusqlite::Result<()> {
    let sql = "INSERT INTO people (id, name, username, password_hash, crew) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (id) DO UPDATE SET name = excluded.name, username = excluded.username,
                   password_hash = CASE excluded.password_hash WHEN '' THEN people.password_hash ELSE excluded.password_hash END,
                   crew = excluded.crew";
    let crew = person.crew.map(|crew| *crew.as_bytes());
    let id = person.id.as_bytes();
    transaction.prepare_cached(sql)?.execute((id, &person.name, &person.username, &person.password_hash, crew))?;
    transaction.prepare_cached("DELETE FROM grants WHERE person = ?1")?.execute([id])?;
    for grant in &person.roles {
        let district = grant.district.map(|district| *district.as_bytes());
        let sql = "INSERT INTO grants (person, role, district) VALUES (?1, ?2, ?3)";
        transaction.prepare_cached(sql)?.execute((id, name_of(&grant.role)?, district))?;
    }
    transaction.prepare_cached("DELETE FROM qualifications WHERE person = ?1")?.execute([id])?;
    for name in &person.qualifications {
        let sql = "INSERT INTO qualifications (person, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        transaction.prepare_cached(sql)?.execute((id, name))?;
    }
    Ok(())
}

pub(super) fn password_hash(connection: &Connection, username: &str) -> rusqlite::Result<Option<(PersonId, String)>> {
    let sql = "SELECT id, password_hash FROM people WHERE username = ?1 AND disabled_at IS NULL AND password_hash <> ''";
    let read = |row: &Row<'_>| Ok((PersonId::from_bytes(row.get("id")?), row.get("password_hash")?));
    connection.prepare_cached(sql)?.query_row([username], read).optional()
}

/// A person who may sign in.
pub(super) fn account(connection: &Connection, person: PersonId) -> rusqlite::Result<Option<Account>> {
    let sql = "SELECT people.name, people.username, people.crew, crews.name AS crew_name, crews.district
               FROM people LEFT JOIN crews ON crews.id = people.crew WHERE people.id = ?1 AND people.disabled_at IS NULL";
    let read = |row: &Row<'_>| {
        let crew = row.get::<_, Option<[u8; 16]>>("crew")?.map(CrewId::from_bytes);
        let crew = crew.map(|id| -> rusqlite::Result<_> {
            Ok(CrewRecord { id, name: row.get("crew_name")?, district: DistrictId::from_bytes(row.get("district")?) })
        });
        let (name, username) = (row.get("name")?, row.get("username")?);
        Ok(Account { id: person, name, username, roles: Vec::new(), crew: crew.transpose()?, qualifications: Vec::new() })
    };
    let account = connection.prepare_cached(sql)?.query_row([person.as_bytes()], read).optional()?;
    let Some(account) = account else { return Ok(None) };
    let (roles, qualifications) = (grants(connection, person)?, qualifications(connection, person)?);
    Ok(Some(Account { roles, qualifications, ..account }))
}

/// A person, whether or not they may work here; without roles and crew if not.
pub(super) fn owner(connection: &Connection, person: PersonId) -> rusqlite::Result<Option<Account>> {
    if let Some(account) = account(connection, person)? {
        return Ok(Some(account));
    }
    let read = |row: &Row<'_>| {
        let (name, username) = (row.get("name")?, row.get("username")?);
        Ok(Account { id: person, name, username, roles: Vec::new(), crew: None, qualifications: Vec::new() })
    };
    connection.prepare_cached("SELECT name, username FROM people WHERE id = ?1")?.query_row([person.as_bytes()], read).optional()
}

/// Lets a person sign in and write, or not any more; false when there is no such person.
pub(super) fn set_disabled(transaction: &Transaction<'_>, person: PersonId, disabled: bool, now: Timestamp) -> rusqlite::Result<bool> {
    // The first moment stands.
    let sql = "UPDATE people SET disabled_at = CASE WHEN ?2 THEN coalesce(disabled_at, ?3) END WHERE id = ?1";
    Ok(transaction.execute(sql, (person.as_bytes(), disabled, now.as_unix_millis()))? > 0)
}

pub(super) fn accounts(connection: &Connection) -> rusqlite::Result<Vec<Account>> {
    let mut statement = connection.prepare_cached("SELECT id FROM people ORDER BY username")?;
    let ids = statement.query_map([], |row| Ok(PersonId::from_bytes(row.get("id")?)))?;
    ids.filter_map(|id| id.and_then(|id| account(connection, id)).transpose()).collect()
}

/// Who an edit from `installation` comes from, as of this transaction.
pub(super) fn principal(connection: &Connection, person: PersonId, installation: InstallationId) -> rusqlite::Result<Option<Principal>> {
    Ok(account(connection, person)?.map(|account| account.principal(installation)))
}

/// The crew that a person works in.
pub(super) fn crew_of(connection: &Connection, person: PersonId) -> rusqlite::Result<Option<CrewId>> {
    let read = |row: &Row<'_>| Ok(row.get::<_, Option<[u8; 16]>>("crew")?.map(CrewId::from_bytes));
    let found = connection.prepare_cached("SELECT crew FROM people WHERE id = ?1")?.query_row([person.as_bytes()], read).optional()?;
    Ok(found.flatten())
}

pub(super) fn name(connection: &Connection, person: PersonId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT name FROM people WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([person.as_bytes()], |row| row.get("name")).optional()
}

pub(super) fn crew(connection: &Connection, crew: CrewId) -> rusqlite::Result<Option<CrewRecord>> {
    let sql = "SELECT id, name, district FROM crews WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([crew.as_bytes()], read_crew).optional()
}

pub(super) fn members(connection: &Connection, crew: CrewId) -> rusqlite::Result<Vec<Member>> {
    let mut statement = connection.prepare_cached("SELECT id, name FROM people WHERE crew = ?1 ORDER BY id")?;
    statement.query_map([crew.as_bytes()], |row| read_member(connection, row))?.collect()
}

pub(super) fn has_district(connection: &Connection, district: DistrictId) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM districts WHERE id = ?1")?.exists([district.as_bytes()])
}

pub(super) fn districts(connection: &Connection) -> rusqlite::Result<Vec<DistrictRecord>> {
    let mut statement = connection.prepare_cached("SELECT id, name FROM districts ORDER BY name, id")?;
    let read = |row: &Row<'_>| Ok(DistrictRecord { id: DistrictId::from_bytes(row.get("id")?), name: row.get("name")? });
    statement.query_map([], read)?.collect()
}

pub(super) fn crews(connection: &Connection) -> rusqlite::Result<Vec<CrewWithMembers>> {
    let mut members: BTreeMap<CrewId, Vec<Member>> = BTreeMap::new();
    let mut statement = connection.prepare_cached("SELECT id, name, crew FROM people WHERE crew IS NOT NULL ORDER BY id")?;
    let mut people = statement.query([])?;
    while let Some(row) = people.next()? {
        members.entry(CrewId::from_bytes(row.get("crew")?)).or_default().push(read_member(connection, row)?);
    }
    let mut statement = connection.prepare_cached("SELECT id, name, district FROM crews ORDER BY name, id")?;
    let crews = statement.query_map([], read_crew)?;
    crews.map(|crew| crew.map(|crew| CrewWithMembers { members: members.remove(&crew.id).unwrap_or_default(), crew })).collect()
}

fn read_crew(row: &Row<'_>) -> rusqlite::Result<CrewRecord> {
    let id = CrewId::from_bytes(row.get("id")?);
    Ok(CrewRecord { id, name: row.get("name")?, district: DistrictId::from_bytes(row.get("district")?) })
}

fn read_member(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Member> {
    let id = PersonId::from_bytes(row.get("id")?);
    Ok(Member { id, name: row.get("name")?, qualifications: qualifications(connection, id)? })
}

pub(super) fn qualifications(connection: &Connection, person: PersonId) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM qualifications WHERE person = ?1 ORDER BY name")?;
    statement.query_map([person.as_bytes()], |row| row.get("name"))?.collect()
}

pub(super) fn grants(connection: &Connection, person: PersonId) -> rusqlite::Result<Vec<Grant>> {
    let mut statement = connection.prepare_cached("SELECT role, district FROM grants WHERE person = ?1 ORDER BY rowid")?;
    let read = |row: &Row<'_>| {
        let role = serde_json::from_value(row.get::<_, String>("role")?.into()).map_err(|_| damaged("role"))?;
        Ok(Grant { role, district: row.get::<_, Option<[u8; 16]>>("district")?.map(DistrictId::from_bytes) })
    };
    statement.query_map([person.as_bytes()], read)?.collect()
}
