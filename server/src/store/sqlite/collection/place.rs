//! Who holds a book or a receivable: its collector, in the feed that is theirs alone, while there is anything to do about it.

use std::collections::BTreeSet;

use linecrew_protocol::{
    ids::{DocumentId, PersonId},
    time::Timestamp,
    wire::{Feed, LeaveReason, Withdrawal},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::super::{
    batch::Batch,
    columns::read_counter,
    documents::{self, Content, Loaded},
    feeds::{self, Placement},
};

/// Where a document belongs, and why it is nowhere.
struct Home {
    collector: PersonId,
    gone: Option<LeaveReason>,
}

impl Home {
    fn feeds(&self) -> BTreeSet<Feed> {
        self.gone.is_none().then_some(Feed::Person(self.collector)).into_iter().collect()
    }
}

/// Writes what follows from the new changes of a book or a receivable; gives the feeds that changed.
pub(in super::super) fn place(
    transaction: &Transaction<'_>,
    (document, loaded): (DocumentId, &Loaded),
    commit_seq: u64,
    now: Timestamp,
) -> rusqlite::Result<BTreeSet<Feed>> {
    documents::update(transaction, document, loaded)?;
    let Some(home) = home(transaction, document, loaded.content)? else { return Ok(BTreeSet::new()) };
    move_to(transaction, &home, (document, loaded), commit_seq, now)
}

/// Moves a document that has no new changes, when it belongs elsewhere now.
pub(super) fn replace(batch: &Batch<'_>, document: DocumentId) -> rusqlite::Result<BTreeSet<Feed>> {
    let Some(home) = home(batch.transaction, document, Content::Book)? else { return Ok(BTreeSet::new()) };
    if batch.has_news(document) || feeds::homes(batch.transaction, document)? == home.feeds() {
        return Ok(BTreeSet::new());
    }
    let Some(loaded) = documents::take(batch.transaction, batch.desk, document)? else { return Ok(BTreeSet::new()) };
    let commit_seq = newest(batch.transaction, document)?;
    let moved = move_to(batch.transaction, &home, (document, &loaded), commit_seq, batch.now)?;
    documents::keep(batch.desk, document, loaded);
    Ok(moved)
}

fn move_to(
    transaction: &Transaction<'_>,
    home: &Home,
    (document, loaded): (DocumentId, &Loaded),
    commit_seq: u64,
    now: Timestamp,
) -> rusqlite::Result<BTreeSet<Feed>> {
    let placement = Placement { document, loaded, commit_seq, homes: home.feeds() };
    let why = Withdrawal { reason: home.gone.unwrap_or(LeaveReason::Archived), by: None, at: now, to: None };
    feeds::place(transaction, &placement, || Ok(why))
}

fn home(connection: &Connection, document: DocumentId, content: Content) -> rusqlite::Result<Option<Home>> {
    match content {
        Content::Book => of_book(connection, document),
        Content::Receivable => of_receivable(connection, document),
        Content::Item | Content::Leaflet => Ok(None),
    }
}

fn of_book(connection: &Connection, document: DocumentId) -> rusqlite::Result<Option<Home>> {
    let sql = "SELECT collector, closed FROM books JOIN book_states ON book_states.document = books.document WHERE books.document = ?1";
    let read = |row: &Row<'_>| {
        let gone = row.get::<_, bool>("closed")?.then_some(LeaveReason::Archived);
        Ok(Home { collector: PersonId::from_bytes(row.get("collector")?), gone })
    };
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], read).optional()
}

fn of_receivable(connection: &Connection, document: DocumentId) -> rusqlite::Result<Option<Home>> {
    let sql = "SELECT collector, withdrawn,
                      amount <= (SELECT coalesce(sum(applied - reversed), 0) FROM payments WHERE receivable = receivables.document) AS paid
               FROM receivables WHERE document = ?1";
    let read = |row: &Row<'_>| {
        let gone = match (row.get("withdrawn")?, row.get("paid")?) {
            (true, _) => Some(LeaveReason::Cancelled),
            (false, true) => Some(LeaveReason::Archived),
            (false, false) => None,
        };
        Ok(Home { collector: PersonId::from_bytes(row.get("collector")?), gone })
    };
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], read).optional()
}

fn newest(connection: &Connection, document: DocumentId) -> rusqlite::Result<u64> {
    let sql = "SELECT max(commit_seq) AS newest FROM changes WHERE document = ?1";
    connection.prepare_cached(sql)?.query_row([document.as_bytes()], |row| read_counter(row, "newest"))
}
