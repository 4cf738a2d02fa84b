//! Signing in and out, and who one is.

use std::{sync::Arc, time::Instant};

use linecrew_protocol::{ids::PersonId, time::Timestamp};
use serde::{Deserialize, Serialize};
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
};

use crate::{
    auth::{Audience, Issued, PasswordError},
    store::Account,
};

use super::{
    App,
    caller::Caller,
    cookie,
    problem::{Code, Problem},
    reply::{Response, answer, body, json},
    request::{Arrival, arrival},
    routes::{get, post, with},
};

/// Longer names and passwords belong to nobody.
const MAX_CREDENTIAL_BYTES: usize = 512;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginRequest {
    username: String,
    password: String,
    #[serde(default)]
    cookie: bool,
}

#[derive(Serialize)]
struct LoginResponse {
    access_token: Option<String>,
    #[serde(flatten)]
    session: SessionResponse,
}

#[derive(Serialize)]
struct SessionResponse {
    person: Account,
    expires_at: Timestamp,
    server_time: Timestamp,
}

/// `/v1/login`, `/v1/logout` and `/v1/me`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let sign_in = warp::path!("v1" / "login").and(post()).and(arrival()).and(with(app)).then(sign_in);
    let sign_out = warp::path!("v1" / "logout").and(post()).and(arrival()).map(|arrival: Arrival| {
        let foreign = cookie::token(&arrival).is_some().then(|| cookie::refuse_foreign_pages(&arrival).err()).flatten();
        foreign.map_or_else(|| sign_out(&arrival), Problem::into_response)
    });
    let me = warp::path!("v1" / "me").and(get()).and(arrival()).and(with(app)).then(|arrival: Arrival, app: Arc<App>| async move {
        answer(Caller::of(&app, &arrival).await.map(|caller| SessionResponse {
            person: caller.account,
            expires_at: caller.expires_at,
            server_time: app.clock.now(),
        }))
    });
    sign_in.or(sign_out).unify().or(me).unify().boxed()
}

async fn sign_in(mut arrival: Arrival, app: Arc<App>) -> Response {
    match try_sign_in(&mut arrival, &app).await {
        Ok((response, headers)) => {
            let mut reply = json(StatusCode::OK, &response);
            reply.headers_mut().extend(headers);
            reply
        }
        Err(problem) => problem.into_response(),
    }
}

async fn try_sign_in(arrival: &mut Arrival, app: &App) -> Result<(LoginResponse, HeaderMap), Problem> {
    let (request, _) = arrival.json::<LoginRequest>(app.json_limit()).await?;
    let person = authenticate(app, &request, arrival).await?;
    let account = app.store.account(person).await?.ok_or(Problem::new(Code::WrongCredentials))?;
    let now = app.clock.now();
    let audience = if request.cookie { Audience::Board } else { Audience::Api };
    let Issued { token, expires_at } = app.tokens.issue(audience, person, None, now).map_err(|error| Problem::internal(&error))?;
    let mut headers = HeaderMap::new();
    if request.cookie {
        headers.extend(cookie::set(&token, expires_at, now, arrival).map(|cookie| (SET_COOKIE, cookie)));
    }
    let session = SessionResponse { person: account, expires_at, server_time: now };
    Ok((LoginResponse { access_token: (!request.cookie).then_some(token), session }, headers))
}

/// Whose name and password these are. Every failure looks and lasts the same.
async fn authenticate(app: &App, request: &LoginRequest, arrival: &Arrival) -> Result<PersonId, Problem> {
    if request.username.len() > MAX_CREDENTIAL_BYTES || request.password.len() > MAX_CREDENTIAL_BYTES {
        return Err(Problem::new(Code::WrongCredentials));
    }
    let address = arrival.origin();
    app.attempts.take(&request.username, address, Instant::now()).map_err(Problem::too_many)?;
    let known = app.store.password_hash(request.username.clone()).await?;
    let (person, hash) = known.unzip();
    let matches = app.passwords.verify(hash, request.password.clone()).await.map_err(|error| match error {
        PasswordError::Busy => Problem::new(Code::Busy).retry_after_ms(2_000),
        other => Problem::internal(&other),
    })?;
    match person {
        Some(person) if matches => {
            app.attempts.succeeded(&request.username, address);
            Ok(person)
        }
        _ => Err(Problem::new(Code::WrongCredentials)),
    }
}

/// Clears the cookie, whether or not it is still worth anything.
fn sign_out(arrival: &Arrival) -> Response {
    let mut reply = body("");
    *reply.status_mut() = StatusCode::NO_CONTENT;
    reply.headers_mut().extend(cookie::clear(arrival).map(|cookie| (SET_COOKIE, cookie)));
    reply
}
