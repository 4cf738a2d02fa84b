//! The table of decisions. Rows are added and never changed; the link of each is a hash of the one before and of all that is decided in it.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{BatchId, DocumentId, InstallationId, PersonId},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};
use sha2::{Digest as _, Sha256};

use super::{
    super::{
        columns::{counter, damaged, read_counter, read_time},
        quarantine,
    },
    open::OpenEdit,
};
use crate::store::refused::{DecideBatch, DecidedEdit, DecisionRecord, Fate};

/// What binds a decision to those before it.
pub(in super::super) type Link = [u8; 32];

/// Writes a decision down, and closes what is no longer open after it.
pub(super) fn write(transaction: &Transaction<'_>, decision: &DecideBatch, fates: &[(OpenEdit, Fate)]) -> rusqlite::Result<DecisionRecord> {
    let (last, previous) = tail(transaction)?;
    let DecideBatch { batch, choice, reason, by, by_name, now } = decision;
    let edits = fates.iter().map(|(edit, fate)| DecidedEdit {
        installation: edit.key.installation,
        device_seq: edit.key.device_seq,
        document: edit.document,
        refused: edit.refusal.clone(),
        fate: *fate,
    });
    let record = DecisionRecord {
        id: last.saturating_add(1),
        batch: *batch,
        choice: *choice,
        reason: reason.clone(),
        by: by.person,
        by_name: by_name.clone(),
        at: *now,
        edits: edits.collect(),
    };
    let sql = "INSERT INTO decisions (id, batch, choice, reason, decided_by, by_name, decided_at, link)
               VALUES (:id, :batch, :choice, :reason, :decided_by, :by_name, :decided_at, :link)";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":id": counter(record.id),
        ":batch": record.batch.as_bytes(),
        ":choice": record.choice.name(),
        ":reason": record.reason,
        ":decided_by": record.by.as_bytes(),
        ":by_name": record.by_name,
        ":decided_at": record.at.as_unix_millis(),
        ":link": link_after(&previous, &record),
    })?;
    for (edit, fate) in fates {
        insert_edit(transaction, record.id, edit, *fate)?;
        if matches!(fate, Fate::Dismissed | Fate::AlreadyRecorded) {
            quarantine::close(transaction, &edit.key, record.id)?;
        }
    }
    Ok(record)
}

fn insert_edit(transaction: &Transaction<'_>, decision: u64, edit: &OpenEdit, fate: Fate) -> rusqlite::Result<()> {
    let sql = "INSERT INTO decided_edits (decision, installation, device_seq, content, document, person, reason, detail, fate)
               VALUES (:decision, :installation, :device_seq, :content, :document, :person, :reason, :detail, :fate)";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":decision": counter(decision),
        ":installation": edit.key.installation.as_bytes(),
        ":device_seq": counter(edit.key.device_seq),
        ":content": edit.key.content,
        ":document": edit.document.as_bytes(),
        ":person": edit.person.as_bytes(),
        ":reason": edit.refusal.reason.number(),
        ":detail": edit.refusal.detail,
        ":fate": fate.name(),
    })?;
    Ok(())
}

/// The link of a decision.
pub(in super::super) fn link_after(previous: &Link, decision: &DecisionRecord) -> Link {
    let mut hash = Sha256::new().chain_update(b"linecrew decision 1").chain_update(previous);
    hash.update(decision.id.to_be_bytes());
    hash.update(decision.batch.as_bytes());
    hash.update(decision.by.as_bytes());
    hash.update(decision.at.as_unix_millis().to_be_bytes());
    for text in [decision.choice.name(), &decision.reason, &decision.by_name] {
        add_text(&mut hash, text);
    }
    for DecidedEdit { installation, device_seq, document, refused, fate } in &decision.edits {
        hash.update(installation.as_bytes());
        hash.update(device_seq.to_be_bytes());
        hash.update(document.as_bytes());
        hash.update(refused.reason.number().to_be_bytes());
        add_text(&mut hash, &refused.detail);
        add_text(&mut hash, fate.name());
    }
    hash.finalize().into()
}

/// With its length before it, so that no two texts run together.
fn add_text(hash: &mut Sha256, text: &str) {
    hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(text);
}

