//! State transfer: the documents that are in a feed now, urgent first, then newest; resumable by a token that the phone gives back.
//!
//! The head of the feed at its start is pinned. Whatever comes, changes or leaves while pages are sent stands in the log after that head,
//! and the phone reads the log from there when the transfer is done.

use linecrew_protocol::{
    ids::{DocumentId, StoreEpoch},
    limits::MAX_ENTRIES,
    sync::Page,
    wire::{Entry, EntryKind, Feed, FeedDigest},
};
use rusqlite::{Connection, Row};
use sha2::{Digest as _, Sha256};

use super::{
    changes::{self, Span},
    columns::counter,
    page::{Budget, Request},
};

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// The feed's head when it began.
    pin: u64,
    /// The last document sent, in transfer order.
    last: (i64, DocumentId),
}

const VERSION: u8 = 1;
const BODY_BYTES: usize = 1 + 8 + 8 + 16;
const CHECK_BYTES: usize = 8;

impl Token {
    /// Before the first document.
    pub(super) fn start(pin: u64) -> Self {
        Self { pin, last: (i64::MIN, DocumentId::from_bytes([0xff; 16])) }
    }

    /// The token as it travels. The checksum guards against damage, not against forgery: a token opens nothing that a new transfer would
    /// not open.
    pub(super) fn encode(&self, epoch: StoreEpoch, feed: Feed) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.pin.to_be_bytes());
        bytes.extend(self.last.0.to_be_bytes());
        bytes.extend(self.last.1.as_bytes());
        let check = check(epoch, feed, &bytes);
        bytes.extend(check);
        bytes
    }

    fn decode(bytes: &[u8], epoch: StoreEpoch, feed: Feed) -> Option<Self> {
        let (body, given) = bytes.split_at_checked(BODY_BYTES)?;
        if given != check(epoch, feed, body) {
            return None;
        }
        let (version, body) = body.split_first()?;
        let (pin, body) = body.split_first_chunk()?;
        let (priority, document) = body.split_first_chunk()?;
        let last = (i64::from_be_bytes(*priority), DocumentId::try_from(document).ok()?);
        (*version == VERSION).then_some(Self { pin: u64::from_be_bytes(*pin), last })
    }
}

fn check(epoch: StoreEpoch, feed: Feed, body: &[u8]) -> [u8; CHECK_BYTES] {
    let hash: [u8; 32] = Sha256::new().chain_update(epoch.as_bytes()).chain_update(feed.to_string()).chain_update(body).finalize().into();
    let mut check = [0; CHECK_BYTES];
    check.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    check
}

/// The first page of a new transfer.
pub(super) fn begin(connection: &Connection, request: &Request, head: &FeedDigest) -> rusqlite::Result<Page> {
    next(connection, request, head, Token::start(head.seq))
}

/// The next page. An empty, damaged or foreign token begins a new transfer.
pub(super) fn go_on(connection: &Connection, request: &Request, head: &FeedDigest, token: &[u8]) -> rusqlite::Result<Page> {
    let token = Token::decode(token, request.epoch, request.feed).filter(|token| token.pin <= head.seq);
    next(connection, request, head, token.unwrap_or_else(|| Token::start(head.seq)))
}

fn next(connection: &Connection, request: &Request, head: &FeedDigest, token: Token) -> rusqlite::Result<Page> {
    let mut budget = Budget::default();
    let mut last = token.last;
    let mut entries = Vec::new();
    let waiting = waiting(connection, request.feed, token.last)?;
    let mut done = waiting.len() <= MAX_ENTRIES;
    for place in waiting {
        let changes = changes::records(connection, &Span::whole(place.1))?;
        if !budget.take(1, &changes) {
            done = false;
            break;
        }
        entries.push(Entry { document: place.1, kind: EntryKind::Enter, changes });
        last = place;
    }
    let transfer = (!done).then(|| Token { last, ..token }.encode(request.epoch, request.feed).into());
    Ok(Page {
        entries,
        cursor: if done { token.pin } else { request.after },
        transfer,
        transfer_done: done,
        more: !done || token.pin < head.seq,
        digest: head.digest,
    })
}

/// The documents after a place, in transfer order: one more than fits on a page.
fn waiting(connection: &Connection, feed: Feed, (priority, document): (i64, DocumentId)) -> rusqlite::Result<Vec<(i64, DocumentId)>> {
    let sql = "SELECT priority, document FROM feed_members
               WHERE feed = ?1 AND (priority > ?2 OR (priority = ?2 AND document < ?3))
               ORDER BY priority, document DESC LIMIT ?4";
    let limit = counter(u64::try_from(MAX_ENTRIES).unwrap_or(u64::MAX).saturating_add(1));
    let read = |row: &Row<'_>| Ok((row.get("priority")?, DocumentId::from_bytes(row.get("document")?)));
    connection.prepare_cached(sql)?.query_map((feed.to_string(), priority, document.as_bytes(), limit), read)?.collect()
}

#[cfg(test)]
mod tests {
    use linecrew_protocol::ids::CrewId;

    use super::*;

    #[test]
    fn only_an_undamaged_token_of_this_store_and_feed_goes_on() {
        let epoch = StoreEpoch::from_bytes([1; 16]);
        let feed = Feed::Crew(CrewId::from_bytes([2; 16]));
        let token = Token { pin: 77, last: (1, DocumentId::from_bytes([3; 16])) };
        let bytes = token.encode(epoch, feed);
        assert_eq!(Token::decode(&bytes, epoch, feed), Some(token));
        assert_eq!(Token::decode(&bytes, StoreEpoch::from_bytes([9; 16]), feed), None);
        assert_eq!(Token::decode(&bytes, epoch, Feed::Crew(CrewId::from_bytes([9; 16]))), None);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(Token::decode(&damaged, epoch, feed), None, "byte {at}");
            assert_eq!(Token::decode(&bytes[..at], epoch, feed), None, "{at} bytes");
        }
    }
}
