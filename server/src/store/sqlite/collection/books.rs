//! Books: which numbers are whose.

use linecrew_protocol::{
    Refusal,
    ids::{DistrictId, DocumentId, InstallationId, PersonId},
    model::{
        collection::{
            BOOK_KIND, Lease, OfficeAct, Series,
            book::{self, MAX_BOOK_TICKETS},
            ticket::MAX_NUMBER,
        },
        command::Author,
        document::{Meta, SCHEMA},
    },
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use sha2::{Digest as _, Sha256};

use super::{
    super::{
        Desk,
        batch::Batch,
        columns::{damaged, read_counter, read_time},
        documents::{self, Content, NewDocument},
        people,
    },
    acts,
};

/// Before everything else: without a book nobody can write a receipt.
const PRIORITY: i64 = 0;

/// Who gets a book.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    pub(super) district: DistrictId,
    pub(super) collector: PersonId,
    pub(super) device: InstallationId,
}

/// Leases the next numbers of the district.
///
/// # Errors
/// A book does not have so many tickets.
pub(super) fn lease(batch: &mut Batch<'_>, holder: Holder, count: u32, author: &Author) -> rusqlite::Result<Result<DocumentId, Refusal>> {
    if !(1..=MAX_BOOK_TICKETS).contains(&count) {
        let detail = format!("a book has 1 to {MAX_BOOK_TICKETS} tickets");
        return Ok(Err(Refusal::new(linecrew_protocol::Reason::InvalidValue, detail)));
    }
    let Holder { district, collector, device } = holder;
    let (series, first) = draw(batch.transaction, batch.desk, district, count)?;
    let collector_name = people::name(batch.transaction, collector)?.unwrap_or_default();
    let last = first.saturating_add(count).saturating_sub(1);
    let lease = Lease { series, first, last, collector, collector_name, device, leased_at: batch.now };
    let id = DocumentId::new(batch.now, rand::random());
    let meta = Meta { id, kind: BOOK_KIND.to_owned(), schema: SCHEMA, district, created: batch.now };
    let written = match book::lease(&meta, &lease, author) {
        Ok(written) => written,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let number = format!("book/{}", lease.ticket(first));
    documents::create(batch.transaction, &NewDocument { id, kind: BOOK_KIND, district, number: &number, priority: PRIORITY })?;
    insert(batch.transaction, id, district, &lease)?;
    acts::keep(batch.transaction, id, written.recorded.id, &OfficeAct::Leased)?;
    batch.begin(id, Content::Book, PRIORITY);
    batch.append(id, written, author)?;
    let journal = batch.journals.journal(batch.transaction, device, id)?;
    journal.push_book(id, lease);
    Ok(Ok(id))
}

/// The phone whose journal a book carries, and its block.
pub(super) fn lease_of(connection: &Connection, book: DocumentId) -> rusqlite::Result<Option<(InstallationId, Lease)>> {
    let sql = "SELECT document, series, first, last, collector, people.name AS collector_name, device, leased_at
               FROM books LEFT JOIN people ON people.id = books.collector WHERE document = ?1";
    let found = connection.prepare_cached(sql)?.query_row([book.as_bytes()], read).optional()?;
    Ok(found.map(|(_, lease)| (lease.device, lease)))
}

/// The books of a phone that are not over.
pub(super) fn open_of(connection: &Connection, device: InstallationId) -> rusqlite::Result<Vec<(DocumentId, Lease)>> {
    let sql = "SELECT books.document, series, first, last, collector, people.name AS collector_name, device, leased_at
               FROM books LEFT JOIN people ON people.id = books.collector
               WHERE device = ?1 AND NOT EXISTS (SELECT 1 FROM book_states WHERE book_states.document = books.document AND closed)
               ORDER BY books.document";
    connection.prepare_cached(sql)?.query_map([device.as_bytes()], read)?.collect()
}

/// Where a book is.
pub(super) fn district_of(connection: &Connection, book: DocumentId) -> rusqlite::Result<Option<DistrictId>> {
    let sql = "SELECT district FROM books WHERE document = ?1";
    connection.prepare_cached(sql)?.query_row([book.as_bytes()], |row| Ok(DistrictId::from_bytes(row.get("district")?))).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<(DocumentId, Lease)> {
    let lease = Lease {
        series: row.get::<_, String>("series")?.parse().map_err(|_| damaged("series"))?,
        first: row.get("first")?,
        last: row.get("last")?,
        collector: PersonId::from_bytes(row.get("collector")?),
        collector_name: row.get::<_, Option<String>>("collector_name")?.unwrap_or_default(),
        device: InstallationId::from_bytes(row.get("device")?),
        leased_at: read_time(row, "leased_at")?,
    };
    Ok((DocumentId::from_bytes(row.get("document")?), lease))
}

fn insert(transaction: &Transaction<'_>, id: DocumentId, district: DistrictId, lease: &Lease) -> rusqlite::Result<()> {
    let Lease { series, first, last, collector, device, leased_at, .. } = lease;
    let sql = "INSERT INTO books (document, district, series, first, last, collector, device, leased_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let (collector, device, leased_at) = (collector.as_bytes(), device.as_bytes(), Timestamp::as_unix_millis(*leased_at));
    let values = (id.as_bytes(), district.as_bytes(), series.as_str(), first, last, collector, device, leased_at);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The next numbers of a district's series; a new series when the district has none of this life, or it is used up.
fn draw(transaction: &Transaction<'_>, desk: &Desk, district: DistrictId, count: u32) -> rusqlite::Result<(Series, u32)> {
    let life = desk.life.epoch;
    let sql = "UPDATE ticket_series SET next = next + ?3
               WHERE series = (SELECT series FROM ticket_series WHERE district = ?1 AND life = ?2 AND next + ?3 - 1 <= ?4 LIMIT 1)
               RETURNING series, next - ?3 AS first";
    let read = |row: &Row<'_>| {
        let series: String = row.get("series")?;
        Ok((series.parse().map_err(|_| damaged("series"))?, row.get("first")?))
    };
    let params = (district.as_bytes(), life.as_bytes(), count, MAX_NUMBER);
    if let Some(drawn) = transaction.prepare_cached(sql)?.query_row(params, read).optional()? {
        return Ok(drawn);
    }
    let sql = "SELECT count(*) AS known FROM ticket_series";
    let known = transaction.prepare_cached(sql)?.query_row([], |row| read_counter(row, "known"))?;
    let series = name(known.saturating_add(1), life.as_bytes());
    let sql = "INSERT INTO ticket_series (series, district, life, next) VALUES (?1, ?2, ?3, ?4)";
    transaction.prepare_cached(sql)?.execute((&series, district.as_bytes(), life.as_bytes(), count.saturating_add(1)))?;
    Ok((series.parse().map_err(|_| damaged("series"))?, 1))
}

/// A series is called by its number among all of this store, and by four letters of the store's life: what another life leased cannot come
/// again. Letters and digits that nobody takes for another.
fn name(number: u64, life: &[u8]) -> String {
    const DIGITS: [char; 31] = [
        '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T',
        'U', 'V', 'W', 'X', 'Y',
    ];
    let digest = Sha256::digest(life);
    let letters = digest.iter().take(4).filter_map(|byte| DIGITS.get(usize::from(*byte) % DIGITS.len()));
    format!("{}{}", letters.collect::<String>(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_life_has_series_of_its_own() {
        let (one, other) = (name(1, &[1; 16]), name(1, &[2; 16]));
        assert_ne!(one, other);
        assert_ne!(one, name(2, &[1; 16]));
        for text in [one, other, name(9_999, &[3; 16])] {
            assert!(text.parse::<Series>().is_ok(), "{text}");
        }
    }
}
