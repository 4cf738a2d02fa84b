//! Judging again when access comes back: a crew, a role, or the right to write at all (docs/adr/0019).
//!
//! In the transaction that gives the access, so that no crash lies between. Only what nobody has gone on without: once its phone has written to the
//! item again, a person has decided what of the refused work to repeat, and the office decides about the rest.

use std::collections::BTreeSet;

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, PersonId},
    time::Timestamp,
};
use rusqlite::{Connection, Transaction};

use super::{
    super::{
        Desk,
        columns::counter,
        deliver::{self, Judged},
        limits::MAX_RETRIED_EDITS,
        quarantine,
    },
    open::{self, OpenEdit},
    record,
};
use crate::{
    admission::Right,
    store::{
        Effects, SYSTEM_NAME,
        refused::{Choice, DecideBatch, Fate},
        system_principal,
    },
};

/// Why, in the table of decisions.
const REASON: &str = "access came back";

/// Judges again what was refused because these people had no right to it.
pub(in super::super) fn retry(
    transaction: &Transaction<'_>,
    desk: &Desk,
    people: &BTreeSet<PersonId>,
    now: Timestamp,
) -> rusqlite::Result<Effects> {
    if !waits(transaction, people)? {
        return Ok(Effects::default());
    }
    let edits = open::for_lack_of_access(transaction, people)?;
    if edits.len() > MAX_RETRIED_EDITS {
        tracing::warn!(edits.waiting = edits.len(), edits.tried = MAX_RETRIED_EDITS, "more refused edits than are judged again at once");
    }
    let (mut effects, mut accepted) = (Effects::default(), Vec::new());
    // An edit that stays refused takes along what builds on it, and no other document.
    let mut blocked: BTreeSet<(InstallationId, DocumentId, u32)> = BTreeSet::new();
    for edit in edits.into_iter().take(MAX_RETRIED_EDITS) {
        let line = (edit.key.installation, edit.document, edit.generation);
        if blocked.contains(&line) {
            continue;
        }
        match judge(transaction, desk, &edit, now)? {
            Some(more) => {
                effects = effects.and(more);
                accepted.push((edit, Fate::Accepted));
            }
            None => drop(blocked.insert(line)),
        }
    }
    if !accepted.is_empty() {
        effects.refused = true;
        let decision = DecideBatch {
            batch: open::name(accepted.iter().map(|(edit, _)| edit)),
            choice: Choice::Retry,
            reason: REASON.to_owned(),
            by: system_principal(desk.life.epoch),
            by_name: SYSTEM_NAME.to_owned(),
            now,
        };
        record::write(transaction, &decision, &accepted)?;
        tracing::info!(edits.accepted = accepted.len(), "refused edits were judged again, because access came back");
    }
    Ok(effects)
}

/// None when it stays as it is.
fn judge(transaction: &Transaction<'_>, desk: &Desk, edit: &OpenEdit, now: Timestamp) -> rusqlite::Result<Option<Effects>> {
    let Some(again) = quarantine::read(transaction, &edit.key)? else { return Ok(None) };
    if went_on(transaction, edit)? {
        return Ok(None);
    }
    Ok(match deliver::judge_again(transaction, desk, again, (Right::Sender, now))? {
        Judged::Accepted(effects) => Some(effects),
        Judged::Refused(..) => None,
    })
}

/// Most changes of the register concern nobody whose edits wait: that is known without looking at any.
fn waits(connection: &Connection, people: &BTreeSet<PersonId>) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM quarantine WHERE person = ?1 AND decision IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    for person in people {
        if statement.exists([person.as_bytes()])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the phone has written to the item after it was told that this edit is refused, accepted or not.
fn went_on(connection: &Connection, edit: &OpenEdit) -> rusqlite::Result<bool> {
    let (document, installation) = (edit.document.as_bytes(), edit.key.installation.as_bytes());
    let sql = "SELECT 1 FROM changes WHERE document = ?1 AND installation = ?2 AND device_seq > ?3";
    if connection.prepare_cached(sql)?.exists((document, installation, counter(edit.key.device_seq)))? {
        return Ok(true);
    }
    let sql = "SELECT 1 FROM quarantine WHERE document = ?1 AND installation = ?2 AND generation > ?3";
    connection.prepare_cached(sql)?.exists((document, installation, edit.generation))
}
