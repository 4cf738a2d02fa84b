//! Playing one scenario.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, ensure};
use linecrew_ffi::{LinecrewCore, LinecrewError};
use linecrew_tests::scenario::Step;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::{
    asked::{Asked, Failure, Seen},
    labels::Labels,
    phone::Phone,
    stage::Stage,
    verbs,
};

/// How long a step may wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a scenario gives, line by line.
pub(crate) async fn play(file: &Path) -> Result<String> {
    let mut player = Player { folder: tempfile::tempdir()?, labels: Labels::default(), phones: BTreeMap::new(), stage: Stage::start()? };
    let mut transcript = String::new();
    for line in fs::read_to_string(file)?.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let seen = player.step(line).await.with_context(|| format!("{line}\nafter\n{transcript}"))?;
        writeln!(transcript, "> {line}")?;
        seen.iter().try_for_each(|seen| writeln!(transcript, "  {seen}"))?;
    }
    player.end().await?;
    Ok(transcript)
}

/// The digest by which two languages are compared at a glance.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Player {
    folder: TempDir,
    labels: Labels,
    phones: BTreeMap<String, Phone>,
    stage: Stage,
}

impl Player {
    async fn step(&mut self, line: &str) -> Result<Vec<String>> {
        let step = Step::read(line)?;
        let words = step.words();
        let ["phone", name, verb] = words.as_slice() else { return self.stage.act(line, &mut self.labels) };
        let (seen, failed) = match timeout(PATIENCE, self.call(name, verb, &step)).await.context("nothing happened")? {
            Ok(seen) => (seen, None),
            Err(Failure::Call(error)) => (vec![format!("error {}", named(&error))], Some(named(&error))),
            Err(Failure::Play(error)) => return Err(error),
        };
        let expected = step.find("expect");
        ensure!(failed.as_deref() == expected, "failed with {failed:?}, expected {expected:?}");
        Ok(seen)
    }

    async fn call(&mut self, name: &str, verb: &str, step: &Step) -> Seen {
        if verb == "agree" {
            let [one, other] = [name, step.text("with")?].map(|name| self.phones.get(name).context("no such phone"));
            return Ok(vec![format!("crew={}", agreement(&*one?.core()?, &*other?.core()?)?)]);
        }
        let folder = self.folder.path().join(name);
        let phone = self.phones.entry(name.to_owned()).or_insert_with(|| Phone::new(name, folder));
        let asked = &mut Asked { step, labels: &mut self.labels };
        match verb {
            "open" => {
                phone.open().await?;
                Ok(Vec::new())
            }
            "enrol" => {
                let line = format!("stage invite phone={name} person={}", step.text("person")?);
                self.stage.act(&line, asked.labels)?;
                let [url, code] = ["url", "code"].map(|label| asked.labels.value_of(label).to_owned());
                Ok(asked.labels.lines(phone.core()?.enrol(url, code, name.to_owned(), None).await?))
            }
            "await" => becomes(phone, asked).await,
            _ => verbs::call(phone, verb, asked).await,
        }
    }

    async fn end(self) -> Result<()> {
        for phone in self.phones.into_values() {
            phone.end().await?;
        }
        self.stage.end()
    }
}

async fn becomes(phone: &Phone, asked: &Asked<'_>) -> Seen {
    let began = Instant::now();
    loop {
        let status = asked.labels.lines(phone.core()?.status()?);
        let now = Step::read(status.first().map_or("", String::as_str))?;
        if asked.step.values().all(|(key, value)| now.find(key) == Some(value)) {
            return Ok(Vec::new());
        }
        if began.elapsed() > PATIENCE {
            return Err(anyhow!("it stays {status:?}").into());
        }
        // The status is asked for, not told: this is the step of a clock, not a guess at how long something takes.
        sleep(Duration::from_millis(50)).await;
    }
}

/// Whether two phones hold the same of their crews' work.
fn agreement(one: &LinecrewCore, other: &LinecrewCore) -> Result<&'static str, LinecrewError> {
    let feeds = |core: &LinecrewCore| -> Result<BTreeMap<String, String>, LinecrewError> {
        let feeds = core.status()?.feeds.into_iter().filter(|feed| feed.feed.starts_with("crew/"));
        Ok(feeds.map(|feed| (feed.feed, feed.digest)).collect())
    };
    let (one, other) = (feeds(one)?, feeds(other)?);
    Ok(if !one.is_empty() && one == other { "equal" } else { "unequal" })
}

/// The variant and its first field. From `Debug`, whose form is that of the declaration: a new variant needs no line here.
fn named(error: &LinecrewError) -> String {
    let shown = format!("{error:?}");
    let Some((name, fields)) = shown.split_once(" { ") else { return shown };
    let first = fields.split_once(": ").map_or("", |(_, value)| value.trim_end_matches(" }"));
    format!("{name}:{}", first.split(", ").next().unwrap_or_default().trim_matches('"'))
}

#[test]
fn an_error_is_its_variant_and_its_first_field() {
    let offline = LinecrewError::Offline { code: "timed_out".to_owned(), retry_after_ms: Some(1) };
    let names = [offline, LinecrewError::Unanswered { pending: 3 }, LinecrewError::Closed].map(|error| named(&error));
    assert_eq!(names, ["Offline:timed_out", "Unanswered:3", "Closed"]);
}
