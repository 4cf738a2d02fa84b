//! Signing in with OpenID Connect: the way to the provider, and back with a session like that of a password.
//!
//! The way there is a POST with the header that only the board's own scripts send, so that no foreign page can begin a sign-in. The way back is a
//! navigation, and its answer is the board or a page of words. It is never a redirect to anywhere that the request names.

mod page;

use std::{sync::Arc, time::Instant};

use linecrew_protocol::{ids::PersonId, model::person::Role};
use serde::Serialize;
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{
        HeaderValue, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
};

use self::page::Page;
use super::{
    App, Chain, cookie,
    problem::{Code, Problem},
    reply::{Response, body, json},
    request::{Arrival, arrival},
    routes::{get, post, with},
};
use crate::auth::{Audience, Begun, Issued, Oidc, OidcError, ProviderAnswer};

/// Who has a desk. Machines have passwords of their own, and the field's people have phones.
const STAFF: &[Role] = &[Role::Dispatcher, Role::Admin, Role::Cashier, Role::Auditor];
/// When a provider may answer again.
const PROVIDER_RETRY_MS: u64 = 10_000;
/// The board.
const HOME: HeaderValue = HeaderValue::from_static("/");

#[derive(Serialize)]
struct OfferResponse<'a> {
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct BegunResponse {
    url: String,
}

/// `/v1/oidc` and what is under it.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let offer = warp::path!("v1" / "oidc").and(get()).and(with(app)).map(|app: Arc<App>| {
        let label = app.oidc.as_ref().map(Oidc::label);
        json(StatusCode::OK, &OfferResponse { label })
    });
    let begin = warp::path!("v1" / "oidc" / "begin").and(post()).and(arrival()).and(with(app)).then(begin);
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let callback = warp::path!("v1" / "oidc" / "callback").and(get()).and(query).and(arrival()).and(with(app)).then(callback);
    let style = warp::path!("v1" / "oidc" / "page.css").and(get()).map(page::style);
    offer.or(begin).unify().or(callback).unify().or(style).unify().boxed()
}

async fn begin(arrival: Arrival, app: Arc<App>) -> Response {
    match try_begin(&app, &arrival).await {
        Ok(Begun { url, browser, lasts }) => {
            let mut reply = json(StatusCode::OK, &BegunResponse { url });
            keep(&mut reply, cookie::set_sign_in(&browser, lasts, &arrival));
            reply
        }
        Err(problem) => problem.into_response(),
    }
}

async fn try_begin(app: &App, arrival: &Arrival) -> Result<Begun, Problem> {
    let oidc = app.oidc.as_ref().ok_or(Problem::new(Code::NotFound))?;
    cookie::refuse_foreign_pages(arrival)?;
    let (who, through) = askers(arrival);
    app.oidc_attempts.take(&who, through, Instant::now()).map_err(Problem::too_many)?;
    oidc.begin().await.map_err(|error| match error {
        OidcError::Randomness(_) => Problem::internal(&error),
        error => {
            tracing::warn!(error = %Chain(&error), "no sign-in could begin at the provider; passwords go on working");
            Problem::new(Code::ProviderUnavailable).retry_after_ms(PROVIDER_RETRY_MS)
        }
    })
}

/// Who asks, and through which connection: behind one there may be a whole station.
fn askers(arrival: &Arrival) -> (String, std::net::IpAddr) {
    (arrival.origin().to_string(), arrival.peer.address.ip())
}

async fn callback(query: String, arrival: Arrival, app: Arc<App>) -> Response {
    let Some(oidc) = &app.oidc else { return Problem::new(Code::NotFound).into_response() };
    let ended = finish(&app, oidc, &query, &arrival).await;
    // An answer to no sign-in of this browser ends none: a foreign page may have sent it.
    let is_over = !matches!(ended, Err(Page::Over));
    let mut reply = ended.unwrap_or_else(Page::into_response);
    if is_over {
        keep(&mut reply, cookie::clear_sign_in(&arrival));
    }
    reply
}

async fn finish(app: &App, oidc: &Oidc, query: &str, arrival: &Arrival) -> Result<Response, Page> {
    let brought = ProviderAnswer::parse(query).ok_or(Page::Over)?;
    let identity = oidc.finish(brought, cookie::sign_in(arrival), app.clock.now()).await.map_err(|error| page_for(&error))?;
    let (who, through) = askers(arrival);
    app.oidc_attempts.succeeded(&who, through);
    let subject = identity.subject.clone();
    let Some(person) = app.store.linked_person(identity).await.map_err(failed)? else {
        tracing::info!("somebody came from the provider who is linked to nobody");
        return Err(Page::NotLinked { subject });
    };
    signed_in(app, person, arrival).await
}

/// The board, with the cookie that a password gives; nothing for who is disabled or has no desk.
async fn signed_in(app: &App, person: PersonId, arrival: &Arrival) -> Result<Response, Page> {
    let account = app.store.account(person).await.map_err(failed)?;
    let has_desk = account.is_some_and(|account| account.roles.iter().any(|grant| STAFF.contains(&grant.role)));
    if !has_desk {
        tracing::info!(%person, "somebody came from the provider who may not sign in");
        return Err(Page::NoDesk);
    }
    let now = app.clock.now();
    let Issued { token, expires_at } = app.tokens.issue(Audience::Board, person, None, now).map_err(|error| {
        Problem::internal(&error);
        Page::Failed
    })?;
    let mut reply = body("");
    *reply.status_mut() = StatusCode::SEE_OTHER;
    reply.headers_mut().insert(LOCATION, HOME);
    keep(&mut reply, cookie::set(&token, expires_at, now, arrival));
    Ok(reply)
}

fn keep(reply: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        reply.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// What a person is told, and the log.
fn page_for(error: &OidcError) -> Page {
    match error {
        OidcError::Over => Page::Over,
        OidcError::Declined => Page::Declined,
        OidcError::Unavailable(_) => {
            tracing::warn!(error = %Chain(error), "no sign-in could end at the provider; passwords go on working");
            Page::Unavailable
        }
        OidcError::Refused(_) => {
            tracing::warn!(error = %Chain(error), "security: a sign-in at the provider was refused");
            Page::Refused
        }
        OidcError::Randomness(_) => {
            Problem::internal(error);
            Page::Failed
        }
    }
}

fn failed(error: crate::store::StoreError) -> Page {
    // It is logged on the way.
    let _logged = Problem::from(error);
    Page::Failed
}
