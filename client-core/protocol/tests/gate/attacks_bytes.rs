//! Attacks that need no document.

use std::time::{Duration, Instant};

use automerge::{Automerge, Change, ReadDoc};
use linecrew_protocol::{
    ActorId, Reason,
    gate::{Expected, apply, inspect},
};

use crate::{
    corpus::{honest, small},
    forge::{Forged, positive, unsigned},
    seal::{body, seal},
};

fn reason(bytes: &[u8]) -> Option<Reason> {
    let begin = Instant::now();
    let reason = inspect(bytes).err().map(|refusal| refusal.reason);
    assert!(begin.elapsed() < Duration::from_millis(100));
    reason
}

fn forged(change: impl FnOnce(&mut Forged)) -> Option<Reason> {
    let mut forged = Forged::default();
    change(&mut forged);
    reason(&forged.bytes())
}

#[test]
fn the_forge_itself_makes_an_honest_change() {
    let bytes = Forged::default().bytes();
    let inspected = inspect(&bytes).unwrap();
    let expected = Expected { actor: ActorId::from([7; 16]), next_seq: 1, document_changes: 0, document_bytes: 0 };
    let applied = apply(&Automerge::new(), &inspected, &expected).unwrap();
    assert_eq!(applied.merged().get(automerge::ROOT, "k").unwrap().unwrap().0, 1.into());
}

#[test]
fn run_length_bombs() {
    for rows in [10_001, 1 << 20, 1 << 32, 1 << 40, i64::MAX as u64] {
        let run = |value: u8| [positive(rows), vec![value]].concat();
        let nulls = [vec![0], unsigned(rows)].concat();
        let literal = [0x80; 9].into_iter().chain([0x7f]).collect::<Vec<u8>>(); // i64::MIN values
        for spec in [0x01, 0x02, 0x11, 0x13, 0x15, 0x42, 0x56, 0x70, 0x71, 0x73, 0xa5] {
            for column in [run(0), run(1), nulls.clone(), literal.clone()] {
                let bytes = Forged::default().with_column(spec, column).bytes();
                assert!(bytes.len() < 100);
                assert_eq!(reason(&bytes), Some(Reason::TooManyOperations), "column {spec:#x}");
            }
        }
        for spec in [0x34, 0x94] {
            let bytes = Forged::default().with_column(spec, unsigned(rows)).bytes();
            assert_eq!(reason(&bytes), Some(Reason::TooManyOperations), "column {spec:#x}");
        }
        // All columns agree: 74 bytes that Automerge would try to decode to the end.
        let mut bomb = Forged { columns: Vec::new(), ..Forged::default() };
        for (spec, column) in
            [(0x15, [run(1), vec![b'k']].concat()), (0x34, unsigned(rows)), (0x42, run(1)), (0x56, run(0)), (0x70, run(0))]
        {
            bomb = bomb.with_column(spec, column);
        }
        assert_eq!(reason(&bomb.bytes()), Some(Reason::TooManyOperations));
    }
}

#[test]
fn bombs_in_values() {
    let kind = |length: u64| [vec![0x7f], unsigned((length << 4) | 6)].concat();
    assert_eq!(reason(&Forged::default().with_column(0x56, kind(1 << 40)).bytes()), Some(Reason::Undecodable));
    let predecessors = [vec![0x7f], unsigned(1 << 40)].concat();
    assert_eq!(reason(&Forged::default().with_column(0x70, predecessors).bytes()), Some(Reason::TooManyOperations));
    // A key of 60 KiB for each of 10,000 operations would be 600 MiB inside Automerge.
    let run = |value: u8| [positive(10_000), vec![value]].concat();
    let key = [positive(10_000), unsigned(60_000), vec![b'k'; 60_000]].concat();
    let mut long = Forged { columns: Vec::new(), ..Forged::default() };
    for (spec, column) in [(0x15, key), (0x34, unsigned(10_000)), (0x42, run(1)), (0x56, run(0)), (0x70, run(0))] {
        long = long.with_column(spec, column);
    }
    assert_eq!(reason(&long.bytes()), Some(Reason::Undecodable));
}

#[test]
fn other_chunks() {
    let cases = honest();
    let large = cases.iter().max_by_key(|case| case.bytes.len()).unwrap();
    let mut change = Change::try_from(&large.bytes[..]).unwrap();
    let deflated = change.bytes().to_vec();
    assert_eq!((deflated[8], reason(&deflated)), (2, Some(Reason::NotAChange)));
    let saved = large.document.save();
    assert_eq!((saved[8], reason(&saved)), (0, Some(Reason::NotAChange)));
    for kind in [0, 2, 3, 4, 255] {
        assert_eq!(reason(&seal(kind, body(&large.bytes))), Some(Reason::NotAChange));
    }
    assert_eq!(reason(&[]), Some(Reason::NotAChange));
    assert_eq!(reason(&vec![0; 64 * 1024 + 1]), Some(Reason::ChangeTooLarge));
}

