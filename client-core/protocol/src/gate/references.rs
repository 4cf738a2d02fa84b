//! What the operations of a change refer to: every object must exist where the author looked, and none may lie too deep.

use std::collections::HashMap;

use automerge::{
    Automerge, ExpandedChange, ObjId, ReadDoc,
    legacy::{ObjectId, OpId, OpType},
};

use crate::{
    limits::MAX_DEPTH,
    refusal::{Reason, Refusal},
};

/// Automerge's id of an operation's object. The third field is only a hint where to find the actor.
pub(super) fn object_id(object: &ObjectId) -> ObjId {
    match object {
        ObjectId::Root => automerge::ROOT,
        ObjectId::Id(OpId(counter, actor)) => ObjId::Id(*counter, actor.clone(), 0),
    }
}

/// Checks the objects of every operation. This comes before the change is applied, because nesting is walked by recursion: 20,000 levels
/// overflow the stack, and no `catch_unwind` catches that.
pub(super) fn check(view: &Automerge, change: &ExpandedChange) -> Result<(), Refusal> {
    let mut made = HashMap::new();
    for (counter, operation) in (change.start_op.get()..).zip(&change.operations) {
        let depth = match &operation.obj {
            ObjectId::Root => 0,
            ObjectId::Id(id) => match made.get(id) {
                Some(depth) => *depth,
                None => depth_in(view, &object_id(&operation.obj))?,
            },
        };
        if let OpType::Make(_) = operation.action {
            if depth >= MAX_DEPTH {
                return Err(Refusal::new(Reason::DocumentLimit, format!("objects nested deeper than {MAX_DEPTH}")));
            }
            made.insert(OpId::new(counter, &change.actor_id), depth + 1);
        }
    }
    Ok(())
}

/// How many steps above the object the root is. An object that a limit of old let through is not walked further than the limit.
fn depth_in(view: &Automerge, object: &ObjId) -> Result<usize, Refusal> {
    let parents = view.parents(object).map_err(|_| Refusal::new(Reason::Unapplicable, "an operation edits an unknown object"))?;
    Ok(parents.take(MAX_DEPTH + 1).count())
}
