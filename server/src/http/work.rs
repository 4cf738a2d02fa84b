//! Repair dispatches over REST.

mod orders;
mod reading;
mod taking;

use std::sync::Arc;

use warp::{Filter, filters::BoxedFilter};

use super::{App, reply::Response};

/// Everything under `/v1/dispatches`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    reading::routes(app).or(taking::routes(app)).unify().or(orders::routes(app)).unify().boxed()
}
