//! `linecrew admin link` and `unlink`.

use anyhow::{bail, ensure};
use clap::Args;
use linecrew_server::{
    WebAddress,
    clock::{Clock, SystemClock},
    store::{
        SYSTEM_PERSON,
        register::{Identity, Linked, NewLink, Register as _},
    },
};

use super::super::{
    output,
    place::{Place, person},
};

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    place: Place,
    /// Whom.
    username: String,
    /// Who they are at the provider: the identifier that they were shown there and read out, byte for byte. No name and no e-mail address.
    subject: String,
    /// The provider's issuer, as `linecrew serve` has it.
    #[arg(long, env = "LINECREW_OIDC_ISSUER", value_name = "URL")]
    issuer: WebAddress,
}

#[derive(Debug, Args)]
pub(crate) struct UnlinkArgs {
    #[command(flatten)]
    place: Place,
    /// Whom.
    username: String,
    /// The provider's issuer, as `linecrew serve` has it.
    #[arg(long, env = "LINECREW_OIDC_ISSUER", value_name = "URL")]
    issuer: WebAddress,
}

impl LinkArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { place, username, subject, issuer } = self;
        ensure!(Identity::is_name(&subject), "the subject is empty, too long, or has spaces around it");
        let store = place.open()?;
        let id = person(&store, &username).await?.account.id;
        let identity = Identity { issuer: issuer.to_string(), subject };
        let linked = store.link(NewLink { identity, person: id, by: SYSTEM_PERSON, now: SystemClock.now() }).await?;
        store.close()?;
        match linked {
            Linked::Done => output::line(format!("{id}\t{username}\tmay sign in with {issuer}")),
            Linked::AnothersIdentity => bail!("this subject is linked to another person: see linecrew admin people"),
            Linked::HasAnother => bail!("{username} is linked to another subject of {issuer}: linecrew admin unlink {username} first"),
            Linked::UnknownPerson => bail!("nobody is called {username}"),
        }
    }
}

impl UnlinkArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { place, username, issuer } = self;
        let store = place.open()?;
        let id = person(&store, &username).await?.account.id;
        let unlinked = store.unlink(id, issuer.to_string()).await?;
        store.close()?;
        ensure!(unlinked, "{username} is not linked to anybody at {issuer}");
        output::line(format!("{id}\t{username}\tmay not sign in with {issuer} any more"))
    }
}
