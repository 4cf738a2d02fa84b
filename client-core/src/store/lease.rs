//! How long this phone has been without its server.

use linecrew_protocol::ids::BootId;
use rusqlite::{Connection, OptionalExtension, Result, Transaction};

use super::columns::{integer, number};

/// Boots that are remembered after a contact. More than one, because on some systems every process counts as a boot.
const BOOTS: i64 = 8;

/// What has been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// In all boots since the last contact.
    pub(crate) elapsed_ms: u64,
    /// Up to when, in the present boot; from its beginning on, nothing was counted yet.
    pub(crate) until_ms: u64,
}

/// What has been counted, seen from this boot; `None` before anything was.
pub(crate) fn find(connection: &Connection, boot: BootId) -> Result<Option<Counted>> {
    let sql = "SELECT sum(elapsed_ms) AS elapsed_ms, coalesce(max(monotonic_ms) FILTER (WHERE boot = ?1), 0) AS until_ms FROM lease HAVING count(*) > 0";
    let read = |row: &rusqlite::Row<'_>| Ok(Counted { elapsed_ms: number(row, "elapsed_ms")?, until_ms: number(row, "until_ms")? });
    connection.prepare_cached(sql)?.query_row([boot.as_bytes()], read).optional()
}

/// Counts up to now. A clock that stands before what was counted adds nothing.
pub(crate) fn count(transaction: &Transaction<'_>, boot: BootId, monotonic_ms: u64) -> Result<()> {
    let sql = "INSERT INTO lease (boot, monotonic_ms, elapsed_ms) VALUES (?1, ?2, ?2)
               ON CONFLICT (boot) DO UPDATE SET elapsed_ms = elapsed_ms + max(excluded.monotonic_ms - monotonic_ms, 0),
                   monotonic_ms = max(excluded.monotonic_ms, monotonic_ms)";
    transaction.prepare_cached(sql)?.execute((boot.as_bytes(), integer(monotonic_ms))).map(drop)
}

/// The server was there: the count begins anew.
pub(crate) fn begin(transaction: &Transaction<'_>, boot: BootId, monotonic_ms: u64) -> Result<()> {
    count(transaction, boot, monotonic_ms)?;
    transaction.execute("UPDATE lease SET elapsed_ms = 0", [])?;
    let newest = "DELETE FROM lease WHERE boot <> ?1 AND place NOT IN (SELECT place FROM lease ORDER BY place DESC LIMIT ?2)";
    transaction.execute(newest, (boot.as_bytes(), BOOTS)).map(drop)
}
