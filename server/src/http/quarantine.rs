//! Refused edits, all of them: nobody loses what a phone sent.

use std::sync::Arc;

use linecrew_protocol::model::person::Role;
use serde::Serialize;
use warp::{Filter, filters::BoxedFilter};

use super::{
    App,
    caller::Caller,
    problem::Problem,
    reply::{Response, answer},
    request::{Arrival, arrival},
    routes::{get, with},
};
use crate::store::QuarantineEntry;

/// Who looks after them.
const KEEPERS: &[Role] = &[Role::Dispatcher, Role::Admin, Role::Auditor];

#[derive(Serialize)]
struct QuarantineResponse {
    items: Vec<QuarantineEntry>,
}

/// `/v1/quarantine`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let list = warp::path!("v1" / "quarantine").and(get()).and(arrival()).and(with(app));
    list.then(|arrival: Arrival, app: Arc<App>| async move { answer(list_edits(&app, &arrival).await) }).boxed()
}

async fn list_edits(app: &App, arrival: &Arrival) -> Result<QuarantineResponse, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(KEEPERS)?;
    Ok(QuarantineResponse { items: app.store.quarantine(sight.districts()).await? })
}
