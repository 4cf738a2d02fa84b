//! Telephone numbers and arrears of customers: documents of the person's own feed, shown with their item while they are here.

use linecrew_protocol::{
    Automerge,
    ids::DocumentId,
    model::{
        contact::{self, Contact},
        work::Customer,
    },
};
use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction};

use super::columns::number;

/// Writes the contact's row, if the document is a contact. Whether it is one.
pub(crate) fn project(transaction: &Transaction<'_>, id: DocumentId, document: &Automerge) -> Result<bool> {
    let Ok(contact) = contact::read(document) else {
        transaction.prepare_cached("DELETE FROM contact WHERE document = ?1")?.execute([id.as_bytes()])?;
        return Ok(false);
    };
    let sql = "INSERT INTO contact (document, item, phone, arrears_fen) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (document) DO UPDATE SET item = excluded.item, phone = excluded.phone, arrears_fen = excluded.arrears_fen";
    transaction.prepare_cached(sql)?.execute((id.as_bytes(), contact.item.as_bytes(), &contact.phone, contact.arrears_fen))?;
    Ok(true)
}

/// What this phone holds of the item's customer.
pub(crate) fn of_item(connection: &Connection, item: DocumentId) -> Result<Option<Contact>> {
    let sql = "SELECT item, phone, arrears_fen FROM contact WHERE item = ?1 ORDER BY document LIMIT 1";
    connection.prepare_cached(sql)?.query_row([item.as_bytes()], read).optional()
}

/// The columns of a contact beside others.
pub(crate) fn read(row: &Row<'_>) -> Result<Contact> {
    let item = DocumentId::from_bytes(row.get("item")?);
    Ok(Contact { item, phone: row.get("phone")?, arrears_fen: row.get("arrears_fen")? })
}

/// Shows it with the rest of the customer.
pub(crate) fn show(contact: Contact, customer: &mut Customer) {
    customer.phone = contact.phone.or(customer.phone.take());
    customer.arrears_fen = contact.arrears_fen.or(customer.arrears_fen);
}

/// Whether the document is a contact.
pub(crate) fn is_contact(connection: &Connection, document: DocumentId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM contact WHERE document = ?1")?.exists([document.as_bytes()])
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    connection.query_row("SELECT count(*) AS contacts FROM contact", [], |row| number(row, "contacts"))
}
