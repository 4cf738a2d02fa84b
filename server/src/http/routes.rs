//! Which address leads where. Path first, then method, then the handler, which checks who calls before it reads a body.
//!
//! Only the path and the method reject; everything that goes wrong later is a reply. So a rejection can only mean *nothing here* or *not
//! with this method*.

use std::{convert::Infallible, sync::Arc};

use warp::{
    Filter, Rejection,
    filters::BoxedFilter,
    http::Method,
    reject::{InvalidQuery, Reject, custom},
};

use super::{
    App, assets, collection, enrol, health, invites, keys, kinds, login, oidc, people, phones,
    problem::{Code, Problem},
    quarantine,
    reply::Response,
    roster, stream, sync, work,
};

/// The whole of the HTTP side.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let api = health::routes(app)
        .or(login::routes(app))
        .unify()
        .or(oidc::routes(app))
        .unify()
        .or(enrol::routes(app))
        .unify()
        .or(keys::routes(app))
        .unify()
        .or(invites::routes(app))
        .unify()
        .or(roster::routes(app))
        .unify()
        .or(phones::routes(app))
        .unify()
        .or(work::routes(app))
        .unify()
        .or(kinds::routes(app))
        .unify()
        .or(quarantine::routes(app))
        .unify()
        .or(collection::routes(app))
        .unify()
        .or(people::routes(app))
        .unify()
        .or(stream::routes(app))
        .unify()
        .or(sync::routes(app))
        .unify();
    api.or(assets::routes()).unify().recover(explain).unify().boxed()
}

/// Gives a handler the application.
pub(super) fn with(app: &Arc<App>) -> impl Filter<Extract = (Arc<App>,), Error = Infallible> + Clone + use<> {
    let app = Arc::clone(app);
    warp::any().map(move || Arc::clone(&app))
}

/// Only GET.
pub(super) fn get() -> impl Filter<Extract = (), Error = Rejection> + Clone {
    only(Method::GET, "GET")
}

/// Only POST.
pub(super) fn post() -> impl Filter<Extract = (), Error = Rejection> + Clone {
    only(Method::POST, "POST")
}

/// Only PUT.
pub(super) fn put() -> impl Filter<Extract = (), Error = Rejection> + Clone {
    only(Method::PUT, "PUT")
}

/// Only `method`; `allow` names every method of this path.
pub(super) fn only(method: Method, allow: &'static str) -> impl Filter<Extract = (), Error = Rejection> + Clone {
    warp::method()
        .and_then(move |used: Method| {
            let fits = used == method;
            async move { if fits { Ok(()) } else { Err(custom(WrongMethod { allow })) } }
        })
        .untuple_one()
}

/// The path exists, the method does not.
#[derive(Debug)]
struct WrongMethod {
    allow: &'static str,
}

impl Reject for WrongMethod {}

async fn explain(rejection: Rejection) -> Result<Response, Infallible> {
    let problem = if let Some(WrongMethod { allow }) = rejection.find() {
        Problem::method(allow)
    } else if rejection.find::<InvalidQuery>().is_some() {
        Problem::invalid("the query cannot be read")
    } else if rejection.is_not_found() {
        Problem::new(Code::NotFound)
    } else {
        tracing::error!(rejection = ?rejection, "a filter rejected what a handler should have answered");
        Problem::new(Code::Internal)
    };
    Ok(problem.into_response())
}
