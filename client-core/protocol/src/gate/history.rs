//! Finds operations by their id, in the change at hand and in what its author had seen.

use std::{collections::HashMap, rc::Rc};

use automerge::{
    Automerge, Change, ChangeHash, ExpandedChange, ObjId, ReadDoc,
    legacy::{Op, OpId},
};

use super::{ancestry::Seen, decode::guarded};
use crate::refusal::{Reason, Refusal};

/// Changes looked up one by one before all are read at once: one costs 4 µs in a document of 50 changes but a walk over all operations in
/// a large one, so that a change which refers to thousands would otherwise cost their product.
const ONE_BY_ONE: usize = 64;

/// Operations by id.
pub(super) struct History<'a> {
    document: &'a Automerge,
    /// What of it the author had seen.
    seen: &'a Seen,
    change: &'a ExpandedChange,
    read: HashMap<ChangeHash, Rc<ExpandedChange>>,
    read_all: bool,
}

/// An operation and the change that holds it.
pub(super) struct Found {
    change: Rc<ExpandedChange>,
    index: usize,
}

impl Found {
    pub(super) fn operation(&self) -> Option<&Op> {
        self.change.operations.get(self.index)
    }
}

/// The change that holds an operation.
pub(super) fn change_of(document: &Automerge, id: &OpId) -> Result<Option<ChangeHash>, Refusal> {
    let object = ObjId::Id(id.counter(), id.actor().clone(), 0);
    guarded("looking for an operation", || document.hash_for_opid(&object))
}

impl<'a> History<'a> {
    pub(super) fn new(document: &'a Automerge, seen: &'a Seen, change: &'a ExpandedChange) -> Self {
        Self { document, seen, change, read: HashMap::new(), read_all: false }
    }

    /// The place of an operation of the change at hand; it may be one that comes later.
    pub(super) fn own(&self, id: &OpId) -> Option<usize> {
        let index = id.counter().checked_sub(self.change.start_op.get())?;
        if id.actor() == &self.change.actor_id { usize::try_from(index).ok() } else { None }
    }

    /// An operation that the author had seen.
    pub(super) fn seen(&mut self, id: &OpId) -> Result<Option<Found>, Refusal> {
        let Some(hash) = change_of(self.document, id)?.filter(|hash| self.seen.holds(hash)) else { return Ok(None) };
        let change = self.change(hash)?;
        let index = id.counter().checked_sub(change.start_op.get()).and_then(|index| usize::try_from(index).ok());
        Ok(index.map(|index| Found { change, index }))
    }

    fn change(&mut self, hash: ChangeHash) -> Result<Rc<ExpandedChange>, Refusal> {
        if let Some(known) = self.read.get(&hash) {
            return Ok(Rc::clone(known));
        }
        if self.read.len() >= ONE_BY_ONE && !self.read_all {
            self.read_all = true;
            let all = guarded("reading every change back", || self.document.get_changes(&[]))?;
            self.read.extend(all.iter().map(|change| (change.hash(), Rc::new(change.decode()))));
        } else if let Some(change) = guarded("reading a change back", || self.document.get_change_by_hash(&hash))? {
            self.read.insert(hash, Rc::new(Change::decode(&change)));
        }
        let change =
            self.read.get(&hash).ok_or_else(|| Refusal::new(Reason::Unapplicable, "a change of the document cannot be read back"))?;
        Ok(Rc::clone(change))
    }
}
