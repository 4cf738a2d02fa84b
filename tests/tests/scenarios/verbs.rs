//! What a phone does: the surface's methods by their names.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow};
use linecrew_ffi::{CancelToken, Json, LinecrewCore, NetworkHint};

use crate::{
    asked::{Asked, Failure, Seen},
    kinds, money,
    phone::Phone,
    value::{Shown, Value},
};

/// When nothing else is said.
const SYNC_WITHIN: u64 = 30;

pub(crate) async fn call(phone: &mut Phone, verb: &str, asked: &mut Asked<'_>) -> Seen {
    let core = phone.core()?;
    if let Some(seen) = read(&core, verb, asked)? {
        return Ok(seen);
    }
    if let Some(seen) = life(phone, &core, verb, asked).await? {
        return Ok(seen);
    }
    if let Some(seen) = money::call(&core, verb, asked).await? {
        return Ok(seen);
    }
    match verb {
        "attach" => {
            let attached = core.attach(asked.item()?, kinds::file(asked, &phone.folder)?).await?;
            asked.learn(&attached.hash);
            Ok(asked.labels.lines(attached))
        }
        _ => {
            let saved = kinds::call(&core, verb, asked).await?.ok_or_else(|| anyhow!("nobody does `{verb}`"))?;
            asked.learn(saved.event);
            Ok(asked.labels.lines(saved))
        }
    }
}

fn read(core: &LinecrewCore, verb: &str, asked: &mut Asked<'_>) -> Result<Option<Vec<String>>, Failure> {
    Ok(Some(match verb {
        "account" => asked.labels.lines(core.account()?),
        "items" => asked.labels.lines(core.items(asked.parsed("open_only")?.unwrap_or(true), asked.find("kind"))?),
        "item" => asked.labels.lines(core.item(asked.item()?)?),
        "find_item" => asked.labels.lines(core.find_item(asked.text("text")?)?.to_string()),
        "edits" => {
            let document = asked.maybe_id("document", "document_id")?;
            asked.labels.lines(core.edits(document, asked.parsed("unsafe_only")?.unwrap_or(false), asked.parsed("newest")?)?)
        }
        "inbox" => asked.labels.lines(core.inbox()?),
        "questions" => {
            let questions = core.questions(asked.maybe_id("item", "document_id")?)?;
            if let Some(first) = questions.first() {
                asked.learn(&first.id);
            }
            asked.labels.lines(questions)
        }
        "why" => asked.labels.lines(core.why(asked.id("document", "document_id")?)?),
        "status" => asked.labels.lines(core.status()?),
        "catalogue" => asked.labels.lines(core.catalogue()?),
        "forms" => asked.labels.lines(core.forms()?),
        "form" => asked.labels.lines(core.form(asked.text("form")?, version(asked)?)?),
        "missing_answers" => {
            let answers = asked.text("answers")?;
            let answers = answers.split(';').filter(|answer| !answer.is_empty()).map(|answer| {
                let (path, json) = answer.split_once(':').unwrap_or((answer, ""));
                Ok((path.to_owned(), Json(serde_json::from_str(json).context("an answer is JSON")?)))
            });
            let answers: HashMap<_, _> = answers.collect::<Result<_, Failure>>()?;
            asked.labels.lines(core.missing_answers(asked.text("form")?, version(asked)?, answers)?)
        }
        "check_answer" => {
            core.check_answer(asked.text("form")?, version(asked)?, asked.text("path")?, asked.maybe_json("answer")?)?;
            Vec::new()
        }
        "link" => asked.labels.lines(core.link()?),
        _ => return Ok(None),
    }))
}

fn version(asked: &Asked<'_>) -> Result<u32, Failure> {
    Ok(asked.parsed("version")?.context("version= is missing")?)
}

async fn life(phone: &mut Phone, core: &Arc<LinecrewCore>, verb: &str, asked: &mut Asked<'_>) -> Result<Option<Vec<String>>, Failure> {
    match verb {
        "installation" => return Ok(Some(vec![installation(phone, core.installation()?.to_string())])),
        "sync_once" => {
            let deadline = Duration::from_secs(asked.parsed("deadline")?.unwrap_or(SYNC_WITHIN));
            let token = asked.find("token").and_then(|_| phone.token.clone());
            return Ok(Some(asked.labels.lines(core.sync_once(deadline, token).await?)));
        }
        "dismiss" => {
            let dismissed = core.dismiss(asked.parsed("entry")?.context("entry= is missing")?).await?;
            return Ok(Some(asked.labels.lines(dismissed)));
        }
        "shut_down" => Arc::clone(core).shut_down().await?,
        "suspend" => Arc::clone(core).suspend().await?,
        "resume" => Arc::clone(core).resume().await?,
        "sign_out" => core.sign_out().await?,
        "wipe" => core.wipe().await?,
        "start" => core.start()?,
        "stop" => Arc::clone(core).stop().await?,
        "nudge" => core.nudge()?,
        "network" => {
            let [reachable, metered] = ["reachable", "metered"].map(|key| asked.parsed(key));
            core.network(NetworkHint { reachable: reachable?.unwrap_or(true), metered: metered?.unwrap_or(false) })?;
        }
        _ => return objects(phone, core, verb, asked).await,
    }
    Ok(Some(Vec::new()))
}

/// What other objects do: the newest ones of this phone.
async fn objects(phone: &mut Phone, core: &LinecrewCore, verb: &str, asked: &mut Asked<'_>) -> Result<Option<Vec<String>>, Failure> {
    Ok(Some(match verb {
        "observe" => {
            let changes = core.observe()?;
            changes.next().await?;
            phone.changes = Some(changes);
            Vec::new()
        }
        "changes.next" => {
            phone.changes.as_ref().context("nobody observes")?.next().await?;
            vec!["changed".to_owned()]
        }
        "changes.cancel" => {
            phone.changes.as_ref().context("nobody observes")?.cancel()?;
            Vec::new()
        }
        "watch_link" => {
            phone.link = Some(core.watch_link()?);
            Vec::new()
        }
        "link_watch.next" => vec![link(phone, &asked.text("until")?).await?],
        "link_watch.cancel" => {
            phone.link.as_ref().context("nobody watches the link")?.cancel()?;
            Vec::new()
        }
        "cancel_token.cancel" => {
            let token = CancelToken::new()?;
            token.cancel()?;
            phone.token = Some(token);
            Vec::new()
        }
        "open_file" => {
            phone.file = core.open_file(asked.text("hash")?).await?;
            phone.file.is_none().then(|| "none".to_owned()).into_iter().collect()
        }
        "file_reader.content_bytes" => asked.labels.lines(phone.file.as_ref().context("no file")?.content_bytes()?),
        "file_reader.read" => {
            let bytes = phone.file.as_ref().context("no file")?.read(asked.parsed("bytes")?.context("bytes= is missing")?).await?;
            asked.labels.lines(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => return Ok(None),
    }))
}

/// Waits until the connection is so.
async fn link(phone: &Phone, wanted: &str) -> Result<String, Failure> {
    let watch = phone.link.as_ref().context("nobody watches the link")?;
    loop {
        match watch.next().await?.shown() {
            Value::Variant(name, _) if name == wanted => return Ok(name),
            _ => {}
        }
    }
}

fn installation(phone: &mut Phone, now: String) -> String {
    let said = match &phone.installation {
        None => "first",
        Some(before) if *before == now => "same",
        Some(_) => "other",
    };
    phone.installation.get_or_insert(now);
    said.to_owned()
}
