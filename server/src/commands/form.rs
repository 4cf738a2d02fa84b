//! `linecrew form`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Subcommand;
use linecrew_server::{
    clock::{Clock, SystemClock},
    store::{FormPublished, FormRecord, Store},
};

use super::{output, place::Place};

#[derive(Debug, Subcommand)]
pub(crate) enum Form {
    /// Publishes a survey form in every district. Phones get it at their next contact. A version that was published stays as it is for ever:
    /// to change a form, publish its next version.
    Publish {
        #[command(flatten)]
        place: Place,
        /// The definition, as JSON; the shipped ones in client-core/protocol/src/model/form/shipped are examples.
        file: PathBuf,
    },
    /// Lists the survey forms: name, version, title.
    List {
        #[command(flatten)]
        place: Place,
    },
}

impl Form {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Publish { place, file } => publish(&place, &file).await,
            Self::List { place } => list(&place).await,
        }
    }
}

async fn publish(place: &Place, file: &Path) -> anyhow::Result<()> {
    let definition = fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))?;
    let store = place.open()?;
    let published = store.publish_form(definition, SystemClock.now()).await?;
    store.close()?;
    match published {
        FormPublished::New(FormRecord { form, version, .. }, _) => output::line(format!("published {form} version {version}")),
        FormPublished::Known(FormRecord { form, version, .. }) => output::line(format!("{form} version {version} is published already")),
        FormPublished::Differs(FormRecord { form, version, .. }) => {
            bail!(
                "{form} version {version} is published with other questions, and people may have answered them: make it version {}",
                version + 1
            )
        }
        FormPublished::Refused(refusal) => bail!("{}: {}", file.display(), refusal.detail),
    }
}

async fn list(place: &Place) -> anyhow::Result<()> {
    let store = place.open()?;
    let forms = store.forms().await?;
    store.close()?;
    output::lines(forms.into_iter().map(|FormRecord { form, version, title }| format!("{form}\t{version}\t{}\t{}", title.en, title.zh)))
}
