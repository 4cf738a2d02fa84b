//! Edits on their way out.

use std::ops::Range;

use linecrew_protocol::{
    ids::{DocumentId, InstallationId},
    key::{ChainLink, Signature, Statement, content_of},
    limits::{MAX_PUSH_BYTES, MAX_PUSH_EDITS},
    wire::{Edit, Push},
};
use rusqlite::{Connection, Result, Row, Transaction};

use super::chain;
use crate::store::{
    columns::{integer, number},
    installation,
};

/// Consecutive edits that nobody has vouched for yet: a type of its own, since what is not signed cannot be sent.
#[derive(Debug)]
pub(crate) struct Unsigned {
    installation: InstallationId,
    first_seq: u64,
    edits: Vec<Edit>,
    previous: ChainLink,
}

impl Unsigned {
    /// Signs it: `sign` is the key.
    pub(crate) fn signed<E>(self, sign: impl FnOnce(&Statement<'_>) -> std::result::Result<Signature, E>) -> std::result::Result<Push, E> {
        let link = self.edits.iter().fold(self.previous, |link, edit| link.then(&edit.content()));
        let last_seq = self.first_seq.saturating_add(self.edits.len() as u64).saturating_sub(1);
        let signature = sign(&Statement::Batch { installation: self.installation, last_seq, link: &link })?;
        let Self { first_seq, edits, previous, .. } = self;
        Ok(Push { first_seq, edits, previous, signature })
    }
}

/// Consecutive edits from `first_seq` on, answered or not, as many as fit into one push.
///
/// An edit whose document has left this phone, or whose change has rotted here, is sent without it, with what it was: the server asks for it
/// only when it has lost the edit, and keeps the empty one in quarantine, where people see that something is missing. A gap would stop
/// everything behind it.
pub(crate) fn push_from(connection: &Connection, first_seq: u64) -> Result<Option<Unsigned>> {
    let sql = "SELECT outbox.device_seq, outbox.document, outbox.generation, outbox.content, change.bytes
               FROM outbox LEFT JOIN change ON change.document = outbox.document AND change.hash = outbox.hash
               WHERE outbox.device_seq >= ?1 ORDER BY outbox.device_seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((integer(first_seq), integer(MAX_PUSH_EDITS as u64)))?;
    let (mut edits, mut bytes) = (Vec::new(), 0_usize);
    let mut expected = first_seq;
    while let Some(row) = rows.next()? {
        let edit = edit(row)?;
        bytes = bytes.saturating_add(edit.change.len());
        let first = edits.is_empty();
        if number(row, "device_seq")? != expected || (bytes > MAX_PUSH_BYTES && !first) {
            break;
        }
        expected = expected.saturating_add(1);
        edits.push(edit);
    }
    if edits.is_empty() {
        return Ok(None);
    }
    let previous = chain::before(connection, first_seq)?;
    Ok(Some(Unsigned { installation: installation::current(connection)?.id, first_seq, edits, previous }))
}

fn edit(row: &Row<'_>) -> Result<Edit> {
    let (document, generation) = (DocumentId::from_bytes(row.get("document")?), row.get("generation")?);
    let content: [u8; 32] = row.get("content")?;
    let stored: Vec<u8> = row.get::<_, Option<_>>("bytes")?.unwrap_or_default();
    if content_of(document, generation, &stored) == content {
        return Ok(Edit { document, generation, change: stored.into(), lost: None });
    }
    Ok(Edit { document, generation, change: Vec::new().into(), lost: Some(content.into()) })
}

/// They went out. Only tells people; what there is to send is always what has no answer.
pub(crate) fn mark_sent(transaction: &Transaction<'_>, device_seqs: &Range<u64>) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'sent' WHERE device_seq >= ?1 AND device_seq < ?2 AND state = 'saved'";
    transaction.prepare_cached(sql)?.execute((integer(device_seqs.start), integer(device_seqs.end))).map(drop)
}
