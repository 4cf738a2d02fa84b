//! Which changes an author had seen: the dependencies of a change, and theirs, and so on.

use std::collections::{HashMap, HashSet};

use automerge::{Automerge, ChangeHash};

use super::Inspected;

/// Every change of a document and what it depends on.
#[derive(Debug)]
pub(super) struct Ancestry {
    deps: HashMap<ChangeHash, Vec<ChangeHash>>,
}

impl Ancestry {
    pub(super) fn of(document: &Automerge) -> Self {
        let deps = document.get_changes_meta(&[]).into_iter().map(|meta| (meta.hash, meta.deps)).collect();
        Self { deps }
    }

    /// One more change.
    pub(super) fn add(&mut self, inspected: &Inspected) {
        self.deps.insert(inspected.hash(), inspected.deps().to_vec());
    }

    /// What the author of a change to `document` had seen. A walk over the document's changes, but not when that is all of it.
    pub(super) fn seen(&self, document: &Automerge, inspected: &Inspected) -> Seen {
        if document.get_heads().iter().all(|head| inspected.deps().contains(head)) {
            return Seen::ALL;
        }
        let mut seen = HashSet::new();
        let mut rest = inspected.deps().to_vec();
        while let Some(hash) = rest.pop() {
            if seen.insert(hash) {
                rest.extend(self.deps.get(&hash).into_iter().flatten());
            }
        }
        Seen(Some(seen))
    }
}

/// A part of a document.
#[derive(Debug)]
pub(super) struct Seen(Option<HashSet<ChangeHash>>);

impl Seen {
    /// The whole document.
    pub(super) const ALL: Self = Self(None);

    pub(super) fn is_all(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn holds(&self, change: &ChangeHash) -> bool {
        self.0.as_ref().is_none_or(|seen| seen.contains(change))
    }
}
