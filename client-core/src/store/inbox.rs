//! What a person has to know or decide.

use linecrew_protocol::{ids::DocumentId, time::Timestamp};
use rusqlite::{Connection, Result, Row, Transaction, named_params};

use super::{
    columns::{Json, integer, number, time},
    item,
};
use crate::inbox::{InboxBody, InboxItem};

/// Notes it. A refused edit is noted once, however often the server says so; also when it was dismissed.
pub(crate) fn note(transaction: &Transaction<'_>, document: DocumentId, noted_at: Timestamp, body: &InboxBody) -> Result<()> {
    let (kind, device_seq) = match body {
        InboxBody::Refused { device_seq, .. } => ("refused", Some(*device_seq)),
        InboxBody::Withdrawn(_) => ("withdrawn", None),
    };
    let sql = "INSERT INTO inbox (document, number, noted_at, kind, device_seq, body, dismissed)
               VALUES (:document, :number, :noted_at, :kind, :device_seq, :body, FALSE)
               ON CONFLICT (device_seq) DO NOTHING";
    let written = transaction.execute(
        sql,
        named_params! {
            ":document": document.as_bytes(),
            ":number": item::number_of(transaction, document)?,
            ":noted_at": noted_at.as_unix_millis(),
            ":kind": kind,
            ":device_seq": device_seq.map(integer),
            ":body": Json(body),
        },
    );
    written.map(drop)
}

/// The item came back: nobody needs to know any more that it had gone.
pub(crate) fn forget_withdrawal(transaction: &Transaction<'_>, document: DocumentId) -> Result<()> {
    transaction.execute("DELETE FROM inbox WHERE document = ?1 AND kind = 'withdrawn'", [document.as_bytes()]).map(drop)
}

/// The server accepted it after all.
pub(crate) fn forget_refusal(transaction: &Transaction<'_>, device_seq: u64) -> Result<()> {
    transaction.execute("DELETE FROM inbox WHERE device_seq = ?1", [integer(device_seq)]).map(drop)
}

/// Another installation begins: the numbers mean other edits from now on.
pub(crate) fn forget_numbers(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute("UPDATE inbox SET device_seq = NULL", []).map(drop)
}

pub(crate) fn open(connection: &Connection) -> Result<Vec<InboxItem>> {
    let sql = "SELECT id, document, number, noted_at, body FROM inbox WHERE NOT dismissed ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([], read)?.collect()
}

pub(crate) fn dismiss(transaction: &Transaction<'_>, id: i64) -> Result<bool> {
    Ok(transaction.execute("UPDATE inbox SET dismissed = TRUE WHERE id = ?1 AND NOT dismissed", [id])? > 0)
}

pub(crate) fn count_refused(connection: &Connection) -> Result<u64> {
    let sql = "SELECT count(*) AS refused FROM inbox WHERE kind = 'refused' AND NOT dismissed";
    connection.query_row(sql, [], |row| number(row, "refused"))
}

fn read(row: &Row<'_>) -> Result<InboxItem> {
    let body: Json<InboxBody> = row.get("body")?;
    Ok(InboxItem {
        id: row.get("id")?,
        document: DocumentId::from_bytes(row.get("document")?),
        number: row.get("number")?,
        noted_at: time(row, "noted_at")?,
        body: body.0,
    })
}
