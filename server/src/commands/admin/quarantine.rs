//! `linecrew admin quarantine`.

use anyhow::bail;
use clap::{Args, Subcommand};
use linecrew_protocol::ids::BatchId;
use linecrew_server::{
    clock::{Clock, SystemClock},
    store::{
        SYSTEM_NAME, Store,
        refused::{Choice, DecideBatch, Decided, DecisionRecord, Fate, RefusedBatch, RefusedDesk as _},
        system_principal,
    },
};

use super::super::{output, place::Place};

const EXAMPLE: &str = "\
A batch is what one phone sent in one district and what was refused for one kind of reason; what builds on it comes with it. Its name stands for exactly
these edits: when another one comes, list again.

  linecrew admin quarantine list --data ./data
  linecrew admin quarantine admit BATCH --data ./data --reason 'phone found, work confirmed by telephone'

A running server's open boards and phones hear of it when they next connect.";

/// Characters of a reason.
const MAX_REASON_CHARS: usize = 200;

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLE)]
pub(crate) enum Quarantine {
    /// Lists batches of refused edits that nobody has decided about, oldest first.
    List {
        #[command(flatten)]
        place: Place,
        /// Prints JSON instead, with the edits.
        #[arg(long)]
        json: bool,
    },
    /// Judges a batch again as it stands, with this decision in the place of its sender's right. Everything else still holds.
    Admit(Decision),
    /// Takes a batch off the list. It is kept for ever.
    Dismiss(Decision),
}

#[derive(Debug, Args)]
pub(crate) struct Decision {
    #[command(flatten)]
    place: Place,
    /// The batch, as `list` names it.
    batch: BatchId,
    /// Why.
    #[arg(long)]
    reason: String,
}

impl Quarantine {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { place, json } => list(&place, json).await,
            Self::Admit(decision) => decision.run(Choice::Admit).await,
            Self::Dismiss(decision) => decision.run(Choice::Dismiss).await,
        }
    }
}

async fn list(place: &Place, json: bool) -> anyhow::Result<()> {
    let store = place.open()?;
    let batches = store.refused_batches(None).await?;
    let items = if json { store.quarantine(None).await? } else { Vec::new() };
    store.close()?;
    if json {
        return output::line(serde_json::to_string_pretty(&serde_json::json!({"batches": batches, "items": items}))?);
    }
    output::lines_or(batches.iter().map(|batch| line(batch, place)), "nothing waits for a decision")
}

fn line(batch: &RefusedBatch, place: &Place) -> String {
    let RefusedBatch { id, installation, person, person_name, family, admissible, received_at, edits, documents, .. } = batch;
    let family = serde_json::to_value(family).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    let who = person_name.clone().unwrap_or_else(|| person.to_string());
    let (at, edits, documents) = (place.utc_offset().minute_at(*received_at), edits.len(), documents.len());
    let can = if *admissible { "admit or dismiss" } else { "dismiss" };
    format!("{id}\t{who}\t{installation}\t{family}\tsince {at}\t{edits} edits of {documents} documents\t{can}")
}

impl Decision {
    async fn run(self, choice: Choice) -> anyhow::Result<()> {
        let Self { place, batch, reason } = self;
        let reason = reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > MAX_REASON_CHARS {
            bail!("the reason is empty or has more than {MAX_REASON_CHARS} characters");
        }
        let store = place.open()?;
        let by = system_principal(store.epoch());
        let decision = DecideBatch { batch, choice, reason, by, by_name: SYSTEM_NAME.to_owned(), now: SystemClock.now() };
        let decided = store.decide(decision).await?;
        store.close()?;
        match decided {
            Decided::Done(record, _) | Decided::Repeated(record) => output::line(said(&record)),
            Decided::Other(before) => bail!("{} has decided otherwise: {}", before.by_name, before.choice.name()),
            Decided::NotAdmissible(_) => bail!("these edits are wrong by themselves and can only be dismissed"),
            Decided::NotTheirs | Decided::NotFound => {
                bail!("there is no such batch; when an edit comes to it, it is another one: list again")
            }
        }
    }
}

/// What became of it.
fn said(record: &DecisionRecord) -> String {
    let count = |fate: Fate| record.edits.iter().filter(|edit| edit.fate == fate).count();
    let fates = [Fate::Accepted, Fate::AlreadyRecorded, Fate::Dismissed, Fate::Refused];
    let fates = fates.into_iter().map(|fate| (count(fate), fate.name())).filter(|(count, _)| *count > 0);
    let fates: Vec<String> = fates.map(|(count, name)| format!("{count} {name}")).collect();
    format!("decision {}\t{}\t{}\t{}", record.id, record.choice.name(), record.batch, fates.join(", "))
}
