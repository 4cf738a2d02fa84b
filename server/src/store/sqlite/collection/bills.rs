//! Receivables: what the billing system says that an account owes. Each is a document that only the store writes.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DistrictId, DocumentId, PersonId},
    model::{
        collection::{
            Fen, RECEIVABLE_KIND, Receivable,
            receivable::{self, ReceivableAct},
        },
        command::Author,
        document::{Meta, SCHEMA},
        person::{Principal, Role},
    },
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::super::{
    Desk,
    author::{author, caller, own_author},
    batch::Batch,
    columns::{json, read_json},
    documents::{self, Content, NewDocument},
    limits::BILLS_AT_ONCE,
    people,
};
use crate::store::{
    Effects,
    collection::{Billed, Clerk, NewReceivable},
};

/// After the books and the work.
const PRIORITY: i64 = 1;

/// An amount due as the table holds it.
#[derive(Debug, Clone)]
pub(super) struct Bill {
    pub(super) document: DocumentId,
    pub(super) district: DistrictId,
    pub(super) collector: PersonId,
    pub(super) withdrawn: bool,
    pub(super) due: Receivable,
}

impl Bill {
    /// What is still open of it.
    pub(super) fn open(&self, connection: &Connection) -> rusqlite::Result<Fen> {
        let sql = "SELECT coalesce(sum(applied - reversed), 0) AS paid FROM payments WHERE receivable = ?1";
        let paid = connection.prepare_cached(sql)?.query_row([self.document.as_bytes()], |row| row.get("paid").map(Fen))?;
        Ok(if self.withdrawn { Fen::ZERO } else { (self.due.amount - paid).max(Fen::ZERO) })
    }
}

/// Takes receivables in; one answer for each, in order.
pub(in super::super) fn bill(
    transaction: &Transaction<'_>,
    desk: &Desk,
    clerk: &Clerk,
    district: DistrictId,
    items: &[NewReceivable],
) -> rusqlite::Result<(Vec<Billed>, Effects)> {
    let refused = |reason, detail: &str| {
        let refusal = Refusal::new(reason, detail);
        Ok((vec![Billed::Refused(refusal); items.len()], Effects::default()))
    };
    let Some(by) = caller(transaction, desk, &clerk.by)?.filter(|by| may_bill(by, district)) else {
        return refused(Reason::RoleNotPermitted, "this role cannot take receivables in for that district");
    };
    if !people::has_district(transaction, district)? {
        return refused(Reason::RuleViolated, "there is no such district");
    }
    let clerk = Clerk { by, ..clerk.clone() };
    let (mut billed, mut effects) = (Vec::with_capacity(items.len()), Effects::default());
    // Documents stay in memory until they are settled.
    for some in items.chunks(BILLS_AT_ONCE) {
        let mut batch = Batch::new(transaction, desk, clerk.now)?;
        for item in some {
            billed.push(take(&mut batch, &clerk, district, item)?);
        }
        let more = batch.settle()?;
        effects.feeds.extend(more.feeds);
        effects.collection |= more.collection;
    }
    Ok((billed, effects))
}

/// The bill in a document.
pub(super) fn find(connection: &Connection, document: DocumentId) -> rusqlite::Result<Option<Bill>> {
    let sql = "SELECT document, district, collector, withdrawn, due FROM receivables WHERE document = ?1";
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], read).optional()
}

/// Records what happened to a bill by a rule.
pub(super) fn record(batch: &mut Batch<'_>, document: DocumentId, act: &ReceivableAct) -> rusqlite::Result<()> {
    let author = own_author(batch.transaction, batch.desk, batch.now)?;
    record_by(batch, document, act, &author)
}

/// Records what somebody did about a bill. One that does not take it stays as it is.
pub(super) fn record_by(batch: &mut Batch<'_>, document: DocumentId, act: &ReceivableAct, author: &Author) -> rusqlite::Result<()> {
    batch.open(document)?;
    let Some(loaded) = batch.loaded(document) else { return Ok(()) };
    match receivable::record(&loaded.document, act, author) {
        Ok(written) => batch.append(document, written, author),
        Err(refusal) => {
            tracing::error!(%document, refusal.reason = %refusal.reason, refusal.detail, "a receivable does not take what happened to it");
            Ok(())
        }
    }
}

