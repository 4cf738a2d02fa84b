//! Refused edits, kept whole.

mod confirmed;
mod listing;

use linecrew_protocol::{
    ChangeHash, Reason, Refusal,
    ids::{DocumentId, InstallationId, PersonId},
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::deliver::{Again, read_again};
use super::{
    columns::{counter, damaged, read_counter, read_time},
    limits::MAX_QUARANTINED_SHOWN,
};
pub(super) use listing::list;

use crate::store::QuarantinedEdit;

/// A refused edit.
pub(super) struct Refused<'a> {
    pub(super) installation: InstallationId,
    pub(super) device_seq: u64,
    pub(super) content: [u8; 32],
    pub(super) document: DocumentId,
    pub(super) generation: u32,
    pub(super) bytes: &'a [u8],
    pub(super) hash: Option<ChangeHash>,
    pub(super) refusal: &'a Refusal,
    pub(super) depends_on: Option<u64>,
    pub(super) person: PersonId,
    pub(super) received_at: Timestamp,
}

/// Whether no honest phone that was told of its rights sends an edit that is refused for this (rules 12, 13 and 16).
pub(super) fn is_security(reason: Reason) -> bool {
    use Reason as R;
    matches!(
        reason,
        R::NotYourItem | R::WrongAuthor | R::WrongActor | R::SequenceReused | R::Revoked | R::SectionNotPermitted | R::TicketTaken
    )
}

/// Keeps a refused edit. The same content under the same number is kept once; false when it was kept before.
pub(super) fn keep(transaction: &Transaction<'_>, refused: &Refused<'_>) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO quarantine (installation, device_seq, content, document, generation, bytes, hash, reason, detail,
                   depends_on, person, received_at)
               VALUES (:installation, :device_seq, :content, :document, :generation, :bytes, :hash, :reason, :detail,
                   :depends_on, :person, :received_at)
               ON CONFLICT (installation, device_seq, content) DO NOTHING";
    let values = named_params! {
        ":installation": refused.installation.as_bytes(),
        ":device_seq": counter(refused.device_seq),
        ":content": refused.content,
        ":document": refused.document.as_bytes(),
        ":generation": refused.generation,
        ":bytes": refused.bytes,
        ":hash": refused.hash.map(|hash| hash.0),
        ":reason": refused.refusal.reason.number(),
        ":detail": refused.refusal.detail,
        ":depends_on": refused.depends_on.map(counter),
        ":person": refused.person.as_bytes(),
        ":received_at": refused.received_at.as_unix_millis(),
    };
    let kept = transaction.prepare_cached(sql)?.execute(values)?;
    Ok(kept > 0)
}

/// The edit is part of its document now.
pub(super) fn release(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    device_seq: u64,
    content: &[u8; 32],
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM quarantine WHERE installation = ?1 AND device_seq = ?2 AND content = ?3";
    transaction.prepare_cached(sql)?.execute((installation.as_bytes(), counter(device_seq), content))?;
    Ok(())
}

/// Which refused edit: several contents may have come under one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) installation: InstallationId,
    pub(super) device_seq: u64,
    pub(super) content: [u8; 32],
}

/// A refused edit, to be judged again.
pub(super) fn read(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Again>> {
    let sql = "SELECT installation, device_seq, person, document, generation, bytes FROM quarantine
               WHERE installation = ?1 AND device_seq = ?2 AND content = ?3";
    let values = (key.installation.as_bytes(), counter(key.device_seq), key.content);
    connection.prepare_cached(sql)?.query_row(values, read_again).optional()
}

/// It was judged again, and is refused for another reason now: here, and in what its phone hears when it asks again.
pub(super) fn answer_anew(transaction: &Transaction<'_>, key: &Key, refusal: &Refusal, depends_on: Option<u64>) -> rusqlite::Result<()> {
    let sql =
        "UPDATE quarantine SET reason = ?4, detail = ?5, depends_on = ?6 WHERE installation = ?1 AND device_seq = ?2 AND content = ?3";
    let (installation, device_seq) = (key.installation.as_bytes(), counter(key.device_seq));
    let (reason, detail) = (refusal.reason.number(), &refusal.detail);
    transaction.prepare_cached(sql)?.execute((installation, device_seq, key.content, reason, detail, depends_on.map(counter)))?;
    let sql = "UPDATE edits SET refused = ?4, detail = ?5 WHERE installation = ?1 AND device_seq = ?2 AND content = ?3";
    transaction.prepare_cached(sql)?.execute((installation, device_seq, key.content, reason, detail)).map(drop)
}

/// It is kept for ever, and is no longer open.
pub(super) fn close(transaction: &Transaction<'_>, key: &Key, decision: u64) -> rusqlite::Result<()> {
    let sql = "UPDATE quarantine SET decision = ?4 WHERE installation = ?1 AND device_seq = ?2 AND content = ?3";
    let values = (key.installation.as_bytes(), counter(key.device_seq), key.content, counter(decision));
    transaction.prepare_cached(sql)?.execute(values).map(drop)
}

/// Where an edit stands among the edits of its author to one document.
pub(super) struct Line<'a> {
    pub(super) installation: InstallationId,
    pub(super) device_seq: u64,
    pub(super) document: DocumentId,
    pub(super) generation: u32,
    pub(super) deps: &'a [ChangeHash],
}

/// The first refused edit that this one builds on: an earlier one of the same actor (installation, document, generation), or one that its
/// change names as seen.
pub(super) fn refused_before(connection: &Connection, line: &Line<'_>) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT device_seq FROM quarantine
               WHERE document = ?1 AND installation = ?2 AND generation = ?3 AND device_seq < ?4 ORDER BY device_seq LIMIT 1";
    let (document, installation) = (line.document.as_bytes(), line.installation.as_bytes());
    let same_actor = (document, installation, line.generation, counter(line.device_seq));
    let found = connection.prepare_cached(sql)?.query_row(same_actor, |row| read_counter(row, "device_seq")).optional()?;
    if found.is_some() {
        return Ok(found);
    }
    let sql = "SELECT device_seq FROM quarantine WHERE document = ?1 AND installation = ?2 AND hash = ?3 ORDER BY device_seq LIMIT 1";
    for dep in line.deps {
        let params = (document, installation, dep.0);
        let found = connection.prepare_cached(sql)?.query_row(params, |row| read_counter(row, "device_seq")).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Refused edits of a document, newest first.
pub(super) fn of_document(connection: &Connection, document: DocumentId) -> rusqlite::Result<Vec<QuarantinedEdit>> {
    let sql = "SELECT installation, device_seq, person, received_at, reason, detail, bytes FROM quarantine
               WHERE document = ?1 ORDER BY rowid DESC LIMIT ?2";
    let limit = i64::try_from(MAX_QUARANTINED_SHOWN).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.query_map((document.as_bytes(), limit), read_edit)?.collect()
}

/// The columns `installation, device_seq, person, received_at, reason, detail, bytes`.
fn read_edit(row: &Row<'_>) -> rusqlite::Result<QuarantinedEdit> {
    let (event_kind, body) = confirmed::confirmed(&row.get::<_, Vec<u8>>("bytes")?);
    Ok(QuarantinedEdit {
        installation: InstallationId::from_bytes(row.get("installation")?),
        device_seq: read_counter(row, "device_seq")?,
        person: PersonId::from_bytes(row.get("person")?),
        received_at: read_time(row, "received_at")?,
        reason: Reason::of_number(u32::try_from(row.get::<_, i64>("reason")?).map_err(|_| damaged("reason"))?),
        detail: row.get("detail")?,
        event_kind,
        body,
    })
}
