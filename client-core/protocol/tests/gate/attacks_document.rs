//! Attacks against a document: well-formed changes that do not belong where they are sent.

use std::time::{Duration, Instant};

use automerge::{
    Automerge, AutomergeError, Change, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, legacy, marks, transaction::Transactable,
};
use linecrew_protocol::{
    ActorId, Reason,
    gate::{Expected, Inspected, Touch, TouchKind, apply, inspect, receive, touched},
    limits::{MAX_DOCUMENT_BYTES, MAX_DOCUMENT_CHANGES},
};

use crate::corpus::{actor, small};

fn edit(
    document: &mut Automerge,
    edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), AutomergeError>,
) -> Vec<u8> {
    document.transact(edit).unwrap();
    document.get_last_local_change().unwrap().raw_bytes().to_vec()
}

fn put(document: &mut Automerge, key: &str) -> Vec<u8> {
    edit(document, |transaction| transaction.put(ROOT, key, 1))
}

fn forge(bytes: &[u8], change: impl FnOnce(&mut ExpandedChange)) -> Inspected {
    let mut expanded = Change::try_from(bytes).unwrap().decode();
    change(&mut expanded);
    inspect(Change::from(expanded).raw_bytes()).unwrap()
}

fn expect(number: u8, next_seq: u64) -> Expected {
    Expected { actor: actor(number), next_seq, document_changes: 3, document_bytes: 1_000 }
}

fn refused(document: &Automerge, inspected: &Inspected, expected: &Expected) -> Reason {
    apply(document, inspected, expected).unwrap_err().reason
}

/// A document with a map, a list and a text, and actor 2's first change to it.
fn pair() -> (Automerge, Vec<u8>) {
    let mut document = Automerge::new().with_actor(actor(1));
    edit(&mut document, |transaction| {
        transaction.put_object(ROOT, "map", ObjType::Map)?;
        let list = transaction.put_object(ROOT, "list", ObjType::List)?;
        transaction.insert(list, 0, 1)?;
        transaction.put_object(ROOT, "notes", ObjType::Text).map(drop)
    });
    let bytes = put(&mut document.fork().with_actor(actor(2)), "key");
    (document, bytes)
}

#[test]
fn authors_and_sequences() {
    let (document, bytes) = pair();
    let change = inspect(&bytes).unwrap();
    assert!(apply(&document, &change, &expect(2, 1)).is_ok());
    assert_eq!(refused(&document, &change, &expect(3, 1)), Reason::WrongActor);
    assert_eq!(refused(&document, &change, &expect(2, 2)), Reason::WrongSequence);
    for seq in [2, u64::from(u32::MAX)] {
        let gap = forge(&bytes, |change| change.seq = seq);
        assert_eq!(refused(&document, &gap, &expect(2, 1)), Reason::WrongSequence);
        // Even a keeper that lost count does not let a hole in.
        assert_eq!(refused(&document, &gap, &expect(2, seq)), Reason::WrongSequence);
    }
}

#[test]
fn the_same_sequence_number_with_other_content() {
    let (mut document, first) = pair();
    let second = put(&mut document.fork().with_actor(actor(2)), "other");
    let (first, second) = (inspect(&first).unwrap(), inspect(&second).unwrap());
    receive(&mut document, std::slice::from_ref(&first)).unwrap();
    assert_eq!(refused(&document, &second, &expect(2, 2)), Reason::WrongSequence);
    assert_eq!(refused(&document, &second, &expect(2, 1)), Reason::WrongSequence);
    let heads = document.get_heads();
    assert_eq!(receive(&mut document, &[first, second]).unwrap_err().reason, Reason::WrongSequence);
    assert_eq!(document.get_heads(), heads);
}

#[test]
fn a_change_that_hides_its_authors_earlier_one() {
    let (document, _) = pair();
    let mut phone = document.fork().with_actor(actor(2));
    let first = inspect(&put(&mut phone, "one")).unwrap();
    let second = put(&mut phone, "two");
    let document = apply(&document, &first, &expect(2, 1)).unwrap().into_merged();
    let deps = first.deps().to_vec();
    let hiding = forge(&second, |change| {
        change.deps = deps;
        change.start_op = first.expanded().start_op;
    });
    assert_eq!(refused(&document, &hiding, &expect(2, 2)), Reason::WrongSequence);
}

