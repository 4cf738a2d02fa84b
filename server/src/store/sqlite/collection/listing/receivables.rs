//! Amounts due, and what became of them.

use linecrew_protocol::{
    ids::DocumentId,
    model::collection::{Fen, Receivable},
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    super::super::{columns::read_json, rows::hex_list},
    read_collector,
};
use crate::store::collection::{ReceivableFilter, ReceivableRecord, ReceivableState};

const SELECT: &str = "
    SELECT receivables.document, due, withdrawn, collector, people.name AS collector_name,
           coalesce(sum(payments.applied - payments.reversed), 0) AS paid,
           coalesce(sum(payments.amount - payments.returned - payments.applied + payments.reversed), 0) AS prepaid,
           coalesce(sum(iif(payments.written_off, payments.applied - payments.reversed, 0)), 0) AS written_off
    FROM receivables LEFT JOIN payments ON payments.receivable = receivables.document LEFT JOIN people ON people.id = collector
    WHERE (:only IS NULL OR receivables.document = :only)
      AND (:collector IS NULL OR collector = :collector)
      AND (:districts IS NULL OR receivables.district IN (SELECT unhex(value) FROM json_each(:districts)))
    GROUP BY receivables.document
    HAVING NOT :open OR (NOT withdrawn AND paid < receivables.amount)
    ORDER BY account, period, reference";

/// Receivables by account and period.
pub(in super::super::super) fn list(connection: &Connection, filter: &ReceivableFilter) -> rusqlite::Result<Vec<ReceivableRecord>> {
    let values = named_params! {
        ":only": None::<[u8; 16]>,
        ":collector": filter.collector.map(|collector| *collector.as_bytes()),
        ":districts": filter.districts.as_deref().map(hex_list).transpose()?,
        ":open": filter.open_only,
    };
    connection.prepare_cached(SELECT)?.query_map(values, read)?.collect()
}

/// One receivable.
pub(in super::super) fn one(connection: &Connection, receivable: DocumentId) -> rusqlite::Result<Option<ReceivableRecord>> {
    let only = receivable.as_bytes();
    let values = named_params! { ":only": only, ":collector": None::<[u8; 16]>, ":districts": None::<String>, ":open": false };
    connection.prepare_cached(SELECT)?.query_row(values, read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<ReceivableRecord> {
    let due: Receivable = read_json(row, "due")?;
    let paid = Fen(row.get("paid")?);
    let state = match row.get("withdrawn")? {
        true => ReceivableState::Withdrawn,
        false if paid >= due.amount => ReceivableState::Paid,
        false => ReceivableState::Open,
    };
    Ok(ReceivableRecord {
        receivable: DocumentId::from_bytes(row.get("document")?),
        due,
        paid,
        prepaid: Fen(row.get("prepaid")?),
        written_off: Fen(row.get("written_off")?),
        collector: Some(read_collector(row)?),
        state,
    })
}
