//! Cash sessions: a collector's days, from the float to the write-off.

use std::sync::Arc;

use linecrew_protocol::{
    calendar::Date,
    ids::SessionId,
    model::collection::{Amounts, Fen},
};
use serde::{Deserialize, Serialize};
use warp::{Filter, filters::BoxedFilter};

use crate::{
    http::{
        App,
        caller::{Caller, Sight},
        problem::{Code, Problem},
        query::given,
        reply::{Response, answer},
        request::{Arrival, arrival},
        routes::{get, post, with},
    },
    store::collection::{CollectionOrder, SessionDetail, SessionRecord},
};

use super::{DECIDERS, READERS, Standing, carry_out};

#[derive(Deserialize)]
struct SessionsQuery {
    day: Option<String>,
}

#[derive(Serialize)]
struct SessionsResponse {
    day: String,
    items: Vec<SessionRecord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DepositRequest {
    slip: String,
    #[serde(default)]
    cash: Fen,
    #[serde(default)]
    cheque: Fen,
    #[serde(default)]
    terminal: Fen,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleRequest {
    #[serde(default)]
    reason: Option<String>,
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let sessions = warp::path!("v1" / "collection" / "sessions").and(get()).and(warp::query::<SessionsQuery>());
    let list = sessions
        .and(arrival())
        .and(with(app))
        .then(|query, arrival: Arrival, app: Arc<App>| async move { answer(list(&app, &arrival, query).await) });
    let show = warp::path!("v1" / "collection" / "sessions" / SessionId)
        .and(get())
        .and(arrival())
        .and(with(app))
        .then(|session, arrival: Arrival, app: Arc<App>| async move { answer(show(&app, &arrival, session).await) });
    let confirm = warp::path!("v1" / "collection" / "sessions" / SessionId / "deposits")
        .and(post())
        .and(arrival())
        .and(with(app))
        .then(|session, arrival: Arrival, app: Arc<App>| async move { answer(confirm(&app, arrival, session).await) });
    let settle = warp::path!("v1" / "collection" / "sessions" / SessionId / "settle")
        .and(post())
        .and(arrival())
        .and(with(app))
        .then(|session, arrival: Arrival, app: Arc<App>| async move { answer(settle(&app, arrival, session).await) });
    list.or(show).unify().or(confirm).unify().or(settle).unify().boxed()
}

async fn list(app: &App, arrival: &Arrival, query: SessionsQuery) -> Result<SessionsResponse, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(READERS)?;
    let now = app.clock.now();
    let asked = given(query.day, "day", |text| text.parse::<Date>().ok())?.map(|day| day.to_string());
    let items = app.store.cash_sessions(asked.clone(), sight.districts(), now).await?;
    Ok(SessionsResponse { day: asked.unwrap_or_else(|| app.utc_offset.date_at(now).to_string()), items })
}

async fn show(app: &App, arrival: &Arrival, session: SessionId) -> Result<SessionDetail, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(READERS)?;
    in_sight(app, &sight, session).await
}

async fn confirm(app: &App, mut arrival: Arrival, session: SessionId) -> Result<Standing, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (DepositRequest { slip, cash, cheque, terminal }, _) = arrival.json(app.json_limit()).await?;
    in_sight(app, &sight, session).await?;
    let amounts = Amounts { cash, cheque, terminal };
    carry_out(app, &caller, CollectionOrder::ConfirmDeposit { session, slip, amounts }).await
}

async fn settle(app: &App, mut arrival: Arrival, session: SessionId) -> Result<Standing, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (SettleRequest { reason }, _) = arrival.json(app.json_limit()).await?;
    in_sight(app, &sight, session).await?;
    carry_out(app, &caller, CollectionOrder::Settle { session, reason }).await
}

/// A session out of sight and one that does not exist look the same.
async fn in_sight(app: &App, sight: &Sight, session: SessionId) -> Result<SessionDetail, Problem> {
    let detail = app.store.cash_session(session, app.clock.now()).await?;
    detail.filter(|detail| sight.reaches(detail.record.district)).ok_or(Problem::new(Code::NotFound))
}
