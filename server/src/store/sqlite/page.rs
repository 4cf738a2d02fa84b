//! The next page of a feed: the tail of its log, collapsed per document.
//!
//! A phone at cursor `c` holds at least, of every document that was in the feed at `c`, the changes up to that document's last entry at or
//! before `c`. What a page sends follows from that alone, so it does not matter which pages were sent before, or whether they arrived.

use std::collections::HashMap;

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, StoreEpoch},
    limits::{MAX_ENTRIES, MAX_ENTRIES_BYTES},
    sync::Page,
    wire::{ChangeRecord, Entry, EntryKind, Feed, FeedDigest, LeaveReason, Withdrawal},
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    changes::{self, Span},
    columns::{counter, read_counter, read_json, read_time},
    feeds::{self, ENTER, LEAVE},
    limits::MAX_WINDOW_ENTRIES,
    session, transfer,
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
        // A cursor that this feed never gave out.
        None if request.after > head.seq => transfer::begin(connection, request, &head)?,
        None if costs_more_than_a_transfer(connection, request, &head)? => transfer::begin(connection, request, &head)?,
        None => tail(connection, request, &head)?,
    };
    Ok(Some(page))
}

/// Changes of one document as one page carries them.
#[derive(Debug, Default)]
pub(super) struct Budget {
    documents: usize,
    bytes: usize,
}

impl Budget {
    /// Takes a document if it fits; the first one always does.
    pub(super) fn take(&mut self, changes: &[ChangeRecord]) -> bool {
        let bytes: usize = changes.iter().map(|record| record.change.len()).sum();
        let fits = self.documents < MAX_ENTRIES && self.bytes.saturating_add(bytes) <= MAX_ENTRIES_BYTES;
        if !fits && self.documents > 0 {
            return false;
        }
        self.documents = self.documents.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
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

/// A document's entries in the window, as one.
struct Collapsed {
    document: DocumentId,
    /// Its first entry here.
    first_seq: u64,
    /// It came, or came back, in this window.
    entered: bool,
    /// The newest change that its entries here speak of.
    up_to: u64,
}

struct Window {
    documents: Vec<Collapsed>,
    /// The last entry that was looked at.
    end: u64,
}

fn tail(connection: &Connection, request: &Request, head: &FeedDigest) -> rusqlite::Result<Page> {
    let window = window(connection, request)?;
    let mut budget = Budget::default();
    let mut entries = Vec::new();
    let mut cursor = window.end;
    for collapsed in &window.documents {
        let entry = entry(connection, request, collapsed)?;
        if !budget.take(&entry.changes) {
            // What was sent of earlier documents may reach beyond this cursor; sent again, it changes nothing.
            cursor = collapsed.first_seq.saturating_sub(1);
            break;
        }
        // The phone's own edits are not sent back, so there may be nothing to say.
        if entry.kind != EntryKind::Changed || !entry.changes.is_empty() {
            entries.push(entry);
        }
    }
    Ok(Page { entries, cursor, transfer: None, transfer_done: false, more: cursor < head.seq, digest: head.digest })
}

fn window(connection: &Connection, request: &Request) -> rusqlite::Result<Window> {
    let sql = "SELECT feed_seq, document, kind, commit_seq FROM feed_entries WHERE feed = ?1 AND feed_seq > ?2 ORDER BY feed_seq LIMIT ?3";
    let limit = i64::try_from(MAX_WINDOW_ENTRIES).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((request.feed.to_string(), counter(request.after), limit))?;
    let mut window = Window { documents: Vec::new(), end: request.after };
    let mut places: HashMap<DocumentId, usize> = HashMap::new();
    while let Some(row) = rows.next()? {
        let document = DocumentId::from_bytes(row.get("document")?);
        let (seq, entered, up_to) = (read_counter(row, "feed_seq")?, row.get::<_, i64>("kind")? == ENTER, read_counter(row, "commit_seq")?);
        let known = places.get(&document).copied();
        if known.is_none() && window.documents.len() == MAX_ENTRIES {
            break;
        }
        if let Some(collapsed) = known.and_then(|place| window.documents.get_mut(place)) {
            collapsed.entered |= entered;
            collapsed.up_to = up_to;
        } else {
            places.insert(document, window.documents.len());
            window.documents.push(Collapsed { document, first_seq: seq, entered, up_to });
        }
        window.end = seq;
    }
    Ok(window)
}

/// The last state of a document, and what the phone lacks of it. A document that is not in the feed now leaves, whatever happened in
/// between: nobody is sent what they may no longer hold.
fn entry(connection: &Connection, request: &Request, collapsed: &Collapsed) -> rusqlite::Result<Entry> {
    let document = collapsed.document;
    if !feeds::is_member(connection, request.feed, document)? {
        let kind = EntryKind::Leave(withdrawal(connection, request.feed, document)?);
        return Ok(Entry { document, kind, changes: Vec::new() });
    }
    let held = if collapsed.entered { None } else { held(connection, request, document)? };
    let (kind, span) = match held {
        None => (EntryKind::Enter, Span { up_to: collapsed.up_to, ..Span::whole(document) }),
        Some(after) => (EntryKind::Changed, Span { document, after, up_to: collapsed.up_to, except: Some(request.installation) }),
    };
    Ok(Entry { document, kind, changes: changes::records(connection, &span)? })
}

/// The newest change that a phone at this cursor holds of the document; none when it does not hold it.
fn held(connection: &Connection, request: &Request, document: DocumentId) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT kind, commit_seq FROM feed_entries WHERE feed = ?1 AND document = ?2 AND feed_seq <= ?3
               ORDER BY feed_seq DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>("kind")? != LEAVE, read_counter(row, "commit_seq")?));
    let params = (request.feed.to_string(), document.as_bytes(), counter(request.after));
    let last = connection.prepare_cached(sql)?.query_row(params, read).optional()?;
    Ok(last.filter(|(here, _)| *here).map(|(_, commit_seq)| commit_seq))
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
