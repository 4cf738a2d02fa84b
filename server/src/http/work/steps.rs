//! What the office records about an item. Each call is one command; the rules judge it in the store.

mod command;

use std::sync::Arc;

use linecrew_protocol::{ids::DocumentId, model::kinds};
use serde_json::{Map, Value};
use warp::{Filter, filters::BoxedFilter};

use crate::{
    http::{
        App,
        caller::{Caller, DECIDERS},
        problem::{Code, Problem},
        reply::{Response, answer},
        request::{Arrival, arrival},
        routes::{post, with},
    },
    store::{BoardRow, OfficeOrder, Ordered},
};

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    warp::path!("v1" / "work" / DocumentId / "steps" / String)
        .and(post())
        .and(arrival())
        .and(with(app))
        .then(|document, step: String, arrival: Arrival, app: Arc<App>| async move { answer(record(&app, arrival, document, &step).await) })
        .boxed()
}

async fn record(app: &App, mut arrival: Arrival, document: DocumentId, step: &str) -> Result<BoardRow, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (body, _) = arrival.json::<Map<String, Value>>(app.json_limit()).await?;
    let item = app.store.detail(document).await?.map(|detail| detail.view.row);
    let item = item.filter(|row| sight.reaches(row.district)).ok_or(Problem::new(Code::NotFound))?;
    let kind = kinds::named(&item.kind).ok_or(Problem::new(Code::NotFound))?;
    let order = OfficeOrder {
        by: caller.principal(app),
        by_name: caller.account.name.clone(),
        document,
        command: command::parse(kind.describe(), step, body)?,
        now: app.clock.now(),
    };
    match app.store.order(order).await? {
        Ordered::Done(row, effects) => {
            app.live.publish(&effects);
            Ok(row)
        }
        Ordered::NotFound => Err(Problem::new(Code::NotFound)),
        Ordered::Refused(refusal) => Err(Problem::refused(refusal, Some(item.state))),
    }
}
