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
    for (document, kind) in differences(connection, inventory)? {
        let changes = match &kind {
            EntryKind::Leave(_) => Vec::new(),
            // Its own changes as well: nobody knows what it lost.
            _ => changes::records(connection, &Span::whole(document))?,
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

fn differences(connection: &Connection, inventory: &Inventory) -> rusqlite::Result<Vec<(DocumentId, EntryKind)>> {
    let holdings = inventory.holdings.iter().map(|holding| (holding.document, holding.fingerprint));
    let mut held: BTreeMap<DocumentId, Digest> = holdings.collect();
    let mut different = Vec::new();
    for (document, fingerprint) in feeds::members(connection, inventory.feed)? {
        match held.remove(&document) {
            Some(same) if same == fingerprint => {}
            Some(_) => different.push((document, EntryKind::Changed)),
            None => different.push((document, EntryKind::Enter)),
        }
    }
    for document in held.into_keys() {
        different.push((document, EntryKind::Leave(page::withdrawal(connection, inventory.feed, document)?)));
    }
    Ok(different)
}
