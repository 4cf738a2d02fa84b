//! Which item says what of which meter (rule 10).

use linecrew_protocol::{ids::DocumentId, model::work::kind::MeterClaim};
use rusqlite::{Connection, Row, Transaction};

use super::{columns::name_of, limits::MAX_RIVAL_CLAIMS};

/// Notes what a document says of a meter; false when it had said so before. A claim stays when its item is cancelled or linked: the meter was
/// touched.
pub(super) fn claim(transaction: &Transaction<'_>, claim: &MeterClaim, document: DocumentId) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO meter_claims (serial, side, document) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    let added = transaction.prepare_cached(sql)?.execute((&claim.serial, name_of(&claim.side)?, document.as_bytes()))?;
    Ok(added > 0)
}

/// The newest other documents that say the same of the same meter, with their numbers.
pub(super) fn others(connection: &Connection, claim: &MeterClaim, document: DocumentId) -> rusqlite::Result<Vec<(DocumentId, String)>> {
    let sql = "SELECT meter_claims.document, documents.number FROM meter_claims JOIN documents ON documents.id = meter_claims.document
               WHERE serial = ?1 AND side = ?2 AND document <> ?3 ORDER BY document DESC LIMIT ?4";
    let read = |row: &Row<'_>| Ok((DocumentId::from_bytes(row.get("document")?), row.get("number")?));
    let limit = i64::try_from(MAX_RIVAL_CLAIMS).unwrap_or(i64::MAX);
    let params = (&claim.serial, name_of(&claim.side)?, document.as_bytes(), limit);
    connection.prepare_cached(sql)?.query_map(params, read)?.collect()
}
