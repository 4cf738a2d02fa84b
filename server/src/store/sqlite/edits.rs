//! What was answered to each edit.

use linecrew_protocol::{
    ChangeHash, Reason,
    ids::InstallationId,
    key::{ChainLink, Signature},
    model::collection::EntryHash,
    time::Timestamp,
    wire::{Outcome, Verdict},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::columns::{counter, damaged, read_time};

/// An edit that came before.
pub(super) struct Answered {
    /// What it was.
    pub(super) content: [u8; 32],
    /// What was answered.
    pub(super) outcome: Outcome,
}

pub(super) fn find(connection: &Connection, installation: InstallationId, device_seq: u64) -> rusqlite::Result<Option<Answered>> {
    let sql = "SELECT content, refused, detail, received_at, entry FROM edits WHERE installation = ?1 AND device_seq = ?2";
    let read = |row: &Row<'_>| {
        let refused: Option<i64> = row.get("refused")?;
        let verdict = match refused {
            None => Verdict::Accepted,
            Some(number) => {
                let reason = Reason::of_number(u32::try_from(number).map_err(|_| damaged("refused"))?);
                Verdict::Quarantined { reason, detail: row.get("detail")? }
            }
        };
        let entry: Option<[u8; 32]> = row.get("entry")?;
        let outcome = Outcome { device_seq, received_at: read_time(row, "received_at")?, verdict, entry: entry.map(Into::into) };
        Ok(Answered { content: row.get("content")?, outcome })
    };
    connection.prepare_cached(sql)?.query_row((installation.as_bytes(), counter(device_seq)), read).optional()
}

/// The answers to those of these edits that are accepted.
pub(super) fn accepted(connection: &Connection, installation: InstallationId, device_seqs: &[u64]) -> rusqlite::Result<Vec<Outcome>> {
    let answers = device_seqs.iter().map(|device_seq| Ok(find(connection, installation, *device_seq)?.map(|answered| answered.outcome)));
    let accepted = |outcome: &Outcome| outcome.verdict == Verdict::Accepted;
    Ok(answers.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().filter(accepted).collect())
}

/// The answer to an edit that was refused is another one now. A repeat of it hears the new one.
pub(super) fn accept(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    device_seq: u64,
    content: &[u8; 32],
    (received_at, entry): (Timestamp, Option<EntryHash>),
) -> rusqlite::Result<()> {
    let sql = "UPDATE edits SET refused = NULL, detail = '', received_at = ?4, entry = ?5
               WHERE installation = ?1 AND device_seq = ?2 AND content = ?3";
    let entry = entry.map(|hash| *hash.as_bytes());
    let values = (installation.as_bytes(), counter(device_seq), content, received_at.as_unix_millis(), entry);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The journal entry in a change that is part of its document.
pub(super) fn entry_of(connection: &Connection, hash: &ChangeHash) -> rusqlite::Result<Option<EntryHash>> {
    let sql = "SELECT entry FROM edits JOIN changes ON changes.installation = edits.installation AND changes.device_seq = edits.device_seq
               WHERE changes.hash = ?1";
    let read = |row: &Row<'_>| row.get::<_, Option<[u8; 32]>>("entry");
    let found = connection.prepare_cached(sql)?.query_row([hash.0], read).optional()?;
    Ok(found.flatten().map(EntryHash::from_bytes))
}

/// Keeps the answer to an edit.
pub(super) fn record(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    (content, link): (&[u8; 32], &ChainLink),
    outcome: &Outcome,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO edits (installation, device_seq, content, refused, detail, received_at, entry, link)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let (refused, detail) = match &outcome.verdict {
        Verdict::Accepted => (None, ""),
        Verdict::Quarantined { reason, detail } => (Some(reason.number()), detail.as_str()),
    };
    let received_at = outcome.received_at.as_unix_millis();
    let entry = outcome.entry.as_deref();
    let (number, link) = (counter(outcome.device_seq), link.as_bytes());
    let values = (installation.as_bytes(), number, content, refused, detail, received_at, entry, link);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The link of an edit; the start of the chain before the first one, and none where it is not known.
pub(super) fn link_of(connection: &Connection, installation: InstallationId, device_seq: u64) -> rusqlite::Result<Option<ChainLink>> {
    if device_seq == 0 {
        return Ok(Some(ChainLink::START));
    }
    let sql = "SELECT link FROM edits WHERE installation = ?1 AND device_seq = ?2";
    let read = |row: &Row<'_>| row.get::<_, Option<[u8; 32]>>("link");
    let found = connection.prepare_cached(sql)?.query_row((installation.as_bytes(), counter(device_seq)), read).optional()?;
    Ok(found.flatten().map(ChainLink::from_bytes))
}

/// Keeps the phone's signature over everything up to this edit.
pub(super) fn sign(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    last_seq: u64,
    signature: &Signature,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO batches (installation, last_seq, signature, received_at) VALUES (?1, ?2, ?3, ?4)";
    let values = (installation.as_bytes(), counter(last_seq), signature.as_bytes(), now.as_unix_millis());
    transaction.prepare_cached(sql)?.execute(values).map(drop)
}
