//! Which sections a change edits, operation by operation.

use std::collections::HashMap;

use automerge::{
    Automerge, ObjId, ROOT, ReadDoc,
    legacy::{Key, ObjectId, Op, OpId, OpType},
};

use super::Inspected;

/// What one operation edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The root key of the section whose top-level object is edited. `None`: the root itself, or a nested or unknown object.
    pub section: Option<String>,
    /// The key, when the operation edits the root.
    pub at_root: Option<String>,
    /// The key in a map. `None`: an element of a list or text.
    pub key: Option<String>,
    /// What it does.
    pub kind: TouchKind,
    /// It takes the place of earlier values.
    pub overwrites: bool,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchKind {
    /// Sets a scalar.
    Put,
    /// Creates an object.
    Make,
    /// Removes a value or element.
    Delete,
    /// Adds to a counter.
    Increment,
    /// Inserts an element into a list or text.
    Insert,
    /// Begins or ends a mark on text.
    Mark,
}

/// What each operation of the change edits, in order. `document` is what the author saw ([`super::Applied::before`]).
///
/// A section is the winning object under a root key. Should another object lie hidden under the same key, edits of it have no section.
#[must_use]
pub fn touched(inspected: &Inspected, document: &Automerge) -> Vec<Touch> {
    let change = inspected.expanded();
    let mut sections = sections_of(document);
    let mut touches = Vec::with_capacity(change.operations.len());
    for (counter, operation) in (change.start_op.get()..).zip(&change.operations) {
        let touch = touch(operation, &sections);
        // The genesis change makes the sections and fills them.
        if let (OpType::Make(_), Some(key)) = (&operation.action, &touch.at_root)
            && !sections.values().any(|known| known == key)
        {
            sections.insert(OpId::new(counter, &change.actor_id), key.clone());
        }
        touches.push(touch);
    }
    touches
}

fn sections_of(document: &Automerge) -> HashMap<OpId, String> {
    let keys = document.keys(ROOT);
    keys.filter_map(|key| match document.get(ROOT, key.as_str()) {
        Ok(Some((value, ObjId::Id(counter, actor, _)))) if value.is_object() => Some((OpId::new(counter, &actor), key)),
        _ => None,
    })
    .collect()
}

fn touch(operation: &Op, sections: &HashMap<OpId, String>) -> Touch {
    let key = match &operation.key {
        Key::Map(key) => Some(key.to_string()),
        Key::Seq(_) => None,
    };
    let section = match &operation.obj {
        ObjectId::Root => None,
        ObjectId::Id(id) => sections.get(id).cloned(),
    };
    Touch {
        section,
        at_root: if operation.obj == ObjectId::Root { key.clone() } else { None },
        key,
        kind: kind(operation),
        overwrites: !operation.pred.is_empty(),
    }
}

fn kind(operation: &Op) -> TouchKind {
    match &operation.action {
        OpType::MarkBegin(_) | OpType::MarkEnd(_) => TouchKind::Mark,
        OpType::Make(_) => TouchKind::Make,
        OpType::Put(_) if operation.insert => TouchKind::Insert,
        OpType::Put(_) => TouchKind::Put,
        OpType::Delete => TouchKind::Delete,
        OpType::Increment(_) => TouchKind::Increment,
    }
}
