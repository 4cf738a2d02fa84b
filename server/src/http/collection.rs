//! Field collection over REST: cash sessions, ticket books, flags, receivables, and the public question whether a receipt is real.

mod books;
mod flags;
mod receivables;
mod sessions;
mod verify;

use std::sync::Arc;

use linecrew_protocol::model::person::Role;
use serde::Serialize;
use warp::{Filter, filters::BoxedFilter};

use crate::store::collection::{BookRecord, Clerk, CollectionDone, CollectionOrder, FlagRecord, ReceivableRecord, SessionRecord};

use super::{
    App,
    caller::Caller,
    problem::{Code, Problem},
    reply::Response,
};

/// Who reads about money.
pub(super) const READERS: &[Role] = &[Role::Cashier, Role::Dispatcher, Role::Admin, Role::Auditor];
/// Who decides about it.
const DECIDERS: &[Role] = &[Role::Cashier, Role::Dispatcher, Role::Admin];

/// Everything under `/v1/collection`, and `/v1/receipts/verify`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    sessions::routes(app)
        .or(books::routes(app))
        .unify()
        .or(flags::routes(app))
        .unify()
        .or(receivables::routes(app))
        .unify()
        .or(verify::routes(app))
        .unify()
        .boxed()
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
}

/// What an order was about, as it is now.
#[derive(Serialize)]
#[serde(untagged)]
enum Standing {
    Book(BookRecord),
    Session(SessionRecord),
    Flag(FlagRecord),
    Receivable(ReceivableRecord),
}

/// Carries out what the caller decided; the rules judge it in the store.
async fn carry_out(app: &App, caller: &Caller, order: CollectionOrder) -> Result<Standing, Problem> {
    let (standing, effects) = match app.store.collection(clerk(app, caller), order).await? {
        CollectionDone::Book(book, effects) => (Standing::Book(book), effects),
        CollectionDone::Session(session, effects) => (Standing::Session(session), effects),
        CollectionDone::Flag(flag, effects) => (Standing::Flag(flag), effects),
        CollectionDone::Receivable(receivable, effects) => (Standing::Receivable(receivable), effects),
        CollectionDone::NotFound => return Err(Problem::new(Code::NotFound)),
        CollectionDone::Refused(refusal) => return Err(Problem::refused(refusal, None)),
    };
    app.live.publish(&effects);
    Ok(standing)
}

fn clerk(app: &App, caller: &Caller) -> Clerk {
    Clerk { by: caller.principal(app), by_name: caller.account.name.clone(), now: app.clock.now() }
}
