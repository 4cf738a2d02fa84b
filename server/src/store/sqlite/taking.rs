//! Taking a report: a new item, exactly once per key.

use linecrew_protocol::{
    Reason, Refusal,
    ids::DocumentId,
    model::{
        command::Written,
        document::{Meta, SCHEMA},
        person::{Principal, Role},
        repair::{KIND, Order, Priority, command::report},
    },
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{
    Desk,
    changes::{self, Origin},
    columns::damaged,
    commit::{self, Changed, Projection},
    documents::{self, Loaded, NewDocument},
    numbers, office, people, rows,
};
use crate::store::{TakeReport, Taken};

pub(super) fn take(transaction: &Transaction<'_>, desk: &Desk, request: &TakeReport) -> rusqlite::Result<Taken> {
    if let Some((body_hash, document)) = remembered(transaction, request)? {
        if body_hash != request.body_hash {
            return Ok(Taken::KeyReused);
        }
        return rows::one(transaction, document)?.map(Taken::Replayed).ok_or_else(|| damaged("document"));
    }
    let by = office::caller(transaction, &request.by)?;
    if let Err(refusal) = permitted(by.as_ref(), request) {
        return Ok(Taken::Refused(refusal));
    }
    if !people::has_district(transaction, request.district)? {
        return Ok(Taken::Refused(Refusal::new(Reason::RuleViolated, "there is no such district")));
    }
    create(transaction, desk, request)
}

fn permitted(by: Option<&Principal>, request: &TakeReport) -> Result<(), Refusal> {
    let district = request.district;
    if !by.is_some_and(|by| by.is_office(district) || by.holds(Role::Integrator, district)) {
        return Err(Refusal::new(Reason::RoleNotPermitted, "this role takes no reports in this district"));
    }
    request.report.validate()
}

fn create(transaction: &Transaction<'_>, desk: &Desk, request: &TakeReport) -> rusqlite::Result<Taken> {
    let TakeReport { now, district, .. } = *request;
    let id = DocumentId::new(now, rand::random());
    let order = order(request, numbers::next(transaction, now, desk.settings.utc_offset_minutes)?);
    let author = office::author(transaction, desk, &request.by, &request.by_name, now)?;
    let meta = Meta { id, kind: KIND.to_owned(), schema: SCHEMA, district, created: now };
    let written = match report(&meta, &order, &author) {
        Ok(written) => written,
        Err(refusal) => return Ok(Taken::Refused(refusal)),
    };
    let priority = priority(order.priority);
    documents::create(transaction, &NewDocument { id, kind: KIND, district, number: &order.number, priority })?;
    let origin = Origin {
        document: id,
        installation: author.principal.installation,
        device_seq: author.device_seq,
        person: author.principal.person,
        received_at: now,
    };
    let commit_seq = changes::insert(transaction, &written.change, &origin)?;
    let Written { document, change, recorded } = written;
    let mut loaded = Loaded::empty(priority);
    loaded.advance(document, &change, now);
    let projection = Projection::of(&loaded).map_err(office::unreadable(id))?;
    let changed = Changed { document: id, loaded: &loaded, projection: &projection, commit_seq, last: &recorded.event, now };
    let (row, effects) = commit::settle(transaction, &changed)?;
    remember(transaction, request, id)?;
    documents::keep(desk, id, loaded);
    Ok(Taken::Created(row, effects))
}

fn order(request: &TakeReport, number: String) -> Order {
    let report = request.report.clone();
    Order {
        number,
        arrival_limit_ms: report.area_class.default_arrival_limit_ms(),
        customer: report.customer,
        site: report.site,
        area_class: report.area_class,
        fault: report.fault,
        priority: report.priority,
        reported_at: request.reported_at,
    }
}

fn priority(priority: Priority) -> i64 {
    match priority {
        Priority::Urgent => 0,
        Priority::Normal => 1,
    }
}

fn remembered(connection: &Connection, request: &TakeReport) -> rusqlite::Result<Option<([u8; 32], DocumentId)>> {
    let sql = "SELECT body_hash, document FROM idempotency WHERE person = ?1 AND key = ?2";
    let read = |row: &Row<'_>| Ok((row.get("body_hash")?, DocumentId::from_bytes(row.get("document")?)));
    connection.prepare_cached(sql)?.query_row((request.by.person.as_bytes(), &request.idempotency_key), read).optional()
}

fn remember(transaction: &Transaction<'_>, request: &TakeReport, document: DocumentId) -> rusqlite::Result<()> {
    let sql = "INSERT INTO idempotency (person, key, body_hash, document) VALUES (?1, ?2, ?3, ?4)";
    let values = (request.by.person.as_bytes(), &request.idempotency_key, request.body_hash, document.as_bytes());
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}
