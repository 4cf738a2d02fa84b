//! Makes mutants of changes: of their bytes, and of their operations (which Automerge then encodes canonically).

use automerge::{Change, ExpandedChange, legacy};

use crate::{
    corpus::Case,
    seal::{body, seal},
};

/// Xorshift: the same mutants for the same seed, everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// One to four edits of the bytes; seven of eight mutants get the right length and checksum again, so that they reach the inner steps.
pub(crate) fn mutate_bytes(random: &mut Random, cases: &[Case]) -> (usize, Vec<u8>) {
    let case = random.below(cases.len());
    let repaired = random.below(8) != 0;
    let original = &cases[case].bytes;
    let mut bytes = if repaired { body(original).to_vec() } else { original.clone() };
    for _ in 0..=random.below(4) {
        edit_bytes(random, &mut bytes, cases);
    }
    (case, if repaired { seal(1, &bytes) } else { bytes })
}

fn edit_bytes(random: &mut Random, bytes: &mut Vec<u8>, cases: &[Case]) {
    let at = random.below(bytes.len());
    if bytes.is_empty() {
        return bytes.push(random.byte());
    }
    match random.below(8) {
        0 | 1 => bytes[at] = random.byte(),
        2 => bytes[at] ^= 1 << random.below(8),
        3 => bytes[at] = bytes[at].wrapping_add([1, 255][random.below(2)]),
        4 => bytes.insert(at, *random.pick(&[0, 1, 0x7f, 0x80, 0xff])),
        5 => drop(bytes.remove(at)),
        6 if random.below(4) == 0 => bytes.truncate(at),
        6 => {
            // A long count where a short one was.
            let length = 1 + random.below(9);
            drop(bytes.splice(at..=at, (0..length).map(|_| 0xff).chain([random.byte() & 0x7f])));
        }
        _ => {
            let other = body(&random.pick(cases).bytes);
            let from = random.below(other.len());
            let length = random.below(other.len() - from).min(40);
            let end = (at + length).min(bytes.len());
            drop(bytes.splice(at..end, other[from..from + length].iter().copied()));
        }
    }
}

/// One to three edits of the decoded operations, encoded again as Automerge does.
pub(crate) fn mutate_operations(random: &mut Random, cases: &[Case]) -> (usize, Vec<u8>) {
    let case = random.below(cases.len());
    let mut change = Change::try_from(&cases[case].bytes[..]).unwrap().decode();
    // The document holds the cases before this one; half of the references come from it, so that they exist there.
    let pools = [case, cases.len()];
    for _ in 0..=random.below(3) {
        let donor = *random.pick(&pools);
        let donor = random.below(donor);
        let donor = Change::try_from(&cases[donor].bytes[..]).unwrap().decode();
        edit_operation(random, &mut change, &donor);
    }
    let change = std::panic::catch_unwind(|| Change::from(change).raw_bytes().to_vec());
    (case, change.unwrap_or_else(|_| cases[case].bytes.clone()))
}

fn edit_operation(random: &mut Random, change: &mut ExpandedChange, donor: &ExpandedChange) {
    if change.operations.is_empty() || donor.operations.is_empty() {
        return;
    }
    let at = random.below(change.operations.len());
    let given_at = random.below(donor.operations.len());
    let given = donor.operations[given_at].clone();
    let given_id = legacy::OpId::new(donor.start_op.get() + given_at as u64, &donor.actor_id);
    let operations = &mut change.operations;
    match random.below(14) {
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
        _ => operations[at] = given,
    }
}
