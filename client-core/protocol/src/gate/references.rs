//! What the operations of a change refer to: objects, elements and overwritten values must exist where the author looked and fit together.
//!
//! Automerge checks next to none of this. Depending on the build it panics while applying, applies and then panics at every later `load`,
//! or files operations in an order that its queries do not expect, which other replicas need not share. These rules are those that its own
//! transactions keep; with them, none of 100,000 changes with shuffled references made it panic (`tests/gate_mutants.rs`).

use std::collections::HashMap;

use automerge::{
    Automerge, ExpandedChange, ObjId, ObjType, ReadDoc,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType},
};

use super::history::History;
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
/// stack, and no `catch_unwind` catches that.
pub(super) fn check(view: &Automerge, change: &ExpandedChange) -> Result<(), Refusal> {
    let mut objects = Objects { view, made: HashMap::new() };
    let mut history = History::new(view, change);
    for (index, (counter, operation)) in (change.start_op.get()..).zip(&change.operations).enumerate() {
        let object = objects.find(&operation.obj)?;
        let id = OpId::new(counter, &change.actor_id);
        check_shape(operation, object.kind)?;
        if let Key::Seq(ElementId::Id(element)) = &operation.key {
            refer(&mut history, change, index, element, |found| found.insert && found.obj == operation.obj)?;
        }
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
        OpType::Delete | OpType::Increment(_) => overwrites && !inserts && !at_head,
        // Refused by `decode::canonical` already.
        OpType::MarkBegin(_) | OpType::MarkEnd(_) => false,
    };
    if fits { Ok(()) } else { Err(misfit("an operation inserts or overwrites where it cannot")) }
}

fn misfit(what: &str) -> Refusal {
    Refusal::new(Reason::Unapplicable, what)
}

/// The kind of an object, and how many steps above it the root is.
#[derive(Debug, Clone, Copy)]
struct Object {
    kind: ObjType,
    depth: usize,
}

struct Objects<'a> {
    view: &'a Automerge,
    made: HashMap<OpId, Object>,
}

impl Objects<'_> {
    fn find(&self, object: &ObjectId) -> Result<Object, Refusal> {
        let ObjectId::Id(id) = object else { return Ok(Object { kind: ObjType::Map, depth: 0 }) };
        if let Some(made) = self.made.get(id) {
            return Ok(*made);
        }
        // The third field is only a hint where to find the actor.
        let object = ObjId::Id(id.counter(), id.actor().clone(), 0);
        let unknown = |_| misfit("an operation edits an unknown object");
        let kind = self.view.object_type(&object).map_err(unknown)?;
        let depth = self.view.parents(&object).map_err(unknown)?.take(MAX_DEPTH + 1).count();
        Ok(Object { kind, depth })
    }

    fn make(&mut self, id: OpId, kind: ObjType, parent_depth: usize) -> Result<(), Refusal> {
        if parent_depth >= MAX_DEPTH {
            return Err(Refusal::new(Reason::DocumentLimit, format!("objects nested deeper than {MAX_DEPTH}")));
        }
        self.made.insert(id, Object { kind, depth: parent_depth + 1 });
        Ok(())
    }
}
