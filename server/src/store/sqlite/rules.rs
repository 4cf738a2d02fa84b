//! Rules that look beyond the one document: whether what an event names exists, and is what it has to be.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{CrewId, DocumentId},
    model::{
        person::Principal,
        work::{NewOrder, Order, Phase, WorkEvent, WorkKind},
    },
};

use super::{batch::Batch, commit::Projection, notices, people};

/// Whether an event may be recorded on the item that stands like this.
pub(super) fn check(
    batch: &mut Batch<'_>,
    by: &Principal,
    projection: &Projection,
    event: &WorkEvent,
) -> rusqlite::Result<Result<(), Refusal>> {
    match event {
        WorkEvent::Linked { to } => linked(batch, by, projection, *to),
        WorkEvent::HandedOver { crew, .. } => handed_over(batch, &projection.standing.order, *crew),
        _ => Ok(Ok(())),
    }
}

/// Whether new work may be taken in: a cut waits for a notice that has to exist.
pub(super) fn order(batch: &mut Batch<'_>, new: &NewOrder, kind: &dyn WorkKind) -> rusqlite::Result<Result<(), Refusal>> {
    if !kind.describe().after_notice {
        return Ok(Ok(()));
    }
    let notice = notices::named(&new.about);
    match notice.map(|notice| notices::find(batch, notice)).transpose()?.flatten() {
        Some(_) => Ok(Ok(())),
        None => Ok(broken("about.notice is no notice that exists")),
    }
}

/// Rule 15: linked items form no chains, so that the one that goes on knows every reporter.
fn linked(batch: &mut Batch<'_>, by: &Principal, from: &Projection, to: DocumentId) -> rusqlite::Result<Result<(), Refusal>> {
    let standing = &from.standing;
    if to == standing.snapshot.meta.id {
        return Ok(broken("an item cannot be linked to itself"));
    }
    // An item that the caller cannot see looks like one that does not exist.
    let target = batch.projection(to)?.filter(|target| by.is_office(target.standing.snapshot.meta.district));
    let Some(target) = target else { return Ok(broken("the item to link to does not exist")) };
    if target.standing.describe().name != standing.describe().name {
        return Ok(broken("the item to link to is of another kind"));
    }
    match target.standing.fold.state.phase {
        Phase::Linked => {
            let onward = target.standing.events.iter().rev().flatten().find_map(|event| match event {
                WorkEvent::Linked { to } => Some(*to),
                _ => None,
            });
            let number = onward.map(|onward| batch.projection(onward)).transpose()?.flatten().map(|onward| onward.standing.order.number);
            Ok(broken(&format!("the item to link to is itself linked to {}: link to that one", number.unwrap_or_default())))
        }
        phase if phase.is_closed() => Ok(broken("the item to link to is closed")),
        _ => Ok(Ok(())),
    }
}

/// A crew takes over only what somebody in it is qualified for.
fn handed_over(batch: &Batch<'_>, order: &Order, crew: CrewId) -> rusqlite::Result<Result<(), Refusal>> {
    if people::crew(batch.transaction, crew)?.is_none() {
        return Ok(broken("there is no such crew"));
    }
    let members = people::members(batch.transaction, crew)?;
    let lacking = order.needs().find(|need| !members.iter().any(|member| member.qualifications.iter().any(|has| has == need)));
    Ok(lacking.map_or(Ok(()), |need| broken(&format!("nobody of that crew is qualified for {need}"))))
}

fn broken(detail: &str) -> Result<(), Refusal> {
    Err(Refusal::new(Reason::RuleViolated, detail))
}
