//! Feeds: which documents each audience holds, the log of what came and went, and the digest over it.

use std::collections::BTreeSet;

use linecrew_protocol::{
    digest::{Digest, fingerprint},
    ids::DocumentId,
    model::work::Fold,
    wire::{Feed, FeedDigest, Withdrawal},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{
    columns::{counter, json, read_counter, read_feed},
    documents::Loaded,
};

/// Numbers in `feed_entries.kind`.
pub(super) const ENTER: i64 = 1;
pub(super) const CHANGED: i64 = 2;
pub(super) const LEAVE: i64 = 3;

/// The feed that holds an item: its crew's, while anybody has to do something about it.
pub(super) fn home(fold: &Fold) -> Option<Feed> {
    fold.holder.filter(|_| !fold.state.phase.is_closed()).map(Feed::Crew)
}

/// A document after a commit.
pub(super) struct Placement<'a> {
    pub(super) document: DocumentId,
    pub(super) loaded: &'a Loaded,
    pub(super) commit_seq: u64,
    /// The feeds that hold it from now on.
    pub(super) homes: BTreeSet<Feed>,
}

/// Puts the document into its feeds and takes it out of any other; answers with the feeds that have something new. `why` is asked only
/// when it leaves somebody.
pub(super) fn place(
    transaction: &Transaction<'_>,
    placement: &Placement<'_>,
    why: impl FnOnce() -> rusqlite::Result<Withdrawal>,
) -> rusqlite::Result<BTreeSet<Feed>> {
    let print = fingerprint(placement.document, &placement.loaded.document.get_heads());
    let memberships = memberships(transaction, placement.document)?;
    let mut touched = BTreeSet::new();
    let (staying, leaving): (Vec<_>, Vec<_>) = memberships.into_iter().partition(|(feed, _)| placement.homes.contains(feed));
    for (feed, before) in &staying {
        touched.insert(*feed);
        set_member(transaction, *feed, placement, print)?;
        append(transaction, *feed, placement, &Move { kind: CHANGED, withdrawal: None, minus: *before, plus: print })?;
    }
    if !leaving.is_empty() {
        let withdrawal = json(&why()?)?;
        for (feed, before) in leaving {
            touched.insert(feed);
            remove_member(transaction, feed, placement.document)?;
            append(transaction, feed, placement, &Move { kind: LEAVE, withdrawal: Some(withdrawal.clone()), minus: before, plus: 0 })?;
        }
    }
    for feed in placement.homes.iter().filter(|home| !staying.iter().any(|(feed, _)| feed == *home)) {
        touched.insert(*feed);
        enter(transaction, *feed, placement)?;
    }
    Ok(touched)
}

/// The feeds that hold a document.
pub(super) fn homes(connection: &Connection, document: DocumentId) -> rusqlite::Result<BTreeSet<Feed>> {
    Ok(memberships(connection, document)?.into_iter().map(|(feed, _)| feed).collect())
}

/// Puts a document into a feed that does not have it, wherever else it is.
pub(super) fn enter(transaction: &Transaction<'_>, feed: Feed, placement: &Placement<'_>) -> rusqlite::Result<()> {
    let print = fingerprint(placement.document, &placement.loaded.document.get_heads());
    open(transaction, feed)?;
    set_member(transaction, feed, placement, print)?;
    append(transaction, feed, placement, &Move { kind: ENTER, withdrawal: None, minus: 0, plus: print })
}

/// Where a feed stands; an unknown one is empty.
pub(super) fn head(connection: &Connection, feed: Feed) -> rusqlite::Result<FeedDigest> {
    let sql = "SELECT head, digest FROM feeds WHERE feed = ?1";
    let read = |row: &Row<'_>| Ok(FeedDigest { feed, seq: read_counter(row, "head")?, digest: Digest::from_bytes(row.get("digest")?) });
    let known = connection.prepare_cached(sql)?.query_row([feed.to_string()], read).optional()?;
    Ok(known.unwrap_or(FeedDigest { feed, seq: 0, digest: Digest::EMPTY }))
}

pub(super) fn is_member(connection: &Connection, feed: Feed, document: DocumentId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM feed_members WHERE feed = ?1 AND document = ?2";
    connection.prepare_cached(sql)?.exists((feed.to_string(), document.as_bytes()))
}

/// Documents of a feed with their fingerprints.
pub(super) fn members(connection: &Connection, feed: Feed) -> rusqlite::Result<Vec<(DocumentId, Digest)>> {
    let sql = "SELECT document, fingerprint FROM feed_members WHERE feed = ?1 ORDER BY document";
    let read = |row: &Row<'_>| Ok((DocumentId::from_bytes(row.get("document")?), Digest::from_bytes(row.get("fingerprint")?)));
    connection.prepare_cached(sql)?.query_map([feed.to_string()], read)?.collect()
}

struct Move {
    kind: i64,
    withdrawal: Option<String>,
    minus: u128,
    plus: u128,
}

fn memberships(connection: &Connection, document: DocumentId) -> rusqlite::Result<Vec<(Feed, u128)>> {
    let sql = "SELECT feed, fingerprint FROM feed_members WHERE document = ?1 ORDER BY feed";
    let read = |row: &Row<'_>| Ok((read_feed(row)?, u128::from_be_bytes(row.get("fingerprint")?)));
    connection.prepare_cached(sql)?.query_map([document.as_bytes()], read)?.collect()
}

fn open(transaction: &Transaction<'_>, feed: Feed) -> rusqlite::Result<()> {
    let sql = "INSERT INTO feeds (feed, head, digest) VALUES (?1, 0, ?2) ON CONFLICT (feed) DO NOTHING";
    transaction.prepare_cached(sql)?.execute((feed.to_string(), Digest::EMPTY.to_bytes()))?;
    Ok(())
}

fn set_member(transaction: &Transaction<'_>, feed: Feed, placement: &Placement<'_>, fingerprint: u128) -> rusqlite::Result<()> {
    let sql = "INSERT INTO feed_members (feed, document, fingerprint, priority) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (feed, document) DO UPDATE SET fingerprint = excluded.fingerprint";
    let values = (feed.to_string(), placement.document.as_bytes(), fingerprint.to_be_bytes(), placement.loaded.priority);
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn remove_member(transaction: &Transaction<'_>, feed: Feed, document: DocumentId) -> rusqlite::Result<()> {
    let sql = "DELETE FROM feed_members WHERE feed = ?1 AND document = ?2";
    transaction.prepare_cached(sql)?.execute((feed.to_string(), document.as_bytes()))?;
    Ok(())
}

fn append(transaction: &Transaction<'_>, feed: Feed, placement: &Placement<'_>, entry: &Move) -> rusqlite::Result<()> {
    let before = head(transaction, feed)?;
    let seq = counter(before.seq.saturating_add(1));
    let digest = before.digest.minus(entry.minus).plus(entry.plus);
    let sql = "UPDATE feeds SET head = ?2, digest = ?3 WHERE feed = ?1";
    transaction.prepare_cached(sql)?.execute((feed.to_string(), seq, digest.to_bytes()))?;
    let sql = "INSERT INTO feed_entries (feed, feed_seq, document, kind, withdrawal, commit_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let (document, commit_seq) = (placement.document.as_bytes(), counter(placement.commit_seq));
    transaction.prepare_cached(sql)?.execute((feed.to_string(), seq, document, entry.kind, &entry.withdrawal, commit_seq))?;
    Ok(())
}
