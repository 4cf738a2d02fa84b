//! Edits on their way out.

use std::ops::Range;

use linecrew_protocol::{
    ids::DocumentId,
    limits::{MAX_PUSH_BYTES, MAX_PUSH_EDITS},
    wire::{Edit, Push},
};
use rusqlite::{Connection, Result, Transaction};

use crate::store::columns::{integer, number};

/// Consecutive edits from `first_seq` on, answered or not, as many as fit into one push.
///
/// An edit whose document has left this phone is sent without its change: the server asks for it only when it has lost the edit, and keeps
/// the empty one in quarantine, where people see that something is missing. A gap would stop everything behind it.
pub(crate) fn push_from(connection: &Connection, first_seq: u64) -> Result<Option<Push>> {
    let sql = "SELECT outbox.device_seq, outbox.document, outbox.generation, change.bytes
               FROM outbox LEFT JOIN change ON change.document = outbox.document AND change.hash = outbox.hash
               WHERE outbox.device_seq >= ?1 ORDER BY outbox.device_seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((integer(first_seq), integer(MAX_PUSH_EDITS as u64)))?;
    let (mut edits, mut bytes) = (Vec::new(), 0_usize);
    let mut expected = first_seq;
    while let Some(row) = rows.next()? {
        let change: Vec<u8> = row.get::<_, Option<_>>("bytes")?.unwrap_or_default();
        bytes = bytes.saturating_add(change.len());
        let first = edits.is_empty();
        if number(row, "device_seq")? != expected || (bytes > MAX_PUSH_BYTES && !first) {
            break;
        }
        expected = expected.saturating_add(1);
        let document = DocumentId::from_bytes(row.get("document")?);
        edits.push(Edit { document, generation: row.get("generation")?, change: change.into() });
    }
    Ok((!edits.is_empty()).then_some(Push { first_seq, edits }))
}

/// They went out. Only tells people; what there is to send is always what has no answer.
pub(crate) fn mark_sent(transaction: &Transaction<'_>, device_seqs: &Range<u64>) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'sent' WHERE device_seq >= ?1 AND device_seq < ?2 AND state = 'saved'";
    transaction.prepare_cached(sql)?.execute((integer(device_seqs.start), integer(device_seqs.end))).map(drop)
}
