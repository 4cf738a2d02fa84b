//! This phone's own journal: every entry that was sealed here, and whether the server has it.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, SessionId},
    model::collection::{
        Act, Entry, EntryHash, Fen, Sealed,
        ledger::{Head, Line},
    },
};
use rusqlite::{
    Connection, OptionalExtension, Result, Row, ToSql, Transaction, named_params,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Type, ValueRef},
};

use super::columns::{Json, integer, number};

/// Where an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The server has not named its hash.
    Here,
    /// It has.
    Safe,
    /// In the server's quarantine.
    Refused,
}

impl Kept {
    fn name(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Safe => "safe",
            Self::Refused => "refused",
        }
    }
}

impl ToSql for Kept {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for Kept {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        [Self::Here, Self::Safe, Self::Refused].into_iter().find(|kept| kept.name() == name).ok_or(FromSqlError::InvalidType)
    }
}

/// An entry that was just sealed.
#[derive(Debug)]
pub(crate) struct NewEntry<'a> {
    pub(crate) document: DocumentId,
    pub(crate) device_seq: u64,
    pub(crate) sealed: &'a Sealed,
    pub(crate) entry: &'a Entry,
    /// Whom a receipt names.
    pub(crate) customer: Option<&'a str>,
}

/// What is known of a receipt beside what the journal says.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    pub(crate) kept: Kept,
    pub(crate) customer: Option<String>,
}

pub(crate) fn insert(transaction: &Transaction<'_>, new: &NewEntry<'_>) -> Result<()> {
    let sql = "INSERT INTO journal (device, seq, hash, ticket, document, device_seq, entry, signature, custody, customer)
               VALUES (:device, :seq, :hash, :ticket, :document, :device_seq, :entry, :signature, 'here', :customer)";
    let ticket = match &new.entry.act {
        Act::Receipt(receipt) => Some(receipt.ticket.to_string()),
        _ => None,
    };
    let written = transaction.prepare_cached(sql)?.execute(named_params! {
        ":device": new.entry.device.as_bytes(),
        ":seq": integer(new.entry.seq),
        ":hash": new.sealed.hash().as_bytes(),
        ":ticket": ticket,
        ":document": new.document.as_bytes(),
        ":device_seq": integer(new.device_seq),
        ":entry": new.sealed.entry,
        ":signature": new.sealed.signature.map(|signature| signature.to_string()),
        ":customer": new.customer,
    });
    written.map(drop)
}

/// Where a journal ends.
pub(crate) fn head(connection: &Connection, device: InstallationId) -> Result<Head> {
    let sql = "SELECT seq, hash, entry ->> '$.turnover' AS turnover FROM journal WHERE device = ?1 ORDER BY seq DESC LIMIT 1";
    let found = connection.prepare_cached(sql)?.query_row([device.as_bytes()], |row| {
        Ok(Head { seq: number(row, "seq")?, hash: EntryHash::from_bytes(row.get("hash")?), turnover: Fen(row.get("turnover")?) })
    });
    Ok(found.optional()?.unwrap_or(Head::START))
}

/// The entries of a journal by place. Their texts were sealed here: what is stored beside them is theirs.
pub(crate) fn lines(connection: &Connection, device: InstallationId) -> Result<BTreeMap<u64, Line>> {
    let sql = "SELECT seq, hash, signature IS NOT NULL AS signed, entry FROM journal WHERE device = ?1 ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([device.as_bytes()], |row| {
        let Json(entry) = row.get("entry")?;
        Ok((number(row, "seq")?, Line { hash: EntryHash::from_bytes(row.get("hash")?), signed: row.get("signed")?, entry }))
    })?;
    rows.collect()
}

/// The installations under which something was sealed here, the first one first: by the order of writing, which no clock can change.
pub(crate) fn devices(connection: &Connection) -> Result<Vec<InstallationId>> {
    let mut statement = connection.prepare_cached("SELECT device FROM journal GROUP BY device ORDER BY min(rowid)")?;
    statement.query_map([], |row| Ok(InstallationId::from_bytes(row.get("device")?)))?.collect()
}

/// Of every receipt, by its hash, what the journal does not say.
pub(crate) fn beside_receipts(connection: &Connection) -> Result<BTreeMap<EntryHash, Beside>> {
    let sql = "SELECT hash, custody, customer FROM journal WHERE ticket IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let beside = Beside { kept: row.get("custody")?, customer: row.get("customer")? };
        Ok((EntryHash::from_bytes(row.get("hash")?), beside))
    })?;
    rows.collect()
}

