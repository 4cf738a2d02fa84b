//! What the tables say. A row that cannot be read back is a finding, and not the end of the audit.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, EventId, InstallationId, PersonId},
    model::collection::audit::Anchor,
    time::Timestamp,
};
use rusqlite::{Connection, Row};

use super::{
    super::{
        super::columns::{read_counter, read_time},
        journal::{self, COLUMNS, Kept},
        link::Link,
    },
    Irregularity, Place,
};

/// The tables of collection.
pub(super) struct Tables {
    /// In the order in which they came.
    pub(super) rows: Vec<Kept>,
    pub(super) heads: BTreeMap<InstallationId, Anchor>,
    /// Count and link; one, unless somebody was there.
    pub(super) tails: Vec<(u64, Link)>,
    pub(super) books: BTreeMap<DocumentId, BookRow>,
    /// Each book's acts of the office, by event.
    pub(super) acts: BTreeMap<EventId, (DocumentId, String)>,
    /// What could not be read back.
    pub(super) unreadable: Vec<Irregularity>,
}

/// A row of the table of books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BookRow {
    pub(super) district: DistrictId,
    pub(super) series: String,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) collector: PersonId,
    pub(super) device: InstallationId,
    pub(super) leased_at: Timestamp,
}

impl Tables {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut unreadable = Vec::new();
        let mut note = |place: &'static str, error: &rusqlite::Error| {
            unreadable.push(Irregularity::store(Place::Tail, format!("a row of {place} cannot be read back: {error}")));
        };
        let sql = format!("SELECT {COLUMNS} FROM journal ORDER BY position");
        let rows = all(connection, &sql, journal::read, |error| note("journal", error))?;
        let sql = "SELECT device, seq, hash, turnover, key FROM journal_heads ORDER BY device";
        let heads = all(connection, sql, journal::read_head, |error| note("journal_heads", error))?;
        let sql = "SELECT count, link FROM journal_tail";
        let tails = all(connection, sql, |row| Ok((read_counter(row, "count")?, row.get("link")?)), |error| note("journal_tail", error))?;
        let sql = "SELECT document, district, series, first, last, collector, device, leased_at FROM books ORDER BY document";
        let books = all(connection, sql, read_book, |error| note("books", error))?;
        let sql = "SELECT event, document, act FROM office_acts ORDER BY place";
        let acts = all(connection, sql, read_act, |error| note("office_acts", error))?;
        let (heads, books, acts) = (heads.into_iter().collect(), books.into_iter().collect(), acts.into_iter().collect());
        Ok(Self { rows, heads, tails, books, acts, unreadable })
    }
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    mut note: impl FnMut(&rusqlite::Error),
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        match read(row) {
            Ok(value) => found.push(value),
            Err(error) => note(&error),
        }
    }
    Ok(found)
}

fn read_book(row: &Row<'_>) -> rusqlite::Result<(DocumentId, BookRow)> {
    let book = BookRow {
        district: DistrictId::from_bytes(row.get("district")?),
        series: row.get("series")?,
        first: row.get("first")?,
        last: row.get("last")?,
        collector: PersonId::from_bytes(row.get("collector")?),
        device: InstallationId::from_bytes(row.get("device")?),
        leased_at: read_time(row, "leased_at")?,
    };
    Ok((DocumentId::from_bytes(row.get("document")?), book))
}

fn read_act(row: &Row<'_>) -> rusqlite::Result<(EventId, (DocumentId, String))> {
    Ok((EventId::from_bytes(row.get("event")?), (DocumentId::from_bytes(row.get("document")?), row.get("act")?)))
}
