//! `linecrew admin`.

use std::{
    fs,
    io::{self, BufRead},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Subcommand;
use linecrew_server::store::{Account, NewPerson, Organisation, Store};

use super::{
    organisation::{OrganisationFile, hash},
    output,
    place::Place,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Creates or updates districts, crews and people from a JSON file. Running it twice changes nothing.
    Import {
        #[command(flatten)]
        place: Place,
        /// The file; see `linecrew --help` for its shape.
        file: PathBuf,
    },
    /// Sets a person's password, read from standard input.
    Passwd {
        #[command(flatten)]
        place: Place,
        /// Whose.
        username: String,
    },
    /// Lists the people who can sign in.
    People {
        #[command(flatten)]
        place: Place,
    },
}

impl Admin {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Import { place, file } => import(&place, &file).await,
            Self::Passwd { place, username } => passwd(&place, username).await,
            Self::People { place } => people(&place).await,
        }
    }
}

async fn import(place: &Place, file: &Path) -> anyhow::Result<()> {
    let text = fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
    let file: OrganisationFile = serde_json::from_slice(&text).with_context(|| format!("{} is not an organisation", file.display()))?;
    let organisation = file.into_organisation()?;
    let (districts, crews, people) = (organisation.districts.len(), organisation.crews.len(), organisation.people.len());
    let store = place.open()?;
    store.import(organisation).await?;
    store.close()?;
    output::line(format!("{districts} districts, {crews} crews, {people} people"))
}

async fn passwd(place: &Place, username: String) -> anyhow::Result<()> {
    let mut password = String::new();
    io::stdin().lock().read_line(&mut password).context("failed to read the password from standard input")?;
    let password_hash = hash(password.trim_end_matches(['\r', '\n'])).context("the new password")?;
    let store = place.open()?;
    let unknown = || format!("nobody is called {username}");
    let (id, _) = store.password_hash(username.clone()).await?.with_context(unknown)?;
    let Account { name, username, roles, crew, qualifications, .. } = store.account(id).await?.context("the person has gone")?;
    let person = NewPerson { id, name, username, password_hash, roles, crew: crew.map(|crew| crew.id), qualifications };
    store.import(Organisation { people: vec![person], ..Organisation::default() }).await?;
    store.close()?;
    output::line("the password is set; tokens that were issued before stay valid until they end")
}

async fn people(place: &Place) -> anyhow::Result<()> {
    let store = place.open()?;
    let people = store.people().await?;
    store.close()?;
    output::lines(people.into_iter().map(|Account { id, name, username, roles, crew, .. }| {
        let roles: Vec<String> = roles.iter().map(|grant| serde_json::to_string(grant).unwrap_or_default()).collect();
        let crew = crew.map_or_else(|| "-".to_owned(), |crew| crew.name);
        format!("{id}\t{username}\t{name}\t{crew}\t{}", roles.join(" "))
    }))
}