/// The book that carries the newest entry of a journal.
pub(crate) fn newest_document(connection: &Connection, device: InstallationId) -> Result<Option<DocumentId>> {
    let sql = "SELECT document FROM journal WHERE device = ?1 ORDER BY seq DESC LIMIT 1";
    let found = connection.prepare_cached(sql)?.query_row([device.as_bytes()], |row| Ok(DocumentId::from_bytes(row.get("document")?)));
    found.optional()
}

/// The entry that an edit carries.
pub(crate) fn of_edit(connection: &Connection, device_seq: u64) -> Result<Option<(EntryHash, Kept)>> {
    let sql = "SELECT hash, custody FROM journal WHERE device_seq = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([integer(device_seq)], |row| Ok((EntryHash::from_bytes(row.get("hash")?), row.get("custody")?))).optional()
}

/// Where an entry is.
pub(crate) fn kept(connection: &Connection, hash: &EntryHash) -> Result<Option<Kept>> {
    let mut statement = connection.prepare_cached("SELECT custody FROM journal WHERE hash = ?1")?;
    statement.query_row([hash.as_bytes()], |row| row.get("custody")).optional()
}

pub(crate) fn set_kept(transaction: &Transaction<'_>, hash: &EntryHash, kept: Kept) -> Result<()> {
    transaction.prepare_cached("UPDATE journal SET custody = ?2 WHERE hash = ?1")?.execute((hash.as_bytes(), kept)).map(drop)
}

/// Another edit carries the entry now; none: nothing does, for the time being.
pub(crate) fn set_edit(transaction: &Transaction<'_>, hash: &EntryHash, device_seq: Option<u64>) -> Result<()> {
    let sql = "UPDATE journal SET device_seq = ?2 WHERE hash = ?1";
    transaction.prepare_cached(sql)?.execute((hash.as_bytes(), device_seq.map(integer))).map(drop)
}

/// The server has lost its answers to the edits from `device_seq` on.
pub(crate) fn reopen(transaction: &Transaction<'_>, device_seq: u64) -> Result<()> {
    transaction.execute("UPDATE journal SET custody = 'here' WHERE device_seq >= ?1", [integer(device_seq)]).map(drop)
}

/// Another installation begins: the numbers mean other edits from now on.
pub(crate) fn forget_edits(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute("UPDATE journal SET device_seq = NULL", []).map(drop)
}

/// The entries of a book that the server has not named and that no edit carries, in their order.
pub(crate) fn not_carried(connection: &Connection, document: DocumentId) -> Result<Vec<Sealed>> {
    let sql = "SELECT entry, signature FROM journal WHERE document = ?1 AND custody = 'here' AND device_seq IS NULL ORDER BY device, seq";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([document.as_bytes()], sealed)?.collect()
}

/// Whether the server has every entry of a book, be it in its quarantine.
pub(crate) fn is_elsewhere(connection: &Connection, document: DocumentId) -> Result<bool> {
    let sql = "SELECT 1 FROM journal WHERE document = ?1 AND custody = 'here'";
    Ok(!connection.prepare_cached(sql)?.exists([document.as_bytes()])?)
}

/// How many entries are where.
pub(crate) fn count(connection: &Connection, kept: Kept) -> Result<u64> {
    let sql = "SELECT count(*) AS entries FROM journal WHERE custody = ?1";
    connection.prepare_cached(sql)?.query_row([kept], |row| number(row, "entries"))
}

/// A session is settled: nobody has to print its receipts any more.
pub(crate) fn forget_customers(transaction: &Transaction<'_>, session: SessionId) -> Result<()> {
    let sql = "UPDATE journal SET customer = NULL WHERE customer IS NOT NULL AND entry ->> '$.act.session' = ?1";
    transaction.prepare_cached(sql)?.execute([session.to_string()]).map(drop)
}

fn sealed(row: &Row<'_>) -> Result<Sealed> {
    let signature: Option<String> = row.get("signature")?;
    let unreadable = |error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error));
    Ok(Sealed { entry: row.get("entry")?, signature: signature.map(|text| text.parse().map_err(unreadable)).transpose()? })
}
