//! The chain of this installation's edits: each link holds the one before.

use linecrew_protocol::{
    ids::DocumentId,
    key::{ChainLink, content_of},
};
use rusqlite::{Connection, Result, Transaction, named_params};

use crate::store::columns::{integer, number};

/// The link of the edit before `device_seq`.
pub(super) fn before(connection: &Connection, device_seq: u64) -> Result<ChainLink> {
    if device_seq <= 1 {
        return Ok(ChainLink::START);
    }
    let sql = "SELECT link FROM outbox WHERE device_seq = ?1 - 1";
    connection.prepare_cached(sql)?.query_row([integer(device_seq)], |row| Ok(ChainLink::from_bytes(row.get("link")?)))
}

/// Gives a link to every edit that has none: they were made by a build that knew no chain. An edit whose change has gone is what is sent for
/// it, an empty one.
pub(crate) fn complete(transaction: &Transaction<'_>) -> Result<()> {
    let sql = "SELECT outbox.device_seq, outbox.document, outbox.generation, outbox.link, change.bytes
               FROM outbox LEFT JOIN change ON change.document = outbox.document AND change.hash = outbox.hash ORDER BY outbox.device_seq";
    let mut statement = transaction.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut link = ChainLink::START;
    while let Some(row) = rows.next()? {
        if let Some(known) = row.get::<_, Option<_>>("link")? {
            link = ChainLink::from_bytes(known);
            continue;
        }
        let change: Vec<u8> = row.get::<_, Option<_>>("bytes")?.unwrap_or_default();
        let content = content_of(DocumentId::from_bytes(row.get("document")?), row.get("generation")?, &change);
        link = link.then(&content);
        let device_seq = integer(number(row, "device_seq")?);
        let sql = "UPDATE outbox SET content = :content, link = :link WHERE device_seq = :device_seq";
        let values = named_params! { ":content": content, ":link": link.as_bytes(), ":device_seq": device_seq };
        transaction.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}
