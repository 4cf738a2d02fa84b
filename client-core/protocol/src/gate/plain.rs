//! What Automerge has and our documents have not: marks and counters. They are refused, because each is a way to close a document.

use automerge::{
    ExpandedChange, ScalarValue,
    legacy::{Op, OpType},
};

use crate::refusal::{Reason, Refusal};

/// Every operation is one of those that our documents are made of.
///
/// `load` refuses a document in which a mark ends before it begins, but nothing stops one from being made. And applying a change sums the
/// increments of a counter, which panics beyond 64 bits: an increment that fits where its author looked, or in the order in which the server
/// got it, need not fit in that of a phone, and every later one is refused.
pub(super) fn check(change: &ExpandedChange) -> Result<(), Refusal> {
    match change.operations.iter().find_map(foreign) {
        None => Ok(()),
        Some(what) => Err(Refusal::new(Reason::NotCanonical, format!("{what} are not part of our documents"))),
    }
}

fn foreign(operation: &Op) -> Option<&'static str> {
    match operation.action {
        OpType::MarkBegin(_) | OpType::MarkEnd(_) => Some("marks"),
        OpType::Increment(_) | OpType::Put(ScalarValue::Counter(_)) => Some("counters"),
        OpType::Make(_) | OpType::Delete | OpType::Put(_) => None,
    }
}
