//! Whether a receipt is real: asked by whoever holds one, answered with yes or no and nothing else.
//!
//! The answer has one shape and one time, whether the number is no number, belongs to no receipt, or has another code: so nobody learns from
//! it which numbers were given out.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use linecrew_protocol::model::collection::Ticket;
use serde::Serialize;
use tokio::time::sleep_until;
use warp::{Filter, filters::BoxedFilter};

use crate::http::{
    App,
    problem::Problem,
    reply::{Response, answer},
    request::{Arrival, arrival},
    routes::{get, with},
};

/// When an answer goes out: later than any honest one is ready, so that the time tells nothing.
const ANSWERS_AFTER: Duration = Duration::from_millis(50);

#[derive(Serialize)]
struct VerifyResponse {
    valid: bool,
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    warp::path!("v1" / "receipts" / "verify")
        .and(get())
        .and(warp::query::<HashMap<String, String>>())
        .and(arrival())
        .and(with(app))
        .then(|query: HashMap<String, String>, arrival: Arrival, app: Arc<App>| async move { answer(verify(&app, &arrival, query).await) })
        .boxed()
}

async fn verify(app: &App, arrival: &Arrival, mut query: HashMap<String, String>) -> Result<VerifyResponse, Problem> {
    let begun = Instant::now();
    let asker = arrival.origin().to_string();
    app.verifications.take(&asker, arrival.peer.address.ip(), begun).map_err(Problem::too_many)?;
    let ticket = query.get("number").and_then(|number| number.trim().to_ascii_uppercase().parse::<Ticket>().ok());
    let valid = match (ticket, query.remove("code")) {
        (Some(ticket), Some(code)) => app.store.verify_receipt(ticket, code).await?,
        _ => false,
    };
    sleep_until((begun + ANSWERS_AFTER).into()).await;
    Ok(VerifyResponse { valid })
}
