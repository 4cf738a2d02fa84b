//! A work item, read whole: its sections, its history, and how it stands.

use automerge::Automerge;

use crate::{
    model::{
        document::Snapshot,
        history::{History, Receipts},
        kinds,
    },
    refusal::{Reason, Refusal},
    time::Interval,
};

use super::{
    event::WorkEvent,
    fold::{Fold, fold},
    kind::{Description, WorkKind},
    order::Order,
};

/// A work item as one replica knows it.
pub struct Standing {
    /// The kind.
    pub kind: &'static dyn WorkKind,
    /// Its sections.
    pub snapshot: Snapshot,
    /// Its order.
    pub order: Order,
    /// Its events.
    pub history: History,
    /// The same, read; one for each of the history. `None`: this build does not know it.
    pub events: Vec<Option<WorkEvent>>,
    /// What the events say.
    pub fold: Fold,
}

impl Standing {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Reason::UnreadableEvent`] when it is no work item that this build can read.
    pub fn read(document: &Automerge, receipts: &Receipts) -> Result<Self, Refusal> {
        let snapshot = Snapshot::read(document)?;
        let kind = kinds::named(&snapshot.meta.kind)
            .ok_or_else(|| Refusal::new(Reason::UnreadableEvent, "a kind of work that this version does not know"))?;
        let order: Order = serde_json::from_value(snapshot.order.clone())
            .map_err(|_| Refusal::new(Reason::UnreadableEvent, "section order has another shape"))?;
        let history = History::read(document, &snapshot, receipts)?;
        let events = history.entries().iter().map(|entry| WorkEvent::of(kind.describe(), &entry.event).ok()).collect();
        let mut standing = Self { kind, snapshot, order, history, events, fold: Fold::default() };
        standing.fold = fold(&standing);
        Ok(standing)
    }

    /// The kind's description.
    #[must_use]
    pub fn describe(&self) -> &'static Description {
        self.kind.describe()
    }

    /// The event at a place.
    #[must_use]
    pub fn event(&self, place: usize) -> Option<&WorkEvent> {
        self.events.get(place)?.as_ref()
    }

    /// The places of the events that `wanted` picks.
    #[must_use]
    pub fn places(&self, wanted: impl Fn(&WorkEvent) -> bool) -> Vec<usize> {
        self.events.iter().enumerate().filter(|(_, event)| event.as_ref().is_some_and(&wanted)).map(|(place, _)| place).collect()
    }

    /// When something happens that somebody records now with this evidence: no earlier than anything that they have seen.
    #[must_use]
    pub fn moment(&self, evidence: Interval) -> Interval {
        evidence.not_before(self.history.entries().iter().filter_map(|entry| entry.evidence.earliest).max())
    }
}
