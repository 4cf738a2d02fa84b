//! Ticket books.

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, InstallationId},
    model::collection::ledger::Book,
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    super::super::{columns::read_json, rows::hex_list},
    read_collector,
};
use crate::store::collection::{BookRecord, BookState};

const SELECT: &str = "
    SELECT books.document, books.district, collector, people.name AS collector_name, device, installations.name AS device_name, book
    FROM books JOIN book_states ON book_states.document = books.document
    LEFT JOIN people ON people.id = collector LEFT JOIN installations ON installations.id = device
    WHERE (:only IS NULL OR books.document = :only)
      AND (:districts IS NULL OR books.district IN (SELECT unhex(value) FROM json_each(:districts)))
    ORDER BY leased_at DESC, books.document DESC";

/// Books, newest first.
pub(in super::super::super) fn list(connection: &Connection, districts: Option<&[DistrictId]>) -> rusqlite::Result<Vec<BookRecord>> {
    let values = named_params! { ":only": None::<[u8; 16]>, ":districts": districts.map(hex_list).transpose()? };
    connection.prepare_cached(SELECT)?.query_map(values, read)?.collect()
}

/// One book.
pub(in super::super) fn one(connection: &Connection, book: DocumentId) -> rusqlite::Result<Option<BookRecord>> {
    let values = named_params! { ":only": book.as_bytes(), ":districts": None::<String> };
    connection.prepare_cached(SELECT)?.query_row(values, read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<BookRecord> {
    let book: Book = read_json(row, "book")?;
    let lease = &book.lease;
    Ok(BookRecord {
        book: DocumentId::from_bytes(row.get("document")?),
        series: lease.series.clone(),
        first: lease.first,
        last: lease.last,
        collector: read_collector(row)?,
        device: InstallationId::from_bytes(row.get("device")?),
        device_name: row.get::<_, Option<String>>("device_name")?.unwrap_or_default(),
        district: DistrictId::from_bytes(row.get("district")?),
        leased_at: lease.leased_at,
        state: state(&book),
        taken: book.taken,
        drawn: lease.drawn(),
        used: book.used,
        voided: book.voided,
        disputed: book.disputed,
        missing: book.missing,
        returned: book.returned,
        frozen: book.frozen,
        left: book.left,
        low: book.is_low(),
        frozen_reason: book.frozen_reason.clone(),
    })
}

fn state(book: &Book) -> BookState {
    if book.handed_over {
        BookState::HandedOver
    } else if book.frozen_reason.is_some() {
        BookState::Frozen
    } else if book.returned > 0 {
        BookState::Returned
    } else if book.left == 0 {
        BookState::UsedUp
    } else {
        BookState::Leased
    }
}
