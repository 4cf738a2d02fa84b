//! Documents: their record, and the Automerge document made of their changes.

use linecrew_protocol::{
    Automerge, Change, ChangeHash,
    ids::DocumentId,
    model::{
        collection::{BOOK_KIND, RECEIVABLE_KIND},
        contact::CONTACT_KIND,
        history::Receipts,
        reference::FORM_KIND,
    },
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{
    Desk, changes,
    columns::{Damaged, counter, heads_column, read_heads},
    limits::{LOADED_BYTES_PER_CHANGE_BYTE, LOADED_DOCUMENT_BYTES},
};

/// What a document is to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A work item: it has a row on the board, and goes from crew to crew.
    Item,
    /// A ticket book: it carries a journal.
    Book,
    /// An amount due.
    Receivable,
    /// What is written once: a form, a customer's telephone number.
    Leaflet,
}

impl Content {
    /// By the document's kind.
    pub(super) fn of(kind: &str) -> Self {
        match kind {
            BOOK_KIND => Self::Book,
            RECEIVABLE_KIND => Self::Receivable,
            FORM_KIND | CONTACT_KIND => Self::Leaflet,
            _ => Self::Item,
        }
    }
}

/// A document in memory, with what the store knows about it.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The document.
    pub(super) document: Automerge,
    /// When each change was stored.
    pub(super) receipts: Receipts,
    /// What it is.
    pub(super) content: Content,
    /// Its place in a state transfer.
    pub(super) priority: i64,
    /// Changes in it.
    pub(super) change_count: usize,
    /// Bytes of those.
    pub(super) byte_total: usize,
}

impl Loaded {
    /// A document before its first change.
    pub(super) fn empty(content: Content, priority: i64) -> Self {
        Self { document: Automerge::new(), receipts: Receipts::new(), content, priority, change_count: 0, byte_total: 0 }
    }

    /// Takes over `document`, which is this one with `change`.
    pub(super) fn advance(&mut self, document: Automerge, change: &Change, received_at: Timestamp) {
        self.document = document;
        self.receipts.insert(change.hash(), received_at);
        self.change_count = self.change_count.saturating_add(1);
        self.byte_total = self.byte_total.saturating_add(change.raw_bytes().len());
    }

    /// About how much memory it takes.
    pub(super) fn weight(&self) -> usize {
        LOADED_DOCUMENT_BYTES.saturating_add(self.byte_total.saturating_mul(LOADED_BYTES_PER_CHANGE_BYTE))
    }
}

struct Record {
    heads: Vec<ChangeHash>,
    content: Content,
    priority: i64,
}

/// The document as of this transaction, from the writer's cache when it is there.
///
/// A cached document may be of a transaction that was lost after it was cached. Its heads tell: they name everything in it, and every
/// transaction that leads to the same heads again has passed through here.
pub(super) fn take(transaction: &Transaction<'_>, desk: &Desk, id: DocumentId) -> rusqlite::Result<Option<Loaded>> {
    let Some(record) = record(transaction, id)? else { return Ok(None) };
    let cached = super::cache::lock(&desk.cache).take(id);
    match cached.filter(|loaded| loaded.document.get_heads() == record.heads) {
        Some(loaded) => Ok(Some(loaded)),
        None => build(transaction, id, record).map(Some),
    }
}

/// Gives a document back to the writer's cache.
pub(super) fn keep(desk: &Desk, id: DocumentId, loaded: Loaded) {
    super::cache::lock(&desk.cache).put(id, loaded);
}

/// The document as of this transaction.
pub(super) fn load(connection: &Connection, id: DocumentId) -> rusqlite::Result<Option<Loaded>> {
    record(connection, id)?.map(|record| build(connection, id, record)).transpose()
}

/// A document's record without its contents, before its first change.
pub(super) struct NewDocument<'a> {
    pub(super) id: DocumentId,
    pub(super) kind: &'a str,
    pub(super) district: linecrew_protocol::ids::DistrictId,
    pub(super) number: &'a str,
    pub(super) priority: i64,
}

pub(super) fn create(transaction: &Transaction<'_>, new: &NewDocument<'_>) -> rusqlite::Result<()> {
    let sql = "INSERT INTO documents (id, kind, district, number, heads, change_count, byte_total, priority)
               VALUES (?1, ?2, ?3, ?4, x'', 0, 0, ?5)";
    let values = (new.id.as_bytes(), new.kind, new.district.as_bytes(), new.number, new.priority);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Writes what its changes have made of it.
pub(super) fn update(transaction: &Transaction<'_>, id: DocumentId, loaded: &Loaded) -> rusqlite::Result<()> {
    let sql = "UPDATE documents SET heads = ?2, change_count = ?3, byte_total = ?4 WHERE id = ?1";
    let heads = heads_column(&loaded.document.get_heads());
    let sizes = [loaded.change_count, loaded.byte_total].map(|size| counter(u64::try_from(size).unwrap_or(u64::MAX)));
    transaction.prepare_cached(sql)?.execute((id.as_bytes(), heads, sizes[0], sizes[1]))?;
    Ok(())
}

fn record(connection: &Connection, id: DocumentId) -> rusqlite::Result<Option<Record>> {
    let sql = "SELECT heads, kind, priority FROM documents WHERE id = ?1";
    let read = |row: &Row<'_>| {
        let content = Content::of(&row.get::<_, String>("kind")?);
        Ok(Record { heads: read_heads(row)?, content, priority: row.get("priority")? })
    };
    connection.prepare_cached(sql)?.query_row([id.as_bytes()], read).optional()
}

fn build(connection: &Connection, id: DocumentId, record: Record) -> rusqlite::Result<Loaded> {
    let stored = changes::of_document(connection, id)?;
    let mut loaded = Loaded::empty(record.content, record.priority);
    let mut all = Vec::with_capacity(stored.len());
    for (bytes, received_at) in stored {
        loaded.byte_total = loaded.byte_total.saturating_add(bytes.len());
        let change = Change::from_bytes(bytes).map_err(|error| damaged(id, Some(error.into())))?;
        loaded.receipts.insert(change.hash(), received_at);
        all.push(change);
    }
    loaded.change_count = all.len();
    loaded.document.apply_changes(all).map_err(|error| damaged(id, Some(error.into())))?;
    // Automerge keeps changes whose dependencies are missing aside without a word.
    if loaded.document.get_heads() != record.heads {
        return Err(damaged(id, None));
    }
    Ok(loaded)
}

fn damaged(document: DocumentId, source: Option<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    Damaged::Document { document, source }.into()
}
