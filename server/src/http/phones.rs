//! Phones: which there are, and how one is taken out of use.

use std::sync::Arc;

use linecrew_protocol::{ids::InstallationId, time::Timestamp};
use serde::Deserialize;
use warp::{Filter, filters::BoxedFilter};

use crate::store::{PhoneRecord, exposure::Exposure};

use super::{
    App,
    caller::{Caller, DECIDERS, Sight},
    people::{Homes, Items, PHONE_KEEPERS, with_presence},
    problem::{Code, Problem},
    query::given,
    reply::{Response, answer},
    request::{Arrival, arrival},
    routes::{get, post, with},
};

/// How long a revoked phone is listed: it may still owe something, and somebody may look for it.
const REVOKED_LISTED_MS: u64 = 30 * 24 * 3_600_000;
/// Characters of a reason.
const MAX_REASON_CHARS: usize = 200;

#[derive(Deserialize)]
struct PhonesQuery {
    all: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeRequest {
    reason: String,
}

/// `/v1/phones`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let list = warp::path!("v1" / "phones").and(get()).and(warp::query::<PhonesQuery>()).and(arrival()).and(with(app));
    let list = list.then(|query, arrival: Arrival, app: Arc<App>| async move { answer(list_phones(&app, &arrival, query).await) });
    let revoke = warp::path!("v1" / "phones" / InstallationId / "revoke").and(post()).and(arrival()).and(with(app));
    let revoke =
        revoke.then(|installation, arrival: Arrival, app: Arc<App>| async move { answer(revoke_phone(&app, arrival, installation).await) });
    let exposure = warp::path!("v1" / "phones" / InstallationId / "exposure").and(get()).and(arrival()).and(with(app));
    let exposure =
        exposure.then(|installation, arrival: Arrival, app: Arc<App>| async move { answer(exposed(&app, &arrival, installation).await) });
    list.or(revoke).unify().or(exposure).unify().boxed()
}

async fn list_phones(app: &App, arrival: &Arrival, query: PhonesQuery) -> Result<Items<PhoneRecord>, Problem> {
    let sight = Caller::of(app, arrival).await?.sight(PHONE_KEEPERS)?;
    let all = given(query.all, "all", |text| text.parse().ok())?.unwrap_or(false);
    let since = if all { Timestamp::from_unix_millis(i64::MIN) } else { app.clock.now().minus_ms(REVOKED_LISTED_MS) };
    let homes = Homes::of(app).await?;
    let phones = app.store.phones_since(since).await?.into_iter();
    Ok(Items { items: phones.filter(|phone| homes.in_sight(phone, &sight)).map(|phone| with_presence(app, phone)).collect() })
}

/// The phone's session ends at once; what it still sends is kept, in quarantine.
async fn revoke_phone(app: &App, mut arrival: Arrival, installation: InstallationId) -> Result<PhoneRecord, Problem> {
    let caller = Caller::of(app, &arrival).await?;
    let sight = caller.sight(DECIDERS)?;
    let (RevokeRequest { reason }, _) = arrival.json(app.json_limit()).await?;
    if reason.trim().is_empty() || reason.chars().count() > MAX_REASON_CHARS {
        return Err(Problem::invalid(format!("reason is empty or has more than {MAX_REASON_CHARS} characters")));
    }
    let phone = app.store.phone(installation).await?.ok_or(Problem::new(Code::NotFound))?;
    refuse_unless_theirs(app, &phone, &sight).await?;
    let revoked = app.store.revoke(installation, caller.account.id, reason, app.clock.now()).await?;
    app.live.recheck(&[installation]);
    let phone = with_presence(app, revoked.ok_or(Problem::new(Code::NotFound))?);
    tracing::info!(%installation, by = %caller.account.id, "a phone was revoked");
    app.live.publish_phone(phone.clone());
    Ok(phone)
}

/// Whose data is, or was, on a phone: names and addresses of several crews, so only for those who run the whole system. That it was read is
/// logged, with ids only.
async fn exposed(app: &App, arrival: &Arrival, installation: InstallationId) -> Result<Exposure, Problem> {
    let caller = Caller::of(app, arrival).await?;
    caller.refuse_unless_admin_of_all()?;
    let exposure = app.store.exposure(installation, app.clock.now()).await?.ok_or(Problem::new(Code::NotFound))?;
    tracing::info!(%installation, by = %caller.account.id, items = exposure.items.len(), "it was read what a phone holds");
    Ok(Exposure { phone: with_presence(app, exposure.phone.clone()), ..exposure })
}

/// Whoever looks after a district revokes the phones of its crews. Those of people without a crew are the office's own.
async fn refuse_unless_theirs(app: &App, phone: &PhoneRecord, sight: &Sight) -> Result<(), Problem> {
    if *sight == Sight::Everywhere {
        return Ok(());
    }
    if !Homes::of(app).await?.in_sight(phone, sight) {
        return Err(Problem::new(Code::NotFound));
    }
    let why = || Problem::new(Code::NotPermitted).because("the phone belongs to no crew of yours");
    phone.crew.map(drop).ok_or_else(why)
}
