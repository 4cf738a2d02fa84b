//! The outbox: every edit of this installation, by its gap-free number.

use linecrew_protocol::{
    Change, ChangeHash, Reason, Refusal,
    ids::DocumentId,
    key::content_of,
    limits::MAX_REFUSED_NAMED,
    time::{Evidence, Timestamp},
};
use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction, named_params};

use super::columns::{Json, integer, number, optional_number};
use crate::{authoring::Moment, command::Command};

mod chain;
mod push;
mod views;

pub(crate) use chain::complete as complete_chain;
pub(crate) use push::{Unsigned, mark_sent, push_from};
pub(crate) use views::{counts, counts_by_document, statuses, views};

/// An edit that was just made.
#[derive(Debug)]
pub(crate) struct NewEdit<'a> {
    pub(crate) device_seq: u64,
    pub(crate) document: DocumentId,
    pub(crate) change: &'a Change,
    pub(crate) generation: u32,
    pub(crate) kind: &'a str,
    pub(crate) command: &'a Command,
    pub(crate) moment: &'a Moment,
}

/// An edit as the sync needs it.
#[derive(Debug, Clone)]
pub(crate) struct OutboxEdit {
    pub(crate) device_seq: u64,
    pub(crate) document: DocumentId,
    pub(crate) hash: ChangeHash,
    /// What was confirmed, and when; absent once the document has left with everything answered.
    pub(crate) origin: Option<(Command, Evidence)>,
    pub(crate) refusal: Option<Refusal>,
}

const SELECT: &str = "SELECT device_seq, document, hash, command, evidence, refusal FROM outbox";

/// Writes an edit, and its link: from here on every edit that follows holds this one.
pub(crate) fn insert(transaction: &Transaction<'_>, edit: &NewEdit<'_>) -> Result<()> {
    let sql = "INSERT INTO outbox (device_seq, document, hash, generation, event, kind, command, evidence, saved_at, state, content, link)
               VALUES (:device_seq, :document, :hash, :generation, :event, :kind, :command, :evidence, :saved_at, 'saved', :content, :link)";
    let content = content_of(edit.document, edit.generation, edit.change.raw_bytes());
    let link = chain::before(transaction, edit.device_seq)?.then(&content);
    let written = transaction.prepare_cached(sql)?.execute(named_params! {
        ":device_seq": integer(edit.device_seq),
        ":document": edit.document.as_bytes(),
        ":hash": edit.change.hash().0,
        ":generation": edit.generation,
        ":event": edit.moment.event.as_bytes(),
        ":kind": edit.kind,
        ":command": Json(edit.command),
        ":evidence": Json(&edit.moment.evidence),
        ":saved_at": edit.moment.evidence.wall.as_unix_millis(),
        ":content": content,
        ":link": link.as_bytes(),
    });
    written.map(drop)
}

pub(crate) fn find(connection: &Connection, device_seq: u64) -> Result<Option<OutboxEdit>> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE device_seq = ?1"))?;
    statement.query_row([integer(device_seq)], read).optional()
}

pub(crate) fn first_unanswered(connection: &Connection) -> Result<Option<u64>> {
    let sql = "SELECT min(device_seq) AS first FROM outbox WHERE state IN ('saved', 'sent')";
    connection.query_row(sql, [], |row| optional_number(row, "first"))
}

pub(crate) fn count_unanswered(connection: &Connection) -> Result<u64> {
    let sql = "SELECT count(*) AS edits FROM outbox WHERE state IN ('saved', 'sent')";
    connection.query_row(sql, [], |row| number(row, "edits"))
}

/// The edits of which no answer is final, in order: those without one, and those that wait for a rebase because they depend on a refused
/// one. A refused one itself is in the inbox.
pub(crate) fn to_make_again(connection: &Connection) -> Result<Vec<OutboxEdit>> {
    let sql = format!(
        "{SELECT} WHERE replaced_by IS NULL AND (state IN ('saved', 'sent') OR (state = 'quarantined' AND NOT EXISTS
         (SELECT 1 FROM inbox WHERE inbox.device_seq = outbox.device_seq))) ORDER BY device_seq"
    );
    let mut statement = connection.prepare(&sql)?;
    statement.query_map([], read)?.collect()
}

/// The newest edits that stand as refused: which of them the office has admitted since, only the server knows. What is part of its document
/// already, as another edit, stays refused for ever, and nothing of it is missing.
pub(crate) fn refused(connection: &Connection) -> Result<Vec<u64>> {
    let sql = "SELECT device_seq FROM outbox WHERE state = 'quarantined' AND replaced_by IS NULL
               AND json_extract(refusal, '$.reason') IS NOT ?2 ORDER BY device_seq DESC LIMIT ?1";
    let limit = i64::try_from(MAX_REFUSED_NAMED).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.query_map((limit, Reason::AlreadyRecorded.to_string()), |row| number(row, "device_seq"))?.collect()
}

