//! Office commands, carried out by the store as the author of its own changes.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{CrewId, DocumentId},
    model::{
        command::{Author, Written},
        person::Principal,
        repair::{RepairCommand, RepairEvent, State, command::execute},
    },
    time::{Evidence, Timestamp},
};
use rusqlite::{Connection, Transaction};

use super::{
    Desk,
    changes::{self, Origin},
    columns::Damaged,
    commit::{self, Changed, Projection},
    documents::{self, Loaded},
    life, people,
};
use crate::store::{OfficeCommand, OfficeOrder, Ordered};

pub(super) fn order(transaction: &Transaction<'_>, desk: &Desk, order: &OfficeOrder) -> rusqlite::Result<Ordered> {
    let Some(by) = caller(transaction, &order.by)? else {
        return Ok(Ordered::Refused(Refusal::new(Reason::RoleNotPermitted, "this person is not known here")));
    };
    let Some(mut loaded) = documents::take(transaction, desk, order.document)? else { return Ok(Ordered::NotFound) };
    let order = OfficeOrder { by, ..order.clone() };
    let outcome = carry_out(transaction, desk, &order, &mut loaded)?;
    documents::keep(desk, order.document, loaded);
    Ok(outcome)
}

/// The caller with the roles of this transaction: they may have changed since the request was let in.
pub(super) fn caller(connection: &Connection, by: &Principal) -> rusqlite::Result<Option<Principal>> {
    people::principal(connection, by.person, by.installation)
}

/// The store's own installation in the place of the caller's, with the next number of its edits.
pub(super) fn author(
    transaction: &Transaction<'_>,
    desk: &Desk,
    by: &Principal,
    by_name: &str,
    now: Timestamp,
) -> rusqlite::Result<Author> {
    Ok(Author {
        principal: Principal { installation: desk.life.installation(), ..by.clone() },
        name: Some(by_name.to_owned()),
        device_seq: life::next_device_seq(transaction)?,
        evidence: Evidence::of_server(now, desk.life.boot),
        event: life::new_event(now),
        generation: 0,
    })
}

pub(super) fn unreadable(document: DocumentId) -> impl FnOnce(Refusal) -> rusqlite::Error {
    move |refusal| Damaged::Document { document, source: Some(refusal.into()) }.into()
}

fn carry_out(transaction: &Transaction<'_>, desk: &Desk, order: &OfficeOrder, loaded: &mut Loaded) -> rusqlite::Result<Ordered> {
    let command = match command(transaction, order, loaded)? {
        Ok(command) => command,
        Err(refusal) => return Ok(Ordered::Refused(refusal)),
    };
    let author = author(transaction, desk, &order.by, &order.by_name, order.now)?;
    let written = match execute(&loaded.document, &command, &author) {
        Ok(written) => written,
        Err(refusal) => return Ok(Ordered::Refused(refusal)),
    };
    let Written { document, change, recorded } = written;
    let origin = Origin {
        document: order.document,
        installation: author.principal.installation,
        device_seq: author.device_seq,
        person: order.by.person,
        received_at: order.now,
    };
    let commit_seq = changes::insert(transaction, &change, &origin)?;
    loaded.advance(document, &change, order.now);
    let projection = Projection::of(loaded).map_err(unreadable(order.document))?;
    let changed = Changed { document: order.document, loaded, projection: &projection, commit_seq, last: &recorded.event, now: order.now };
    let (row, effects) = commit::settle(transaction, &changed)?;
    Ok(Ordered::Done(row, effects))
}

/// The command in the model's terms, with what only the store knows.
fn command(connection: &Connection, order: &OfficeOrder, loaded: &Loaded) -> rusqlite::Result<Result<RepairCommand, Refusal>> {
    match &order.command {
        OfficeCommand::Assign { crew, reason } => assign(connection, order, loaded, *crew, reason.clone()),
        OfficeCommand::Other(command) => {
            let allowed = rule(connection, order.document, &command.event())?;
            Ok(allowed.map(|()| command.clone()))
        }
    }
}

fn assign(
    connection: &Connection,
    order: &OfficeOrder,
    loaded: &Loaded,
    crew: CrewId,
    reason: Option<String>,
) -> rusqlite::Result<Result<RepairCommand, Refusal>> {
    let Some(record) = people::crew(connection, crew)? else {
        return Ok(Err(Refusal::new(Reason::RuleViolated, "there is no such crew")));
    };
    if !order.by.is_office(record.district) {
        return Ok(Err(Refusal::new(Reason::RoleNotPermitted, "this role cannot assign work to crews of that district")));
    }
    let fold = Projection::of(loaded).map_err(unreadable(order.document))?.fold;
    // The same crew may get it again once it has given up; otherwise this is the repeat of an order whose answer was lost.
    let gave_up = matches!(fold.state, State::Declined | State::NotDone);
    if fold.holder == Some(crew) && !gave_up {
        return Ok(Err(Refusal::new(Reason::StateNotPermitted, "this crew has the item already")));
    }
    let members = people::members(connection, crew)?;
    Ok(Ok(RepairCommand::Record(RepairEvent::Assigned { crew, crew_name: record.name, members, reason })))
}

/// Rules that look beyond the one document.
pub(super) fn rule(connection: &Connection, document: DocumentId, event: &RepairEvent) -> rusqlite::Result<Result<(), Refusal>> {
    let broken = |detail: &str| Ok(Err(Refusal::new(Reason::RuleViolated, detail)));
    match event {
        RepairEvent::Linked { to } if *to == document => broken("an item cannot be linked to itself"),
        RepairEvent::Linked { to } if !documents::exists(connection, *to)? => broken("the item to link to does not exist"),
        RepairEvent::HandedOver { crew, .. } if people::crew(connection, *crew)?.is_none() => broken("there is no such crew"),
        _ => Ok(Ok(())),
    }
}
