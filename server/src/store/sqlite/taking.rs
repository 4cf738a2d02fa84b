//! Taking orders in: a new item, exactly once per key.
//!
//! What an item needs of the store (its number, the numbers of the store's edits) is drawn in order, and what was written is stored in order.
//! Writing the documents in between is pure and takes most of the time: a plan's are written on all processors.

mod draft;

use std::collections::HashSet;

use linecrew_protocol::{
    Reason, Refusal,
    calendar::CalendarError,
    ids::DocumentId,
    model::{
        person::{Principal, Role},
        work::{Order, WorkKind},
    },
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use self::draft::{Draft, Drawn};
use super::{
    Desk,
    author::caller,
    batch::Batch,
    columns::damaged,
    contacts,
    documents::{self, Content, NewDocument},
    people, rows, rules,
};
use crate::store::{Effects, TakeOrder, Taken};

pub(super) fn take(transaction: &Transaction<'_>, desk: &Desk, request: &TakeOrder) -> rusqlite::Result<Taken> {
    let taken = take_all(transaction, desk, std::slice::from_ref(request))?;
    taken.into_iter().next().ok_or_else(|| damaged("order"))
}

/// Takes many in; one answer for each, in order.
pub(super) fn take_all(transaction: &Transaction<'_>, desk: &Desk, requests: &[TakeOrder]) -> rusqlite::Result<Vec<Taken>> {
    let Some(first) = requests.first() else { return Ok(Vec::new()) };
    let mut batch = Batch::new(transaction, desk, first.now)?;
    let plans = plans(&mut batch, requests)?;
    let plans = draft::draw_all(plans, &batch.reference);
    let mut outcomes = Vec::with_capacity(requests.len());
    for (request, plan) in requests.iter().zip(plans) {
        outcomes.push(match plan {
            Plan::Settled(taken) => Outcome::Settled(taken),
            Plan::Later => Outcome::Later,
            Plan::Write(Err(refusal)) => Outcome::Settled(Taken::Refused(refusal)),
            Plan::Write(Ok(drawn)) => {
                let document = store(&mut batch, drawn)?;
                remember(transaction, request, document)?;
                if let Some(contact) = request.order.contact(document) {
                    contacts::keep(transaction, &contact)?;
                }
                Outcome::Stored(document)
            }
        });
    }
    let effects = batch.settle()?;
    let answers = requests.iter().zip(outcomes).map(|(request, outcome)| answer(transaction, desk, (request, outcome), &effects));
    answers.collect()
}

/// What to do about a request.
#[expect(clippy::large_enum_variant, reason = "one for each request, and gone with it")]
enum Plan<W> {
    /// Nothing more.
    Settled(Taken),
    /// Wait for another one of the same key.
    Later,
    /// Write this.
    Write(W),
}

/// What became of a request.
#[expect(clippy::large_enum_variant, reason = "one for each request, and gone with it")]
enum Outcome {
    Settled(Taken),
    Later,
    Stored(DocumentId),
}

fn plans(batch: &mut Batch<'_>, requests: &[TakeOrder]) -> rusqlite::Result<Vec<Plan<Draft>>> {
    let mut keys = HashSet::new();
    let is_new = |request: &TakeOrder| keys.insert((request.by.person, request.idempotency_key.clone()));
    let new: Vec<bool> = requests.iter().map(is_new).collect();
    requests.iter().zip(new).map(|(request, is_new)| if is_new { plan(batch, request) } else { Ok(Plan::Later) }).collect()
}

fn plan(batch: &mut Batch<'_>, request: &TakeOrder) -> rusqlite::Result<Plan<Draft>> {
    if let Some(known) = replay(batch.transaction, request)? {
        return Ok(Plan::Settled(known));
    }
    let by = caller(batch.transaction, batch.desk, &request.by)?;
    if let Err(refusal) = permitted(by.as_ref(), request) {
        return Ok(Plan::Settled(Taken::Refused(refusal)));
    }
    if !people::has_district(batch.transaction, request.district)? {
        return Ok(Plan::Settled(Taken::Refused(Refusal::new(Reason::RuleViolated, "there is no such district"))));
    }
    Ok(match weigh(batch, request)? {
        Ok((kind, order)) => Plan::Write(Draft::new(batch, request, kind, order)?),
        Err(refused) => Plan::Settled(refused),
    })
}

fn permitted(by: Option<&Principal>, request: &TakeOrder) -> Result<(), Refusal> {
    let district = request.district;
    if by.is_some_and(|by| by.is_office(district) || by.holds(Role::Integrator, district)) {
        return Ok(());
    }
    Err(Refusal::new(Reason::RoleNotPermitted, "this role takes no orders in this district"))
}

/// The order under the rules in force.
fn weigh(batch: &mut Batch<'_>, request: &TakeOrder) -> rusqlite::Result<Result<(&'static dyn WorkKind, Order), Taken>> {
    let kind = match request.order.validate(&batch.reference) {
        Ok(kind) => kind,
        Err(refusal) => return Ok(Err(Taken::Refused(refusal))),
    };
    if request.appointment.is_some() && kind.describe().booked.is_none() {
        return Ok(Err(Taken::Refused(Refusal::new(Reason::InvalidValue, "this kind of work has no appointments"))));
    }
    if let Err(refusal) = rules::order(batch, &request.order, kind)? {
        return Ok(Err(Taken::Refused(refusal)));
    }
    let rulebook = &batch.desk.settings.rulebook;
    match rulebook.policy.order(&request.order, kind, request.reported_at, &rulebook.calendar, &batch.reference) {
        Ok(order) => Ok(Ok((kind, order))),
        Err(CalendarError::UnknownYear(year)) => Ok(Err(Taken::UnknownYear(year))),
        Err(other) => Err(rusqlite::Error::ToSqlConversionFailure(other.into())),
    }
}

fn store(batch: &mut Batch<'_>, drawn: Drawn) -> rusqlite::Result<DocumentId> {
    let Drawn { draft, changes, projection } = drawn;
    let (id, priority) = (draft.meta.id, draft.priority());
    let new = NewDocument { id, kind: &draft.meta.kind, district: draft.meta.district, number: &draft.order.number, priority };
    documents::create(batch.transaction, &new)?;
    batch.begin(id, Content::Item, priority);
    let origins: Vec<_> = draft.authors().map(|author| batch.origin(id, author)).collect();
    for (written, origin) in changes.into_iter().zip(origins) {
        batch.store(&origin, (&written.change, written.document), written.recorded.event, None)?;
    }
    batch.project(id, projection);
    Ok(id)
}

fn answer(
    transaction: &Transaction<'_>,
    desk: &Desk,
    (request, outcome): (&TakeOrder, Outcome),
    effects: &Effects,
) -> rusqlite::Result<Taken> {
    match outcome {
        Outcome::Settled(taken) => Ok(taken),
        // Either what it waited for was stored, or it is the first of its key now.
        Outcome::Later => take(transaction, desk, request),
        Outcome::Stored(document) => {
            let row = effects.rows.iter().find(|row| row.row.id == document).cloned().ok_or_else(|| damaged("row"))?;
            // A new item is in nobody's feed.
            let effects = Effects { rows: vec![row.clone()], ..Effects::default() };
            Ok(Taken::Created(row, effects))
        }
    }
}

/// What the same key got before.
fn replay(connection: &Connection, request: &TakeOrder) -> rusqlite::Result<Option<Taken>> {
    let sql = "SELECT body_hash, document FROM idempotency WHERE person = ?1 AND key = ?2";
    let read = |row: &Row<'_>| Ok((row.get::<_, [u8; 32]>("body_hash")?, DocumentId::from_bytes(row.get("document")?)));
    let key = (request.by.person.as_bytes(), &request.idempotency_key);
    match connection.prepare_cached(sql)?.query_row(key, read).optional()? {
        None => Ok(None),
        Some((body_hash, _)) if body_hash != request.body_hash => Ok(Some(Taken::KeyReused)),
        Some((_, document)) => Ok(Some(rows::one(connection, document)?.map(Taken::Replayed).ok_or_else(|| damaged("document"))?)),
    }
}

fn remember(transaction: &Transaction<'_>, request: &TakeOrder, document: DocumentId) -> rusqlite::Result<()> {
    let sql = "INSERT INTO idempotency (person, key, body_hash, document) VALUES (?1, ?2, ?3, ?4)";
    let values = (request.by.person.as_bytes(), &request.idempotency_key, request.body_hash, document.as_bytes());
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}
