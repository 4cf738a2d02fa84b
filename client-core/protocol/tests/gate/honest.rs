//! No honest change is refused, and what the gate says of it is right.

use automerge::Automerge;
use linecrew_protocol::gate::{Inspected, apply, inspect, receive};

use crate::corpus::{honest, small};

#[test]
fn no_honest_change_is_refused() {
    let cases = honest();
    assert!(cases.len() >= 40, "{} changes", cases.len());
    let concurrent = cases.iter().filter(|case| {
        let inspected = inspect(&case.bytes).unwrap();
        let applied = apply(&case.document, &inspected, &case.expected).unwrap();
        applied.before(&case.document).get_heads() != case.document.get_heads()
    });
    assert!(concurrent.count() >= 10);
}

#[test]
fn a_phone_receives_them_all_at_once_or_one_by_one() {
    let cases = small();
    let inspected: Vec<Inspected> = cases.iter().map(|case| inspect(&case.bytes).unwrap()).collect();
    let mut at_once = Automerge::new();
    receive(&mut at_once, &inspected).unwrap();
    let mut one_by_one = Automerge::new();
    for change in &inspected {
        receive(&mut one_by_one, std::slice::from_ref(change)).unwrap();
        receive(&mut one_by_one, std::slice::from_ref(change)).unwrap(); // known already
    }
    assert_eq!(at_once.get_heads(), one_by_one.get_heads());
    assert_eq!(at_once.save(), one_by_one.save());
    assert_eq!(at_once.get_changes(&[]).len(), cases.len());
}
