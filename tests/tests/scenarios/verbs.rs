//! What a phone does: the surface's methods by their names.

use std::time::Duration;

use anyhow::{Context as _, anyhow};

use crate::{
    asked::{Asked, Failure, Seen},
    kinds,
    phone::Phone,
};

/// When nothing else is said.
const SYNC_WITHIN: u64 = 30;

pub(crate) async fn call(phone: &mut Phone, verb: &str, asked: &mut Asked<'_>) -> Seen {
    let core = phone.core()?;
    match verb {
        "account" => Ok(asked.labels.lines(core.account()?)),
        "installation" => Ok(vec![installation(phone, core.installation()?.to_string())]),
        "items" => {
            let items = core.items(asked.parsed("open_only")?.unwrap_or(true), asked.find("kind"))?;
            Ok(asked.labels.lines(items))
        }
        "edits" => {
            let document = if asked.find("document").is_some() { Some(asked.id("document", "document_id")?) } else { None };
            let edits = core.edits(document, asked.parsed("unsafe_only")?.unwrap_or(false), asked.parsed("newest")?)?;
            Ok(asked.labels.lines(edits))
        }
        "status" => Ok(asked.labels.lines(core.status()?)),
        "sync_once" => {
            let deadline = Duration::from_secs(asked.parsed("deadline")?.unwrap_or(SYNC_WITHIN));
            Ok(asked.labels.lines(core.sync_once(deadline).await?))
        }
        "observe" => {
            let changes = core.observe()?;
            changes.next().await?;
            phone.changes = Some(changes);
            Ok(Vec::new())
        }
        "changes.next" => {
            phone.changes.as_ref().context("nobody observes")?.next().await?;
            Ok(vec!["changed".to_owned()])
        }
        "shut_down" => nothing(core.shut_down().await?),
        "sign_out" => nothing(core.sign_out().await?),
        "wipe" => nothing(core.wipe().await?),
        _ => {
            let saved = kinds::call(&core, verb, asked).await?.ok_or_else(|| anyhow!("nobody does `{verb}`"))?;
            asked.learn(saved.event);
            Ok(asked.labels.lines(saved))
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a verb gives")]
fn nothing((): ()) -> Result<Vec<String>, Failure> {
    Ok(Vec::new())
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
