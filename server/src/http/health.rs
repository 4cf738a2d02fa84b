//! Whether the server is up: for load balancers and people with curl.

use std::sync::Arc;

use linecrew_protocol::ids::StoreEpoch;
use serde::Serialize;
use warp::{Filter, filters::BoxedFilter};

use super::{
    App,
    reply::{Response, answer},
    routes::{get, with},
};

#[derive(Serialize)]
struct HealthResponse {
    status: &'static str,
    store_epoch: StoreEpoch,
    version: &'static str,
}

/// `/v1/health`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let health = warp::path!("v1" / "health").and(get()).and(with(app));
    health.map(|app: Arc<App>| answer(Ok(health_of(&app)))).boxed()
}

fn health_of(app: &App) -> HealthResponse {
    HealthResponse { status: "ok", store_epoch: app.store.epoch(), version: env!("CARGO_PKG_VERSION") }
}
