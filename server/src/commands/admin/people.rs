//! `linecrew admin district`, `crew`, `person`, `disable` and `enable`.

use anyhow::{Context, bail, ensure};
use clap::Args;
use linecrew_protocol::{
    ids::{CrewId, DistrictId, PersonId},
    model::person::{Grant, Role},
};
use linecrew_server::{
    clock::{Clock, SystemClock},
    store::{
        CrewRecord, DistrictRecord, NewPerson, Store,
        register::{Entered, Entry, PersonRecord, Register as _, Who},
        sqlite::SqliteStore,
    },
};

use super::{
    super::{
        output,
        place::{Place, crew, district, person},
    },
    read_password,
};

#[derive(Debug, Args)]
pub(crate) struct DistrictArgs {
    #[command(flatten)]
    place: Place,
    /// Its name.
    name: String,
    /// Its id: of one that is there to rename it, of a new one to choose it.
    #[arg(long)]
    id: Option<DistrictId>,
}

#[derive(Debug, Args)]
pub(crate) struct CrewArgs {
    #[command(flatten)]
    place: Place,
    /// Its name.
    name: String,
    /// Its district, by name or id.
    #[arg(long)]
    district: String,
    /// Its id: of one that is there to rename it, of a new one to choose it.
    #[arg(long)]
    id: Option<CrewId>,
}

#[derive(Debug, Args)]
pub(crate) struct PersonArgs {
    #[command(flatten)]
    place: Place,
    /// The name they type.
    username: String,
    /// The name people see; required for a new person.
    #[arg(long)]
    name: Option<String>,
    /// A role, everywhere or in a district by name or id: `dispatcher`, `repair_crew@Gulou`. All of them; none named, and they stay.
    #[arg(long = "role", value_name = "ROLE[@DISTRICT]")]
    roles: Vec<String>,
    /// The crew they work in, by name or id.
    #[arg(long, conflicts_with = "no_crew")]
    crew: Option<String>,
    /// They work in no crew any more.
    #[arg(long)]
    no_crew: bool,
    /// What they are qualified for. All of it; none named, and it stays.
    #[arg(long = "qualification", value_name = "QUALIFICATION")]
    qualifications: Vec<String>,
    /// Reads a password from standard input. Who has only a phone needs none.
    #[arg(long)]
    password_stdin: bool,
    /// The id, for one who has it from elsewhere; another user name for the same id renames.
    #[arg(long)]
    id: Option<PersonId>,
}

impl DistrictArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { place, name, id } = self;
        let store = place.open_or_make()?;
        let known = store.districts().await?.into_iter().filter(|known| known.name == name).map(|known| known.id);
        let id = chosen(id, known.collect(), &name)?.unwrap_or_else(|| DistrictId::new(SystemClock.now(), rand::random()));
        entered(&store, Entry::District(DistrictRecord { id, name: name.clone() })).await?;
        store.close()?;
        output::line(format!("{id}\t{name}"))
    }
}

impl CrewArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { place, name, district: named, id } = self;
        let store = place.open_or_make()?;
        let home = district(&store, &named).await?;
        let crews = store.crews().await?.into_iter().map(|known| known.crew);
        let known = crews.filter(|known| known.name == name && known.district == home).map(|known| known.id);
        let id = chosen(id, known.collect(), &name)?.unwrap_or_else(|| CrewId::new(SystemClock.now(), rand::random()));
        entered(&store, Entry::Crew(CrewRecord { id, name: name.clone(), district: home })).await?;
        store.close()?;
        output::line(format!("{id}\t{name}"))
    }
}

/// The id that was given, or the one that has the name; none when it is new.
fn chosen<T: Copy>(given: Option<T>, known: Vec<T>, name: &str) -> anyhow::Result<Option<T>> {
    match (given, known.as_slice()) {
        (Some(given), _) => Ok(Some(given)),
        (None, [only]) => Ok(Some(*only)),
        (None, []) => Ok(None),
        (None, _) => bail!("several are called {name}: give the id"),
    }
}

impl PersonArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let store = self.place.open_or_make()?;
        let done = self.enter(&store).await;
        store.close()?;
        let person = done?;
        output::line(format!("{}\t{}\t{}", person.id, person.username, person.name))
    }

    async fn enter(self, store: &SqliteStore) -> anyhow::Result<NewPerson> {
        ensure!(!self.username.trim().is_empty(), "the username is empty");
        let who = self.id.map_or_else(|| Who::Username(self.username.clone()), Who::Id);
        let before = store.person(who).await?.map(|before| before.account);
        let name = self.name.or_else(|| before.as_ref().map(|before| before.name.clone()));
        let home = match &self.crew {
            Some(named) => Some(crew(store, named).await?.id),
            None if self.no_crew => None,
            None => before.as_ref().and_then(|before| before.crew.as_ref()).map(|crew| crew.id),
        };
        let mut roles = Vec::new();
        for role in &self.roles {
            roles.push(grant(store, role).await?);
        }
        let kept = before.clone().map(|before| (before.roles, before.qualifications)).unwrap_or_default();
        let password_hash = if self.password_stdin { read_password().context("the password")? } else { String::new() };
        let person = NewPerson {
            id: before.map(|before| before.id).or(self.id).unwrap_or_else(|| PersonId::new(SystemClock.now(), rand::random())),
            name: name.with_context(|| format!("{} is new: give a --name", self.username))?,
            username: self.username,
            password_hash,
            roles: if roles.is_empty() { kept.0 } else { roles },
            crew: home,
            qualifications: if self.qualifications.is_empty() { kept.1 } else { self.qualifications },
        };
        entered(store, Entry::Person(person.clone())).await?;
        Ok(person)
    }
}

/// `dispatcher`, or `repair_crew@Gulou`.
async fn grant(store: &SqliteStore, text: &str) -> anyhow::Result<Grant> {
    let (role, named) = text.split_once('@').map_or((text, None), |(role, named)| (role, Some(named)));
    let role: Role = serde_json::from_value(role.into()).with_context(|| format!("there is no role {role}"))?;
    let home = match named {
        Some(named) => Some(district(store, named).await?),
        None => None,
    };
    Ok(Grant { role, district: home })
}

async fn entered(store: &SqliteStore, entry: Entry) -> anyhow::Result<()> {
    match store.enter(entry, SystemClock.now()).await? {
        Entered::Done(..) => Ok(()),
        Entered::UsernameTaken => bail!("another person has this user name"),
        Entered::UnknownDistrict(district) => bail!("there is no district {district}"),
        Entered::UnknownCrew(crew) => bail!("there is no crew {crew}"),
    }
}

/// Lets a person in, or not any more.
pub(super) async fn set_disabled(place: &Place, username: &str, disabled: bool) -> anyhow::Result<()> {
    let store = place.open()?;
    let PersonRecord { account, .. } = person(&store, username).await?;
    store.set_disabled(account.id, disabled, SystemClock.now()).await?;
    store.close()?;
    let said = if disabled { "may neither sign in nor write any more" } else { "may sign in and write" };
    output::line(format!("{}\t{username}\t{said}", account.id))
}
