//! Items that have left this phone, and why.

use linecrew_protocol::{ids::DocumentId, time::Timestamp, wire::Withdrawal};
use rusqlite::{Connection, OptionalExtension, Result, Transaction};

use super::{columns::Json, item};

/// Departures that are remembered. A crew sees some 20 items a day: a month, and nobody asks for longer.
const MAX_DEPARTURES: u32 = 600;

/// An item that has left.
#[derive(Debug, Clone)]
pub(crate) struct Departed {
    pub(crate) number: Option<String>,
    pub(crate) withdrawal: Withdrawal,
}

/// Remembers why the item leaves. Called while its row is still here.
pub(crate) fn note(transaction: &Transaction<'_>, document: DocumentId, now: Timestamp, withdrawal: &Withdrawal) -> Result<()> {
    let sql = "INSERT INTO departure (document, number, noted_at, withdrawal) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (document) DO UPDATE SET number = coalesce(excluded.number, number), noted_at = excluded.noted_at,
                   withdrawal = excluded.withdrawal";
    let number = item::number_of(transaction, document)?;
    transaction.prepare_cached(sql)?.execute((document.as_bytes(), number, now.as_unix_millis(), Json(withdrawal)))?;
    let oldest = "DELETE FROM departure WHERE document IN
                  (SELECT document FROM departure ORDER BY noted_at DESC, document DESC LIMIT -1 OFFSET ?1)";
    transaction.prepare_cached(oldest)?.execute([MAX_DEPARTURES]).map(drop)
}

/// It came back.
pub(crate) fn forget(transaction: &Transaction<'_>, document: DocumentId) -> Result<()> {
    transaction.prepare_cached("DELETE FROM departure WHERE document = ?1")?.execute([document.as_bytes()]).map(drop)
}

pub(crate) fn find(connection: &Connection, document: DocumentId) -> Result<Option<Departed>> {
    let sql = "SELECT number, withdrawal FROM departure WHERE document = ?1";
    let found = connection.prepare_cached(sql)?.query_row([document.as_bytes()], |row| {
        let Json(withdrawal) = row.get("withdrawal")?;
        Ok(Departed { number: row.get("number")?, withdrawal })
    });
    found.optional()
}

/// The numbers of what has left, to be found by what a person types.
pub(crate) fn numbers(connection: &Connection) -> Result<Vec<(DocumentId, String)>> {
    let mut statement = connection.prepare_cached("SELECT document, coalesce(number, '') AS number FROM departure ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((DocumentId::from_bytes(row.get("document")?), row.get("number")?)))?;
    rows.collect()
}
