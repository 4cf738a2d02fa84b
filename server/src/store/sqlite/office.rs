//! Office commands, carried out by the store as the author of its own changes.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{CrewId, DocumentId},
    model::{
        command::Author,
        work::{Phase, WorkCommand, WorkEvent, permitted::fits},
    },
};
use rusqlite::Transaction;

use super::{
    Desk,
    author::{author, caller, own_author, unreadable},
    batch::Batch,
    columns::damaged,
    commit::Projection,
    consequences::Consequences,
    notices, people, rules,
};
use crate::store::{OfficeCommand, OfficeOrder, Ordered};

pub(super) fn order(transaction: &Transaction<'_>, desk: &Desk, order: &OfficeOrder) -> rusqlite::Result<Ordered> {
    let Some(by) = caller(transaction, desk, &order.by)? else {
        return Ok(Ordered::Refused(Refusal::new(Reason::RoleNotPermitted, "this person is not known here")));
    };
    let order = OfficeOrder { by, ..order.clone() };
    let mut batch = Batch::new(transaction, desk, order.now)?;
    if !batch.open(order.document)? {
        return Ok(Ordered::NotFound);
    }
    let outcome = carry_out(&mut batch, &order)?;
    let effects = batch.settle()?;
    if let Err(refusal) = outcome {
        return Ok(Ordered::Refused(refusal));
    }
    let row = effects.rows.iter().find(|row| row.row.id == order.document).cloned().ok_or_else(|| damaged("row"))?;
    Ok(Ordered::Done(row, effects))
}

fn carry_out(batch: &mut Batch<'_>, order: &OfficeOrder) -> rusqlite::Result<Result<(), Refusal>> {
    let Some(projection) = projection(batch, order.document)? else {
        return Ok(Err(Refusal::new(Reason::UnreadableEvent, "this document is no work item")));
    };
    let steps = match steps(batch, order, &projection)? {
        Ok(steps) => steps,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = batch.record(order.document, &steps)? {
        return Ok(Err(refusal));
    }
    for (command, _) in &steps {
        Consequences::of(&projection.standing, &command.event()).carry_out(batch, order.document)?;
    }
    Ok(Ok(()))
}

/// The commands in the model's terms, with what only the store knows.
fn steps(
    batch: &mut Batch<'_>,
    order: &OfficeOrder,
    projection: &Projection,
) -> rusqlite::Result<Result<Vec<(WorkCommand, Author)>, Refusal>> {
    let (confirmed, command) = match &order.command {
        OfficeCommand::Assign { crew, reason } => match assign(batch, order, projection, *crew, reason.clone())? {
            Ok(assigned) => (notices::confirmation(batch, projection)?, WorkCommand::Record(assigned)),
            Err(refusal) => return Ok(Err(refusal)),
        },
        OfficeCommand::Other(command) => match rules::check(batch, &order.by, projection, &command.event())? {
            Ok(()) => (None, command.clone()),
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    let mut steps = Vec::new();
    if let Some(event) = confirmed {
        steps.push((WorkCommand::Record(event), own_author(batch.transaction, batch.desk, order.now)?));
    }
    steps.push((command, author(batch.transaction, batch.desk, &order.by, &order.by_name, order.now)?));
    Ok(Ok(steps))
}

/// How the item stands; none for what is no work item. One that this build cannot read is damaged.
fn projection(batch: &Batch<'_>, document: DocumentId) -> rusqlite::Result<Option<Projection>> {
    let Some(loaded) = batch.loaded(document) else { return Ok(None) };
    match Projection::of(loaded) {
        Ok(projection) => Ok(Some(projection)),
        Err(_) if linecrew_protocol::model::reference::read(&loaded.document).is_ok() => Ok(None),
        Err(refusal) => Err(unreadable(document)(refusal)),
    }
}

fn assign(
    batch: &Batch<'_>,
    order: &OfficeOrder,
    projection: &Projection,
    crew: CrewId,
    reason: Option<String>,
) -> rusqlite::Result<Result<WorkEvent, Refusal>> {
    let refused = |reason, detail: &str| Ok(Err(Refusal::new(reason, detail)));
    let Some(record) = people::crew(batch.transaction, crew)? else {
        return refused(Reason::RuleViolated, "there is no such crew");
    };
    if !order.by.is_office(record.district) {
        return refused(Reason::RoleNotPermitted, "this role cannot assign work to crews of that district");
    }
    let fold = &projection.standing.fold;
    // The same crew may get it again once it has given up; otherwise this is the repeat of an order whose answer was lost.
    let gave_up = matches!(fold.state.phase, Phase::Declined | Phase::NotDone);
    if fold.holder == Some(crew) && !gave_up {
        return refused(Reason::StateNotPermitted, "this crew has the item already");
    }
    // Whether the state has room for it at all is asked first, by the rules.
    let changes_hands = fold.holder.is_some() && !gave_up && fits(&projection.standing, "assigned");
    if changes_hands && reason.is_none() {
        return refused(Reason::InvalidValue, "reason is missing: another crew holds the item");
    }
    let members = people::members(batch.transaction, crew)?;
    Ok(Ok(WorkEvent::Assigned { crew, crew_name: record.name, members, reason }))
}