/// Automerge checks neither; in a build without debug assertions it files such operations in an order that other replicas need not share.
#[test]
fn a_phone_takes_nothing_whose_author_had_not_seen_what_it_refers_to() {
    let (document, _) = pair();
    let mut phone = document.fork().with_actor(actor(2));
    let first = inspect(&put(&mut phone, "key")).unwrap();
    let second = put(&mut phone, "other");
    let mut moved_on = document.clone();
    receive(&mut moved_on, std::slice::from_ref(&first)).unwrap();
    let overwritten = legacy::OpId::new(first.expanded().start_op.get(), &actor(2));
    let stranger = forge(&put(&mut document.fork().with_actor(actor(3)), "key"), |change| {
        change.operations[0].pred = vec![overwritten].into();
    });
    assert_eq!(refused(&moved_on, &stranger, &expect(3, 1)), Reason::Unapplicable);
    assert_eq!(receive(&mut moved_on.clone(), &[stranger]).unwrap_err().reason, Reason::Unapplicable);
    let hiding = forge(&second, |change| {
        change.deps = first.deps().to_vec();
        change.start_op = first.expanded().start_op;
    });
    assert_eq!(receive(&mut moved_on.clone(), &[hiding]).unwrap_err().reason, Reason::WrongSequence);
    assert!(receive(&mut moved_on, &[inspect(&second).unwrap()]).is_ok());
}

#[test]
fn an_object_that_its_author_had_not_seen_is_unknown() {
    let (document, _) = pair();
    let mut phone = document.fork().with_actor(actor(2));
    let made = edit(&mut phone, |transaction| transaction.put_object(ROOT, "new", ObjType::Map).map(drop));
    let made = inspect(&made).unwrap();
    let object = legacy::ObjectId::Id(legacy::OpId::new(made.expanded().start_op.get(), &actor(2)));
    let inside = forge(&put(&mut document.fork().with_actor(actor(3)), "key"), |change| change.operations[0].obj = object);
    let mut moved_on = document;
    receive(&mut moved_on, &[made]).unwrap();
    assert_eq!(refused(&moved_on, &inside, &expect(3, 1)), Reason::Unapplicable);
    assert_eq!(receive(&mut moved_on, &[inside]).unwrap_err().reason, Reason::Unapplicable);
}

#[test]
fn dependencies() {
    let (document, bytes) = pair();
    let unknown = forge(&bytes, |change| change.deps = vec![automerge::ChangeHash([9; 32])]);
    assert_eq!(refused(&document, &unknown, &expect(2, 1)), Reason::MissingDependency);
    // Nothing can depend on itself; the nearest thing is to depend on its honest twin.
    let twin = inspect(&bytes).unwrap().hash();
    let itself = forge(&bytes, |change| change.deps = vec![twin]);
    assert_eq!(refused(&document, &itself, &expect(2, 1)), Reason::MissingDependency);
    // Made for another document.
    assert_eq!(refused(&Automerge::new(), &inspect(&bytes).unwrap(), &expect(2, 1)), Reason::MissingDependency);
    let mut empty = Automerge::new();
    assert_eq!(receive(&mut empty, &[inspect(&bytes).unwrap()]).unwrap_err().reason, Reason::MissingDependency);
    assert!(empty.get_heads().is_empty());
}

#[test]
fn operation_numbers() {
    let (document, bytes) = pair();
    let honest = inspect(&bytes).unwrap().expanded().start_op.get();
    for start_op in [1, honest - 1, honest + 1, 1_000_000, u64::from(u32::MAX) - 1] {
        let moved = forge(&bytes, |change| change.start_op = start_op.try_into().unwrap());
        assert_eq!(refused(&document, &moved, &expect(2, 1)), Reason::OperationNumberOutOfRange);
        assert_eq!(receive(&mut document.clone(), &[moved]).unwrap_err().reason, Reason::OperationNumberOutOfRange);
    }
}

#[test]
fn document_limits() {
    let (document, bytes) = pair();
    let change = inspect(&bytes).unwrap();
    let full = Expected { document_changes: MAX_DOCUMENT_CHANGES, ..expect(2, 1) };
    assert_eq!(refused(&document, &change, &full), Reason::DocumentLimit);
    let heavy = Expected { document_bytes: MAX_DOCUMENT_BYTES + 1 - bytes.len(), ..expect(2, 1) };
    assert_eq!(refused(&document, &change, &heavy), Reason::DocumentLimit);
    assert!(apply(&document, &change, &Expected { document_bytes: heavy.document_bytes - 1, ..heavy }).is_ok());
}

