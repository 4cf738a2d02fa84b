//! The journals that one transaction works on.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{DocumentId, InstallationId},
    model::collection::{Flag, OfficeAct},
};
use rusqlite::Connection;

use super::{super::batch::Batch, facts::Journal, flags};

/// Journals at work, and what is to be written into their books at the end: a phone's next edit in the same push has not seen it.
#[derive(Debug, Default)]
pub(in super::super) struct Journals {
    journals: BTreeMap<InstallationId, Journal>,
    devices: BTreeMap<DocumentId, InstallationId>,
    later: Vec<(DocumentId, OfficeAct)>,
}

impl Journals {
    /// A phone's journal with everything about `book`.
    pub(super) fn journal(&mut self, connection: &Connection, device: InstallationId, book: DocumentId) -> rusqlite::Result<&mut Journal> {
        self.devices.insert(book, device);
        let journal = match self.journals.entry(device) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(Journal::load(connection, device, book)?),
        };
        journal.ensure_book(connection, book)?;
        Ok(journal)
    }

    /// A journal that is at work already.
    pub(super) fn at_work(&mut self, device: InstallationId) -> Option<&mut Journal> {
        self.journals.get_mut(&device)
    }

    /// The phone whose journal a book carries, once the journal is at work.
    pub(super) fn device_of(&self, book: DocumentId) -> Option<InstallationId> {
        self.devices.get(&book).copied()
    }

    /// Takes out what is to be written.
    pub(super) fn take_later(&mut self) -> Vec<(DocumentId, OfficeAct)> {
        std::mem::take(&mut self.later)
    }

    /// Takes out the journals.
    pub(super) fn take(&mut self) -> BTreeMap<InstallationId, Journal> {
        std::mem::take(&mut self.journals)
    }
}

/// Raises a flag in a journal that is at work, once.
pub(super) fn raise(batch: &mut Batch<'_>, device: InstallationId, book: DocumentId, flag: Flag) -> rusqlite::Result<()> {
    if !flags::insert(batch.transaction, (device, book), &flag, batch.now)? {
        return Ok(());
    }
    let act = OfficeAct::Flagged(flag);
    if let Some(journal) = batch.journals.at_work(device) {
        journal.push_act(book, act.clone());
    }
    batch.journals.later.push((book, act));
    Ok(())
}
