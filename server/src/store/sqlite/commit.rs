//! The end of every commit, whoever decided: heads, row, feeds and digests follow from the document's new changes.

use linecrew_protocol::{
    Refusal,
    ids::DocumentId,
    model::{
        event::Event,
        work::{Standing, WorkView, view::view},
    },
    time::Timestamp,
};
use rusqlite::Transaction;

use super::{Desk, contacts, contacts::Whereabouts, documents, documents::Loaded, feeds, feeds::Placement, rows, withdrawal};
use crate::store::{BoardRow, Effects};

/// What people see of a document after its new changes.
pub(super) struct Projection {
    pub(super) view: WorkView,
    pub(super) standing: Standing,
}

impl Projection {
    /// Reads the document.
    ///
    /// # Errors
    ///
    /// It is none that this build can read; it must not be committed then.
    pub(super) fn of(loaded: &Loaded) -> Result<Self, Refusal> {
        view(&loaded.document, &loaded.receipts).map(|(view, standing)| Self { view, standing })
    }
}

/// A document with changes that are stored in this transaction.
pub(super) struct Changed<'a> {
    pub(super) document: DocumentId,
    pub(super) loaded: &'a Loaded,
    pub(super) projection: &'a Projection,
    /// The newest change.
    pub(super) commit_seq: u64,
    /// The event in it.
    pub(super) last: &'a Event,
    pub(super) now: Timestamp,
}

/// Writes everything that follows from the changes, and says who has to hear of it.
pub(super) fn settle(transaction: &Transaction<'_>, desk: &Desk, changed: &Changed<'_>) -> rusqlite::Result<(BoardRow, Effects)> {
    let Changed { document, loaded, projection, commit_seq, last, now } = *changed;
    let Projection { view, standing } = projection;
    let fold = &standing.fold;
    documents::update(transaction, document, loaded)?;
    let mut row = BoardRow { revision: commit_seq, updated_at: now, row: view.row.clone() };
    contacts::show(transaction, document, &mut row.row.customer)?;
    rows::write(transaction, &row)?;
    let placement = Placement { document, loaded, commit_seq, homes: feeds::home(fold).into_iter().collect() };
    let mut feeds = feeds::place(transaction, &placement, || withdrawal::explain(transaction, view, fold, last, now))?;
    feeds.extend(contacts::place(transaction, desk, &Whereabouts::of(&row.row), now)?);
    let effects = Effects { feeds, rows: vec![row.clone()], ..Effects::default() };
    Ok((row, effects))
}
