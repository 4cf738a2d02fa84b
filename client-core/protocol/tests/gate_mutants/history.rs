//! Sequences of changes, honest and tampered with, in any order, as a phone and a server get them: the body of the seeded tests and of a
//! fuzzing target. What no single change does, several may.

use std::collections::HashMap;

use automerge::{ActorId, Automerge};
use linecrew_protocol::gate::{Expected, Inspected, apply, inspect, receive};

use crate::{
    cases::Case,
    change::is_sound,
    forge::{Forged, positive, unsigned},
    seal::{body, seal},
};

/// Changes in one history at most.
const LONGEST: usize = 24;

/// How many changes were taken and refused.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) taken: usize,
    pub(crate) refused: usize,
}

/// Plays a history. The input is four bytes for each change: which one of the story that the first two bytes name, how it is altered, and
/// twice how much.
pub(crate) fn play(input: &[u8], cases: &[Case]) -> Tally {
    let Some(([low, high], steps)) = input.split_first_chunk() else { return Tally::default() };
    let first = usize::from(u16::from_le_bytes([*low, *high])) % cases.len();
    let mut ends = Ends::of(&cases[first]);
    for step in steps.chunks_exact(4).take(LONGEST) {
        let case = &cases[(first + usize::from(step[0] % 12)) % cases.len()];
        ends.offer(&altered(&case.bytes, step[1], step[2], step[3]));
    }
    ends.part()
}

/// The honest bytes, or an alteration that a single change survives.
fn altered(bytes: &[u8], how: u8, at: u8, what: u8) -> Vec<u8> {
    let mut parts = Forged::parse(body(bytes));
    let far = u64::MAX >> (what % 64);
    match how % 16 {
        0 => parts.time = positive(far),
        1 => parts.time = vec![0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
        2 => parts.message = vec![b'm'; usize::from(what)],
        3 => parts.start_op = unsigned(far),
        4 => parts.seq = unsigned(u64::from(what)),
        5 => parts.deps = Vec::new(),
        6 => parts.actor = vec![what; 16],
        7 => {
            let mut inside = body(bytes).to_vec();
            let length = inside.len();
            inside[usize::from(at) * length / 256] = what;
            return seal(1, &inside);
        }
        8 => {
            if let Some((_, value)) = parts.columns.iter_mut().find(|(spec, _)| *spec == 0x57)
                && !value.is_empty()
            {
                let length = value.len();
                value[usize::from(at) * length / 256] = what;
            }
        }
        _ => return bytes.to_vec(),
    }
    parts.bytes()
}

/// A server that takes changes one by one, and a phone that gets what the server has taken.
struct Ends {
    server: Automerge,
    phone: Automerge,
    next: HashMap<ActorId, u64>,
    tally: Tally,
}

impl Ends {
    fn of(case: &Case) -> Self {
        let mut next = HashMap::new();
        for change in case.document.get_changes(&[]) {
            *next.entry(change.actor_id().clone()).or_insert(1) = change.seq() + 1;
        }
        Self { server: case.document.clone(), phone: case.document.clone(), next, tally: Tally::default() }
    }

    fn offer(&mut self, bytes: &[u8]) {
        let Ok(inspected) = inspect(bytes) else { return self.tally.refused += 1 };
        match self.admit(&inspected) {
            Some(merged) => {
                self.server = merged;
                self.tally.taken += 1;
                *self.next.entry(inspected.change().actor_id().clone()).or_insert(1) += 1;
                receive(&mut self.phone, &[inspected]).unwrap();
            }
            None => {
                self.tally.refused += 1;
                let heads = self.phone.get_heads();
                // A phone skips what it has, and takes nothing that the server refused.
                let received = receive(&mut self.phone, &[inspected]);
                assert!(received.as_ref().err().is_none_or(|refusal| !refusal.detail.contains("panicked")), "{received:?}");
                assert_eq!(self.phone.get_heads(), heads);
            }
        }
    }

    fn admit(&self, inspected: &Inspected) -> Option<Automerge> {
        let actor = inspected.change().actor_id().clone();
        let next_seq = self.next.get(&actor).copied().unwrap_or(1);
        let expected = Expected { actor, next_seq, document_changes: 10, document_bytes: 10_000 };
        match apply(&self.server, inspected, &expected) {
            Ok(applied) => Some(applied.into_merged()),
            Err(refusal) => {
                assert!(!refusal.detail.contains("panicked"), "{refusal}");
                None
            }
        }
    }

    /// Both hold the same, and so does a phone that comes later and gets everything at once.
    fn part(self) -> Tally {
        assert_eq!(self.phone.get_heads(), self.server.get_heads());
        is_sound(&self.server);
        let inspected: Vec<Inspected> = self.server.get_changes(&[]).iter().map(|change| inspect(change.raw_bytes()).unwrap()).collect();
        let mut late = Automerge::new();
        receive(&mut late, &inspected).unwrap();
        assert_eq!(late.get_heads(), self.server.get_heads());
        self.tally
    }
}
