//! Lists of items, and one item with its history.

use std::sync::Arc;

use linecrew_protocol::{
    ids::{CrewId, DocumentId},
    model::{kinds, work::Phase},
};
use serde::{Deserialize, Serialize};
use warp::{Filter, filters::BoxedFilter, http::Method};

use crate::{
    http::{
        App,
        caller::{Caller, READERS},
        problem::{Code, Problem},
        query::given,
        reply::{Response, answer},
        request::{Arrival, arrival},
        routes::{get, only, with},
    },
    store::{BoardDetail, BoardRow, RowFilter},
};

/// Rows of a page when nobody asks for another number.
const DEFAULT_LIMIT: usize = 100;
/// Most rows of a page.
const MAX_LIMIT: usize = 500;
/// Longest search text, in characters.
const MAX_SEARCH_CHARS: usize = 200;

/// The query as it came: every field is text, so that a wrong one can be named.
#[derive(Deserialize)]
struct ListQuery {
    kind: Option<String>,
    phase: Option<String>,
    state: Option<String>,
    crew: Option<String>,
    q: Option<String>,
    limit: Option<String>,
    before: Option<String>,
}

#[derive(Serialize)]
struct RowsResponse {
    items: Vec<BoardRow>,
    next: Option<DocumentId>,
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let list = warp::path!("v1" / "work")
        .and(only(Method::GET, "GET, POST"))
        .and(warp::query::<ListQuery>())
        .and(arrival())
        .and(with(app))
        .then(|query, arrival: Arrival, app: Arc<App>| async move { answer(list(&app, &arrival, query).await) });
    let show = warp::path!("v1" / "work" / DocumentId)
        .and(get())
        .and(arrival())
        .and(with(app))
        .then(|id, arrival: Arrival, app: Arc<App>| async move { answer(show(&app, &arrival, id).await) });
    list.or(show).unify().boxed()
}

async fn list(app: &App, arrival: &Arrival, query: ListQuery) -> Result<RowsResponse, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(READERS)?;
    let filter = RowFilter { districts: sight.districts(), ..query.filter()? };
    let (items, next) = app.store.rows(filter).await?;
    Ok(RowsResponse { items, next })
}

async fn show(app: &App, arrival: &Arrival, id: DocumentId) -> Result<BoardDetail, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(READERS)?;
    let detail = app.store.detail(id).await?;
    // An item out of sight and one that does not exist look the same.
    detail.filter(|detail| sight.reaches(detail.view.row.district)).ok_or(Problem::new(Code::NotFound))
}

impl ListQuery {
    fn filter(self) -> Result<RowFilter, Problem> {
        if self.q.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH_CHARS) {
            return Err(Problem::invalid(format!("q has more than {MAX_SEARCH_CHARS} characters")));
        }
        let limit: usize = given(self.limit, "limit", |text| text.parse().ok())?.unwrap_or(DEFAULT_LIMIT);
        Ok(RowFilter {
            kind: given(self.kind, "kind", |text| kinds::named(text).map(|kind| kind.describe().name.to_owned()))?,
            phase: given(self.phase, "phase", |text| serde_json::from_value::<Phase>(text.into()).ok())?,
            state: given(self.state, "state", |text| is_state(text).then(|| text.to_owned()))?,
            crew: given(self.crew, "crew", |text| text.parse::<CrewId>().ok())?,
            text: self.q.filter(|text| !text.trim().is_empty()),
            districts: None,
            limit: limit.clamp(1, MAX_LIMIT),
            before: given(self.before, "before", |text| text.parse().ok())?,
        })
    }
}

/// Whether any kind has a state of this name.
fn is_state(name: &str) -> bool {
    kinds::ALL.into_iter().any(|kind| kind.describe().states().iter().any(|state| state.name == name))
}
