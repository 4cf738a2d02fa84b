//! Attacks through numbers that are fine one by one and too much together.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, AutomergeError, Change, ExpandedChange, ROOT, ScalarValue, legacy::OpType, transaction::Transactable};
use linecrew_protocol::{
    Reason,
    gate::{Expected, apply, inspect},
};

use crate::corpus::actor;

fn put(document: &Automerge, number: u8, value: impl Into<ScalarValue>) -> Vec<u8> {
    let mut phone = document.clone().with_actor(actor(number));
    phone.transact::<_, _, AutomergeError>(|transaction| transaction.put(ROOT, "k", value)).unwrap();
    phone.get_last_local_change().unwrap().raw_bytes().to_vec()
}

fn forge(bytes: &[u8], change: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut expanded = Change::try_from(bytes).unwrap().decode();
    change(&mut expanded);
    Change::from(expanded).raw_bytes().to_vec()
}

fn offer(document: &Automerge, bytes: &[u8], number: u8, next_seq: u64) -> Result<Automerge, Reason> {
    let expected = Expected { actor: actor(number), next_seq, document_changes: 1, document_bytes: 1 };
    let applied = inspect(bytes).and_then(|inspected| apply(document, &inspected, &expected));
    applied.map(|applied| applied.into_merged()).map_err(|refusal| refusal.reason)
}

fn reloads(document: &Automerge) -> bool {
    Automerge::load(&document.save()).unwrap().get_heads() == document.get_heads()
}

#[test]
fn a_change_from_the_beginning_of_time_would_close_its_document() {
    let honest = put(&Automerge::new(), 1, 1);
    for time in [i64::MIN, i64::MAX, -(1 << 53) - 1, (1 << 53) + 1] {
        assert_eq!(offer(&Automerge::new(), &forge(&honest, |change| change.time = time), 1, 1).err(), Some(Reason::Undecodable));
    }
    // Why: Automerge itself takes the change, and panics at the next one, whoever makes it.
    let mut closed = Automerge::new();
    closed.apply_changes([Change::try_from(&forge(&honest, |change| change.time = i64::MIN)[..]).unwrap()]).unwrap();
    let next =
        catch_unwind(AssertUnwindSafe(|| closed.transact::<_, _, AutomergeError>(|transaction| transaction.put(ROOT, "k", 2)).is_ok()));
    assert!(next.is_err(), "if it takes both now, the limit may go");
}

#[test]
fn times_as_far_apart_as_they_may_be_are_harmless() {
    let (past, future) = (-(1 << 53), 1 << 53);
    let mut document = Automerge::new();
    for (seq, time) in [past, future, 0, past, future].into_iter().enumerate() {
        let bytes = forge(&put(&document, 1, seq as u64), |change| change.time = time);
        document = offer(&document, &bytes, 1, seq as u64 + 1).unwrap();
        assert!(reloads(&document));
    }
}

#[test]
fn a_value_is_not_overwritten_twice_by_one_operation() {
    let document = offer(&Automerge::new(), &put(&Automerge::new(), 1, 1), 1, 1).unwrap();
    let honest = put(&document, 2, 2);
    assert!(offer(&document, &honest, 2, 1).is_ok());
    for action in [OpType::Put(2.into()), OpType::Delete] {
        for times in [2, 9_000] {
            let twice = forge(&honest, |change| {
                let overwritten = change.operations[0].pred.iter().next().unwrap().clone();
                change.operations[0].pred = vec![overwritten; times].into();
                change.operations[0].action = action.clone();
            });
            assert_eq!(offer(&document, &twice, 2, 1).err(), Some(Reason::Unapplicable));
        }
    }
}

/// Why counters are refused: each of these increments fits where its author looked, and Automerge panics at the last of them.
#[test]
fn increments_that_overflow_together_would_close_their_document() {
    let mut document = Automerge::new().with_actor(actor(1));
    document.transact::<_, _, AutomergeError>(|transaction| transaction.put(ROOT, "k", ScalarValue::counter(i64::MAX - 2))).unwrap();
    let increment = |number, by| forge(&put(&document, number, 1), |change| change.operations[0].action = OpType::Increment(by));
    let increments = [increment(2, 2), increment(3, i64::MAX), increment(4, 1)];
    let mut take = |bytes: &Vec<u8>| document.apply_changes([Change::try_from(&bytes[..]).unwrap()]).is_ok();
    let taken = catch_unwind(AssertUnwindSafe(|| increments.iter().all(&mut take)));
    assert!(taken.is_err(), "if Automerge takes them now, counters may come back");
    for bytes in increments {
        assert_eq!(inspect(&bytes).unwrap_err().reason, Reason::NotCanonical);
    }
}