/// The newest decision about a batch.
pub(super) fn of_batch(connection: &Connection, batch: BatchId) -> rusqlite::Result<Option<DecisionRecord>> {
    let sql = "SELECT id, batch, choice, reason, decided_by, by_name, decided_at FROM decisions WHERE batch = ?1 ORDER BY id DESC LIMIT 1";
    let found = connection.prepare_cached(sql)?.query_row([batch.as_bytes()], read).optional()?;
    found.map(|found| with_edits(connection, found, None)).transpose()
}

/// What was decided about edits of a document, oldest first, with these edits only.
pub(in super::super) fn of_document(connection: &Connection, document: DocumentId) -> rusqlite::Result<Vec<DecisionRecord>> {
    let sql = "SELECT id, batch, choice, reason, decided_by, by_name, decided_at FROM decisions
               WHERE id IN (SELECT decision FROM decided_edits WHERE document = ?1) ORDER BY id";
    let found = connection.prepare_cached(sql)?.query_map([document.as_bytes()], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    found.into_iter().map(|found| with_edits(connection, found, Some(document))).collect()
}

/// Every decision in order, with its link.
pub(in super::super) fn read_all(connection: &Connection) -> rusqlite::Result<Vec<(DecisionRecord, Link)>> {
    let sql = "SELECT id, batch, choice, reason, decided_by, by_name, decided_at, link FROM decisions ORDER BY id";
    let read = |row: &Row<'_>| Ok((read(row)?, row.get::<_, Link>("link")?));
    let found = connection.prepare_cached(sql)?.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    found.into_iter().map(|(found, link)| Ok((with_edits(connection, found, None)?, link))).collect()
}

/// Whether a refused edit of this person has become part of the document after all.
pub(in super::super) fn has_admitted(connection: &Connection, document: DocumentId, person: PersonId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM decided_edits WHERE document = ?1 AND person = ?2 AND fate = 'accepted'";
    connection.prepare_cached(sql)?.exists((document.as_bytes(), person.as_bytes()))
}

fn tail(connection: &Connection) -> rusqlite::Result<(u64, Link)> {
    let sql = "SELECT id, link FROM decisions ORDER BY id DESC LIMIT 1";
    let found = connection.prepare_cached(sql)?.query_row([], |row| Ok((read_counter(row, "id")?, row.get("link")?))).optional()?;
    Ok(found.unwrap_or((0, [0; 32])))
}

fn read(row: &Row<'_>) -> rusqlite::Result<DecisionRecord> {
    Ok(DecisionRecord {
        id: read_counter(row, "id")?,
        batch: BatchId::from_bytes(row.get("batch")?),
        choice: read_name(row, "choice")?,
        reason: row.get("reason")?,
        by: PersonId::from_bytes(row.get("decided_by")?),
        by_name: row.get("by_name")?,
        at: read_time(row, "decided_at")?,
        edits: Vec::new(),
    })
}

fn with_edits(connection: &Connection, decision: DecisionRecord, only: Option<DocumentId>) -> rusqlite::Result<DecisionRecord> {
    let sql = "SELECT installation, device_seq, document, reason, detail, fate FROM decided_edits
               WHERE decision = ?1 AND (?2 IS NULL OR document = ?2) ORDER BY installation, device_seq, content";
    let values = (counter(decision.id), only.map(|document| *document.as_bytes()));
    let edits = connection.prepare_cached(sql)?.query_map(values, read_edit)?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(DecisionRecord { edits, ..decision })
}

fn read_edit(row: &Row<'_>) -> rusqlite::Result<DecidedEdit> {
    let reason = Reason::of_number(u32::try_from(row.get::<_, i64>("reason")?).map_err(|_| damaged("reason"))?);
    Ok(DecidedEdit {
        installation: InstallationId::from_bytes(row.get("installation")?),
        device_seq: read_counter(row, "device_seq")?,
        document: DocumentId::from_bytes(row.get("document")?),
        refused: Refusal::new(reason, row.get::<_, String>("detail")?),
        fate: read_name(row, "fate")?,
    })
}

/// An enum by its stable name.
fn read_name<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &'static str) -> rusqlite::Result<T> {
    serde_json::from_value(row.get::<_, String>(column)?.into()).map_err(|_| damaged(column))
}