/// Whether an edit of the document waits for an answer.
pub(crate) fn is_unanswered(connection: &Connection, document: DocumentId) -> Result<bool> {
    let sql = "SELECT 1 FROM outbox WHERE document = ?1 AND state IN ('saved', 'sent')";
    connection.prepare_cached(sql)?.exists([document.as_bytes()])
}

/// The document's refused edits whose changes are still part of it here: what a rebase has to take out.
pub(crate) fn to_rebase(connection: &Connection, document: DocumentId) -> Result<Vec<OutboxEdit>> {
    let sql = format!(
        "{SELECT} WHERE document = ?1 AND state = 'quarantined' AND hash IN
         (SELECT hash FROM change WHERE document = ?1 AND standing = 'pending') ORDER BY device_seq"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map([document.as_bytes()], read)?.collect()
}

pub(crate) fn accept(transaction: &Transaction<'_>, device_seq: u64, received_at: Timestamp) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'accepted', received_at = ?2, refusal = NULL WHERE device_seq = ?1";
    transaction.prepare_cached(sql)?.execute((integer(device_seq), received_at.as_unix_millis())).map(drop)
}

/// The number of the edit with this change, if it stands as refused.
pub(crate) fn refused_as(connection: &Connection, document: DocumentId, hash: ChangeHash) -> Result<Option<u64>> {
    let sql = "SELECT device_seq FROM outbox WHERE document = ?1 AND hash = ?2 AND state = 'quarantined'";
    let values = (document.as_bytes(), hash.0);
    connection.prepare_cached(sql)?.query_row(values, |row| number(row, "device_seq")).optional()
}

/// Whether this edit stands as refused.
pub(crate) fn is_refused(connection: &Connection, device_seq: u64) -> Result<bool> {
    let sql = "SELECT 1 FROM outbox WHERE device_seq = ?1 AND state = 'quarantined'";
    connection.prepare_cached(sql)?.exists([integer(device_seq)])
}

pub(crate) fn quarantine(transaction: &Transaction<'_>, device_seq: u64, received_at: Timestamp, refusal: &Refusal) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'quarantined', received_at = ?2, refusal = ?3 WHERE device_seq = ?1";
    transaction.prepare_cached(sql)?.execute((integer(device_seq), received_at.as_unix_millis(), Json(refusal))).map(drop)
}

pub(crate) fn replace(transaction: &Transaction<'_>, device_seq: u64, by: u64) -> Result<()> {
    let sql = "UPDATE outbox SET replaced_by = ?2 WHERE device_seq = ?1";
    transaction.prepare_cached(sql)?.execute((integer(device_seq), integer(by))).map(drop)
}

/// The server has lost its answers from `device_seq` on: they wait again. Answers the documents concerned.
pub(crate) fn reopen(transaction: &Transaction<'_>, device_seq: u64) -> Result<Vec<(DocumentId, ChangeHash)>> {
    let sql = "UPDATE outbox SET state = 'saved', received_at = NULL WHERE device_seq >= ?1 AND state IN ('accepted', 'quarantined')
               RETURNING document, hash";
    let mut statement = transaction.prepare(sql)?;
    let rows = statement
        .query_map([integer(device_seq)], |row| Ok((DocumentId::from_bytes(row.get("document")?), ChangeHash(row.get("hash")?))))?;
    rows.collect()
}

/// The document has left with everything answered: of its edits only the numbers stay, so that they have no gaps.
pub(crate) fn forget_contents(transaction: &Transaction<'_>, document: DocumentId) -> Result<()> {
    let sql = "UPDATE outbox SET command = NULL, evidence = NULL WHERE document = ?1";
    transaction.execute(sql, [document.as_bytes()]).map(drop)
}

/// Another installation begins: its numbers start anew.
pub(crate) fn clear(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute("DELETE FROM outbox", []).map(drop)
}

fn read(row: &Row<'_>) -> Result<OutboxEdit> {
    let command: Option<Json<Command>> = row.get("command")?;
    let evidence: Option<Json<Evidence>> = row.get("evidence")?;
    let refusal: Option<Json<Refusal>> = row.get("refusal")?;
    Ok(OutboxEdit {
        device_seq: number(row, "device_seq")?,
        document: DocumentId::from_bytes(row.get("document")?),
        hash: ChangeHash(row.get("hash")?),
        origin: command.zip(evidence).map(|(command, evidence)| (command.0, evidence.0)),
        refusal: refusal.map(|json| json.0),
    })
}
