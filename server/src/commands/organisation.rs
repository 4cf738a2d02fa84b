//! The file that `linecrew admin import` reads.

use anyhow::{Context, bail, ensure};
use linecrew_protocol::{
    ids::{CrewId, PersonId},
    model::person::Grant,
};
use linecrew_server::{
    auth::{MIN_PASSWORD_CHARS, hash_password},
    store::{CrewRecord, DistrictRecord, NewPerson, Organisation},
};
use serde::Deserialize;

/// As [`Organisation`], but a person may come with a password instead of its hash, or with neither.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationFile {
    #[serde(default)]
    districts: Vec<DistrictRecord>,
    #[serde(default)]
    crews: Vec<CrewRecord>,
    #[serde(default)]
    people: Vec<PersonEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonEntry {
    id: PersonId,
    name: String,
    username: String,
    password: Option<String>,
    password_hash: Option<String>,
    roles: Vec<Grant>,
    crew: Option<CrewId>,
    #[serde(default)]
    qualifications: Vec<String>,
}

impl OrganisationFile {
    /// What goes into the store.
    pub(super) fn into_organisation(self) -> anyhow::Result<Organisation> {
        let people = self.people.into_iter().map(PersonEntry::into_person).collect::<anyhow::Result<_>>()?;
        Ok(Organisation { districts: self.districts, crews: self.crews, people })
    }
}

impl PersonEntry {
    fn into_person(self) -> anyhow::Result<NewPerson> {
        let Self { id, name, username, password, password_hash, roles, crew, qualifications } = self;
        ensure!(!username.trim().is_empty(), "person {id} has no username");
        let password_hash = match (password, password_hash) {
            (Some(password), None) => hash(&password).with_context(|| format!("the password of {username}"))?,
            (None, Some(hash)) => {
                ensure!(hash.starts_with("$argon2id$"), "the password_hash of {username} is not argon2id in PHC form");
                hash
            }
            // Who has only a phone needs none; the one that is there stays.
            (None, None) => String::new(),
            (Some(_), Some(_)) => bail!("{username} needs either password or password_hash, and not both"),
        };
        Ok(NewPerson { id, name, username, password_hash, roles, crew, qualifications })
    }
}

/// Hashes a password that is long enough.
pub(super) fn hash(password: &str) -> anyhow::Result<String> {
    ensure!(password.chars().count() >= MIN_PASSWORD_CHARS, "has fewer than {MIN_PASSWORD_CHARS} characters");
    Ok(hash_password(password)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(people: &str) -> anyhow::Result<Organisation> {
        let text = format!(r#"{{"people": [{{"id": "01931c6e-7d00-7000-8000-000000000000", "name": "林芳", {people}}}]}}"#);
        serde_json::from_str::<OrganisationFile>(&text)?.into_organisation()
    }

    #[test]
    fn a_password_is_hashed_and_a_hash_is_kept() {
        let hashed = read(r#""username": "lin", "password": "correct horse", "roles": [{"role": "dispatcher"}]"#).unwrap();
        assert!(hashed.people[0].password_hash.starts_with("$argon2id$"));
        let kept = read(r#""username": "lin", "password_hash": "$argon2id$x", "roles": []"#).unwrap();
        assert_eq!(kept.people[0].password_hash, "$argon2id$x");
        let phone_only = read(r#""username": "lin", "roles": []"#).unwrap();
        assert_eq!(phone_only.people[0].password_hash, "");
    }

    #[test]
    fn a_careless_entry_is_refused() {
        for careless in [
            r#""username": "lin", "password": "short", "roles": []"#,
            r#""username": "lin", "password": "long enough", "password_hash": "$argon2id$x", "roles": []"#,
            r#""username": "lin", "password_hash": "plain", "roles": []"#,
            r#""username": " ", "password": "long enough", "roles": []"#,
            r#""username": "lin", "password": "long enough", "roles": [], "pasword": "typo""#,
            r#""username": "lin", "password": "long enough", "roles": [{"role": "king"}]"#,
        ] {
            assert!(read(careless).is_err(), "{careless}");
        }
    }
}
