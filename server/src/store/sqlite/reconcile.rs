//! Repair: what differs between a phone's inventory and its feed, without a new download.

use std::collections::BTreeMap;

use linecrew_protocol::{
    digest::Digest,
    ids::{DocumentId, InstallationId, StoreEpoch},
    sync::Page,
    wire::{Entry, EntryKind, Inventory},
};
use rusqlite::Connection;

use super::{
    changes::{self, Span},
    feeds,
    page::{self, Budget},
    session,
    transfer::Token,
};

/// The page that makes the phone's feed equal to the store's; none when this phone does not follow it. When too much differs for one
/// page, the page begins a state transfer instead.
pub(super) fn read(
    connection: &Connection,
    epoch: StoreEpoch,
    installation: InstallationId,
    inventory: &Inventory,
) -> rusqlite::Result<Option<Page>> {
    let feed = inventory.feed;
    if !session::follows(connection, installation, feed)? {
        return Ok(None);
    }
    let head = feeds::head(connection, feed)?;
    let mut page = Page { entries: Vec::new(), cursor: head.seq, transfer: None, transfer_done: false, more: false, digest: head.digest };
    let mut budget = Budget::default();
    for (document, difference) in differences(connection, inventory)? {
        // Looked up one by one: an inventory may name 20,000 documents that were never here, and a page holds few.
        let (kind, changes) = match difference {
            // Its own changes as well: nobody knows what it lost.
            Difference::Changed => (EntryKind::Changed, changes::records(connection, &Span::whole(document))?),
            Difference::Lacking => (EntryKind::Enter, changes::records(connection, &Span::whole(document))?),
            Difference::Left => (EntryKind::Leave(page::withdrawal(connection, feed, document)?), Vec::new()),
        };
        if !budget.take(1, &changes) {
            page.entries.clear();
            page.transfer = Some(Token::start(head.seq).encode(epoch, feed).into());
            page.more = true;
            break;
        }
        page.entries.push(Entry { document, kind, changes });
    }
    Ok(Some(page))
}

/// How a phone's copy of a feed differs in one document.
enum Difference {
    Changed,
    Lacking,
    Left,
}

fn differences(connection: &Connection, inventory: &Inventory) -> rusqlite::Result<Vec<(DocumentId, Difference)>> {
    let holdings = inventory.holdings.iter().map(|holding| (holding.document, holding.fingerprint));
    let mut held: BTreeMap<DocumentId, Digest> = holdings.collect();
    let mut different = Vec::new();
    for (document, fingerprint) in feeds::members(connection, inventory.feed)? {
        match held.remove(&document) {
            Some(same) if same == fingerprint => {}
            Some(_) => different.push((document, Difference::Changed)),
            None => different.push((document, Difference::Lacking)),
        }
    }
    different.extend(held.into_keys().map(|document| (document, Difference::Left)));
    Ok(different)
}
