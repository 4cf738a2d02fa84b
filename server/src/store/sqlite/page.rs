//! The next page of a feed: of its log, or of a state transfer when the log would cost more.

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, StoreEpoch},
    limits::{MAX_ENTRIES, MAX_ENTRIES_BYTES},
    sync::Page,
    wire::{ChangeRecord, Feed, FeedDigest, LeaveReason, Withdrawal},
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    columns::{counter, read_counter, read_json, read_time},
    feeds::{self, LEAVE},
    session, tail, transfer,
};

/// Who asks for what.
pub(super) struct Request {
    pub(super) epoch: StoreEpoch,
    pub(super) installation: InstallationId,
    pub(super) feed: Feed,
    pub(super) after: u64,
    pub(super) transfer: Option<Vec<u8>>,
}

/// The page; none when this phone does not follow the feed.
pub(super) fn read(connection: &Connection, request: &Request) -> rusqlite::Result<Option<Page>> {
    if !session::follows(connection, request.installation, request.feed)? {
        return Ok(None);
    }
    let head = feeds::head(connection, request.feed)?;
    let page = match &request.transfer {
        Some(token) => transfer::go_on(connection, request, &head, token)?,
        // Or a cursor that this feed never gave out.
        None if request.after > head.seq || costs_more_than_a_transfer(connection, request, &head)? => {
            transfer::begin(connection, request, &head)?
        }
        None => tail::read(connection, request, &head)?,
    };
    Ok(Some(page))
}

/// How much one page has taken up.
#[derive(Debug, Default)]
pub(super) struct Budget {
    documents: usize,
    bytes: usize,
}

impl Budget {
    /// Takes `changes` for so many more documents if they fit; on an empty page everything does.
    pub(super) fn take(&mut self, documents: usize, changes: &[ChangeRecord]) -> bool {
        let documents = self.documents.saturating_add(documents);
        let bytes = changes.iter().map(|record| record.change.len()).fold(self.bytes, usize::saturating_add);
        if self.documents > 0 && (documents > MAX_ENTRIES || bytes > MAX_ENTRIES_BYTES) {
            return false;
        }
        (self.documents, self.bytes) = (documents, bytes);
        true
    }
}

/// Why a document left this feed the last time.
pub(super) fn withdrawal(connection: &Connection, feed: Feed, document: DocumentId) -> rusqlite::Result<Withdrawal> {
    let sql = "SELECT withdrawal FROM feed_entries WHERE feed = ?1 AND document = ?2 AND kind = ?3 ORDER BY feed_seq DESC LIMIT 1";
    let params = (feed.to_string(), document.as_bytes(), LEAVE);
    let known = connection.prepare_cached(sql)?.query_row(params, |row| read_json(row, "withdrawal")).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    // It was never here. Reading has no clock: the newest commit is the latest moment that the store knows of.
    let sql = "SELECT coalesce(max(received_at), 0) AS at FROM changes WHERE commit_seq = (SELECT max(commit_seq) FROM changes)";
    let at = connection.prepare_cached(sql)?.query_row([], |row| read_time(row, "at"))?;
    Ok(Withdrawal { reason: LeaveReason::NotListed, by: None, at, to: None })
}

/// A transfer does not tell why documents left, so a tail that fits into one page is always told in full.
fn costs_more_than_a_transfer(connection: &Connection, request: &Request, head: &FeedDigest) -> rusqlite::Result<bool> {
    let page = u64::try_from(MAX_ENTRIES).unwrap_or(u64::MAX);
    if head.seq.saturating_sub(request.after) <= page {
        return Ok(false);
    }
    let sql = "SELECT (SELECT count(DISTINCT document) FROM feed_entries WHERE feed = ?1 AND feed_seq > ?2) AS touched,
                      (SELECT count(*) FROM feed_members WHERE feed = ?1) AS held";
    let read = |row: &Row<'_>| Ok((read_counter(row, "touched")?, read_counter(row, "held")?));
    let params = (request.feed.to_string(), counter(request.after));
    let (touched, held) = connection.prepare_cached(sql)?.query_row(params, read)?;
    Ok(touched > held.max(page))
}
