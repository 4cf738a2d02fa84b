//! The work items, as lists and screens show them.

use std::collections::BTreeMap;

use linecrew_protocol::{
    Refusal,
    ids::{DocumentId, EventId},
    model::work::{WorkRow, WorkView, view::view},
    wire::Withdrawal,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::{
    authoring::{self, AuthorError},
    client::Client,
    edits::EditStatus,
    error::StoreError,
    store::{contact, document, item, outbox},
};

mod find;

pub use find::FindError;

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// The projected row.
    #[serde(flatten)]
    pub row: WorkRow,
    /// Where this phone's own edits of it are.
    pub edits: EditCounts,
    /// Why it is no longer this phone's, while own edits of it wait for their answer.
    pub withdrawn: Option<Withdrawal>,
    /// What of the server's could not be taken: what shows may be old.
    pub damage: Option<Refusal>,
}

/// How many of this phone's edits of an item are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditCounts {
    /// Only on this phone.
    pub saved_here: u64,
    /// On their way.
    pub sent: u64,
    /// On the server.
    pub safe: u64,
    /// In the inbox.
    pub needs_attention: u64,
}

/// One item with everything about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemView {
    /// Row, notes, materials, reports and history.
    #[serde(flatten)]
    pub view: WorkView,
    /// Where this phone's own edits of it are.
    pub edits: EditCounts,
    /// Where each event of the history is: those of others are safe.
    pub events: BTreeMap<EventId, EditStatus>,
    /// Why it is no longer this phone's, while own edits of it wait for their answer.
    pub withdrawn: Option<Withdrawal>,
    /// What of the server's could not be taken: what shows may be old.
    pub damage: Option<Refusal>,
}

/// Which items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Only those on which the crew still has work to do.
    pub open_only: bool,
    /// Only those of this kind.
    pub kind: Option<&'static str>,
}

impl Client {
    /// The items on this phone: open ones first, the urgent before the others, then by the time of the report.
    ///
    /// # Errors
    /// The store failed.
    pub fn items(&self, filter: ItemFilter) -> Result<Vec<ItemRow>, StoreError> {
        self.read(|connection| {
            let mut counts = outbox::counts_by_document(connection)?;
            let rows = item::list(connection, filter)?.into_iter().map(|listed| ItemRow {
                edits: counts.remove(&listed.row.id).unwrap_or_default(),
                row: listed.row,
                withdrawn: listed.withdrawal,
                damage: listed.damage,
            });
            Ok(rows.collect())
        })
    }

    /// One item; `None` when this phone does not hold it, or cannot read its kind or version.
    ///
    /// # Errors
    /// The store failed.
    pub fn item(&self, id: DocumentId) -> Result<Option<ItemView>, StoreError> {
        self.read(|connection| ItemView::read(connection, id))
    }
}

impl EditCounts {
    /// What was given up is counted nowhere.
    fn of<'a>(statuses: impl Iterator<Item = &'a EditStatus>) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            let count = match status {
                EditStatus::SavedHere => &mut counts.saved_here,
                EditStatus::Sent => &mut counts.sent,
                EditStatus::Safe { .. } => &mut counts.safe,
                EditStatus::NeedsAttention { .. } => &mut counts.needs_attention,
                EditStatus::Withdrawn { .. } => continue,
            };
            *count = count.saturating_add(1);
        }
        counts
    }
}

impl ItemView {
    pub(crate) fn read(connection: &Connection, id: DocumentId) -> Result<Option<Self>, StoreError> {
        let Some(held) = document::find(connection, id)? else { return Ok(None) };
        let working = match authoring::load(connection, id) {
            Ok(working) => working,
            Err(AuthorError::Store(error)) => return Err(error),
            Err(AuthorError::Refused(_) | AuthorError::Damaged { .. }) => return Ok(None),
        };
        let Ok((mut view, _)) = view(&working.automerge, &working.receipts) else { return Ok(None) };
        if let Some(contact) = contact::of_item(connection, id)? {
            contact::show(contact, &mut view.row.customer);
        }
        let own = outbox::statuses(connection, id)?;
        let events = view.history.iter().filter_map(|event| {
            let of_others = || event.received_at.map(|received_at| EditStatus::Safe { received_at });
            Some((event.id, own.get(&event.id).cloned().or_else(of_others)?))
        });
        let edits = EditCounts::of(own.values());
        Ok(Some(Self { edits, events: events.collect(), view, withdrawn: held.withdrawal, damage: held.damage }))
    }
}
