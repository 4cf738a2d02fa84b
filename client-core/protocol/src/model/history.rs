//! A document's events in causal order, and which of them saw which.
//!
//! Automerge's change graph is the only witness of causality: an event *saw* another when its change descends from the other's. Clocks
//! play no part, except to order for reading what is concurrent.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use automerge::{Automerge, ChangeHash, ReadDoc};

use crate::{
    ids::EventId,
    model::{
        document::{Snapshot, section},
        event::Event,
    },
    refusal::Refusal,
    time::{Interval, Timestamp},
};

/// When the server stored each change: part of the replicated facts, but not of the document.
pub type Receipts = BTreeMap<ChangeHash, Timestamp>;

/// One event, placed in the history.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: EventId,
    /// The envelope.
    pub event: Event,
    /// The change that holds it.
    pub change: ChangeHash,
    /// What its own evidence and its causal past prove about its moment. Equal on every replica that holds the document.
    pub evidence: Interval,
    /// When the server stored it, if it has.
    pub received_at: Option<Timestamp>,
    /// `evidence`, narrowed by `received_at`: equal on every replica that has synced.
    pub proven: Interval,
    /// The places in the history of the events it saw, as a bit set.
    past: BitSet,
}

/// The events of one document. An event's place is its index; every event stands after all that it saw.
#[derive(Debug, Clone, Default)]
pub struct History {
    entries: Vec<Entry>,
    /// Events whose text this build cannot read; kept, shown as unknown, without effect.
    unreadable: Vec<EventId>,
}

impl History {
    /// Reads the history of `document`.
    ///
    /// # Errors
    /// When the `events` section is not there.
    pub fn read(document: &Automerge, snapshot: &Snapshot, receipts: &Receipts) -> Result<Self, Refusal> {
        let events = section(document, "events")?;
        let mut by_change: BTreeMap<ChangeHash, Vec<(EventId, Event)>> = BTreeMap::new();
        let mut unreadable = Vec::new();
        for (id, text) in &snapshot.events {
            let change = document.get(&events, id.to_string()).ok().flatten().and_then(|(_, at)| document.hash_for_opid(&at));
            match (change, Event::from_text(text)) {
                (Some(change), Ok(event)) => by_change.entry(change).or_default().push((*id, event)),
                _ => unreadable.push(*id),
            }
        }
        let mut history = Self { entries: Vec::with_capacity(snapshot.events.len()), unreadable };
        history.place(&Graph::of(document), by_change, receipts);
        history.narrow_by_causality();
        Ok(history)
    }

    /// The events, each after all that it saw.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Events that this build cannot read.
    #[must_use]
    pub fn unreadable(&self) -> &[EventId] {
        &self.unreadable
    }

    /// The event at a place.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// Whether the event at `later` saw the one at `earlier`.
    #[must_use]
    pub fn saw(&self, later: usize, earlier: usize) -> bool {
        self.at(later).is_some_and(|entry| entry.past.contains(earlier))
    }

    /// Whether neither saw the other.
    #[must_use]
    pub fn concurrent(&self, a: usize, b: usize) -> bool {
        a != b && !self.saw(a, b) && !self.saw(b, a)
    }

    /// Kahn's algorithm over changes; what is concurrent goes by claimed time, then hash, so that every replica reads the same order.
    fn place(&mut self, graph: &Graph, mut by_change: BTreeMap<ChangeHash, Vec<(EventId, Event)>>, receipts: &Receipts) {
        let claimed = |hash: &ChangeHash, events: &BTreeMap<ChangeHash, Vec<(EventId, Event)>>| {
            events.get(hash).and_then(|list| list.first()).map_or(Timestamp::from_unix_millis(i64::MIN), |(_, event)| {
                event.evidence.interval().earliest.unwrap_or(event.evidence.wall)
            })
        };
        let mut waiting = graph.waiting();
        let mut past: BTreeMap<ChangeHash, BitSet> = BTreeMap::new();
        let mut ready: BinaryHeap<_> =
            waiting.iter().filter(|(_, count)| **count == 0).map(|(hash, _)| Reverse((claimed(hash, &by_change), *hash))).collect();
        while let Some(Reverse((_, hash))) = ready.pop() {
            let mut seen = graph.union_of_parents(&hash, &past);
            for (id, event) in by_change.remove(&hash).unwrap_or_default() {
                let place = self.entries.len();
                let evidence = event.evidence.interval();
                let received_at = receipts.get(&hash).copied();
                self.entries.push(Entry { id, event, change: hash, evidence, received_at, proven: evidence, past: seen.clone() });
                seen.insert(place);
            }
            past.insert(hash, seen);
            for child in graph.children(&hash) {
                if let Some(count) = waiting.get_mut(child) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        ready.push(Reverse((claimed(child, &by_change), *child)));
                    }
                }
            }
        }
    }

    /// An event is no earlier than anything it saw, and no later than anything that saw it or than its own receipt.
    fn narrow_by_causality(&mut self) {
        let past_of: Vec<BitSet> = self.entries.iter().map(|entry| entry.past.clone()).collect();
        let mut earliest: Vec<Option<Timestamp>> = Vec::with_capacity(past_of.len());
        for (entry, past) in self.entries.iter_mut().zip(&past_of) {
            let bound = earliest.iter().enumerate().filter(|(place, _)| past.contains(*place)).filter_map(|(_, time)| *time).max();
            entry.evidence = entry.evidence.not_before(bound);
            earliest.push(entry.evidence.earliest);
            entry.proven = entry.evidence.not_after(entry.received_at);
        }
        let latest: Vec<Option<Timestamp>> = self.entries.iter().map(|entry| entry.proven.latest).collect();
        for (place, entry) in self.entries.iter_mut().enumerate() {
            let bound = past_of.iter().zip(&latest).filter(|(past, _)| past.contains(place)).filter_map(|(_, time)| *time).min();
            entry.proven = entry.proven.not_after(bound);
        }
    }
}

/// The change graph: parents and children by hash.
struct Graph {
    parents: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    children: BTreeMap<ChangeHash, Vec<ChangeHash>>,
}

impl Graph {
    fn of(document: &Automerge) -> Self {
        let mut graph = Self { parents: BTreeMap::new(), children: BTreeMap::new() };
        for change in document.get_changes_meta(&[]) {
            for parent in &change.deps {
                graph.children.entry(*parent).or_default().push(change.hash);
            }
            graph.parents.insert(change.hash, change.deps);
        }
        graph
    }

    fn waiting(&self) -> BTreeMap<ChangeHash, usize> {
        self.parents.iter().map(|(hash, parents)| (*hash, parents.len())).collect()
    }

    fn children(&self, hash: &ChangeHash) -> impl Iterator<Item = &ChangeHash> {
        self.children.get(hash).into_iter().flatten()
    }

    fn union_of_parents(&self, hash: &ChangeHash, past: &BTreeMap<ChangeHash, BitSet>) -> BitSet {
        let mut union = BitSet::default();
        for parent in self.parents.get(hash).into_iter().flatten() {
            if let Some(seen) = past.get(parent) {
                union.extend(seen);
            }
        }
        union
    }
}

/// A set of small numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct BitSet(Vec<u64>);

impl BitSet {
    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (number % 64);
        }
    }

    fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits & (1 << (number % 64)) != 0)
    }

    fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, bits) in self.0.iter_mut().zip(&other.0) {
            *own |= bits;
        }
    }
}
