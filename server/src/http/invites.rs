//! Inviting a person to enrol a phone.

use std::sync::Arc;

use linecrew_protocol::{
    ids::PersonId,
    model::person::{Grant, Role},
};
use serde::Deserialize;
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{StatusCode, header::HOST},
};

use crate::{
    invitation::{self, DEFAULT_MINUTES, InvitationView, MAX_MINUTES},
    store::{
        Account, PersonBrief,
        register::{NewInvite, PersonRecord, Who},
    },
};

use super::{
    App,
    caller::{Caller, DECIDERS},
    problem::{Code, Problem},
    reply::{Response, json},
    request::{Arrival, arrival},
    routes::{post, with},
};

/// The roles of people whose phones a dispatcher looks after.
const FIELD_ROLES: [Role; 4] = [Role::RepairCrew, Role::MeterTechnician, Role::Surveyor, Role::Collector];
/// Longer names of servers are none (RFC 1035 allows 255, a port follows).
const MAX_HOST_BYTES: usize = 261;
const MS_PER_MINUTE: u64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InviteRequest {
    person: Option<PersonId>,
    username: Option<String>,
    valid_minutes: Option<u32>,
}

/// `/v1/invites`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let invite = warp::path!("v1" / "invites").and(post()).and(arrival()).and(with(app));
    let invite = invite.then(|arrival: Arrival, app: Arc<App>| async move {
        invite_person(arrival, &app).await.map_or_else(Problem::into_response, |view| json(StatusCode::CREATED, &view))
    });
    invite.boxed()
}

async fn invite_person(mut arrival: Arrival, app: &App) -> Result<InvitationView, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    caller.sight(DECIDERS)?;
    let (InviteRequest { person, username, valid_minutes }, _) = arrival.json(app.json_limit()).await?;
    let who = match (person, username) {
        (Some(person), None) => Who::Id(person),
        (None, Some(username)) => Who::Username(username),
        _ => return Err(Problem::invalid("send either person or username")),
    };
    let minutes = valid_minutes.unwrap_or(DEFAULT_MINUTES);
    if !(1..=MAX_MINUTES).contains(&minutes) {
        return Err(Problem::invalid(format!("valid_minutes is not between 1 and {MAX_MINUTES}")));
    }
    let server = public_address(&arrival)?;
    let PersonRecord { account, .. } = app.store.person(who).await?.ok_or(Problem::new(Code::NotFound))?;
    refuse_unless_theirs(&caller, &account)?;
    let now = app.clock.now();
    let expires_at = now.plus_ms(MS_PER_MINUTE.saturating_mul(minutes.into()));
    let person = PersonBrief { id: account.id, name: account.name };
    let view = InvitationView::new(server, person, expires_at).map_err(|error| Problem::internal(&error))?;
    let invite = NewInvite { code: invitation::hash_of(&view.code), person: account.id, by: caller.account.id, now, expires_at };
    if !app.store.invite(invite).await? {
        return Err(Problem::new(Code::StateConflict).because("this person may not sign in"));
    }
    tracing::info!(person = %account.id, by = %caller.account.id, valid_minutes = minutes, "somebody was invited to enrol a phone");
    Ok(view)
}

/// An admin invites anybody, a dispatcher the field people of crews in sight: an invitation opens what its person may do.
///
/// # Errors
/// 404 for whom the caller does not see, 403 for those with more than a field role.
fn refuse_unless_theirs(caller: &Caller, invited: &Account) -> Result<(), Problem> {
    if caller.is_admin_of_all() {
        return Ok(());
    }
    let sight = caller.sight(DECIDERS)?;
    if !invited.crew.as_ref().is_some_and(|crew| sight.reaches(crew.district)) {
        return Err(Problem::new(Code::NotFound));
    }
    let is_field = |grant: &Grant| FIELD_ROLES.contains(&grant.role);
    if invited.roles.iter().all(is_field) {
        return Ok(());
    }
    Err(Problem::new(Code::NotPermitted).because("only an admin invites people who do more than field work"))
}

/// The server's address as the caller knows it: phones are told the same.
fn public_address(arrival: &Arrival) -> Result<String, Problem> {
    let host = arrival.header(HOST).unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    if host.is_empty() || host.len() > MAX_HOST_BYTES || !host.bytes().all(fits) {
        return Err(Problem::invalid("the Host header is not a name of this server"));
    }
    let scheme = if arrival.is_encrypted() { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}
