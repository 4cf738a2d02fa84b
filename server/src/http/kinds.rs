//! What kinds of work there are, as data for those who draw lists and forms.

use std::sync::Arc;

use linecrew_protocol::model::work::catalogue::{Catalogue, catalogue};
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
use crate::store::FormRecord;

#[derive(Serialize)]
struct KindsResponse {
    #[serde(flatten)]
    catalogue: Catalogue,
    forms: Vec<FormRecord>,
}

/// `/v1/kinds`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let kinds = warp::path!("v1" / "kinds").and(get()).and(arrival()).and(with(app));
    kinds.then(|arrival: Arrival, app: Arc<App>| async move { answer(kinds_of(&app, &arrival).await) }).boxed()
}

/// For everybody who is signed in: it holds nothing about anybody.
async fn kinds_of(app: &App, arrival: &Arrival) -> Result<KindsResponse, Problem> {
    Caller::of(app, arrival).await?;
    Ok(KindsResponse { catalogue: catalogue(), forms: app.store.forms().await? })
}
