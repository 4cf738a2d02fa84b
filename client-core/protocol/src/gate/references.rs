//! What the operations of a change refer to: objects, elements and overwritten values must exist where the author looked and fit together.
//!
//! Automerge checks next to none of this. Depending on the build it panics while applying, applies and then panics at every later `load`,
//! or files operations in an order that its queries do not expect, which other replicas need not share. These rules are those that its own
//! transactions keep; with them, none of 100,000 changes with shuffled references made it panic (`tests/gate_mutants`).

use std::collections::HashMap;

use automerge::{
    Automerge, ExpandedChange, ObjId, ObjType, ReadDoc,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType},
};

use super::{
    ancestry::Seen,
    decode::guarded,
    history::{History, change_of},
};
use crate::{
    limits::MAX_DEPTH,
    refusal::{Reason, Refusal},
};

/// What an operation edits inside its object.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    Key(&'a str),
    Element(&'a OpId),
    Head,
}

/// Where an operation with this id stands: the key of a map, or an element of a list or text, which is named by its insertion.
fn place<'a>(id: &'a OpId, operation: &'a Op) -> Place<'a> {
    match &operation.key {
        Key::Map(key) => Place::Key(key),
        Key::Seq(_) if operation.insert => Place::Element(id),
        Key::Seq(ElementId::Id(element)) => Place::Element(element),
        Key::Seq(ElementId::Head) => Place::Head,
    }
}

/// Checks every operation. This comes before the change is applied, because nesting is walked by recursion: 20,000 levels overflow the
/// stack, and no `catch_unwind` catches that. What is in the document and the author had not seen does not exist for this.
pub(super) fn check(document: &Automerge, seen: &Seen, change: &ExpandedChange) -> Result<(), Refusal> {
    let mut objects = Objects { document, seen, known: HashMap::new() };
    let mut history = History::new(document, seen, change);
    for (index, (counter, operation)) in (change.start_op.get()..).zip(&change.operations).enumerate() {
        let object = objects.find(&operation.obj)?;
        let id = OpId::new(counter, &change.actor_id);
        check_shape(operation, object.kind)?;
        if let Key::Seq(ElementId::Id(element)) = &operation.key {
            refer(&mut history, change, index, element, |found| found.insert && found.obj == operation.obj)?;
        }
        overwrites_once(operation)?;
        for overwritten in operation.pred.iter() {
            refer(&mut history, change, index, overwritten, |found| {
                let value = matches!(found.action, OpType::Put(_) | OpType::Make(_));
                value && found.obj == operation.obj && place(overwritten, found) == place(&id, operation)
            })?;
        }
        if let OpType::Make(kind) = operation.action {
            objects.make(id, kind, object.depth)?;
        }
    }
    Ok(())
}

/// An operation that refers to another one, which must exist, come earlier and pass `fits`.
fn refer(history: &mut History<'_>, change: &ExpandedChange, index: usize, id: &OpId, fits: impl Fn(&Op) -> bool) -> Result<(), Refusal> {
    let fits = match history.own(id) {
        Some(own) => own < index && change.operations.get(own).is_some_and(fits),
        None => history.seen(id)?.is_some_and(|found| found.operation().is_some_and(fits)),
    };
    if fits { Ok(()) } else { Err(misfit("an operation refers to one that is unknown or elsewhere")) }
}

/// No value is overwritten twice by one operation. Automerge would take it; no transaction writes it, and a client in another language need
/// not read it as we do. Predecessors are sorted, or the change would not have been canonical.
fn overwrites_once(operation: &Op) -> Result<(), Refusal> {
    let next = operation.pred.iter().skip(1);
    if operation.pred.iter().zip(next).any(|(one, other)| one == other) {
        return Err(misfit("an operation overwrites one value twice"));
    }
    Ok(())
}

/// What can be said without looking anything up.
fn check_shape(operation: &Op, object: ObjType) -> Result<(), Refusal> {
    let sequence = object.is_sequence();
    if sequence == operation.key.is_map_key() {
        return Err(misfit("a map key in a list or text, or an element in a map"));
    }
    let (inserts, overwrites) = (operation.insert, !operation.pred.is_empty());
    let at_head = operation.key == Key::Seq(ElementId::Head);
    let fits = match operation.action {
        OpType::Put(_) | OpType::Make(_) if inserts => sequence && !overwrites,
        OpType::Put(_) | OpType::Make(_) => !at_head,
        OpType::Delete => overwrites && !inserts && !at_head,
        // Refused by `plain` already.
        OpType::Increment(_) | OpType::MarkBegin(_) | OpType::MarkEnd(_) => false,
    };
    if fits { Ok(()) } else { Err(misfit("an operation inserts or overwrites where it cannot")) }
}

fn misfit(what: &str) -> Refusal {
    Refusal::new(Reason::Unapplicable, what)
}

/// The kind of an object, and how many steps above it the root is. Each is looked up once: a change may edit one object 10,000 times.
#[derive(Debug, Clone, Copy)]
struct Object {
    kind: ObjType,
    depth: usize,
}

struct Objects<'a> {
    document: &'a Automerge,
    seen: &'a Seen,
    known: HashMap<OpId, Object>,
}

impl Objects<'_> {
    fn find(&mut self, object: &ObjectId) -> Result<Object, Refusal> {
        let ObjectId::Id(id) = object else { return Ok(Object { kind: ObjType::Map, depth: 0 }) };
        if let Some(known) = self.known.get(id) {
            return Ok(*known);
        }
        if !self.seen.is_all() && !change_of(self.document, id)?.is_some_and(|hash| self.seen.holds(&hash)) {
            return Err(misfit("an operation edits an unknown object"));
        }
        let found = guarded("looking for an object", || self.look(id))??;
        self.known.insert(id.clone(), found);
        Ok(found)
    }

    fn look(&self, id: &OpId) -> Result<Object, Refusal> {
        // The third field is only a hint where to find the actor.
        let object = ObjId::Id(id.counter(), id.actor().clone(), 0);
        let unknown = |_| misfit("an operation edits an unknown object");
        let kind = self.document.object_type(&object).map_err(unknown)?;
        let depth = self.document.parents(&object).map_err(unknown)?.take(MAX_DEPTH + 1).count();
        Ok(Object { kind, depth })
    }

    fn make(&mut self, id: OpId, kind: ObjType, parent_depth: usize) -> Result<(), Refusal> {
        if parent_depth >= MAX_DEPTH {
            return Err(Refusal::new(Reason::DocumentLimit, format!("objects nested deeper than {MAX_DEPTH}")));
        }
        self.known.insert(id, Object { kind, depth: parent_depth + 1 });
        Ok(())
    }
}
