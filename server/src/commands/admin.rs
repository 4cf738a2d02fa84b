//! `linecrew admin`.

mod exposure;
mod identities;
mod invite;
mod keys;
mod people;
mod phones;
mod qr;
mod quarantine;

use std::{
    fs,
    io::{self, BufRead},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Subcommand;
use linecrew_protocol::ids::InstallationId;
use linecrew_server::store::{
    Account, NewPerson, Organisation, Store,
    register::{PersonRecord, Register as _},
};
use linecrew_server::unreadable::Unreadable;

use super::{
    organisation::{OrganisationFile, hash},
    output,
    place::{self, Place},
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
    /// Creates or renames a district.
    District(people::DistrictArgs),
    /// Creates or changes a crew.
    Crew(people::CrewArgs),
    /// Creates or changes a person. What is not named stays as it is.
    Person(people::PersonArgs),
    /// Sets a person's password, read from standard input.
    Passwd {
        #[command(flatten)]
        place: Place,
        /// Whose.
        username: String,
    },
    /// Lists everybody.
    People {
        #[command(flatten)]
        place: Place,
    },
    /// Lets a person neither sign in nor write any more. What they did stays.
    Disable {
        #[command(flatten)]
        place: Place,
        /// Whom.
        username: String,
    },
    /// Lets a person in again.
    Enable {
        #[command(flatten)]
        place: Place,
        /// Whom.
        username: String,
    },
    /// Lets a person sign in with OpenID Connect: links them to who they are at the provider.
    Link(identities::LinkArgs),
    /// Takes that away again. Who must be out at once is disabled, too: sessions last to their end.
    Unlink(identities::UnlinkArgs),
    /// Invites a person to enrol a phone: prints a code, a link and a QR code that are good once.
    Invite(invite::InviteArgs),
    /// Lists phones.
    Phones(phones::PhonesArgs),
    /// Takes a phone out of use. What it still sends is kept in quarantine.
    Revoke {
        #[command(flatten)]
        place: Place,
        /// The phone, by the id of its installation.
        device: InstallationId,
        /// Why.
        #[arg(long, default_value = "revoked by an administrator")]
        reason: String,
    },
    /// Lists whose data is, or was, on a phone, for the day on which it is lost. Rather too much than too little.
    Exposure(exposure::ExposureArgs),
    /// Refused edits that nobody has decided about, and what to do about them.
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// Makes a new key to sign tokens with. Nobody is signed out: the old one verifies until its last token has ended.
    RotateKey(keys::RotateKeyArgs),
}

impl Admin {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Import { place, file } => import(&place, &file).await,
            Self::District(args) => args.run().await,
            Self::Crew(args) => args.run().await,
            Self::Person(args) => args.run().await,
            Self::Passwd { place, username } => passwd(&place, &username).await,
            Self::People { place } => people(&place).await,
            Self::Disable { place, username } => people::set_disabled(&place, &username, true).await,
            Self::Enable { place, username } => people::set_disabled(&place, &username, false).await,
            Self::Link(args) => args.run().await,
            Self::Unlink(args) => args.run().await,
            Self::Invite(args) => args.run().await,
            Self::Phones(args) => args.run().await,
            Self::Revoke { place, device, reason } => phones::revoke(&place, device, reason).await,
            Self::Exposure(args) => args.run().await,
            Self::Quarantine(command) => command.run().await,
            Self::RotateKey(args) => args.run(),
        }
    }
}

async fn import(place: &Place, file: &Path) -> anyhow::Result<()> {
    let text = fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
    let file: OrganisationFile = serde_json::from_slice(&text)
        .map_err(|error| Unreadable::of(&error))
        .with_context(|| format!("{} is not an organisation", file.display()))?;
    let organisation = file.into_organisation()?;
    let (districts, crews, people) = (organisation.districts.len(), organisation.crews.len(), organisation.people.len());
    let store = place.open_or_make()?;
    store.import(organisation).await?;
    store.close()?;
    output::line(format!("{districts} districts, {crews} crews, {people} people"))
}

async fn passwd(place: &Place, username: &str) -> anyhow::Result<()> {
    let password_hash = read_password().context("the new password")?;
    let store = place.open()?;
    let Account { id, name, username, roles, crew, qualifications } = place::person(&store, username).await?.account;
    let person = NewPerson { id, name, username, password_hash, roles, crew: crew.map(|crew| crew.id), qualifications };
    store.import(Organisation { people: vec![person], ..Organisation::default() }).await?;
    store.close()?;
    output::line("the password is set; tokens that were issued before stay valid until they end")
}

/// The hash of the password on standard input.
fn read_password() -> anyhow::Result<String> {
    let mut password = String::new();
    io::stdin().lock().read_line(&mut password).context("failed to read the password from standard input")?;
    hash(password.trim_end_matches(['\r', '\n']))
}

async fn people(place: &Place) -> anyhow::Result<()> {
    let store = place.open()?;
    let people = store.roster().await?;
    store.close()?;
    let lines = people.into_iter().map(|PersonRecord { account, disabled_at, identities, .. }| {
        let Account { id, name, username, roles, crew, .. } = account;
        let roles: Vec<String> = roles.iter().map(|grant| serde_json::to_string(grant).unwrap_or_default()).collect();
        let crew = crew.map_or_else(|| "-".to_owned(), |crew| crew.name);
        let disabled = disabled_at.map_or("", |_| "\tdisabled");
        let linked: String = identities.iter().map(|known| format!("\t{} at {}", known.identity.subject, known.identity.issuer)).collect();
        format!("{id}\t{username}\t{name}\t{crew}\t{}{disabled}{linked}", roles.join(" "))
    });
    output::lines_or(lines, "nobody is there yet: linecrew admin person")
}
