//! Work items of every kind over REST.

mod reading;
mod steps;
mod taking;

use std::sync::Arc;

use warp::{Filter, filters::BoxedFilter};

use super::{App, reply::Response};

/// Everything under `/v1/work`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    reading::routes(app).or(taking::routes(app)).unify().or(steps::routes(app)).unify().boxed()
}
