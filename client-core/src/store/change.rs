//! The raw changes: the truth.

use std::collections::BTreeSet;

use linecrew_protocol::{Change, ChangeHash, ids::DocumentId, time::Timestamp};
use rusqlite::{
    Connection, OptionalExtension, Result, ToSql, Transaction, named_params,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

use super::columns::{Hashes, integer, optional_time};

/// How a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// This phone's own, not answered yet, or refused and waiting for the rebase.
    Pending,
    /// Part of the document on the server.
    Accepted,
    /// Part of no document; kept as long as the server may have to be sent it again.
    Refused,
}

impl Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

impl ToSql for Standing {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for Standing {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        [Self::Pending, Self::Accepted, Self::Refused].into_iter().find(|standing| standing.name() == name).ok_or(FromSqlError::InvalidType)
    }
}

/// A change as it lies in its row.
#[derive(Debug)]
pub(crate) struct StoredChange {
    pub(crate) hash: ChangeHash,
    pub(crate) bytes: Vec<u8>,
    pub(crate) received_at: Option<Timestamp>,
}

impl StoredChange {
    /// The change, if the bytes are still the ones that were stored.
    pub(crate) fn decode(&self) -> Option<Change> {
        Change::from_bytes(self.bytes.clone()).ok().filter(|change| change.hash() == self.hash)
    }
}

/// The changes that make up the document on this phone, each after all that it depends on.
pub(crate) fn working(connection: &Connection, document: DocumentId) -> Result<Vec<StoredChange>> {
    let sql = "SELECT hash, bytes, received_at FROM change WHERE document = ?1 AND standing <> 'refused' ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([document.as_bytes()], |row| {
        Ok(StoredChange { hash: ChangeHash(row.get("hash")?), bytes: row.get("bytes")?, received_at: optional_time(row, "received_at")? })
    })?;
    rows.collect()
}

/// Stores a change, or how it stands now. The bytes are written again too: those here may have been damaged.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    document: DocumentId,
    change: &Change,
    standing: Standing,
    received_at: Option<Timestamp>,
) -> Result<()> {
    let sql = "INSERT INTO change (document, hash, deps, actor, seq, bytes, standing, received_at)
               VALUES (:document, :hash, :deps, :actor, :seq, :bytes, :standing, :received_at)
               ON CONFLICT (document, hash) DO UPDATE SET standing = excluded.standing, received_at = excluded.received_at,
                   bytes = excluded.bytes";
    let written = transaction.prepare_cached(sql)?.execute(named_params! {
        ":document": document.as_bytes(),
        ":hash": change.hash().0,
        ":deps": Hashes(change.deps().to_vec()),
        ":actor": change.actor_id().to_bytes(),
        ":seq": integer(change.seq()),
        ":bytes": change.raw_bytes(),
        ":standing": standing,
        ":received_at": received_at.map(Timestamp::as_unix_millis),
    });
    written.map(drop)
}

/// How a change stands; `None` when it is not here.
pub(crate) fn standing(connection: &Connection, document: DocumentId, hash: ChangeHash) -> Result<Option<Standing>> {
    let sql = "SELECT standing FROM change WHERE document = ?1 AND hash = ?2";
    connection.prepare_cached(sql)?.query_row((document.as_bytes(), hash.0), |row| row.get("standing")).optional()
}

pub(crate) fn set_standing(
    transaction: &Transaction<'_>,
    document: DocumentId,
    hash: ChangeHash,
    standing: Standing,
    received_at: Option<Timestamp>,
) -> Result<()> {
    let sql = "UPDATE change SET standing = ?3, received_at = ?4 WHERE document = ?1 AND hash = ?2";
    let values = (document.as_bytes(), hash.0, standing, received_at.map(Timestamp::as_unix_millis));
    transaction.prepare_cached(sql)?.execute(values).map(drop)
}

/// Deletes this phone's changes that the server has not accepted: their commands were carried out again.
pub(crate) fn delete_pending(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute("DELETE FROM change WHERE standing <> 'accepted'", []).map(drop)
}

/// The heads of what the server has accepted. A change on which an accepted one depends is accepted too, whether its own answer has
/// arrived or not.
pub(crate) fn accepted_heads(connection: &Connection, document: DocumentId) -> Result<Vec<ChangeHash>> {
    let sql = "SELECT hash, deps, standing FROM change WHERE document = ?1 ORDER BY position DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([document.as_bytes()])?;
    let (mut heads, mut covered) = (Vec::new(), BTreeSet::new());
    while let Some(row) = rows.next()? {
        let hash = ChangeHash(row.get("hash")?);
        let under_a_head = covered.contains(&hash);
        if under_a_head || row.get::<_, Standing>("standing")? == Standing::Accepted {
            covered.extend(row.get::<_, Hashes>("deps")?.0);
            if !under_a_head {
                heads.push(hash);
            }
        }
    }
    Ok(heads)
}
