//! Edits of the decoded operations, encoded again as Automerge does: every one of these mutants is canonical and reaches the document.

use automerge::{ExpandedChange, ScalarValue, legacy};
use serde_json::{Value, json};

use crate::{random::Random, world};

/// One edit of one operation; `donor` is another change, most often of the same document.
pub(crate) fn edit(random: &mut Random, change: &mut ExpandedChange, donor: &ExpandedChange) {
    if change.operations.is_empty() || donor.operations.is_empty() {
        return;
    }
    let at = random.below(change.operations.len());
    let given_at = random.below(donor.operations.len());
    let given = donor.operations[given_at].clone();
    let given_id = legacy::OpId::new(donor.start_op.get() + given_at as u64, &donor.actor_id);
    let operations = &mut change.operations;
    match random.below(17) {
        0 => operations[at].obj = given.obj,
        1 => operations[at].obj = legacy::ObjectId::Id(given_id),
        2 => operations[at].key = given.key,
        3 => operations[at].key = legacy::Key::Seq(legacy::ElementId::Id(given_id)),
        4 => operations[at].pred = given.pred,
        5 => operations[at].pred = vec![given_id].into(),
        6 => operations[at].pred = operations[at].pred.iter().cloned().chain([given_id]).collect::<Vec<_>>().into(),
        7 => operations[at].pred = Vec::new().into(),
        8 => operations[at].insert ^= true,
        9 => operations[at].action = given.action,
        10 => operations.insert(at, given),
        11 => drop(operations.remove(at)),
        12 => {
            let other = random.below(operations.len());
            operations.swap(at, other);
        }
        13 => operations[at] = given,
        14 => nest(random, change),
        15 => operations[at].action = odd_action(random),
        _ => operations[at].key = legacy::Key::Map(format!("{:036}", random.next()).into()),
    }
}

/// Objects in objects, each in the one before.
fn nest(random: &mut Random, change: &mut ExpandedChange) {
    let start = change.start_op.get();
    for _ in 0..*random.pick(&[1, 2, 34]) {
        let last = legacy::OpId::new(start + change.operations.len() as u64 - 1, &change.actor_id);
        let obj = match change.operations.last().map(|operation| &operation.action) {
            Some(legacy::OpType::Make(_)) => legacy::ObjectId::Id(last),
            _ => change.operations.last().map_or(legacy::ObjectId::Root, |operation| operation.obj.clone()),
        };
        let (action, key) = (legacy::OpType::Make(automerge::ObjType::Map), legacy::Key::Map("o".into()));
        change.operations.push(legacy::Op { action, obj, key, pred: Vec::new().into(), insert: false });
    }
}

fn odd_action(random: &mut Random) -> legacy::OpType {
    match random.below(7) {
        0 => legacy::OpType::Delete,
        1 => legacy::OpType::Increment(random.extreme() as i64),
        2 => legacy::OpType::Put(ScalarValue::counter(random.extreme() as i64)),
        3 => legacy::OpType::MarkBegin(legacy::MarkData { name: "bold".into(), value: true.into(), expand: true }),
        4 => legacy::OpType::MarkEnd(true),
        5 => legacy::OpType::Put(ScalarValue::Unknown { type_code: random.byte() & 15, bytes: random.bytes(3) }),
        _ => legacy::OpType::Put(random.extreme().into()),
    }
}

/// One edit of the event's text, as somebody makes who writes changes by hand.
pub(crate) fn edit_event(random: &mut Random, change: &mut ExpandedChange, donor: &ExpandedChange) {
    let theirs = texts(&donor.operations).next().map(|(_, event)| event);
    let Some((at, mut event)) = texts(&change.operations).next() else { return };
    const KINDS: [&str; 12] = [
        "accepted",
        "arrived",
        "opened",
        "assigned",
        "cancelled",
        "archived",
        "resumed",
        "noted",
        "submitted",
        "meter_claimed",
        "nothing",
        "",
    ];
    match random.below(13) {
        0 => event["by"] = json!(format!("{}", linecrew_protocol::ids::PersonId::from_bytes([3; 16]))),
        1 => event["device"] = json!(format!("{}", linecrew_protocol::ids::InstallationId::from_bytes([3; 16]))),
        2 => event["device_seq"] = json!(random.extreme()),
        3 => event["by_name"] = json!("王芳"),
        4..=6 => {
            event["kind"] = json!(random.pick(&KINDS));
            if !random.once_in(4) {
                event["body"] = Value::Null;
            }
        }
        7 => event["body"] = json!({"reason": "x".repeat(*random.pick(&[0, 10, 4_001, 20_000]))}),
        8 => event["body"] = Value::Null,
        9 => event["body"] = theirs.map_or(Value::Null, |event| event["body"].clone()),
        10 => event["evidence"]["wall"] = json!(random.extreme()),
        11 => event["body"] = serde_json::from_str(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap(),
        _ => event = json!([random.next()]),
    }
    change.operations[at].action = legacy::OpType::Put(event.to_string().into());
    if random.once_in(6) {
        change.operations[at].key = legacy::Key::Map(world::DOCUMENT.to_string().into());
    }
}

fn texts(operations: &[legacy::Op]) -> impl Iterator<Item = (usize, Value)> {
    operations.iter().enumerate().filter_map(|(at, operation)| match &operation.action {
        legacy::OpType::Put(ScalarValue::Str(text)) => serde_json::from_str(text).ok().filter(Value::is_object).map(|event| (at, event)),
        _ => None,
    })
}
