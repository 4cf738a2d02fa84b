//! Everybody in the register, those who may not sign in included.

use linecrew_protocol::ids::{CrewId, DistrictId, PersonId};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    super::{columns::read_optional_time, people},
    identities,
};
use crate::store::{
    Account, CrewRecord,
    register::{PersonRecord, Who},
};

/// The filter is all that differs between one and all.
const SELECT: &str = "
    SELECT people.id, people.name, people.username, people.password_hash <> '' AS has_password, people.disabled_at, people.crew,
           crews.name AS crew_name, crews.district
    FROM people LEFT JOIN crews ON crews.id = people.crew
    WHERE (:id IS NULL OR people.id = :id) AND (:username IS NULL OR people.username = :username)
    ORDER BY people.username";

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<PersonRecord>> {
    let values = named_params! {":id": None::<[u8; 16]>, ":username": None::<&str>};
    connection.prepare_cached(SELECT)?.query_map(values, |row| read(connection, row))?.collect()
}

pub(super) fn find(connection: &Connection, who: &Who) -> rusqlite::Result<Option<PersonRecord>> {
    let (id, username) = match who {
        Who::Id(id) => (Some(id.as_bytes()), None),
        Who::Username(username) => (None, Some(username)),
    };
    let values = named_params! {":id": id, ":username": username};
    connection.prepare_cached(SELECT)?.query_row(values, |row| read(connection, row)).optional()
}

fn read(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<PersonRecord> {
    let id = PersonId::from_bytes(row.get("id")?);
    let crew = row.get::<_, Option<[u8; 16]>>("crew")?.map(CrewId::from_bytes);
    let crew = crew.map(|id| -> rusqlite::Result<_> {
        Ok(CrewRecord { id, name: row.get("crew_name")?, district: DistrictId::from_bytes(row.get("district")?) })
    });
    let account = Account {
        id,
        name: row.get("name")?,
        username: row.get("username")?,
        roles: people::grants(connection, id)?,
        crew: crew.transpose()?,
        qualifications: people::qualifications(connection, id)?,
    };
    let (has_password, disabled_at) = (row.get("has_password")?, read_optional_time(row, "disabled_at")?);
    Ok(PersonRecord { account, has_password, disabled_at, identities: identities::of_person(connection, id)? })
}