fn nested(levels: usize) -> Result<(), Reason> {
    let mut document = Automerge::new().with_actor(actor(2));
    let bytes = edit(&mut document, |transaction| {
        (0..levels).try_fold(ROOT, |object, _| transaction.put_object(object, "o", ObjType::Map)).map(drop)
    });
    apply(&Automerge::new(), &inspect(&bytes).unwrap(), &expect(2, 1)).map(drop).map_err(|refusal| refusal.reason)
}

#[test]
fn depth_in_one_change() {
    assert_eq!(nested(32), Ok(()));
    for levels in [33, 300, 9_000] {
        assert_eq!(nested(levels), Err(Reason::DocumentLimit));
    }
}

#[test]
fn depth_over_many_changes() {
    let mut server = Automerge::new();
    let mut phone = Automerge::new().with_actor(actor(2));
    let mut parent = ROOT;
    for level in 1..=33 {
        let bytes = edit(&mut phone, |transaction| {
            parent = transaction.put_object(&parent, "o", ObjType::List)?;
            parent = transaction.insert_object(&parent, 0, ObjType::Map)?;
            Ok(())
        });
        let applied = apply(&server, &inspect(&bytes).unwrap(), &expect(2, level));
        if level <= 16 {
            server = applied.unwrap().into_merged();
        } else {
            assert_eq!(applied.unwrap_err().reason, Reason::DocumentLimit);
            break;
        }
    }
}

#[test]
fn operations_that_refer_to_nothing() {
    let (document, bytes) = pair();
    let stranger = legacy::OpId::new(3, &ActorId::from([8; 16]));
    let list_element = legacy::OpId::new(3, &actor(1));
    let object = |id: &legacy::OpId| legacy::ObjectId::Id(id.clone());
    let element = |id: &legacy::OpId| legacy::Key::Seq(legacy::ElementId::Id(id.clone()));
    type Attack<'a> = (&'a str, &'a dyn Fn(&mut legacy::Op));
    let attacks: [Attack<'_>; 8] = [
        ("unknown object", &|operation| operation.obj = object(&stranger)),
        ("object that is a value", &|operation| operation.obj = object(&list_element)),
        ("unknown predecessor", &|operation| operation.pred = vec![stranger.clone()].into()),
        ("predecessor elsewhere", &|operation| operation.pred = vec![list_element.clone()].into()),
        ("itself as predecessor", &|operation| operation.pred = vec![legacy::OpId::new(5, &actor(2))].into()),
        ("element in a map", &|operation| operation.key = element(&list_element)),
        ("insertion into a map", &|operation| operation.insert = true),
        ("deletion of nothing", &|operation| operation.action = legacy::OpType::Delete),
    ];
    for (name, attack) in attacks {
        let forged = forge(&bytes, |change| attack(&mut change.operations[0]));
        assert_eq!(refused(&document, &forged, &expect(2, 1)), Reason::Unapplicable, "{name}");
        assert_eq!(receive(&mut document.clone(), &[forged]).unwrap_err().reason, Reason::Unapplicable, "{name}");
    }
}

#[test]
fn a_mark_that_ends_before_it_begins() {
    let (document, _) = pair();
    let mut phone = document.fork().with_actor(actor(2));
    let bytes = edit(&mut phone, |transaction| {
        let (_, notes) = transaction.get(ROOT, "notes")?.unwrap();
        transaction.splice_text(&notes, 0, 0, "text")?;
        transaction.mark(&notes, marks::Mark::new("bold".into(), true, 0, 2), marks::ExpandMark::Both)
    });
    assert_eq!(inspect(&bytes).unwrap_err().reason, Reason::NotCanonical);
}

#[test]
fn marks_and_counters_are_not_part_of_our_documents() {
    let (document, bytes) = pair();
    let counter = legacy::OpType::Put(ScalarValue::counter(i64::MAX));
    for action in [counter, legacy::OpType::Increment(1)] {
        let mut expanded = Change::try_from(&bytes[..]).unwrap().decode();
        expanded.operations[0].action = action;
        assert_eq!(inspect(Change::from(expanded).raw_bytes()).unwrap_err().reason, Reason::NotCanonical);
    }
    let mut phone = document.fork().with_actor(actor(2));
    let bytes = edit(&mut phone, |transaction| {
        let (_, notes) = transaction.get(ROOT, "notes")?.unwrap();
        transaction.splice_text(&notes, 0, 0, "text")?;
        transaction.mark(&notes, marks::Mark::new("bold".into(), true, 0, 2), marks::ExpandMark::None)
    });
    assert_eq!(inspect(&bytes).unwrap_err().reason, Reason::NotCanonical);
}