/// Notes that billing took it back.
pub(super) fn withdraw(transaction: &Transaction<'_>, document: DocumentId) -> rusqlite::Result<()> {
    transaction.prepare_cached("UPDATE receivables SET withdrawn = 1 WHERE document = ?1")?.execute([document.as_bytes()])?;
    Ok(())
}

fn may_bill(by: &Principal, district: DistrictId) -> bool {
    [Role::Cashier, Role::Dispatcher, Role::Admin, Role::Integrator].into_iter().any(|role| by.holds(role, district))
}

fn take(batch: &mut Batch<'_>, clerk: &Clerk, district: DistrictId, item: &NewReceivable) -> rusqlite::Result<Billed> {
    let NewReceivable { receivable, collector } = item;
    let refused = |reason, detail: String| Ok(Billed::Refused(Refusal::new(reason, detail)));
    if let Err(refusal) = receivable.validate() {
        return Ok(Billed::Refused(refusal));
    }
    if let Some(known) = named(batch.transaction, &receivable.reference)? {
        let same = known.due == *receivable && known.district == district && known.collector == *collector;
        if same {
            return Ok(Billed::Unchanged(known.document));
        }
        return refused(Reason::RuleViolated, format!("{} was billed before with other words", receivable.reference));
    }
    let account = people::account(batch.transaction, *collector)?;
    let collects = account.is_some_and(|account| {
        account.roles.iter().any(|grant| grant.role == Role::Collector && grant.district.is_none_or(|only| only == district))
    });
    if !collects {
        return refused(Reason::RuleViolated, format!("{}: this person does not collect in that district", receivable.reference));
    }
    create(batch, clerk, district, item)
}

fn create(batch: &mut Batch<'_>, clerk: &Clerk, district: DistrictId, item: &NewReceivable) -> rusqlite::Result<Billed> {
    let id = DocumentId::new(batch.now, rand::random());
    let author = author(batch.transaction, batch.desk, &clerk.by, &clerk.by_name, batch.now)?;
    let meta = Meta { id, kind: RECEIVABLE_KIND.to_owned(), schema: SCHEMA, district, created: batch.now };
    let written = match receivable::bill(&meta, &item.receivable, &author) {
        Ok(written) => written,
        Err(refusal) => return Ok(Billed::Refused(refusal)),
    };
    let number = format!("receivable/{}", item.receivable.reference);
    documents::create(batch.transaction, &NewDocument { id, kind: RECEIVABLE_KIND, district, number: &number, priority: PRIORITY })?;
    insert(batch.transaction, id, district, item)?;
    batch.begin(id, Content::Receivable, PRIORITY);
    batch.append(id, written, &author)?;
    Ok(Billed::Created(id))
}

fn insert(transaction: &Transaction<'_>, id: DocumentId, district: DistrictId, item: &NewReceivable) -> rusqlite::Result<()> {
    let NewReceivable { receivable, collector } = item;
    let Receivable { reference, account, period, amount, .. } = receivable;
    let sql = "INSERT INTO receivables (document, district, reference, account, period, amount, collector, due)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let (id, district, collector) = (id.as_bytes(), district.as_bytes(), collector.as_bytes());
    transaction.prepare_cached(sql)?.execute((id, district, reference, account, period, amount.0, collector, json(receivable)?))?;
    Ok(())
}

fn named(connection: &Connection, reference: &str) -> rusqlite::Result<Option<Bill>> {
    let sql = "SELECT document, district, collector, withdrawn, due FROM receivables WHERE reference = ?1";
    connection.prepare_cached(sql)?.query_row([reference], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Bill> {
    Ok(Bill {
        document: DocumentId::from_bytes(row.get("document")?),
        district: DistrictId::from_bytes(row.get("district")?),
        collector: PersonId::from_bytes(row.get("collector")?),
        withdrawn: row.get("withdrawn")?,
        due: read_json(row, "due")?,
    })
}
