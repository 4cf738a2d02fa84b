//! The tail of a feed's log, several entries of one document told as one.
//!
//! A phone at cursor `c` holds, of every document that was in the feed at `c`, the changes up to that document's last entry at or before
//! `c`. What a page sends follows from that alone, so it does not matter which pages were sent before, or whether they arrived.

use std::collections::HashMap;

use linecrew_protocol::{
    ids::DocumentId,
    sync::Page,
    wire::{ChangeRecord, Entry, EntryKind, FeedDigest},
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    changes::{self, Span},
    columns::{counter, read_counter},
    feeds::{self, ENTER, LEAVE},
    limits::MAX_WINDOW_ENTRIES,
    page::{self, Budget, Request},
};

/// The entries after the phone's cursor, as many as a page holds.
pub(super) fn read(connection: &Connection, request: &Request, head: &FeedDigest) -> rusqlite::Result<Page> {
    let mut tail = Tail { connection, request, budget: Budget::default(), documents: Vec::new(), places: HashMap::new() };
    let mut cursor = request.after;
    for logged in log(connection, request)? {
        if !tail.tell(&logged)? {
            break;
        }
        cursor = logged.seq;
    }
    let entries = tail.entries()?;
    Ok(Page { entries, cursor, transfer: None, transfer_done: false, more: cursor < head.seq, digest: head.digest })
}

/// One entry of the log.
struct Logged {
    seq: u64,
    document: DocumentId,
    entered: bool,
    /// The document's newest change at that time.
    commit_seq: u64,
}

fn log(connection: &Connection, request: &Request) -> rusqlite::Result<Vec<Logged>> {
    let sql = "SELECT feed_seq, document, kind, commit_seq FROM feed_entries WHERE feed = ?1 AND feed_seq > ?2 ORDER BY feed_seq LIMIT ?3";
    let read = |row: &Row<'_>| {
        let document = DocumentId::from_bytes(row.get("document")?);
        let entered = row.get::<_, i64>("kind")? == ENTER;
        Ok(Logged { seq: read_counter(row, "feed_seq")?, document, entered, commit_seq: read_counter(row, "commit_seq")? })
    };
    let limit = i64::try_from(MAX_WINDOW_ENTRIES).unwrap_or(i64::MAX);
    let params = (request.feed.to_string(), counter(request.after), limit);
    connection.prepare_cached(sql)?.query_map(params, read)?.collect()
}

/// What is told of one document.
struct Told {
    document: DocumentId,
    told: What,
    /// The changes up to this commit are told.
    up_to: u64,
    changes: Vec<ChangeRecord>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// Everything: it came, or came back.
    Whole,
    /// What the phone lacks. Its own edits are not sent back.
    News,
    /// That it is not in the feed now, whatever happened in between: nobody is sent what they may no longer hold.
    Gone,
}

struct Tail<'a> {
    connection: &'a Connection,
    request: &'a Request,
    budget: Budget,
    documents: Vec<Told>,
    places: HashMap<DocumentId, usize>,
}

impl Tail<'_> {
    /// Adds an entry to what is told; false when the page is full.
    fn tell(&mut self, logged: &Logged) -> rusqlite::Result<bool> {
        let known = self.places.get(&logged.document).and_then(|place| self.documents.get(*place));
        let (known, told, after) = match known {
            Some(Told { told: What::Gone, .. }) => return Ok(true),
            Some(Told { told: What::News, .. }) if logged.entered => (true, What::Whole, 0),
            Some(Told { told, up_to, .. }) => (true, *told, *up_to),
            None => {
                let (told, after) = self.first(logged)?;
                (false, told, after)
            }
        };
        let changes = self.changes(logged, told, after)?;
        if !self.budget.take(usize::from(!known), &changes) {
            return Ok(false);
        }
        self.add(logged, told, changes);
        Ok(true)
    }

    fn first(&self, logged: &Logged) -> rusqlite::Result<(What, u64)> {
        if !feeds::is_member(self.connection, self.request.feed, logged.document)? {
            return Ok((What::Gone, 0));
        }
        let held = if logged.entered { None } else { held(self.connection, self.request, logged.document)? };
        Ok(held.map_or((What::Whole, 0), |commit_seq| (What::News, commit_seq)))
    }

    fn changes(&self, logged: &Logged, told: What, after: u64) -> rusqlite::Result<Vec<ChangeRecord>> {
        let except = match told {
            What::Gone => return Ok(Vec::new()),
            What::Whole => None,
            What::News => Some(self.request.installation),
        };
        changes::records(self.connection, &Span { document: logged.document, after, up_to: logged.commit_seq, except })
    }

    fn add(&mut self, logged: &Logged, told: What, changes: Vec<ChangeRecord>) {
        let Logged { document, commit_seq: up_to, .. } = *logged;
        match self.places.get(&document).and_then(|place| self.documents.get_mut(*place)) {
            None => {
                self.places.insert(document, self.documents.len());
                self.documents.push(Told { document, told, up_to, changes });
            }
            Some(known) => {
                if known.told != told {
                    known.changes.clear();
                }
                known.told = told;
                known.up_to = up_to;
                known.changes.extend(changes);
            }
        }
    }

    fn entries(self) -> rusqlite::Result<Vec<Entry>> {
        let mut entries = Vec::with_capacity(self.documents.len());
        for Told { document, told, changes, .. } in self.documents {
            let kind = match told {
                What::Whole => EntryKind::Enter,
                // There were only the phone's own edits.
                What::News if changes.is_empty() => continue,
                What::News => EntryKind::Changed,
                What::Gone => EntryKind::Leave(page::withdrawal(self.connection, self.request.feed, document)?),
            };
            entries.push(Entry { document, kind, changes });
        }
        Ok(entries)
    }
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