#[test]
fn envelopes() {
    let honest = Forged::default().bytes();
    assert_eq!(reason(&honest), None);
    assert_eq!(reason(&[&honest[..], &[0]].concat()), Some(Reason::NotAChange));
    assert_eq!(reason(&[&honest[..], &honest].concat()), Some(Reason::NotAChange));
    assert_eq!(reason(&[&[0x86], &honest[1..]].concat()), Some(Reason::NotAChange));
    let mut checksum = honest.clone();
    checksum[4] ^= 1;
    assert_eq!(reason(&checksum), Some(Reason::Undecodable));
    for length in [unsigned(u64::MAX), unsigned(1 << 32), vec![0xff; 12]] {
        assert_eq!(reason(&[&honest[..9], &length, &honest[10..]].concat()), Some(Reason::Undecodable));
    }
    for end in 0..honest.len() {
        assert!(reason(&honest[..end]).is_some());
    }
    // A length in two bytes where one would do; the checksum is over the bytes as they are.
    let long_form = [&[honest[9] | 0x80, 0][..], body(&honest)].concat();
    assert_eq!(reason(&[&honest[..9], &long_form].concat()), Some(Reason::NotCanonical));
}

#[test]
fn headers() {
    for seq in [0, 1 << 32, u64::MAX] {
        assert_eq!(forged(|change| change.seq = unsigned(seq)), Some(Reason::WrongSequence));
    }
    for start_op in [0, u64::from(u32::MAX), 1 << 32, u64::MAX] {
        assert_eq!(forged(|change| change.start_op = unsigned(start_op)), Some(Reason::OperationNumberOutOfRange));
    }
    for length in [0, 15, 17, 128, 40_000] {
        assert_eq!(forged(|change| change.actor = vec![7; length]), Some(Reason::WrongActor));
        assert!(forged(|change| change.other_actors = vec![vec![8; length]]).is_some());
    }
    assert_eq!(forged(|change| change.other_actors = vec![vec![8; 17]]), Some(Reason::WrongActor));
    assert_eq!(forged(|change| change.other_actors = (0..65).map(|n| vec![n]).collect()), Some(Reason::Undecodable));
    assert_eq!(forged(|change| change.other_actors = vec![vec![2], vec![1]]), Some(Reason::NotCanonical));
    assert_eq!(forged(|change| change.other_actors = vec![vec![7; 16]]), Some(Reason::NotCanonical));
    assert_eq!(forged(|change| change.other_actors = vec![vec![8; 16]]), Some(Reason::NotCanonical)); // named, never used
    assert_eq!(forged(|change| change.deps = (0..65).map(|n| [n; 32]).collect()), Some(Reason::Undecodable));
    assert_eq!(forged(|change| change.deps = vec![[2; 32], [1; 32]]), Some(Reason::NotCanonical));
    assert_eq!(forged(|change| change.deps = vec![[1; 32], [1; 32]]), Some(Reason::NotCanonical));
    assert_eq!(forged(|change| change.message = vec![b'm'; 256]), None);
    assert_eq!(forged(|change| change.message = vec![b'm'; 257]), Some(Reason::Undecodable));
    assert_eq!(forged(|change| change.message = vec![0xff]), Some(Reason::Undecodable));
    assert_eq!(forged(|change| change.extra = vec![1, 1, 1]), Some(Reason::Undecodable));
}

#[test]
fn numbers_whose_sum_overflows() {
    let last = u64::from(u32::MAX);
    let rows = |count: u64| {
        let mut many = Forged { columns: Vec::new(), start_op: unsigned(last - 9_999), ..Forged::default() };
        let run = |value: u8| [positive(count), vec![value]].concat();
        for (spec, column) in
            [(0x15, [run(1), vec![b'k']].concat()), (0x34, unsigned(count)), (0x42, run(1)), (0x56, run(0)), (0x70, run(0))]
        {
            many = many.with_column(spec, column);
        }
        reason(&many.bytes())
    };
    assert_eq!(rows(10_000), Some(Reason::OperationNumberOutOfRange));
    assert_eq!(rows(100), None);
    // Differences that are fine one by one.
    let twice = [vec![0x7e], positive(last), positive(last)].concat();
    assert_eq!(reason(&Forged::default().with_column(0x13, twice).bytes()), Some(Reason::OperationNumberOutOfRange));
    let run = [positive(10_000), positive(i64::MAX as u64)].concat();
    assert_eq!(reason(&Forged::default().with_column(0x13, run).bytes()), Some(Reason::OperationNumberOutOfRange));
}

