//! The table of entries: each once, in the order in which they came, with the heads of the journals and the end of the chain of links.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DocumentId, InstallationId, PersonId, SessionId},
    key::{PublicKey, Signature},
    model::collection::{
        Entry, EntryHash, Fen, Sealed, Ticket,
        audit::{Anchor, Stored},
        ledger::Head,
    },
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, ffi, named_params};

use super::{
    super::columns::{counter, damaged, read_counter, read_time},
    link::{Link, link},
};

/// The columns of [`read`].
pub(super) const COLUMNS: &str = "position, device, seq, hash, act, document, collector, session, series, number, amount, text, signature,
                                  received_at, link";

/// A row.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// Its place in the order in which entries came.
    pub(super) position: u64,
    /// The entry.
    pub(super) stored: Stored,
    /// When it came.
    pub(super) received_at: Timestamp,
    /// Its link.
    pub(super) link: Link,
}

/// Whether an entry is there already: a phone that wrote its changes anew sends it again in another one.
pub(super) fn is_known(connection: &Connection, hash: &EntryHash) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM journal WHERE hash = ?1")?.exists([hash.as_bytes()])
}

/// Adds an entry.
///
/// # Errors
/// [`Reason::TicketTaken`] when the database says that its number or its place is taken.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    stored: &Stored,
    entry: &Entry,
    received_at: Timestamp,
) -> rusqlite::Result<Result<(), Refusal>> {
    let (count, previous) = tail(transaction)?;
    let position = next_position(transaction)?;
    let link = link(&previous, position, stored, received_at);
    match insert_row(transaction, &Kept { position, stored: stored.clone(), received_at, link }) {
        Ok(()) => {}
        Err(error) if is_taken(&error) => return taken(transaction, stored).map(Err),
        Err(error) => return Err(error),
    }
    let sql = "UPDATE journal_tail SET count = ?1, link = ?2";
    transaction.prepare_cached(sql)?.execute((counter(count.saturating_add(1)), link))?;
    advance(transaction, stored, entry)?;
    Ok(Ok(()))
}

/// Where a journal ends; at its start when nothing is known of it.
pub(super) fn anchor(connection: &Connection, device: InstallationId) -> rusqlite::Result<Anchor> {
    let sql = "SELECT device, seq, hash, turnover, key FROM journal_heads WHERE device = ?1";
    let known = connection.prepare_cached(sql)?.query_row([device.as_bytes()], read_head).optional()?;
    Ok(known.map_or(Anchor { head: Head::START, key: None }, |(_, anchor)| anchor))
}

/// The columns `device, seq, hash, turnover, key`.
pub(super) fn read_head(row: &Row<'_>) -> rusqlite::Result<(InstallationId, Anchor)> {
    let (hash, turnover) = (EntryHash::from_bytes(row.get("hash")?), Fen(row.get("turnover")?));
    let head = Head { seq: read_counter(row, "seq")?, hash, turnover };
    let key = row.get::<_, Option<[u8; 33]>>("key")?.map(PublicKey::from_bytes);
    Ok((InstallationId::from_bytes(row.get("device")?), Anchor { head, key }))
}

/// A row with all its [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let number: Option<i64> = row.get("number")?;
    let ticket = match (row.get::<_, Option<String>>("series")?, number) {
        (None, None) => None,
        (Some(series), Some(number)) => Some(Ticket {
            series: series.parse().map_err(|_| damaged("series"))?,
            number: u32::try_from(number).map_err(|_| damaged("number"))?,
        }),
        _ => return Err(damaged("number")),
    };
    let stored = Stored {
        device: InstallationId::from_bytes(row.get("device")?),
        seq: read_counter(row, "seq")?,
        hash: EntryHash::from_bytes(row.get("hash")?),
        act: row.get("act")?,
        book: DocumentId::from_bytes(row.get("document")?),
        collector: PersonId::from_bytes(row.get("collector")?),
        session: row.get::<_, Option<[u8; 16]>>("session")?.map(SessionId::from_bytes),
        ticket,
        amount: Fen(row.get("amount")?),
        sealed: Sealed { entry: row.get("text")?, signature: row.get::<_, Option<[u8; 64]>>("signature")?.map(Signature::from_bytes) },
    };
    let (position, received_at) = (read_counter(row, "position")?, read_time(row, "received_at")?);
    Ok(Kept { position, stored, received_at, link: row.get("link")? })
}

fn tail(connection: &Connection) -> rusqlite::Result<(u64, Link)> {
    let sql = "SELECT count, link FROM journal_tail";
    connection.prepare_cached(sql)?.query_row([], |row| Ok((read_counter(row, "count")?, row.get("link")?)))
}

fn next_position(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(max(position), 0) + 1 AS next FROM journal";
    connection.prepare_cached(sql)?.query_row([], |row| read_counter(row, "next"))
}

fn insert_row(transaction: &Transaction<'_>, kept: &Kept) -> rusqlite::Result<()> {
    let Kept { position, stored, received_at, link } = kept;
    let sql = "INSERT INTO journal (position, device, seq, hash, act, document, collector, session, series, number, amount, text,
                   signature, received_at, link)
               VALUES (:position, :device, :seq, :hash, :act, :document, :collector, :session, :series, :number, :amount, :text,
                   :signature, :received_at, :link)";
    let values = named_params! {
        ":position": counter(*position),
        ":device": stored.device.as_bytes(),
        ":seq": counter(stored.seq),
        ":hash": stored.hash.as_bytes(),
        ":act": stored.act,
        ":document": stored.book.as_bytes(),
        ":collector": stored.collector.as_bytes(),
        ":session": stored.session.map(|session| *session.as_bytes()),
        ":series": stored.ticket.as_ref().map(|ticket| ticket.series.as_str()),
        ":number": stored.ticket.as_ref().map(|ticket| ticket.number),
        ":amount": stored.amount.0,
        ":text": stored.sealed.entry,
        ":signature": stored.sealed.signature.map(|signature| *signature.as_bytes()),
        ":received_at": received_at.as_unix_millis(),
        ":link": link,
    };
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE)
}

fn taken(connection: &Connection, stored: &Stored) -> rusqlite::Result<Refusal> {
    let sql = "SELECT 1 FROM journal WHERE device = ?1 AND seq = ?2";
    let detail = if connection.prepare_cached(sql)?.exists((stored.device.as_bytes(), counter(stored.seq)))? {
        format!("another entry is number {} of this journal", stored.seq)
    } else {
        let ticket = stored.ticket.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("another receipt has the number {ticket}")
    };
    Ok(Refusal::new(Reason::TicketTaken, detail))
}

fn advance(transaction: &Transaction<'_>, stored: &Stored, entry: &Entry) -> rusqlite::Result<()> {
    let Anchor { head, key } = anchor(transaction, stored.device)?;
    let newest = Head { seq: stored.seq, hash: stored.hash, turnover: entry.turnover };
    let head = if newest.seq > head.seq { newest } else { head };
    let key = key.or(entry.key).map(|key| *key.as_bytes());
    let sql = "INSERT INTO journal_heads (device, seq, hash, turnover, key) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (device) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, turnover = excluded.turnover, key = excluded.key";
    let values = (stored.device.as_bytes(), counter(head.seq), head.hash.as_bytes(), head.turnover.0, key);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}
