//! Taking an order in, exactly once: the caller names it with a key, and the same key and body give the same item.

use std::sync::Arc;

use bytes::Bytes;
use linecrew_protocol::{
    ids::DistrictId,
    model::{
        person::Role,
        work::{AreaClass, Customer, NewOrder, Priority, Site},
    },
    time::Timestamp,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{HeaderValue, Method, StatusCode},
};

use crate::{
    http::{
        App,
        caller::Caller,
        problem::{Code, Problem},
        reply::{Response, json},
        request::{Arrival, arrival},
        routes::{only, with},
    },
    store::{BoardRow, TakeOrder, Taken},
};

/// Who takes orders in.
const TAKERS: &[Role] = &[Role::Dispatcher, Role::Integrator, Role::Admin];
/// Longest key.
const MAX_KEY_CHARS: usize = 128;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TakeRequest {
    kind: String,
    district: DistrictId,
    customer: Customer,
    site: Site,
    #[serde(default)]
    area_class: AreaClass,
    #[serde(default)]
    priority: Priority,
    #[serde(default)]
    about: Map<String, Value>,
    #[serde(default)]
    reported_at: Option<Timestamp>,
    #[serde(default)]
    on_road: bool,
    #[serde(default)]
    at_height: bool,
}

/// The item, and whether the order came before.
struct TakeResponse {
    row: BoardRow,
    replayed: bool,
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let path = warp::path!("v1" / "work").and(only(Method::POST, "GET, POST"));
    path.and(arrival()).and(with(app)).then(respond).boxed()
}

async fn respond(arrival: Arrival, app: Arc<App>) -> Response {
    match take(&app, arrival).await {
        Ok(TakeResponse { row, replayed: false }) => json(StatusCode::CREATED, &row),
        Ok(TakeResponse { row, replayed: true }) => {
            let mut reply = json(StatusCode::OK, &row);
            reply.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            reply
        }
        Err(problem) => problem.into_response(),
    }
}

async fn take(app: &App, mut arrival: Arrival) -> Result<TakeResponse, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(TAKERS)?;
    let idempotency_key = key(&arrival)?;
    let (request, bytes) = arrival.json::<TakeRequest>(app.json_limit()).await?;
    if !sight.reaches(request.district) {
        return Err(Problem::new(Code::NotPermitted).because("not in this district"));
    }
    let order = order(app, &caller, idempotency_key, request, &bytes)?;
    match app.store.take_order(order).await? {
        Taken::Created(row, effects) => {
            app.live.publish(&effects);
            Ok(TakeResponse { row, replayed: false })
        }
        Taken::Replayed(row) => Ok(TakeResponse { row, replayed: true }),
        Taken::KeyReused => Err(Problem::new(Code::IdempotencyKeyReused)),
        Taken::UnknownYear(year) => Err(Problem::new(Code::CalendarUnknown).because(format!(
            "a time limit of this work reaches into {year}, whose workdays are not known: add calendar/{year}.json to the data directory"
        ))),
        Taken::Refused(refusal) => Err(Problem::refused(refusal, None)),
    }
}

fn order(app: &App, caller: &Caller, idempotency_key: String, request: TakeRequest, bytes: &Bytes) -> Result<TakeOrder, Problem> {
    let now = app.clock.now();
    let TakeRequest { kind, district, customer, site, area_class, priority, about, reported_at, on_road, at_height } = request;
    let reported_at = reported_at.unwrap_or(now);
    if reported_at > now || reported_at < Timestamp::default() {
        return Err(Problem::invalid("reported_at lies in the future, or before 1970"));
    }
    Ok(TakeOrder {
        by: caller.principal(app),
        by_name: caller.account.name.clone(),
        idempotency_key,
        body_hash: Sha256::digest(bytes).into(),
        district,
        order: NewOrder { kind, customer, site, area_class, priority, on_road, at_height, about },
        reported_at,
        appointment: None,
        now,
    })
}

fn key(arrival: &Arrival) -> Result<String, Problem> {
    let required = || Problem::new(Code::IdempotencyKeyRequired).because(format!("1 to {MAX_KEY_CHARS} visible ASCII characters"));
    let key = arrival.headers.get("idempotency-key").and_then(|key| key.to_str().ok()).ok_or_else(required)?;
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > MAX_KEY_CHARS || !visible { Err(required()) } else { Ok(key.to_owned()) }
}
