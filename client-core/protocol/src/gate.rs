//! The admission gate: everything a change must pass before Automerge, and then a document, may see it.
//!
//! Automerge 0.12.0 promises nothing about hostile bytes: its decoder can be made to panic, to allocate without bound, and to accept a
//! change after which the document can be saved but never loaded again. So nothing in this program hands bytes from outside to Automerge
//! except through [`inspect`].
//!
//! 1. [`inspect`] needs no document: size, envelope, header and column list are read by our own code; operations are counted by our own
//!    walk over the run-length columns; only then does Automerge decode, and its re-encoding must give the same bytes.
//! 2. [`apply()`] needs the document: actor and sequence number, dependencies, operation numbers, limits, and that every operation refers to
//!    objects, elements and values that exist where its author looked; then the change is tried on a copy, from which it must come out
//!    again byte for byte.
//! 3. [`touched`] tells which sections the operations edit; what of that is permitted is the model's business.
//!
//! [`receive()`] is the same for what a phone gets from its server. This module never does IO, never reads a clock, and a refusal never
//! holds content.
//!
//! # Cost
//! One event added to a repair dispatch of 50 changes, release build, 2 cores of an AMD EPYC, 2026-11-23 (`tests/gate/cost.rs`): `inspect`
//! 4 µs, `apply` 41 µs, `apply` to a document that moved on since 390 µs (292 µs of it Automerge's `fork_at`). With the dev profile 5, 73
//! and 810 µs. The largest change, 9,900 operations, takes 24 ms.
//!
//! Saving and loading the document for every change would add 137 µs and grow with the document. It is not done, because it is not what
//! protects: in a release build Automerge 0.12.0 also takes changes that reload but lie in another order than on other replicas. What
//! protects are the canonical encoding, the rules on references, and that marks, counters and impossible times stay outside. With them, of
//! 300,000 mutants of honest changes those that were accepted could all be saved, loaded and rebuilt to the same operations in the same
//! order, and none of the others made Automerge panic (`tests/gate_mutants`). Without the rules on references it panicked 3,638 times in
//! 13,753 changes with shuffled references, at last in `load`.

mod ancestry;
mod apply;
mod chunk;
mod columns;
mod cursor;
mod decode;
mod header;
mod history;
mod operations;
mod plain;
mod receive;
mod references;
mod runs;
mod touch;

use automerge::{Change, ChangeHash, ExpandedChange};

pub use self::{
    apply::{Applied, Expected, apply},
    receive::receive,
    touch::{Touch, TouchKind, touched},
};
use self::{columns::Columns, cursor::Cursor, header::Header};
use crate::{
    limits::MAX_CHANGE_BYTES,
    refusal::{Reason, Refusal},
};

/// A change that passed the document-independent steps.
#[derive(Debug, Clone)]
pub struct Inspected {
    change: Change,
    expanded: ExpandedChange,
}

impl Inspected {
    /// The change.
    #[must_use]
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// Its name.
    #[must_use]
    pub fn hash(&self) -> ChangeHash {
        self.change.hash()
    }

    /// Its bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.change.raw_bytes()
    }

    /// The changes that its author had seen last, sorted.
    #[must_use]
    pub fn deps(&self) -> &[ChangeHash] {
        self.change.deps()
    }

    /// Its place among its actor's changes, from 1.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.change.seq()
    }

    /// Its operations, decoded. Operation `i` has the number `start_op + i`.
    #[must_use]
    pub fn expanded(&self) -> &ExpandedChange {
        &self.expanded
    }
}

/// The steps that need no document. See the module for what they are.
///
/// # Errors
/// [`Reason::ChangeTooLarge`], [`Reason::NotAChange`], [`Reason::Undecodable`], [`Reason::TooManyOperations`], [`Reason::WrongActor`] (its
/// length), [`Reason::WrongSequence`] (0 or beyond 32 bits), [`Reason::OperationNumberOutOfRange`] (likewise), [`Reason::NotCanonical`],
/// [`Reason::Unapplicable`] (Automerge panicked).
pub fn inspect(bytes: &[u8]) -> Result<Inspected, Refusal> {
    if bytes.len() > MAX_CHANGE_BYTES {
        let detail = format!("change of {} bytes, at most {MAX_CHANGE_BYTES}", bytes.len());
        return Err(Refusal::new(Reason::ChangeTooLarge, detail));
    }
    let chunk = chunk::open(bytes)?;
    let mut cursor = Cursor::new(chunk.body, "header");
    let header = Header::read(&mut cursor)?;
    let columns = Columns::read(&mut cursor)?;
    let operations = operations::count(&columns, header.actors)?;
    header.check_last_operation(operations)?;
    let change = decode::decode(bytes, &header, operations)?;
    if change.hash() != chunk.hash {
        return Err(Refusal::new(Reason::Undecodable, "Automerge computes another hash than we do"));
    }
    let expanded = decode::canonical(&change)?;
    plain::check(&expanded)?;
    Ok(Inspected { change, expanded })
}
