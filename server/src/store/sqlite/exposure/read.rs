//! What the given documents say about people.

use std::collections::BTreeSet;

use linecrew_protocol::{
    ids::DocumentId,
    model::{
        collection::Receivable,
        work::{Customer, WorkRow},
    },
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    super::columns::{read_counter, read_json},
    Given,
};
use crate::store::exposure::{ExposedBook, ExposedItem, ExposedReceivable};

/// What is kept apart from an item about its customer.
struct Apart {
    document: Option<DocumentId>,
    phone: Option<String>,
    arrears_fen: Option<i64>,
}

/// Work items, by number. Whoever was given a customer's number was given the item too.
pub(super) fn items(connection: &Connection, given: &Given) -> rusqlite::Result<Vec<ExposedItem>> {
    let mut documents: BTreeSet<DocumentId> = given.keys().copied().collect();
    for document in given.keys() {
        documents.extend(item_of_contact(connection, *document)?);
    }
    let mut items = Vec::new();
    for document in documents {
        items.extend(item(connection, given, document)?);
    }
    items.sort_by(|one: &ExposedItem, other| one.number.cmp(&other.number));
    Ok(items)
}

fn item(connection: &Connection, given: &Given, document: DocumentId) -> rusqlite::Result<Option<ExposedItem>> {
    let sql = "SELECT row FROM rows WHERE document = ?1";
    let row: Option<WorkRow> = connection.prepare_cached(sql)?.query_row([document.as_bytes()], |row| read_json(row, "row")).optional()?;
    let Some(WorkRow { number, kind, customer, site, .. }) = row else { return Ok(None) };
    let (telephone, arrears_fen) = reachable(connection, given, document, &customer)?;
    let left = given.get(&document).copied().unwrap_or(true);
    let (customer, address) = (customer.name, site.address);
    Ok(Some(ExposedItem { document, number, kind, customer, address, telephone, arrears_fen, left }))
}

/// Telephone and arrears, when the phone was given what carries them. An item of before carries its number itself.
fn reachable(
    connection: &Connection,
    given: &Given,
    item: DocumentId,
    customer: &Customer,
) -> rusqlite::Result<(Option<String>, Option<i64>)> {
    Ok(match apart(connection, item)? {
        None => (customer.phone.clone(), customer.arrears_fen),
        Some(Apart { document: Some(document), phone, arrears_fen }) if given.contains_key(&document) => (phone, arrears_fen),
        Some(_) => (None, None),
    })
}

fn apart(connection: &Connection, item: DocumentId) -> rusqlite::Result<Option<Apart>> {
    let sql = "SELECT document, phone, arrears_fen FROM contacts WHERE item = ?1";
    let read = |row: &Row<'_>| {
        let document = row.get::<_, Option<[u8; 16]>>("document")?.map(DocumentId::from_bytes);
        Ok(Apart { document, phone: row.get("phone")?, arrears_fen: row.get("arrears_fen")? })
    };
    connection.prepare_cached(sql)?.query_row([item.as_bytes()], read).optional()
}

fn item_of_contact(connection: &Connection, contact: DocumentId) -> rusqlite::Result<Option<DocumentId>> {
    let sql = "SELECT item FROM contacts WHERE document = ?1";
    let read = |row: &Row<'_>| Ok(DocumentId::from_bytes(row.get("item")?));
    connection.prepare_cached(sql)?.query_row([contact.as_bytes()], read).optional()
}

/// Bills, by account and period.
pub(super) fn receivables(connection: &Connection, given: &Given) -> rusqlite::Result<Vec<ExposedReceivable>> {
    let sql = "SELECT due FROM receivables WHERE document = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut receivables = Vec::new();
    for (document, left) in given {
        let due: Option<Receivable> = statement.query_row([document.as_bytes()], |row| read_json(row, "due")).optional()?;
        let Some(Receivable { account, period, amount, customer, address, .. }) = due else { continue };
        receivables.push(ExposedReceivable { document: *document, account, period, amount, customer, address, left: *left });
    }
    receivables.sort_by(|one, other| (&one.account, &one.period).cmp(&(&other.account, &other.period)));
    Ok(receivables)
}

/// Ticket books, by number.
pub(super) fn books(connection: &Connection, given: &Given) -> rusqlite::Result<Vec<ExposedBook>> {
    let sql = "SELECT series, first, last FROM books WHERE document = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut books = Vec::new();
    for (document, left) in given {
        let read = |row: &Row<'_>| {
            let (first, last) = (read_counter(row, "first")?, read_counter(row, "last")?);
            Ok(ExposedBook { document: *document, series: row.get("series")?, first, last, left: *left })
        };
        books.extend(statement.query_row([document.as_bytes()], read).optional()?);
    }
    books.sort_by(|one, other| (&one.series, one.first).cmp(&(&other.series, other.first)));
    Ok(books)
}
