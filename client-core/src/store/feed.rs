//! Feeds: where this phone is in each, and which documents it holds of it.

use std::collections::BTreeSet;

use linecrew_protocol::{
    ChangeHash,
    digest::{Digest, fingerprint},
    ids::DocumentId,
    wire::{Feed, Holding, Inventory, Position},
};
use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction, types::Type};

use super::columns::{integer, number, optional_number};
use crate::status::FeedView;

/// Follows `feed`, from its beginning if it is new.
pub(crate) fn follow(transaction: &Transaction<'_>, feed: Feed) -> Result<()> {
    let sql = "INSERT INTO feed (feed, digest) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    transaction.execute(sql, (feed.to_string(), Digest::EMPTY.to_bytes())).map(drop)
}

pub(crate) fn unfollow(transaction: &Transaction<'_>, feed: Feed) -> Result<()> {
    transaction.execute("DELETE FROM feed WHERE feed = ?1", [feed.to_string()]).map(drop)
}

pub(crate) fn followed(connection: &Connection) -> Result<BTreeSet<Feed>> {
    let mut statement = connection.prepare_cached("SELECT feed FROM feed")?;
    statement.query_map([], feed_of)?.collect()
}

/// The cursors mean nothing any more: the server's store is another one.
pub(crate) fn forget_cursors(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute_batch("UPDATE feed SET cursor = NULL, transfer = NULL; UPDATE feed_member SET listed = 0")
}

pub(crate) fn advance(transaction: &Transaction<'_>, feed: Feed, cursor: u64, transfer: Option<&[u8]>) -> Result<()> {
    let sql = "UPDATE feed SET cursor = ?2, transfer = ?3 WHERE feed = ?1";
    transaction.prepare_cached(sql)?.execute((feed.to_string(), integer(cursor), transfer)).map(drop)
}

/// Whether everything up to `cursor` is stored, with no state transfer under way.
pub(crate) fn is_at(connection: &Connection, feed: Feed, cursor: u64) -> Result<bool> {
    let sql = "SELECT 1 FROM feed WHERE feed = ?1 AND cursor = ?2 AND transfer IS NULL";
    connection.prepare_cached(sql)?.exists((feed.to_string(), integer(cursor)))
}

/// The feeds with a cursor, for the hello.
pub(crate) fn positions(connection: &Connection) -> Result<Vec<Position>> {
    let sql = "SELECT feed, cursor, transfer, digest FROM feed WHERE cursor IS NOT NULL ORDER BY feed";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let transfer: Option<Vec<u8>> = row.get("transfer")?;
        Ok(Position {
            feed: feed_of(row)?,
            seq: number(row, "cursor")?,
            digest: Digest::from_bytes(row.get("digest")?),
            transfer: transfer.map(Into::into),
        })
    })?;
    rows.collect()
}

pub(crate) fn digest(connection: &Connection, feed: Feed) -> Result<Option<Digest>> {
    let sql = "SELECT digest FROM feed WHERE feed = ?1";
    connection.prepare_cached(sql)?.query_row([feed.to_string()], |row| Ok(Digest::from_bytes(row.get("digest")?))).optional()
}

pub(crate) fn inventory(connection: &Connection, feed: Feed) -> Result<Inventory> {
    let sql = "SELECT document, fingerprint FROM feed_member WHERE feed = ?1 ORDER BY document";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([feed.to_string()], |row| {
        Ok(Holding { document: DocumentId::from_bytes(row.get("document")?), fingerprint: Digest::from_bytes(row.get("fingerprint")?) })
    })?;
    Ok(Inventory { feed, holdings: rows.collect::<Result<_>>()? })
}

pub(crate) fn views(connection: &Connection) -> Result<Vec<FeedView>> {
    let sql = "SELECT feed, cursor, digest, transfer IS NOT NULL AS transferring,
                   (SELECT count(*) FROM feed_member WHERE feed_member.feed = feed.feed) AS documents
               FROM feed ORDER BY feed";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(FeedView {
            feed: feed_of(row)?,
            cursor: optional_number(row, "cursor")?,
            documents: number(row, "documents")?,
            digest: Digest::from_bytes(row.get("digest")?),
            transferring: row.get("transferring")?,
        })
    })?;
    rows.collect()
}

