//! Districts, crews and people as an admin keeps them. Whoever sends the same again changes nothing.

mod identity;
mod person;

use std::sync::Arc;

use linecrew_protocol::ids::{CrewId, DistrictId, InstallationId, PersonId};
use serde::Deserialize;
use warp::{Filter, filters::BoxedFilter};

use crate::store::{
    CrewRecord, DistrictRecord,
    register::{Entered, Entry, PersonRecord, Who},
};

use super::{
    App,
    caller::Caller,
    people::Items,
    problem::{Code, Problem},
    reply::{Response, answer},
    request::{Arrival, arrival},
    routes::{get, post, put, with},
};

/// Characters of a name.
const MAX_NAME_CHARS: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DistrictRequest {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CrewRequest {
    name: String,
    district: DistrictId,
}

/// `/v1/people`, and one district, crew or person by its id.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let district = warp::path!("v1" / "districts" / DistrictId).and(put()).and(arrival()).and(with(app));
    let district = district.then(|id, arrival: Arrival, app: Arc<App>| async move { answer(put_district(&app, arrival, id).await) });
    let crew = warp::path!("v1" / "crews" / CrewId).and(put()).and(arrival()).and(with(app));
    let crew = crew.then(|id, arrival: Arrival, app: Arc<App>| async move { answer(put_crew(&app, arrival, id).await) });
    let list = warp::path!("v1" / "people").and(get()).and(arrival()).and(with(app));
    let list = list.then(|arrival: Arrival, app: Arc<App>| async move { answer(list_people(&app, &arrival).await) });
    let person = warp::path!("v1" / "people" / PersonId).and(put()).and(arrival()).and(with(app));
    let person = person.then(|id, arrival: Arrival, app: Arc<App>| async move { answer(person::put(&app, arrival, id).await) });
    let disable = warp::path!("v1" / "people" / PersonId / "disable").and(post()).and(arrival()).and(with(app));
    let disable = disable.then(|id, arrival: Arrival, app: Arc<App>| async move { answer(set_disabled(&app, &arrival, id, true).await) });
    let enable = warp::path!("v1" / "people" / PersonId / "enable").and(post()).and(arrival()).and(with(app));
    let enable = enable.then(|id, arrival: Arrival, app: Arc<App>| async move { answer(set_disabled(&app, &arrival, id, false).await) });
    let link = warp::path!("v1" / "people" / PersonId / "link").and(post()).and(arrival()).and(with(app));
    let link = link.then(|id, arrival: Arrival, app: Arc<App>| async move { answer(identity::link(&app, arrival, id).await) });
    let unlink = warp::path!("v1" / "people" / PersonId / "unlink").and(post()).and(arrival()).and(with(app));
    let unlink = unlink.then(|id, arrival: Arrival, app: Arc<App>| async move { answer(identity::unlink(&app, arrival, id).await) });
    let entries = district.or(crew).unify().or(list).unify().or(person).unify();
    entries.or(disable).unify().or(enable).unify().or(link).unify().or(unlink).unify().boxed()
}

async fn admin(app: &App, arrival: &Arrival) -> Result<Caller, Problem> {
    let caller = Caller::of(app, arrival).await?;
    caller.refuse_unless_admin_of_all()?;
    Ok(caller)
}

async fn put_district(app: &App, mut arrival: Arrival, id: DistrictId) -> Result<DistrictRecord, Problem> {
    let caller = admin(app, &arrival).await?;
    let (DistrictRequest { name }, _) = arrival.json(app.json_limit()).await?;
    let district = DistrictRecord { id, name: written(name, "name")? };
    enter(app, &caller, Entry::District(district.clone())).await?;
    Ok(district)
}

async fn put_crew(app: &App, mut arrival: Arrival, id: CrewId) -> Result<CrewRecord, Problem> {
    let caller = admin(app, &arrival).await?;
    let (CrewRequest { name, district }, _) = arrival.json(app.json_limit()).await?;
    let crew = CrewRecord { id, name: written(name, "name")?, district };
    enter(app, &caller, Entry::Crew(crew.clone())).await?;
    Ok(crew)
}

async fn list_people(app: &App, arrival: &Arrival) -> Result<Items<PersonRecord>, Problem> {
    admin(app, arrival).await?;
    Ok(Items { items: app.store.roster().await? })
}

async fn set_disabled(app: &App, arrival: &Arrival, person: PersonId, disabled: bool) -> Result<PersonRecord, Problem> {
    let caller = admin(app, arrival).await?;
    if disabled && person == caller.account.id {
        return Err(Problem::new(Code::NotPermitted).because("nobody disables themselves: ask another admin"));
    }
    let effects = app.store.set_disabled(person, disabled, app.clock.now()).await?.ok_or(Problem::new(Code::NotFound))?;
    tracing::info!(%person, by = %caller.account.id, disabled, "a person was let in or out");
    app.live.publish(&effects);
    app.live.recheck(&app.store.phones_of(person).await?);
    found(app, person).await
}

async fn found(app: &App, person: PersonId) -> Result<PersonRecord, Problem> {
    app.store.person(Who::Id(person)).await?.ok_or(Problem::new(Code::NotFound))
}

/// Writes it down, and lets the phones that are concerned see what they may do now.
async fn enter(app: &App, caller: &Caller, entry: Entry) -> Result<(), Problem> {
    let (phones, effects): (Vec<InstallationId>, _) = match app.store.enter(entry, app.clock.now()).await? {
        Entered::Done(phones, effects) => (phones, effects),
        Entered::UsernameTaken => return Err(Problem::invalid("username belongs to another person")),
        Entered::UnknownDistrict(district) => return Err(Problem::invalid(format!("there is no district {district}"))),
        Entered::UnknownCrew(crew) => return Err(Problem::invalid(format!("there is no crew {crew}"))),
    };
    tracing::info!(by = %caller.account.id, "the register was changed");
    app.live.publish(&effects);
    app.live.recheck(&phones);
    Ok(())
}

/// A name that can be read.
fn written(name: String, field: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(Problem::invalid(format!("{field} is empty, has more than {MAX_NAME_CHARS} characters, or control characters")));
    }
    Ok(name.to_owned())
}
