//! What people see of the outbox.

use std::collections::BTreeMap;

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DocumentId, EventId},
    time::Timestamp,
};
use rusqlite::{Connection, Result, Row, named_params};

use crate::{
    edits::{EditStatus, EditView, EditsFilter},
    items::EditCounts,
    store::columns::{Json, number, optional_time, time},
};

/// How many edits are where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) saved: u64,
    pub(crate) sent: u64,
    pub(crate) accepted: u64,
    pub(crate) oldest_pending_at: Option<Timestamp>,
    pub(crate) newest_received_at: Option<Timestamp>,
}

pub(crate) fn counts(connection: &Connection) -> Result<Counts> {
    let sql = "SELECT count(*) FILTER (WHERE state = 'saved') AS saved, count(*) FILTER (WHERE state = 'sent') AS sent,
                   count(*) FILTER (WHERE state = 'accepted') AS accepted,
                   min(saved_at) FILTER (WHERE state IN ('saved', 'sent')) AS oldest_pending_at,
                   max(received_at) FILTER (WHERE state = 'accepted') AS newest_received_at
               FROM outbox";
    connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(Counts {
            saved: number(row, "saved")?,
            sent: number(row, "sent")?,
            accepted: number(row, "accepted")?,
            oldest_pending_at: optional_time(row, "oldest_pending_at")?,
            newest_received_at: optional_time(row, "newest_received_at")?,
        })
    })
}

pub(crate) fn counts_by_document(connection: &Connection) -> Result<BTreeMap<DocumentId, EditCounts>> {
    let sql = "SELECT outbox.document, count(*) FILTER (WHERE state = 'saved') AS saved, count(*) FILTER (WHERE state = 'sent') AS sent,
                   count(*) FILTER (WHERE state = 'accepted') AS accepted,
                   count(*) FILTER (WHERE state = 'quarantined' AND coalesce(dismissed, 0) = 0) AS quarantined
               FROM outbox LEFT JOIN inbox ON inbox.device_seq = outbox.device_seq
               WHERE replaced_by IS NULL GROUP BY outbox.document";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let counts = EditCounts {
            saved_here: number(row, "saved")?,
            sent: number(row, "sent")?,
            safe: number(row, "accepted")?,
            needs_attention: number(row, "quarantined")?,
        };
        Ok((DocumentId::from_bytes(row.get("document")?), counts))
    })?;
    rows.collect()
}

pub(crate) fn views(connection: &Connection, filter: EditsFilter) -> Result<Vec<EditView>> {
    // The newest are chosen first, then put into the order in which they were made.
    let sql = "SELECT outbox.device_seq, outbox.document, item.number, event, outbox.kind, saved_at, state, received_at, refusal, dismissed
               FROM outbox LEFT JOIN item ON item.document = outbox.document LEFT JOIN inbox ON inbox.device_seq = outbox.device_seq
               WHERE replaced_by IS NULL AND (:document IS NULL OR outbox.document = :document) AND NOT (:unsafe_only AND state = 'accepted')
               ORDER BY outbox.device_seq DESC LIMIT :newest";
    let mut statement = connection.prepare_cached(sql)?;
    let newest = filter.newest.map_or(-1, i64::from);
    let parameters = named_params! {
        ":document": filter.document.as_ref().map(DocumentId::as_bytes),
        ":unsafe_only": filter.unsafe_only,
        ":newest": newest,
    };
    let rows = statement.query_map(parameters, |row| {
        Ok(EditView {
            device_seq: number(row, "device_seq")?,
            document: DocumentId::from_bytes(row.get("document")?),
            number: row.get("number")?,
            event: EventId::from_bytes(row.get("event")?),
            kind: row.get("kind")?,
            saved_at: time(row, "saved_at")?,
            status: status(row)?,
        })
    })?;
    let mut views = rows.collect::<Result<Vec<_>>>()?;
    views.reverse();
    Ok(views)
}

/// Where this phone's own events of a document are.
pub(crate) fn statuses(connection: &Connection, document: DocumentId) -> Result<BTreeMap<EventId, EditStatus>> {
    let sql = "SELECT event, state, received_at, refusal, dismissed
               FROM outbox LEFT JOIN inbox ON inbox.device_seq = outbox.device_seq WHERE outbox.document = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([document.as_bytes()], |row| Ok((EventId::from_bytes(row.get("event")?), status(row)?)))?;
    rows.collect()
}

fn status(row: &Row<'_>) -> Result<EditStatus> {
    let refusal: Option<Json<Refusal>> = row.get("refusal")?;
    let refusal = refusal.map_or_else(|| Refusal::new(Reason::Unknown, ""), |json| json.0);
    let dismissed = row.get::<_, Option<bool>>("dismissed")?.unwrap_or(false);
    Ok(match row.get::<_, String>("state")?.as_str() {
        "saved" => EditStatus::SavedHere,
        "sent" => EditStatus::Sent,
        "accepted" => EditStatus::Safe { received_at: optional_time(row, "received_at")?.unwrap_or_default() },
        _ if dismissed => EditStatus::Withdrawn { refusal },
        _ => EditStatus::NeedsAttention { refusal },
    })
}