/// The document is in the feed; `listed`: the state transfer under way says so.
pub(crate) fn enter(transaction: &Transaction<'_>, feed: Feed, document: DocumentId, listed: bool) -> Result<()> {
    // A new member begins as nothing, which has no weight in the digest; `weigh` gives it its own.
    let sql = "INSERT INTO feed_member (feed, document, fingerprint, listed) VALUES (?1, ?2, zeroblob(16), ?3)
               ON CONFLICT (feed, document) DO UPDATE SET listed = listed OR excluded.listed";
    transaction.prepare_cached(sql)?.execute((feed.to_string(), document.as_bytes(), listed)).map(drop)
}

/// The document is no longer in the feed. Whether it was.
pub(crate) fn leave(transaction: &Transaction<'_>, feed: Feed, document: DocumentId) -> Result<bool> {
    let sql = "DELETE FROM feed_member WHERE feed = ?1 AND document = ?2 RETURNING fingerprint";
    let removed = transaction.prepare_cached(sql)?.query_row((feed.to_string(), document.as_bytes()), weight).optional()?;
    if let Some(removed) = removed {
        shift(transaction, feed, removed, 0)?;
    }
    Ok(removed.is_some())
}

/// Gives the document the weight of its accepted heads, in every feed that it is in.
pub(crate) fn weigh(transaction: &Transaction<'_>, document: DocumentId, heads: &[ChangeHash]) -> Result<()> {
    let new = fingerprint(document, heads);
    let sql = "SELECT feed, fingerprint FROM feed_member WHERE document = ?1";
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map([document.as_bytes()], |row| Ok((feed_of(row)?, weight(row)?)))?;
    for (feed, old) in rows.collect::<Result<Vec<_>>>()? {
        if old != new {
            let sql = "UPDATE feed_member SET fingerprint = ?3 WHERE feed = ?1 AND document = ?2";
            transaction.prepare_cached(sql)?.execute((feed.to_string(), document.as_bytes(), new.to_be_bytes()))?;
            shift(transaction, feed, old, new)?;
        }
    }
    Ok(())
}

pub(crate) fn members(connection: &Connection, feed: Feed) -> Result<Vec<DocumentId>> {
    documents(connection, "SELECT document FROM feed_member WHERE feed = ?1 ORDER BY document", feed)
}

/// The state transfer is over: the members it did not list. The marks are cleared for the next one.
pub(crate) fn end_transfer(transaction: &Transaction<'_>, feed: Feed) -> Result<Vec<DocumentId>> {
    let unlisted = documents(transaction, "SELECT document FROM feed_member WHERE feed = ?1 AND NOT listed ORDER BY document", feed)?;
    transaction.execute("UPDATE feed_member SET listed = 0 WHERE feed = ?1", [feed.to_string()])?;
    Ok(unlisted)
}

/// Whether any feed has the document.
pub(crate) fn has(connection: &Connection, document: DocumentId) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM feed_member WHERE document = ?1")?.exists([document.as_bytes()])
}

/// The feeds that have the document.
pub(crate) fn of_document(connection: &Connection, document: DocumentId) -> Result<Vec<Feed>> {
    let mut statement = connection.prepare_cached("SELECT feed FROM feed_member WHERE document = ?1 ORDER BY feed")?;
    statement.query_map([document.as_bytes()], feed_of)?.collect()
}

fn documents(connection: &Connection, sql: &str, feed: Feed) -> Result<Vec<DocumentId>> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([feed.to_string()], |row| Ok(DocumentId::from_bytes(row.get("document")?)))?.collect()
}

fn shift(transaction: &Transaction<'_>, feed: Feed, minus: u128, plus: u128) -> Result<()> {
    let digest = digest(transaction, feed)?.unwrap_or_default().minus(minus).plus(plus);
    let sql = "UPDATE feed SET digest = ?2 WHERE feed = ?1";
    transaction.prepare_cached(sql)?.execute((feed.to_string(), digest.to_bytes())).map(drop)
}

fn weight(row: &Row<'_>) -> Result<u128> {
    Ok(u128::from_be_bytes(row.get("fingerprint")?))
}

fn feed_of(row: &Row<'_>) -> Result<Feed> {
    let text: String = row.get("feed")?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
