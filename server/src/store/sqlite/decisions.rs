//! Rule 12: what the office decides about refused edits, a batch at a time; and what is judged again when access comes back.
//!
//! A batch is named after the edits in it, so a decision is about what its decider saw: an edit that came meanwhile makes it another batch. The
//! table of decisions is only added to, and the link of each covers the one before.

mod open;
mod record;
mod retry;

use linecrew_protocol::{
    Reason,
    ids::DistrictId,
    model::person::{Principal, Role},
    time::Timestamp,
};
use rusqlite::Transaction;

use self::open::OpenEdit;
pub(super) use self::{
    open::{batches, names},
    record::{Link, has_admitted, link_after, of_document, read_all},
    retry::retry,
};
use super::{
    Desk, SqliteStore, author,
    deliver::{self, Judged},
    quarantine,
};
use crate::{
    admission::Right,
    store::{
        Answer, Effects,
        refused::{Choice, DecideBatch, Decided, DecisionRecord, Fate, RefusedBatch, RefusedDesk},
    },
};

impl RefusedDesk for SqliteStore {
    fn refused_batches(&self, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<RefusedBatch>> {
        self.read("list batches of refused edits", move |connection| batches(connection, districts.as_deref()))
    }

    fn decide(&self, decision: DecideBatch) -> Answer<'_, Decided> {
        self.write("decide about refused edits", move |transaction, desk| decide(transaction, desk, &decision))
    }
}

fn decide(transaction: &Transaction<'_>, desk: &Desk, decision: &DecideBatch) -> rusqlite::Result<Decided> {
    let by = author::caller(transaction, desk, &decision.by)?.filter(is_office);
    let Some(by) = by else { return Ok(Decided::NotTheirs) };
    let batch = open::find(transaction, decision.batch)?;
    if batch.as_ref().is_some_and(|batch| batch.district.is_some_and(|district| !by.is_office(district))) {
        return Ok(Decided::NotTheirs);
    }
    let before = record::of_batch(transaction, decision.batch)?;
    match (before, batch) {
        (Some(before), _) if before.choice == decision.choice => Ok(Decided::Repeated(before)),
        // Where nothing could be applied, a batch is still open after a decision, and can still be dismissed.
        (_, Some(batch)) if decision.choice == Choice::Admit && !batch.family.is_admissible() => Ok(Decided::NotAdmissible(batch.family)),
        (_, Some(batch)) => {
            let (record, effects) = carry_out(transaction, desk, decision, batch.edits)?;
            log(&record);
            Ok(Decided::Done(record, effects))
        }
        (Some(before), None) => Ok(Decided::Other(before)),
        (None, None) => Ok(Decided::NotFound),
    }
}

fn is_office(by: &Principal) -> bool {
    by.grants.iter().any(|grant| matches!(grant.role, Role::Dispatcher | Role::Admin))
}

/// Ids and numbers only: why it was decided so stands in the table.
fn log(record: &DecisionRecord) {
    let accepted = record.edits.iter().filter(|edit| edit.fate == Fate::Accepted).count();
    tracing::info!(
        decision = record.id,
        by = %record.by,
        choice = record.choice.name(),
        edits.accepted = accepted,
        edits.total = record.edits.len(),
        "refused edits were decided about"
    );
}

fn carry_out(
    transaction: &Transaction<'_>,
    desk: &Desk,
    decision: &DecideBatch,
    edits: Vec<OpenEdit>,
) -> rusqlite::Result<(DecisionRecord, Effects)> {
    let (mut effects, mut fates) = (Effects { refused: true, ..Effects::default() }, Vec::with_capacity(edits.len()));
    for edit in edits {
        let fate = if decision.choice == Choice::Admit {
            let (fate, more) = admit(transaction, desk, &edit, decision.now)?;
            effects = effects.and(more);
            fate
        } else {
            Fate::Dismissed
        };
        fates.push((edit, fate));
    }
    Ok((record::write(transaction, decision, &fates)?, effects))
}

/// In the order in which the phone wrote them: what builds on an edit comes after it.
fn admit(transaction: &Transaction<'_>, desk: &Desk, edit: &OpenEdit, now: Timestamp) -> rusqlite::Result<(Fate, Effects)> {
    let Some(again) = quarantine::read(transaction, &edit.key)? else { return Ok((Fate::Refused, Effects::default())) };
    match deliver::judge_again(transaction, desk, again, (Right::Decision, now))? {
        Judged::Accepted(effects) => Ok((Fate::Accepted, effects)),
        Judged::Refused(refusal, depends_on, effects) => {
            quarantine::answer_anew(transaction, &edit.key, &refusal, depends_on)?;
            let fate = if refusal.reason == Reason::AlreadyRecorded { Fate::AlreadyRecorded } else { Fate::Refused };
            Ok((fate, effects))
        }
    }
}
