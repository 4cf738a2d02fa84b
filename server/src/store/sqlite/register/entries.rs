//! Writing districts, crews and people into the register, one at a time or as a whole organisation.

use std::collections::BTreeSet;

use linecrew_protocol::{
    ids::{CrewId, InstallationId, PersonId},
    time::Timestamp,
};
use rusqlite::{Connection, Transaction};

use super::{
    super::{Desk, contacts, decisions, forms, people, phones},
    roster,
};
use crate::store::{
    Effects, NewPerson, Organisation,
    register::{Entered, Entry, Who},
};

/// Creates or changes one thing.
pub(super) fn enter(transaction: &Transaction<'_>, desk: &Desk, entry: Entry, now: Timestamp) -> rusqlite::Result<Entered> {
    if let Some(refused) = refusal(transaction, &entry)? {
        return Ok(refused);
    }
    let mut organisation = Organisation::default();
    let concerned: Vec<PersonId> = match entry {
        Entry::District(district) => {
            organisation.districts.push(district);
            Vec::new()
        }
        Entry::Crew(crew) => {
            let members = people::members(transaction, crew.id)?;
            organisation.crews.push(crew);
            members.into_iter().map(|member| member.id).collect()
        }
        Entry::Person(person) => {
            let concerned = vec![person.id];
            organisation.people.push(person);
            concerned
        }
    };
    let effects = import(transaction, desk, &organisation, now)?;
    let phones = concerned.into_iter().map(|person| phones::of_person(transaction, person)).collect::<rusqlite::Result<Vec<_>>>()?;
    let phones: Vec<InstallationId> = phones.into_iter().flatten().collect();
    Ok(Entered::Done(phones, effects))
}

/// Creates or changes everything in it, and judges again what its people had been refused: they may do something else now.
pub(in super::super) fn import(
    transaction: &Transaction<'_>,
    desk: &Desk,
    organisation: &Organisation,
    now: Timestamp,
) -> rusqlite::Result<Effects> {
    let mut crews: BTreeSet<CrewId> = organisation.people.iter().filter_map(|person| person.crew).collect();
    for person in &organisation.people {
        crews.extend(people::crew_of(transaction, person.id)?);
    }
    people::import(transaction, organisation)?;
    let feeds = contacts::place_all(transaction, desk, &crews, now)?;
    forms::ensure(transaction, desk, now)?;
    let concerned = organisation.people.iter().map(|person| person.id).collect();
    Ok(Effects { feeds, ..Effects::default() }.and(decisions::retry(transaction, desk, &concerned, now)?))
}

/// What it names that is not there, or is another's.
fn refusal(connection: &Connection, entry: &Entry) -> rusqlite::Result<Option<Entered>> {
    match entry {
        Entry::District(_) => Ok(None),
        Entry::Crew(crew) if people::has_district(connection, crew.district)? => Ok(None),
        Entry::Crew(crew) => Ok(Some(Entered::UnknownDistrict(crew.district))),
        Entry::Person(person) => refused_person(connection, person),
    }
}

fn refused_person(connection: &Connection, person: &NewPerson) -> rusqlite::Result<Option<Entered>> {
    let holder = roster::find(connection, &Who::Username(person.username.clone()))?;
    if holder.is_some_and(|holder| holder.account.id != person.id) {
        return Ok(Some(Entered::UsernameTaken));
    }
    if let Some(crew) = person.crew
        && people::crew(connection, crew)?.is_none()
    {
        return Ok(Some(Entered::UnknownCrew(crew)));
    }
    for district in person.roles.iter().filter_map(|grant| grant.district) {
        if !people::has_district(connection, district)? {
            return Ok(Some(Entered::UnknownDistrict(district)));
        }
    }
    Ok(None)
}
