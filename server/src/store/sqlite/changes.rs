//! The truth: raw changes in commit order.

use linecrew_protocol::{
    ActorId, Change, ChangeHash,
    ids::{DocumentId, InstallationId, PersonId},
    time::Timestamp,
    wire::ChangeRecord,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::columns::{counter, read_counter, read_time};

/// A change, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub(super) document: DocumentId,
    pub(super) installation: InstallationId,
    pub(super) device_seq: u64,
    pub(super) person: PersonId,
    pub(super) received_at: Timestamp,
}

/// Stores a change and returns its place in the order of commits.
pub(super) fn insert(transaction: &Transaction<'_>, change: &Change, origin: &Origin) -> rusqlite::Result<u64> {
    let sql = "INSERT INTO changes (document, hash, actor, actor_seq, bytes, installation, device_seq, person, received_at)
               VALUES (:document, :hash, :actor, :actor_seq, :bytes, :installation, :device_seq, :person, :received_at)
               RETURNING commit_seq";
    let values = named_params! {
        ":document": origin.document.as_bytes(),
        ":hash": change.hash().0,
        ":actor": change.actor_id().to_bytes(),
        ":actor_seq": counter(change.seq()),
        ":bytes": change.raw_bytes(),
        ":installation": origin.installation.as_bytes(),
        ":device_seq": counter(origin.device_seq),
        ":person": origin.person.as_bytes(),
        ":received_at": origin.received_at.as_unix_millis(),
    };
    transaction.prepare_cached(sql)?.query_row(values, |row| read_counter(row, "commit_seq"))
}

/// One more than the changes of `actor` in `document`.
pub(super) fn next_actor_seq(connection: &Connection, document: DocumentId, actor: &ActorId) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(max(actor_seq), 0) + 1 AS next FROM changes WHERE document = ?1 AND actor = ?2";
    let params = (document.as_bytes(), actor.to_bytes());
    connection.prepare_cached(sql)?.query_row(params, |row| read_counter(row, "next"))
}

/// Whether this installation's change is part of the document already.
pub(super) fn is_known(connection: &Connection, hash: &ChangeHash, origin: &Origin) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM changes WHERE hash = ?1 AND document = ?2 AND installation = ?3";
    connection.prepare_cached(sql)?.exists((hash.0, origin.document.as_bytes(), origin.installation.as_bytes()))
}

/// All changes of a document, in commit order.
pub(super) fn of_document(connection: &Connection, document: DocumentId) -> rusqlite::Result<Vec<(Vec<u8>, Timestamp)>> {
    let sql = "SELECT bytes, received_at FROM changes WHERE document = ?1 ORDER BY commit_seq";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([document.as_bytes()], |row| Ok((row.get("bytes")?, read_time(row, "received_at")?)))?.collect()
}

/// Which changes a phone lacks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) document: DocumentId,
    /// It has everything up to this commit.
    pub(super) after: u64,
    /// It gets everything up to this one.
    pub(super) up_to: u64,
    /// It has what came from here.
    pub(super) except: Option<InstallationId>,
}

impl Span {
    /// All there is.
    pub(super) fn whole(document: DocumentId) -> Self {
        Self { document, after: 0, up_to: u64::MAX, except: None }
    }
}

pub(super) fn records(connection: &Connection, span: &Span) -> rusqlite::Result<Vec<ChangeRecord>> {
    let sql = "SELECT bytes, received_at FROM changes
               WHERE document = ?1 AND commit_seq > ?2 AND commit_seq <= ?3 AND (?4 IS NULL OR installation <> ?4)
               ORDER BY commit_seq";
    let read = |row: &Row<'_>| {
        let change: Vec<u8> = row.get("bytes")?;
        Ok(ChangeRecord { change: change.into(), received_at: read_time(row, "received_at")? })
    };
    let except = span.except.map(|installation| *installation.as_bytes());
    let params = (span.document.as_bytes(), counter(span.after), counter(span.up_to), except);
    connection.prepare_cached(sql)?.query_map(params, read)?.collect()
}

/// When the changes of an installation's edit were stored, for outcomes that are given again.
pub(super) fn received_at(connection: &Connection, hash: &ChangeHash) -> rusqlite::Result<Option<Timestamp>> {
    let sql = "SELECT received_at FROM changes WHERE hash = ?1";
    connection.prepare_cached(sql)?.query_row([hash.0], |row| read_time(row, "received_at")).optional()
}

/// The newest commit; 0 before the first.
pub(super) fn newest(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(max(commit_seq), 0) AS newest FROM changes";
    connection.prepare_cached(sql)?.query_row([], |row| read_counter(row, "newest"))
}
