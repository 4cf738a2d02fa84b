//! What the fold says, for lists and feeds: written at the end of every transaction that worked on a journal.

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, SessionId},
    model::collection::ledger::{Book, Session},
    time::{Evidence, Interval, Timestamp},
};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{
    super::{
        batch::Batch,
        columns::{counter, damaged, json, read_time},
    },
    acts,
    day::{local_day, moment},
    facts::Journal,
    place,
};
use crate::store::Effects;

/// Writes what is to be written into the books, then what the folds say, and moves books that are over.
pub(in super::super) fn finish(batch: &mut Batch<'_>) -> rusqlite::Result<Effects> {
    for (book, act) in batch.journals.take_later() {
        acts::record_own(batch, book, &act)?;
    }
    let mut effects = Effects::default();
    for (device, mut journal) in batch.journals.take() {
        effects.collection = true;
        sessions(batch, device, &mut journal)?;
        for book in journal.books() {
            books(batch.transaction, device, book, &mut journal)?;
            effects.feeds.extend(place::replace(batch, book)?);
        }
    }
    Ok(effects)
}

fn sessions(batch: &Batch<'_>, device: InstallationId, journal: &mut Journal) -> rusqlite::Result<()> {
    let sessions: Vec<(SessionId, Session)> = journal.ledger().sessions.iter().map(|(id, session)| (*id, session.clone())).collect();
    for (id, session) in sessions {
        let Some(carrier) = journal.carrier(session.seq) else { continue };
        write_session(batch, (device, carrier), id, &session)?;
    }
    Ok(())
}

fn write_session(
    batch: &Batch<'_>,
    (device, carrier): (InstallationId, DocumentId),
    id: SessionId,
    session: &Session,
) -> rusqlite::Result<()> {
    let opened_at = when(batch.transaction, device, session.seq, &session.opened)?;
    let closed_at = match &session.closing {
        None => None,
        Some(closing) => closing_seq(batch.transaction, device, id)?
            .map(|seq| when(batch.transaction, device, seq, &closing.at))
            .transpose()?
            .map(Timestamp::as_unix_millis),
    };
    let sql = "INSERT INTO cash_sessions (session, device, document, day, opened_at, closed_at, settled, record)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               ON CONFLICT (session, device) DO UPDATE SET closed_at = excluded.closed_at, settled = excluded.settled, record = excluded.record";
    let day = local_day(opened_at, batch.desk.settings.utc_offset_minutes);
    let (session_id, device, carrier) = (id.as_bytes(), device.as_bytes(), carrier.as_bytes());
    let values = (session_id, device, carrier, day, opened_at.as_unix_millis(), closed_at, session.settled, json(session)?);
    batch.transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// When an entry was made, as far as its evidence, its book and its receipt allow the phone's clock.
pub(super) fn when(connection: &Connection, device: InstallationId, seq: u64, evidence: &Evidence) -> rusqlite::Result<Timestamp> {
    let sql = "SELECT leased_at, received_at FROM journal JOIN books ON books.document = journal.document
               WHERE journal.device = ?1 AND seq = ?2";
    let bounds = connection.prepare_cached(sql)?.query_row((device.as_bytes(), counter(seq)), |row| {
        Ok(Interval { earliest: Some(read_time(row, "leased_at")?), latest: Some(read_time(row, "received_at")?) })
    });
    Ok(moment(evidence, bounds.optional()?.ok_or_else(|| damaged("seq"))?))
}

fn closing_seq(connection: &Connection, device: InstallationId, session: SessionId) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT seq FROM journal WHERE device = ?1 AND session = ?2 AND act = 'session_closed' ORDER BY seq LIMIT 1";
    let params = (device.as_bytes(), session.as_bytes());
    connection.prepare_cached(sql)?.query_row(params, |row| super::super::columns::read_counter(row, "seq")).optional()
}

fn books(transaction: &Transaction<'_>, device: InstallationId, id: DocumentId, journal: &mut Journal) -> rusqlite::Result<()> {
    let Some(book) = journal.ledger().books.get(&id) else { return Ok(()) };
    let closed = book.handed_over && !has_unsettled(transaction, device, id)?;
    write_book(transaction, id, book, closed)
}

fn write_book(transaction: &Transaction<'_>, id: DocumentId, book: &Book, closed: bool) -> rusqlite::Result<()> {
    let sql = "INSERT INTO book_states (document, closed, book) VALUES (?1, ?2, ?3)
               ON CONFLICT (document) DO UPDATE SET closed = excluded.closed, book = excluded.book";
    transaction.prepare_cached(sql)?.execute((id.as_bytes(), closed, json(book)?))?;
    Ok(())
}

/// Whether a book carries entries of a session that is not settled.
fn has_unsettled(connection: &Connection, device: InstallationId, book: DocumentId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM cash_sessions WHERE device = ?1 AND settled = 0
               AND EXISTS (SELECT 1 FROM journal WHERE journal.device = ?1 AND journal.session = cash_sessions.session AND journal.document = ?2)";
    connection.prepare_cached(sql)?.exists((device.as_bytes(), book.as_bytes()))
}
