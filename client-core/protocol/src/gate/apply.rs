//! The steps that need the document. It is never touched: the change is tried on a copy.

use std::borrow::Cow;

use automerge::{ActorId, Automerge, ReadDoc};

use super::{Inspected, ancestry::Seen, decode::guarded, references};
use crate::{
    limits::{MAX_DOCUMENT_BYTES, MAX_DOCUMENT_CHANGES, MAX_START_OP_AHEAD},
    refusal::{Reason, Refusal},
};

/// What the document's keeper expects of the next change by this author.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The author's actor.
    pub actor: ActorId,
    /// One more than the actor's changes so far.
    pub next_seq: u64,
    /// Changes in the document.
    pub document_changes: usize,
    /// Bytes of those changes.
    pub document_bytes: usize,
}

/// The change applied, without touching the document it was offered to.
#[derive(Debug)]
pub struct Applied {
    /// `None`: the author saw the document as it is.
    concurrent: Option<Concurrent>,
    merged: Automerge,
}

#[derive(Debug)]
struct Concurrent {
    before: Automerge,
    after: Automerge,
}

impl Applied {
    /// What the author saw: `document` itself, or the part of it that the change depends on.
    #[must_use]
    pub fn before<'a>(&'a self, document: &'a Automerge) -> &'a Automerge {
        self.concurrent.as_ref().map_or(document, |concurrent| &concurrent.before)
    }

    /// What the author saw, with the change.
    #[must_use]
    pub fn after(&self) -> &Automerge {
        self.concurrent.as_ref().map_or(&self.merged, |concurrent| &concurrent.after)
    }

    /// The document with the change.
    #[must_use]
    pub fn merged(&self) -> &Automerge {
        &self.merged
    }

    /// The document with the change.
    #[must_use]
    pub fn into_merged(self) -> Automerge {
        self.merged
    }
}

/// Applies a change to a copy of the document.
///
/// # Errors
/// [`Reason::WrongActor`], [`Reason::WrongSequence`], [`Reason::MissingDependency`], [`Reason::OperationNumberOutOfRange`],
/// [`Reason::DocumentLimit`], [`Reason::Unapplicable`], [`Reason::NotCanonical`] (the document could not be saved and loaded).
pub fn apply(document: &Automerge, inspected: &Inspected, expected: &Expected) -> Result<Applied, Refusal> {
    check_author(inspected, expected)?;
    check_size(inspected, expected)?;
    check_numbers(document, inspected)?;
    let view = author_view(document, inspected)?;
    check_own_history(document, inspected)?;
    if let Cow::Owned(view) = &view {
        check_own_history(view, inspected)?;
    }
    references::check(&view, &Seen::ALL, inspected.expanded())?;
    let merged = with_change(document.clone(), inspected)?;
    let concurrent = match view {
        Cow::Borrowed(_) => None,
        Cow::Owned(before) => {
            let after = with_change(before.clone(), inspected)?;
            Some(Concurrent { before, after })
        }
    };
    Ok(Applied { concurrent, merged })
}

fn check_author(inspected: &Inspected, expected: &Expected) -> Result<(), Refusal> {
    if inspected.change().actor_id() != &expected.actor {
        return Err(Refusal::new(Reason::WrongActor, "the change is by another actor than its sender's"));
    }
    if inspected.seq() != expected.next_seq {
        let detail = format!("seq {} where {} is next", inspected.seq(), expected.next_seq);
        return Err(Refusal::new(Reason::WrongSequence, detail));
    }
    Ok(())
}

fn check_size(inspected: &Inspected, expected: &Expected) -> Result<(), Refusal> {
    if expected.document_changes >= MAX_DOCUMENT_CHANGES {
        return Err(Refusal::new(Reason::DocumentLimit, format!("the document has {MAX_DOCUMENT_CHANGES} changes already")));
    }
    let bytes = expected.document_bytes.saturating_add(inspected.bytes().len());
    if bytes > MAX_DOCUMENT_BYTES {
        return Err(Refusal::new(Reason::DocumentLimit, format!("the document would have {bytes} bytes, at most {MAX_DOCUMENT_BYTES}")));
    }
    Ok(())
}

/// Dependencies are known, and operations are numbered on from the last one that the author saw. Every change in the document passed this
/// rule, so the last operation of what the author saw is the last operation of one of the dependencies.
pub(super) fn check_numbers(document: &Automerge, inspected: &Inspected) -> Result<(), Refusal> {
    let mut seen = 0;
    for dep in inspected.deps() {
        let meta = document.get_change_meta_by_hash(dep);
        let meta = meta.ok_or_else(|| Refusal::new(Reason::MissingDependency, format!("depends on {dep}, which is unknown")))?;
        seen = seen.max(meta.max_op);
    }
    let (start, first) = (inspected.change().start_op().get(), seen + 1);
    if start < first || start - first > MAX_START_OP_AHEAD {
        let detail = format!("start_op {start} where the author's last operation is {seen}");
        return Err(Refusal::new(Reason::OperationNumberOutOfRange, detail));
    }
    Ok(())
}

/// The document as the author saw it. An actor's own last change is a dependency even when it is no head any more, so the author saw all
/// of the document when every head is among the dependencies.
fn author_view<'a>(document: &'a Automerge, inspected: &Inspected) -> Result<Cow<'a, Automerge>, Refusal> {
    if document.get_heads().iter().all(|head| inspected.deps().contains(head)) {
        return Ok(Cow::Borrowed(document));
    }
    let view = guarded("forking", || document.fork_at(inspected.deps()))?;
    view.map(Cow::Owned).map_err(|_| Refusal::new(Reason::Unapplicable, "Automerge cannot go back to the change's dependencies"))
}

/// The author's own changes so far are in the document, even if the keeper lost count, and among what the author saw; otherwise the view
/// would have a hole in the actor's sequence.
fn check_own_history(view: &Automerge, inspected: &Inspected) -> Result<(), Refusal> {
    let actor = inspected.change().actor_id();
    let own = view.get_changes_meta(&[]).iter().filter(|meta| meta.actor.as_ref() == actor).count() as u64;
    if own + 1 != inspected.seq() {
        let detail = format!("seq {} after {own} changes of the same actor", inspected.seq());
        return Err(Refusal::new(Reason::WrongSequence, detail));
    }
    Ok(())
}

/// Applies the change, and sees that it is in the document afterwards (nothing stays pending) and comes out of it byte for byte, as `load`
/// will ask of it. The rules on references leave nothing that we know of for this to catch; it costs 3 µs.
pub(super) fn with_change(document: Automerge, inspected: &Inspected) -> Result<Automerge, Refusal> {
    let mut document = document;
    guarded("applying", || document.apply_changes([inspected.change().clone()]))?
        .map_err(|_| Refusal::new(Reason::Unapplicable, "Automerge refuses to apply the change"))?;
    let hash = inspected.hash();
    let again = guarded("reading the change back", || document.get_change_by_hash(&hash))?;
    let again = again.ok_or_else(|| Refusal::new(Reason::Unapplicable, "the change is not in the document after it was applied"))?;
    if again.raw_bytes() != inspected.bytes() {
        return Err(Refusal::new(Reason::NotCanonical, "the document gives the change back with other bytes"));
    }
    Ok(document)
}
