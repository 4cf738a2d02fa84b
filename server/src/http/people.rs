//! Districts, crews and phones, as far as somebody sees them.

use std::{collections::BTreeMap, sync::Arc};

use linecrew_protocol::{
    ids::{CrewId, DistrictId},
    model::person::Role,
};
use serde::Serialize;
use warp::{Filter, filters::BoxedFilter};

use crate::store::{CrewWithMembers, DistrictRecord, PhoneRecord};

use super::{
    App,
    caller::{Caller, Sight},
    problem::Problem,
    reply::{Response, answer},
    request::{Arrival, arrival},
    routes::{get, with},
};

/// Who sees the districts and the crews.
const NEIGHBOURS: &[Role] = &[Role::Dispatcher, Role::Integrator, Role::Admin, Role::Auditor, Role::Cashier];
/// Who sees the phones. A cashier leases ticket books to them.
pub(super) const PHONE_KEEPERS: &[Role] = &[Role::Dispatcher, Role::Admin, Role::Cashier];

/// A list.
#[derive(Serialize)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
}

/// `/v1/districts` and `/v1/crews`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let districts = warp::path!("v1" / "districts").and(get()).and(arrival()).and(with(app)).then(list_districts);
    let crews = warp::path!("v1" / "crews").and(get()).and(arrival()).and(with(app)).then(list_crews);
    districts.or(crews).unify().boxed()
}

async fn list_districts(arrival: Arrival, app: Arc<App>) -> Response {
    let listed = async {
        let sight = Caller::of(&app, &arrival).await?.sight(NEIGHBOURS)?;
        Ok(Items { items: districts(&app, &sight).await? })
    };
    answer(listed.await)
}

async fn list_crews(arrival: Arrival, app: Arc<App>) -> Response {
    let listed = async {
        let sight = Caller::of(&app, &arrival).await?.sight(NEIGHBOURS)?;
        Ok(Items { items: crews(&app, &sight).await? })
    };
    answer(listed.await)
}

/// The districts in sight.
pub(super) async fn districts(app: &App, sight: &Sight) -> Result<Vec<DistrictRecord>, Problem> {
    let all = app.store.districts().await?;
    Ok(all.into_iter().filter(|district| sight.reaches(district.id)).collect())
}

/// The crews in sight.
pub(super) async fn crews(app: &App, sight: &Sight) -> Result<Vec<CrewWithMembers>, Problem> {
    let all = app.store.crews().await?;
    Ok(all.into_iter().filter(|crew| sight.reaches(crew.crew.district)).collect())
}

/// The phones in sight that are in use, with whether they are connected.
pub(super) async fn phones(app: &App, sight: &Sight) -> Result<Vec<PhoneRecord>, Problem> {
    let homes = Homes::of(app).await?;
    let all = app.store.phones().await?;
    Ok(all.into_iter().filter(|phone| homes.in_sight(phone, sight)).map(|phone| with_presence(app, phone)).collect())
}

/// The phone, and whether it has a live session: the store does not know.
pub(super) fn with_presence(app: &App, phone: PhoneRecord) -> PhoneRecord {
    PhoneRecord { connected: app.live.is_connected(phone.installation), ..phone }
}

/// The districts of all crews.
#[derive(Debug, Clone, Default)]
pub(super) struct Homes(BTreeMap<CrewId, DistrictId>);

impl Homes {
    /// The districts of all crews as they are now.
    pub(super) async fn of(app: &App) -> Result<Self, Problem> {
        let crews = app.store.crews().await?;
        Ok(Self(crews.into_iter().map(|crew| (crew.crew.id, crew.crew.district)).collect()))
    }

    /// Whether the phone's crew works in a district in sight. A phone without a crew belongs to no district: everybody sees it.
    pub(super) fn in_sight(&self, phone: &PhoneRecord, sight: &Sight) -> bool {
        phone.crew.and_then(|crew| self.0.get(&crew)).is_none_or(|district| sight.reaches(*district))
    }
}
