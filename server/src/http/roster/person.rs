//! One person: name, roles, crew, and a password for those who sign in at a desk.

use linecrew_protocol::{
    ids::{CrewId, PersonId},
    model::person::{Grant, Role},
};
use serde::Deserialize;

use crate::{
    auth::{MIN_PASSWORD_CHARS, PasswordError},
    store::{
        NewPerson,
        register::{Entry, PersonRecord},
    },
};

use super::{admin, enter, found, written};
use crate::http::{
    App,
    problem::{Code, Problem},
    request::Arrival,
};

/// Roles, or qualifications, of one person.
const MAX_LISTED: usize = 32;
/// Longer passwords are refused at the sign-in as well.
const MAX_PASSWORD_BYTES: usize = 512;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonRequest {
    name: String,
    username: String,
    roles: Vec<Grant>,
    crew: Option<CrewId>,
    #[serde(default)]
    qualifications: Vec<String>,
    /// Absent: the one that is there stays.
    password: Option<String>,
}

/// Creates or changes a person.
pub(super) async fn put(app: &App, mut arrival: Arrival, id: PersonId) -> Result<PersonRecord, Problem> {
    let caller = admin(app, &arrival).await?;
    let (request, _) = arrival.json::<PersonRequest>(app.json_limit()).await?;
    let PersonRequest { name, username, roles, crew, qualifications, password } = request;
    let runs_all = roles.iter().any(|grant| grant.role == Role::Admin && grant.district.is_none());
    if id == caller.account.id && !runs_all {
        return Err(Problem::new(Code::NotPermitted).because("nobody takes their own admin role away: ask another admin"));
    }
    if roles.len() > MAX_LISTED || qualifications.len() > MAX_LISTED {
        return Err(Problem::invalid(format!("more than {MAX_LISTED} roles or qualifications")));
    }
    let username = written(username, "username")?;
    if username.contains(char::is_whitespace) {
        return Err(Problem::invalid("username has a space in it"));
    }
    let qualifications = qualifications.into_iter().map(|name| written(name, "qualifications")).collect::<Result<_, _>>()?;
    let password_hash = match password {
        Some(password) => hashed(app, password).await?,
        None => String::new(),
    };
    let person = NewPerson { id, name: written(name, "name")?, username, password_hash, roles, crew, qualifications };
    enter(app, &caller, Entry::Person(person)).await?;
    found(app, id).await
}

async fn hashed(app: &App, password: String) -> Result<String, Problem> {
    if password.chars().count() < MIN_PASSWORD_CHARS || password.len() > MAX_PASSWORD_BYTES {
        let detail = format!("password has fewer than {MIN_PASSWORD_CHARS} characters or more than {MAX_PASSWORD_BYTES} bytes");
        return Err(Problem::invalid(detail));
    }
    app.passwords.hash(password).await.map_err(|error| match error {
        PasswordError::Busy => Problem::new(Code::Busy).retry_after_ms(2_000),
        other => Problem::internal(&other),
    })
}
