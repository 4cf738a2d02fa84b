//! Projected rows: what lists and boards read.

use linecrew_protocol::{
    ids::{DistrictId, DocumentId},
    model::work::{Phase, WorkRow},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{
    columns::{counter, json, read_counter, read_json, read_time},
    limits::MAX_ROWS,
};
use crate::store::{BoardRow, RowFilter};

pub(super) fn write(transaction: &Transaction<'_>, board: &BoardRow) -> rusqlite::Result<()> {
    let row = &board.row;
    let sql = "INSERT INTO rows (document, revision, updated_at, kind, phase, state, crew, district, search, row)
               VALUES (:document, :revision, :updated_at, :kind, :phase, :state, :crew, :district, :search, :row)
               ON CONFLICT (document) DO UPDATE SET revision = excluded.revision, updated_at = excluded.updated_at,
                   kind = excluded.kind, phase = excluded.phase, state = excluded.state, crew = excluded.crew,
                   search = excluded.search, row = excluded.row";
    let values = named_params! {
        ":document": row.id.as_bytes(),
        ":revision": counter(board.revision),
        ":updated_at": board.updated_at.as_unix_millis(),
        ":kind": row.kind,
        ":phase": row.phase.name(),
        ":state": row.state,
        ":crew": row.crew.map(|crew| *crew.as_bytes()),
        ":district": row.district.as_bytes(),
        ":search": searchable(row),
        ":row": json(row)?,
    };
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

pub(super) fn one(connection: &Connection, document: DocumentId) -> rusqlite::Result<Option<BoardRow>> {
    let sql = "SELECT revision, updated_at, row FROM rows WHERE document = ?1";
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], read).optional()
}

/// Rows, newest first (ids rise with time), and where the next page begins.
pub(super) fn list(connection: &Connection, filter: &RowFilter) -> rusqlite::Result<(Vec<BoardRow>, Option<DocumentId>)> {
    let sql = "SELECT revision, updated_at, row FROM rows
               WHERE (:kind IS NULL OR kind = :kind)
                 AND (:phase IS NULL OR phase = :phase)
                 AND (:state IS NULL OR state = :state)
                 AND (:crew IS NULL OR crew = :crew)
                 AND (:text IS NULL OR instr(search, :text) > 0)
                 AND (:districts IS NULL OR district IN (SELECT unhex(value) FROM json_each(:districts)))
                 AND (:before IS NULL OR document < :before)
               ORDER BY document DESC LIMIT :limit";
    let limit = filter.limit.clamp(1, MAX_ROWS);
    let values = named_params! {
        ":kind": filter.kind,
        ":phase": filter.phase.map(Phase::name),
        ":state": filter.state,
        ":crew": filter.crew.map(|crew| *crew.as_bytes()),
        ":text": filter.text.as_ref().map(|text| text.trim().to_lowercase()),
        ":districts": filter.districts.as_deref().map(hex_list).transpose()?,
        ":before": filter.before.map(|document| *document.as_bytes()),
        ":limit": counter(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1)),
    };
    let mut rows = connection.prepare_cached(sql)?.query_map(values, read)?.collect::<rusqlite::Result<Vec<BoardRow>>>()?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.row.id);
    Ok((rows, next))
}

fn read(row: &Row<'_>) -> rusqlite::Result<BoardRow> {
    Ok(BoardRow { revision: read_counter(row, "revision")?, updated_at: read_time(row, "updated_at")?, row: read_json(row, "row")? })
}

fn searchable(row: &WorkRow) -> String {
    let phone = row.customer.phone.as_deref().unwrap_or_default();
    let account = row.customer.account.as_deref().unwrap_or_default();
    let meter = row.about.get("meter").and_then(|meter| meter.get("serial")?.as_str()).unwrap_or_default();
    // A line break between the fields, so that no text matches across them.
    [&row.number, &row.site.address, &row.customer.name, phone, account, meter].join("\n").to_lowercase()
}

/// Ids for `json_each` and `unhex`.
pub(super) fn hex_list(districts: &[DistrictId]) -> rusqlite::Result<String> {
    let hex: Vec<String> = districts.iter().map(|district| district.to_string().replace('-', "")).collect();
    json(&hex)
}