#[test]
fn odd_values_pass_and_survive() {
    let (document, bytes) = pair();
    let unknown = ScalarValue::Unknown { type_code: 12, bytes: vec![1, 2] };
    for value in
        [unknown, f64::NAN.into(), f64::NEG_INFINITY.into(), (-0.0).into(), i64::MIN.into(), u64::MAX.into(), "\0\u{202e}😀".into()]
    {
        let odd = forge(&bytes, |change| change.operations[0].action = legacy::OpType::Put(value));
        let merged = apply(&document, &odd, &expect(2, 1)).unwrap().into_merged();
        assert_eq!(Automerge::load(&merged.save()).unwrap().get_heads(), merged.get_heads());
    }
}

/// Making such a change is slow with Automerge's debug assertions, so the full size is for release builds.
const LARGEST: usize = if cfg!(debug_assertions) { 800 } else { 9_900 };

/// The most that a change can hold, in the shapes that make Automerge work most.
#[test]
fn the_largest_changes_are_bounded_in_time() {
    let (document, _) = pair();
    let object = |document: &Automerge, name: &str| document.get(ROOT, name).unwrap().unwrap().1;
    type Fill = fn(&mut automerge::transaction::Transaction<'_>, [ObjId; 3]) -> Result<(), AutomergeError>;
    let largest: [(&str, Fill); 5] = [
        ("inserts at the front", |t, [_, list, _]| (0..LARGEST).try_for_each(|_| t.insert(&list, 0, 1))),
        ("inserts at the end", |t, [_, list, _]| (0..LARGEST).try_for_each(|n| t.insert(&list, n, 1))),
        ("overwrites of one key", |t, [map, ..]| (0..LARGEST).try_for_each(|n| t.put(&map, "a", n as u64 % 2))),
        ("overwrites of one element", |t, [_, list, _]| (0..LARGEST).try_for_each(|n| t.put(&list, 0, n as u64 % 2))),
        ("text", |t, [.., notes]| t.splice_text(&notes, 0, 0, &"x".repeat(LARGEST))),
    ];
    for (name, fill) in largest {
        let objects = ["map", "list", "notes"].map(|name| object(&document, name));
        let mut phone = document.fork().with_actor(actor(2));
        let bytes = edit(&mut phone, |transaction| fill(transaction, objects));
        let begin = Instant::now();
        let inspected = inspect(&bytes).unwrap();
        apply(&document, &inspected, &expect(2, 1)).unwrap();
        println!("{name}: {} bytes, {:?}", bytes.len(), begin.elapsed());
        assert!(begin.elapsed() < Duration::from_millis(500), "{name}: {:?}", begin.elapsed());
    }
}

#[test]
fn what_operations_touch() {
    let (document, _) = pair();
    let mut phone = document.fork().with_actor(actor(2));
    let bytes = edit(&mut phone, |transaction| {
        let object = |name: &str| transaction.get(ROOT, name).unwrap().unwrap().1;
        let (map, list, notes) = (object("map"), object("list"), object("notes"));
        transaction.put(&map, "a", 1)?;
        transaction.put(&map, "a", 2)?;
        transaction.delete(&list, 0)?;
        transaction.splice_text(&notes, 0, 0, "x")?;
        let inner = transaction.put_object(&map, "inner", ObjType::Map)?;
        transaction.put(inner, "deep", 1)?;
        transaction.put(ROOT, "map", 1)
    });
    let touch = |section: &str, key: &str, kind, overwrites| {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Touch { section: text(section), at_root: None, key: text(key), kind, overwrites }
    };
    let expected = [
        touch("map", "a", TouchKind::Put, false),
        touch("map", "a", TouchKind::Put, true),
        touch("list", "", TouchKind::Delete, true),
        touch("notes", "", TouchKind::Insert, false),
        touch("map", "inner", TouchKind::Make, false),
        touch("", "deep", TouchKind::Put, false),
        Touch { at_root: Some("map".to_owned()), ..touch("", "map", TouchKind::Put, true) },
    ];
    assert_eq!(touched(&inspect(&bytes).unwrap(), &document), expected);
}

#[test]
fn the_genesis_change_touches_the_root_and_its_own_sections() {
    let cases = small();
    let touches = touched(&inspect(&cases[0].bytes).unwrap(), &Automerge::new());
    assert_eq!(touches[0].at_root.as_deref(), Some("meta"));
    assert_eq!(touches.last().unwrap().section.as_deref(), Some("notes"));
}
