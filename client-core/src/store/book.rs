//! Ticket books: what their documents say. A row outlives its document.

use linecrew_protocol::{
    Automerge,
    ids::{DistrictId, DocumentId, InstallationId},
    model::collection::{Lease, OfficeAct, book},
};
use rusqlite::{Connection, Result, Transaction, named_params};

use super::{
    columns::{Json, number},
    journal,
};

/// A book that entries may go into.
#[derive(Debug, Clone)]
pub(crate) struct HeldBook {
    pub(crate) document: DocumentId,
    pub(crate) district: DistrictId,
    pub(crate) lease: Lease,
}

/// Writes the book's row, if the document is a book. Whether it is one.
pub(crate) fn project(transaction: &Transaction<'_>, id: DocumentId, document: &Automerge) -> Result<bool> {
    let Ok(read) = book::read(document) else { return Ok(false) };
    let acts: Vec<OfficeAct> = read.office.into_iter().map(|record| record.act).collect();
    let sql = "INSERT INTO book (document, device, district, lease, office, frozen)
               VALUES (:document, :device, :district, :lease, :office, :frozen)
               ON CONFLICT (document) DO UPDATE SET lease = excluded.lease, office = excluded.office, frozen = excluded.frozen";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":document": id.as_bytes(),
        ":device": read.lease.device.as_bytes(),
        ":district": read.meta.district.as_bytes(),
        ":lease": Json(&read.lease),
        ":office": Json(&acts),
        ":frozen": acts.iter().any(|act| matches!(act, OfficeAct::Frozen { .. })),
    })?;
    for act in acts {
        if let OfficeAct::SessionSettled { session, .. } = act {
            journal::forget_customers(transaction, session)?;
        }
    }
    Ok(true)
}

/// The books of an installation that are on this phone and have not been taken from it, by document.
pub(crate) fn held(connection: &Connection, device: InstallationId) -> Result<Vec<HeldBook>> {
    let sql = "SELECT book.document, district, lease FROM book JOIN document ON document.id = book.document
               WHERE device = ?1 AND withdrawal IS NULL ORDER BY book.document";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([device.as_bytes()], |row| {
        let Json(lease) = row.get("lease")?;
        let (document, district) = (DocumentId::from_bytes(row.get("document")?), DistrictId::from_bytes(row.get("district")?));
        Ok(HeldBook { document, district, lease })
    })?;
    rows.collect()
}

/// The same books, but those that are frozen.
pub(crate) fn usable(connection: &Connection, device: InstallationId) -> Result<Vec<DocumentId>> {
    let sql = "SELECT book.document FROM book JOIN document ON document.id = book.document
               WHERE device = ?1 AND withdrawal IS NULL AND NOT frozen ORDER BY book.document";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([device.as_bytes()], |row| Ok(DocumentId::from_bytes(row.get("document")?)))?.collect()
}

/// Everything that the office has ever done with an installation's books, also with those that have left.
pub(crate) fn office(connection: &Connection, device: InstallationId) -> Result<Vec<(DocumentId, OfficeAct)>> {
    let mut statement = connection.prepare_cached("SELECT document, office FROM book WHERE device = ?1 ORDER BY document")?;
    let mut rows = statement.query([device.as_bytes()])?;
    let mut office = Vec::new();
    while let Some(row) = rows.next()? {
        let document = DocumentId::from_bytes(row.get("document")?);
        let Json(acts): Json<Vec<OfficeAct>> = row.get("office")?;
        office.extend(acts.into_iter().map(|act| (document, act)));
    }
    Ok(office)
}

/// Whether the document is a book.
pub(crate) fn is_book(connection: &Connection, document: DocumentId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM book WHERE document = ?1")?.exists([document.as_bytes()])
}

/// The books on this phone.
pub(crate) fn count(connection: &Connection) -> Result<u64> {
    let sql = "SELECT count(*) AS books FROM book JOIN document ON document.id = book.document";
    connection.query_row(sql, [], |row| number(row, "books"))
}
