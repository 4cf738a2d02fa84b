//! Receivables: amounts due, as the billing system hands them in.

use std::sync::Arc;

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, PersonId},
    model::{
        collection::{Fen, Receivable},
        person::Role,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use warp::{Filter, filters::BoxedFilter, http::Method};

use crate::{
    http::{
        App,
        caller::{Caller, Sight},
        problem::{Code, Problem},
        query::given,
        reply::{Response, answer},
        request::{Arrival, BodyLimit, arrival},
        routes::{only, post, with},
    },
    receivables::{CHUNK, Collectors},
    store::collection::{Billed, CollectionOrder, NewReceivable, ReceivableFilter, ReceivableRecord},
    unreadable::Unreadable,
};

use super::{DECIDERS, Items, READERS, Standing, carry_out, clerk};

/// Who hands receivables in.
const BILLERS: &[Role] = &[Role::Cashier, Role::Dispatcher, Role::Integrator, Role::Admin];
/// Receivables of one request.
const MAX_ITEMS: usize = 2_000;
/// Bytes of its body: about 500 for each.
const MAX_BYTES: usize = 1024 * 1024;

#[derive(Deserialize)]
struct ReceivablesQuery {
    collector: Option<String>,
    open: Option<String>,
}

/// The items are read one by one: a bad one costs no other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BillRequest {
    district: DistrictId,
    items: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BillItem {
    reference: String,
    account: String,
    customer: String,
    #[serde(default)]
    address: String,
    period: String,
    amount: Fen,
    collector: String,
}

#[derive(Serialize, Default)]
struct BillResponse {
    created: usize,
    unchanged: usize,
    refused: Vec<RefusedItem>,
}

#[derive(Serialize)]
struct RefusedItem {
    index: usize,
    detail: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawRequest {
    reason: String,
}

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let list = warp::path!("v1" / "collection" / "receivables")
        .and(only(Method::GET, "GET, POST"))
        .and(warp::query::<ReceivablesQuery>())
        .and(arrival())
        .and(with(app))
        .then(|query, arrival: Arrival, app: Arc<App>| async move { answer(list(&app, &arrival, query).await) });
    let bill = warp::path!("v1" / "collection" / "receivables")
        .and(only(Method::POST, "GET, POST"))
        .and(arrival())
        .and(with(app))
        .then(|arrival: Arrival, app: Arc<App>| async move { answer(bill(&app, arrival).await) });
    let withdraw = warp::path!("v1" / "collection" / "receivables" / DocumentId / "withdraw")
        .and(post())
        .and(arrival())
        .and(with(app))
        .then(|receivable, arrival: Arrival, app: Arc<App>| async move { answer(withdraw(&app, arrival, receivable).await) });
    list.or(bill).unify().or(withdraw).unify().boxed()
}

async fn list(app: &App, arrival: &Arrival, query: ReceivablesQuery) -> Result<Items<ReceivableRecord>, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(READERS)?;
    let filter = ReceivableFilter {
        collector: given(query.collector, "collector", |text| text.parse::<PersonId>().ok())?,
        open_only: given(query.open, "open", |text| text.parse().ok())?.unwrap_or(false),
        districts: sight.districts(),
    };
    Ok(Items { items: app.store.receivables(filter).await? })
}

async fn bill(app: &App, mut arrival: Arrival) -> Result<BillResponse, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(BILLERS)?;
    let limit = BodyLimit { bytes: MAX_BYTES, ..app.json_limit() };
    let (BillRequest { district, items }, _) = arrival.json(limit).await?;
    if !sight.reaches(district) {
        return Err(Problem::new(Code::NotPermitted).because("not in this district"));
    }
    if items.len() > MAX_ITEMS {
        return Err(Problem::invalid(format!("items has more than {MAX_ITEMS} receivables: send several requests")));
    }
    if !app.store.districts().await?.iter().any(|known| known.id == district) {
        return Err(Problem::invalid("district is not known"));
    }
    let collectors = Collectors::of(&app.store.people().await?, district);
    let mut response = BillResponse::default();
    let mut good = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        match read(item, &collectors) {
            Ok(item) => good.push((index, item)),
            Err(detail) => response.refused.push(RefusedItem { index, detail }),
        }
    }
    for chunk in good.chunks(CHUNK) {
        response.take_in(app, &caller, district, chunk).await?;
    }
    response.refused.sort_by_key(|refused| refused.index);
    Ok(response)
}

impl BillResponse {
    /// Takes some in. They stay, whatever happens to the rest: to send all of them again changes nothing about them.
    async fn take_in(&mut self, app: &App, caller: &Caller, district: DistrictId, chunk: &[(usize, NewReceivable)]) -> Result<(), Problem> {
        let items = chunk.iter().map(|(_, item)| item.clone()).collect();
        let (billed, effects) = app.store.bill(clerk(app, caller), district, items).await?;
        app.live.publish(&effects);
        for ((index, _), billed) in chunk.iter().zip(billed) {
            match billed {
                Billed::Created(_) => self.created = self.created.saturating_add(1),
                Billed::Unchanged(_) => self.unchanged = self.unchanged.saturating_add(1),
                Billed::Refused(refusal) => self.refused.push(RefusedItem { index: *index, detail: refusal.detail }),
            }
        }
        Ok(())
    }
}

fn read(item: Value, collectors: &Collectors) -> Result<NewReceivable, String> {
    let item: BillItem = serde_json::from_value(item).map_err(|error| Unreadable::of(&error).to_string())?;
    let BillItem { reference, account, customer, address, period, amount, collector } = item;
    let receivable = Receivable { reference, account, customer, address, period, amount };
    receivable.validate().map_err(|refusal| refusal.detail)?;
    let found = collectors.find(&collector).ok_or("collector is nobody who collects money in this district")?;
    Ok(NewReceivable { receivable, collector: found })
}

async fn withdraw(app: &App, mut arrival: Arrival, receivable: DocumentId) -> Result<Standing, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (WithdrawRequest { reason }, _) = arrival.json(app.json_limit()).await?;
    in_sight(app, &sight, receivable).await?;
    carry_out(app, &caller, CollectionOrder::Withdraw { receivable, reason }).await
}

/// A receivable out of sight and one that does not exist look the same. Who sees everything need not look: the store knows its own.
async fn in_sight(app: &App, sight: &Sight, receivable: DocumentId) -> Result<(), Problem> {
    let Some(districts) = sight.districts() else { return Ok(()) };
    let filter = ReceivableFilter { districts: Some(districts), ..ReceivableFilter::default() };
    let known = app.store.receivables(filter).await?;
    if known.iter().any(|known| known.receivable == receivable) { Ok(()) } else { Err(Problem::new(Code::NotFound)) }
}
