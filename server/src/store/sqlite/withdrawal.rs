//! Why an item leaves a crew: who decided, and who has it now.

use linecrew_protocol::{
    model::{
        event::Event,
        work::{Fold, Phase, WorkView},
    },
    time::Timestamp,
    wire::{LeaveReason, Withdrawal},
};
use rusqlite::Connection;

use super::people;

/// Kinds of events by which an item is given to another crew.
const GIVEN_AWAY: [&str; 3] = ["assigned", "handed_over", "resolved"];

/// Tells the crew that had the item what happened. `last` is the event whose commit moved it.
pub(super) fn explain(connection: &Connection, view: &WorkView, fold: &Fold, last: &Event, now: Timestamp) -> rusqlite::Result<Withdrawal> {
    let (reason, decided_by) = match fold.state.phase {
        Phase::Cancelled => (LeaveReason::Cancelled, Some("cancelled")),
        Phase::Linked => (LeaveReason::Linked, Some("linked")),
        Phase::Archived => (LeaveReason::Archived, Some("archived")),
        _ if GIVEN_AWAY.contains(&last.kind.as_str()) => (LeaveReason::Reassigned, None),
        _ => (LeaveReason::WorkStandsElsewhere, None),
    };
    // A closed item was closed by the event of that name, even when another one made it count.
    let closing = decided_by.and_then(|kind| view.history.iter().rev().find(|event| event.kind == kind));
    let by = match closing {
        Some(event) if event.by.name.is_some() => event.by.name.clone(),
        Some(event) => people::name(connection, event.by.id)?,
        None if last.by_name.is_some() => last.by_name.clone(),
        None => people::name(connection, last.by)?,
    };
    let holder = fold.holder.filter(|_| !fold.state.phase.is_closed());
    let to = holder.map(|crew| people::crew(connection, crew)).transpose()?.flatten().map(|crew| crew.name);
    Ok(Withdrawal { reason, by, at: now, to })
}