#[test]
fn thousands_of_dependencies() {
    let deps = |count: u16| {
        (0..count).map(|number| [number.to_be_bytes()[0], number.to_be_bytes()[1], 0].repeat(11)[..32].try_into().unwrap()).collect()
    };
    for count in [65, 1_000, 2_000] {
        assert_eq!(forged(|change| change.deps = deps(count)), Some(Reason::Undecodable));
    }
    assert_eq!(forged(|change| change.deps = deps(3_000)), Some(Reason::ChangeTooLarge));
    // The number alone, without the dependencies.
    let body = [unsigned(u64::MAX), vec![0; 32]].concat();
    assert_eq!(reason(&seal(1, &body)), Some(Reason::Undecodable));
}

#[test]
fn numbers_not_in_their_shortest_form() {
    for long in [&[0x81, 0][..], &[0x81, 0x80, 0]] {
        assert_eq!(forged(|change| change.seq = long.to_vec()), Some(Reason::NotCanonical));
        assert_eq!(forged(|change| change.start_op = long.to_vec()), Some(Reason::NotCanonical));
    }
    for (spec, column) in [(0x34, vec![0x81, 0]), (0x42, vec![0xff, 0x7f, 1]), (0x42, vec![1, 1]), (0x42, vec![0x7f, 0x81, 0])] {
        assert_eq!(reason(&Forged::default().with_column(spec, column).bytes()), Some(Reason::NotCanonical), "column {spec:#x}");
    }
}

#[test]
fn columns() {
    let forged = |spec, column: &[u8]| reason(&Forged::default().with_column(spec, column.to_vec()).bytes());
    assert_eq!(forged(0x3c, &[1]), Some(Reason::Undecodable)); // deflated
    assert_eq!(forged(0x22, &[0x7f, 1]), Some(Reason::Undecodable)); // unknown
    assert_eq!(forged(0x1_0000_0015, &[0x7f, 1, b'k']), Some(Reason::Undecodable));
    assert_eq!(forged(0x42, &[]), Some(Reason::Undecodable));
    assert_eq!(forged(0x42, &[0x7f, 9]), Some(Reason::Undecodable)); // unknown action
    assert_eq!(forged(0x42, &[2, 1]), Some(Reason::Undecodable)); // two operations where the others have one
    assert_eq!(forged(0x01, &[]), Some(Reason::Undecodable));
    assert_eq!(forged(0x15, &[0x7e, 1, b'k', 1, b'l']), Some(Reason::Undecodable)); // two keys for one operation
    assert_eq!(forged(0x15, &[0, 0, 0x7f, 1, b'k']), Some(Reason::NotCanonical)); // a run of no rows
    assert_eq!(forged(0x42, &[0, 1]), Some(Reason::Undecodable)); // null
    assert_eq!(forged(0x15, &[0x7f, 1, 0xff]), Some(Reason::Undecodable)); // not UTF-8
    assert_eq!(forged(0x56, &[0x7f, 0x16]), forged(0x57, &[1]).or(None)); // a text of one byte, 0x01, is a text
    assert_eq!(forged(0x57, &[1, 1]), Some(Reason::Undecodable));
    assert_eq!(forged(0x01, &[0x7f, 1]), Some(Reason::Undecodable)); // an actor that the header does not name
    assert_eq!(forged(0x02, &[&[0x7f][..], &unsigned(1 << 32)].concat()), Some(Reason::OperationNumberOutOfRange));
    assert_eq!(forged(0x13, &[0x7f, 0x7f]), Some(Reason::Undecodable)); // a negative operation number
    let mut twice = Forged::default();
    twice.columns.insert(0, twice.columns[0].clone());
    assert_eq!(reason(&twice.bytes()), Some(Reason::Undecodable));
    let mut swapped = Forged::default();
    swapped.columns.swap(0, 1);
    assert_eq!(reason(&swapped.bytes()), Some(Reason::Undecodable));
}

#[test]
fn every_one_byte_substitution_of_a_small_change() {
    let cases = small();
    let case = cases.iter().filter(|case| case.expected.document_changes > 5).min_by_key(|case| case.bytes.len()).unwrap();
    let original = body(&case.bytes);
    let mut accepted = 0;
    for at in 0..original.len() {
        for byte in 0..=255 {
            let mut mutant = original.to_vec();
            mutant[at] = byte;
            let Ok(inspected) = inspect(&seal(1, &mutant)) else { continue };
            let Ok(applied) = apply(&case.document, &inspected, &case.expected) else { continue };
            let loaded = Automerge::load(&applied.merged().save()).unwrap();
            assert_eq!(loaded.get_heads(), applied.merged().get_heads());
            accepted += 1;
        }
    }
    assert!(accepted >= original.len(), "{accepted}"); // the original itself, and other times, values and letters
}
