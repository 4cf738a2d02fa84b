//! Ticket books: who holds which numbers, and what became of them.

use std::sync::Arc;

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, PersonId},
    model::collection::book::MAX_BOOK_TICKETS,
};
use serde::Deserialize;
use warp::{Filter, filters::BoxedFilter, http::Method};

use crate::{
    http::{
        App,
        caller::{Caller, Sight},
        problem::{Code, Problem},
        reply::{Response, answer},
        request::{Arrival, arrival},
        routes::{only, post, with},
    },
    store::collection::{BookRecord, CollectionOrder},
};

use super::{DECIDERS, Items, READERS, Standing, carry_out};

/// Tickets of a book when nobody asks for another number: a collector's day or two.
const DEFAULT_COUNT: u32 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeaseRequest {
    collector: PersonId,
    device: InstallationId,
    #[serde(default)]
    count: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FreezeRequest {
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOverRequest {
    voided: u64,
    unused: u64,
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let list = warp::path!("v1" / "collection" / "books")
        .and(only(Method::GET, "GET, POST"))
        .and(arrival())
        .and(with(app))
        .then(|arrival: Arrival, app: Arc<App>| async move { answer(list(&app, &arrival).await) });
    let lease = warp::path!("v1" / "collection" / "books")
        .and(only(Method::POST, "GET, POST"))
        .and(arrival())
        .and(with(app))
        .then(|arrival: Arrival, app: Arc<App>| async move { answer(lease(&app, arrival).await) });
    let freeze = warp::path!("v1" / "collection" / "books" / DocumentId / "freeze")
        .and(post())
        .and(arrival())
        .and(with(app))
        .then(|book, arrival: Arrival, app: Arc<App>| async move { answer(freeze(&app, arrival, book).await) });
    let hand_over = warp::path!("v1" / "collection" / "books" / DocumentId / "hand-over")
        .and(post())
        .and(arrival())
        .and(with(app))
        .then(|book, arrival: Arrival, app: Arc<App>| async move { answer(hand_over(&app, arrival, book).await) });
    list.or(lease).unify().or(freeze).unify().or(hand_over).unify().boxed()
}

async fn list(app: &App, arrival: &Arrival) -> Result<Items<BookRecord>, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(READERS)?;
    Ok(Items { items: app.store.books(sight.districts()).await? })
}

async fn lease(app: &App, mut arrival: Arrival) -> Result<Standing, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    caller.sight(DECIDERS)?;
    let (LeaseRequest { collector, device, count }, _) = arrival.json(app.json_limit()).await?;
    let count = count.unwrap_or(DEFAULT_COUNT);
    if !(1..=MAX_BOOK_TICKETS).contains(&count) {
        return Err(Problem::invalid(format!("count is not between 1 and {MAX_BOOK_TICKETS}")));
    }
    // Where the collector works the store knows, and with it whether the caller decides there.
    carry_out(app, &caller, CollectionOrder::Lease { collector, device, count }).await
}

async fn freeze(app: &App, mut arrival: Arrival, book: DocumentId) -> Result<Standing, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (FreezeRequest { reason }, _) = arrival.json(app.json_limit()).await?;
    in_sight(app, &sight, book).await?;
    carry_out(app, &caller, CollectionOrder::Freeze { book, reason }).await
}

async fn hand_over(app: &App, mut arrival: Arrival, book: DocumentId) -> Result<Standing, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (HandOverRequest { voided, unused }, _) = arrival.json(app.json_limit()).await?;
    in_sight(app, &sight, book).await?;
    carry_out(app, &caller, CollectionOrder::HandOver { book, voided, unused }).await
}

/// A book out of sight and one that does not exist look the same. Who sees everything need not look: the store knows its books.
pub(super) async fn in_sight(app: &App, sight: &Sight, book: DocumentId) -> Result<(), Problem> {
    let Some(districts) = sight.districts() else { return Ok(()) };
    let books = app.store.books(Some(districts)).await?;
    if books.iter().any(|known| known.book == book) { Ok(()) } else { Err(Problem::new(Code::NotFound)) }
}
