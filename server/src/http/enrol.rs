//! Phones: enrolling with a one-time code, and renewing tokens with the key.
//!
//! Every failure of a code or a token looks the same from outside. What is not the fault of whoever asks says so, because the phone can do something
//! about it: begin as a new installation.

use std::{sync::Arc, time::Instant};

use linecrew_protocol::{
    enrolment::{EnrolRequest, OwnersCrew, PhoneOwner, PhoneTokens, RefreshRequest},
    ids::InstallationId,
    key::Statement,
    limits::MAX_TOKEN_BYTES,
    time::Timestamp,
};
use rand::{TryRngCore, rngs::OsRng};
use warp::{Filter, filters::BoxedFilter};

use crate::{
    auth::{Audience, RefreshToken},
    invitation,
    store::{
        Account,
        register::{Enrolled, Enrolling, Family, Rotated, Rotation},
    },
};

use super::{
    App,
    problem::{Code, Problem},
    reply::{Response, answer},
    request::{Arrival, arrival},
    routes::{post, with},
};

/// Characters of a device's name.
const MAX_DEVICE_NAME_CHARS: usize = 100;

/// `/v1/enrol` and `/v1/token`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let enrol = warp::path!("v1" / "enrol").and(post()).and(arrival()).and(with(app));
    let enrol = enrol.then(|arrival: Arrival, app: Arc<App>| async move { answer(enrol_phone(arrival, &app).await) });
    let token = warp::path!("v1" / "token").and(post()).and(arrival()).and(with(app));
    let token = token.then(|arrival: Arrival, app: Arc<App>| async move { answer(renew(arrival, &app).await) });
    enrol.or(token).unify().boxed()
}

async fn enrol_phone(mut arrival: Arrival, app: &App) -> Result<PhoneTokens, Problem> {
    let (request, _) = arrival.json::<EnrolRequest>(app.json_limit()).await?;
    let EnrolRequest { installation, device_name, key, code, proof } = request;
    if device_name.chars().count() > MAX_DEVICE_NAME_CHARS {
        return Err(Problem::invalid(format!("device_name has more than {MAX_DEVICE_NAME_CHARS} characters")));
    }
    let origin = arrival.origin();
    app.enrolments.take(&origin.to_string(), arrival.peer.address.ip(), Instant::now()).map_err(Problem::too_many)?;
    let (hash, code) = (invitation::hash_of(&code), code.canonical());
    if !(Statement::Enrolment { installation, key: &key, code: &code }.is_signed(&key, &proof)) {
        return Err(Problem::new(Code::InvitationInvalid));
    }
    let now = app.clock.now();
    let (family, secret) = (random::<16>()?, random::<32>()?);
    let enrolling = Enrolling {
        installation,
        name: device_name,
        key,
        code: hash,
        family: (family, secret),
        now,
        family_expires_at: app.tokens.refresh_expires_at(now),
    };
    let person = match app.store.enrol(enrolling).await? {
        Enrolled::Done(person) => person,
        Enrolled::InvalidCode => return Err(Problem::new(Code::InvitationInvalid)),
        Enrolled::BelongsToAnother => return Err(Problem::new(Code::InstallationOfAnother)),
        Enrolled::OtherKey => return Err(Problem::new(Code::InstallationKeyDiffers)),
        Enrolled::Revoked => return Err(Problem::new(Code::InstallationRevoked)),
    };
    app.enrolments.succeeded(&origin.to_string(), arrival.peer.address.ip());
    tracing::info!(%installation, %person, "a phone was enrolled");
    let account = app.store.account(person).await?.ok_or(Problem::new(Code::Unauthenticated))?;
    tokens(app, (installation, account), &RefreshToken::new(family, 1, &secret), now)
}

async fn renew(mut arrival: Arrival, app: &App) -> Result<PhoneTokens, Problem> {
    let (request, _) = arrival.json::<RefreshRequest>(app.json_limit()).await?;
    let now = app.clock.now();
    let unauthenticated = || Problem::new(Code::Unauthenticated);
    if request.refresh_token.len() > MAX_TOKEN_BYTES {
        return Err(unauthenticated());
    }
    let token = RefreshToken::parse(&request.refresh_token).ok_or_else(unauthenticated)?;
    // Not by address: behind one there may be a whole station.
    let (asker, address) = (format!("{:02x?} {}", token.family, arrival.origin()), arrival.peer.address.ip());
    app.renewals.take(&asker, address, Instant::now()).map_err(Problem::too_many)?;
    let family = app.store.family(token.family).await?.filter(|family| token.is_genuine(&family.secret)).ok_or_else(unauthenticated)?;
    if !is_holders(&request, &family) {
        // The token is real and the phone is another one: it was stolen, so nobody may use it any more.
        tracing::warn!(installation = %family.installation, "security: a refresh token was used without the key of its phone; its sign-in has ended");
        app.store.end_family(token.family, "a token of it was used without the key of its phone", now).await?;
        return Err(unauthenticated());
    }
    let rotation = Rotation { family: token.family, generation: token.generation, now, expires_at: app.tokens.refresh_expires_at(now) };
    let Rotated::Next(account, next) = app.store.rotate(rotation).await? else { return Err(unauthenticated()) };
    app.renewals.succeeded(&asker, address);
    tokens(app, (family.installation, account), &RefreshToken::new(token.family, next, &family.secret), now)
}

fn is_holders(request: &RefreshRequest, family: &Family) -> bool {
    let statement = Statement::Refresh { installation: request.installation, token: &request.refresh_token };
    request.installation == family.installation && statement.is_signed(&family.key, &request.proof)
}

fn tokens(
    app: &App,
    (installation, account): (InstallationId, Account),
    refresh: &RefreshToken,
    now: Timestamp,
) -> Result<PhoneTokens, Problem> {
    let access = app.tokens.issue(Audience::Phone, account.id, Some(installation), now).map_err(|error| Problem::internal(&error))?;
    Ok(PhoneTokens {
        access_token: access.token,
        access_expires_at: access.expires_at,
        refresh_token: refresh.to_text(),
        refresh_expires_at: app.tokens.refresh_expires_at(now),
        server_time: now,
        person: owner(account),
    })
}

fn owner(account: Account) -> PhoneOwner {
    let Account { id, name, username, roles, crew, .. } = account;
    let crew = crew.map(|crew| OwnersCrew { id: crew.id, name: crew.name, district: crew.district });
    PhoneOwner { id, name, username, roles, crew }
}

/// Random bytes of the system.
pub(super) fn random<const SIZE: usize>() -> Result<[u8; SIZE], Problem> {
    let mut bytes = [0; SIZE];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Problem::internal(&error))?;
    Ok(bytes)
}
