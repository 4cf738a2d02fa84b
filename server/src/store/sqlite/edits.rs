//! What was answered to each edit.

use linecrew_protocol::{
    Reason,
    ids::InstallationId,
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
    let sql = "SELECT content, refused, detail, received_at FROM edits WHERE installation = ?1 AND device_seq = ?2";
    let read = |row: &Row<'_>| {
        let refused: Option<i64> = row.get("refused")?;
        let verdict = match refused {
            None => Verdict::Accepted,
            Some(number) => {
                let reason = Reason::of_number(u32::try_from(number).map_err(|_| damaged("refused"))?);
                Verdict::Quarantined { reason, detail: row.get("detail")? }
            }
        };
        let outcome = Outcome { device_seq, received_at: read_time(row, "received_at")?, verdict, entry: None };
        Ok(Answered { content: row.get("content")?, outcome })
    };
    connection.prepare_cached(sql)?.query_row((installation.as_bytes(), counter(device_seq)), read).optional()
}

/// The answer to an edit that was refused is another one now. A repeat of it hears the new one.
pub(super) fn accept(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    device_seq: u64,
    content: &[u8; 32],
    received_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE edits SET refused = NULL, detail = '', received_at = ?4 WHERE installation = ?1 AND device_seq = ?2 AND content = ?3";
    let values = (installation.as_bytes(), counter(device_seq), content, received_at.as_unix_millis());
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Keeps the answer to an edit.
pub(super) fn record(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    content: [u8; 32],
    outcome: &Outcome,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO edits (installation, device_seq, content, refused, detail, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let (refused, detail) = match &outcome.verdict {
        Verdict::Accepted => (None, ""),
        Verdict::Quarantined { reason, detail } => (Some(reason.number()), detail.as_str()),
    };
    let received_at = outcome.received_at.as_unix_millis();
    let values = (installation.as_bytes(), counter(outcome.device_seq), content, refused, detail, received_at);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}
