//! What the documents say: the books as they were made of their changes.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::DocumentId,
    model::collection::{
        BOOK_KIND, Lease,
        book::{self, BookDocument},
    },
};
use rusqlite::Connection;

use super::{super::super::documents, Irregularity, Place};

/// All books.
pub(super) struct Documents {
    pub(super) books: BTreeMap<DocumentId, BookDocument>,
    /// What could not be read.
    pub(super) unreadable: Vec<Irregularity>,
}

impl Documents {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let (mut books, mut unreadable) = (BTreeMap::new(), Vec::new());
        for id in ids(connection)? {
            match read_one(connection, id) {
                Ok(book) => drop(books.insert(id, book)),
                Err(detail) => unreadable.push(Irregularity::store(Place::Book(id), detail)),
            }
        }
        Ok(Self { books, unreadable })
    }

    /// The blocks, by document.
    pub(super) fn leases(&self) -> BTreeMap<DocumentId, Lease> {
        self.books.iter().map(|(id, book)| (*id, book.lease.clone())).collect()
    }
}

fn read_one(connection: &Connection, id: DocumentId) -> Result<BookDocument, String> {
    let loaded = documents::load(connection, id).map_err(|error| format!("its document cannot be made of its changes: {error}"))?;
    let loaded = loaded.ok_or("it has no document")?;
    book::read(&loaded.document).map_err(|refusal| format!("its document is none: {}", refusal.detail))
}

/// By the documents' own kind and by the table of books.
fn ids(connection: &Connection) -> rusqlite::Result<Vec<DocumentId>> {
    let sql = "SELECT id FROM documents WHERE kind = ?1 UNION SELECT document FROM books ORDER BY 1";
    connection.prepare(sql)?.query_map([BOOK_KIND], |row| Ok(DocumentId::from_bytes(row.get("id")?)))?.collect()
}
