//! Who a person is at an OpenID Connect provider: an admin says so, and nobody else.

use linecrew_protocol::ids::PersonId;
use serde::Deserialize;

use super::{admin, found};
use crate::{
    http::{
        App,
        problem::{Code, Problem},
        request::Arrival,
    },
    store::register::{Identity, Linked, MAX_IDENTITY_BYTES, NewLink, PersonRecord},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkRequest {
    subject: String,
    /// Absent: the provider of this server.
    issuer: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnlinkRequest {
    /// Absent: the provider of this server.
    issuer: Option<String>,
}

/// Links an identity to a person.
pub(super) async fn link(app: &App, mut arrival: Arrival, person: PersonId) -> Result<PersonRecord, Problem> {
    let caller = admin(app, &arrival).await?;
    let (LinkRequest { subject, issuer }, _) = arrival.json(app.json_limit()).await?;
    let identity = Identity { issuer: issuer_of(app, issuer)?, subject: name(subject, "subject")? };
    let by = caller.account.id;
    match app.store.link(NewLink { identity, person, by, now: app.clock.now() }).await? {
        Linked::Done => {}
        Linked::AnothersIdentity => return Err(Problem::invalid("subject is linked to another person")),
        Linked::HasAnother => return Err(Problem::invalid("the person is linked to another subject of this issuer: unlink it first")),
        Linked::UnknownPerson => return Err(Problem::new(Code::NotFound)),
    }
    tracing::info!(%person, %by, "a person was linked to an identity");
    found(app, person).await
}

/// Takes a person's identity away. Sessions that it has opened end when they end, or with the person.
pub(super) async fn unlink(app: &App, mut arrival: Arrival, person: PersonId) -> Result<PersonRecord, Problem> {
    let caller = admin(app, &arrival).await?;
    let (UnlinkRequest { issuer }, _) = arrival.json(app.json_limit()).await?;
    if !app.store.unlink(person, issuer_of(app, issuer)?).await? {
        return Err(Problem::new(Code::NotFound));
    }
    tracing::info!(%person, by = %caller.account.id, "an identity was taken from a person");
    found(app, person).await
}

fn issuer_of(app: &App, named: Option<String>) -> Result<String, Problem> {
    match (named, &app.oidc) {
        (Some(named), _) => name(named, "issuer"),
        (None, Some(oidc)) => Ok(oidc.issuer().to_owned()),
        (None, None) => Err(Problem::invalid("issuer is missing, and this server has no provider")),
    }
}

/// Byte for byte, because that is how it is compared.
fn name(name: String, field: &str) -> Result<String, Problem> {
    let why =
        || Problem::invalid(format!("{field} is empty, has more than {MAX_IDENTITY_BYTES} bytes, control characters, or space around it"));
    Identity::is_name(&name).then_some(name).ok_or_else(why)
}
