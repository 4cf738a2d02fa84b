//! Refused edits, all of them: nobody loses what a phone sent, and somebody decides about it (rule 12).

use std::sync::Arc;

use linecrew_protocol::{ids::BatchId, model::person::Role};
use serde::{Deserialize, Serialize};
use warp::{Filter, filters::BoxedFilter};

use super::{
    App,
    caller::{Caller, DECIDERS},
    problem::{Code, Problem},
    reply::{Response, answer},
    request::{Arrival, arrival},
    routes::{get, post, with},
};
use crate::store::{
    QuarantineEntry,
    refused::{Choice, DecideBatch, Decided, DecisionRecord, RefusedBatch},
};

/// Who looks after them.
pub(super) const KEEPERS: &[Role] = &[Role::Dispatcher, Role::Admin, Role::Auditor];
/// Characters of a reason.
const MAX_REASON_CHARS: usize = 200;

#[derive(Serialize)]
struct QuarantineResponse {
    items: Vec<QuarantineEntry>,
    batches: Vec<RefusedBatch>,
}

/// What can be asked for; what is judged again by itself is nobody's request.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Admit,
    Dismiss,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionRequest {
    batch: BatchId,
    decision: Asked,
    reason: String,
}

/// `/v1/quarantine`, and `/v1/quarantine/decisions`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let list = warp::path!("v1" / "quarantine").and(get()).and(arrival()).and(with(app));
    let list = list.then(|arrival: Arrival, app: Arc<App>| async move { answer(list_edits(&app, &arrival).await) });
    let decide = warp::path!("v1" / "quarantine" / "decisions").and(post()).and(arrival()).and(with(app));
    let decide = decide.then(|arrival: Arrival, app: Arc<App>| async move { answer(decide_batch(&app, arrival).await) });
    list.or(decide).unify().boxed()
}

async fn list_edits(app: &App, arrival: &Arrival) -> Result<QuarantineResponse, Problem> {
    let districts = Caller::of(app, arrival).await?.sight(KEEPERS)?.districts();
    let batches = app.store.refused_batches(districts.clone()).await?;
    Ok(QuarantineResponse { items: app.store.quarantine(districts).await?, batches })
}

async fn decide_batch(app: &App, mut arrival: Arrival) -> Result<DecisionRecord, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    caller.sight(DECIDERS)?;
    let (DecisionRequest { batch, decision, reason }, _) = arrival.json(app.json_limit()).await?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > MAX_REASON_CHARS {
        return Err(Problem::invalid(format!("reason is empty or has more than {MAX_REASON_CHARS} characters")));
    }
    let choice = match decision {
        Asked::Admit => Choice::Admit,
        Asked::Dismiss => Choice::Dismiss,
    };
    let by_name = caller.account.name.clone();
    let decision = DecideBatch { batch, choice, reason, by: caller.principal(app), by_name, now: app.clock.now() };
    match app.store.decide(decision).await? {
        Decided::Done(record, effects) => {
            app.live.publish(&effects);
            Ok(record)
        }
        Decided::Repeated(record) => Ok(record),
        Decided::Other(before) => {
            let detail = format!("{} has decided otherwise: {}", before.by_name, before.choice.name());
            Err(Problem::new(Code::StateConflict).because(detail))
        }
        Decided::NotAdmissible(_) => {
            Err(Problem::new(Code::StateConflict).because("these edits are wrong by themselves and can only be dismissed"))
        }
        // Whoever does not see a batch learns nothing of it.
        Decided::NotTheirs | Decided::NotFound => {
            Err(Problem::new(Code::NotFound).because("there is no such batch; when an edit comes to it or leaves it, it is another one"))
        }
    }
}
