//! Flags: what no rule can settle about money, and what people decided.

use std::sync::Arc;

use linecrew_protocol::ids::DocumentId;
use serde::Deserialize;
use warp::{Filter, filters::BoxedFilter};

use crate::{
    http::{
        App,
        caller::Caller,
        problem::Problem,
        query::given,
        reply::{Response, answer},
        request::{Arrival, arrival},
        routes::{get, post, with},
    },
    store::collection::{CollectionOrder, FlagRecord},
};

use super::{DECIDERS, Items, READERS, Standing, books, carry_out};

#[derive(Deserialize)]
struct FlagsQuery {
    all: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResolveRequest {
    flag: String,
    choice: String,
    #[serde(default)]
    note: String,
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let list = warp::path!("v1" / "collection" / "flags")
        .and(get())
        .and(warp::query::<FlagsQuery>())
        .and(arrival())
        .and(with(app))
        .then(|query, arrival: Arrival, app: Arc<App>| async move { answer(list(&app, &arrival, query).await) });
    let resolve = warp::path!("v1" / "collection" / "books" / DocumentId / "flags" / "resolve")
        .and(post())
        .and(arrival())
        .and(with(app))
        .then(|book, arrival: Arrival, app: Arc<App>| async move { answer(resolve(&app, arrival, book).await) });
    list.or(resolve).unify().boxed()
}

async fn list(app: &App, arrival: &Arrival, query: FlagsQuery) -> Result<Items<FlagRecord>, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(READERS)?;
    let all = given(query.all, "all", |text| text.parse().ok())?.unwrap_or(false);
    Ok(Items { items: app.store.flags(all, sight.districts()).await? })
}

async fn resolve(app: &App, mut arrival: Arrival, book: DocumentId) -> Result<Standing, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (ResolveRequest { flag, choice, note }, _) = arrival.json(app.json_limit()).await?;
    books::in_sight(app, &sight, book).await?;
    carry_out(app, &caller, CollectionOrder::Resolve { book, flag, choice, note }).await
}
