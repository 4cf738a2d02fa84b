//! Makes mutants of honest changes.

use automerge::{Change, ExpandedChange};

use crate::{
    bytes,
    cases::Case,
    change::Offer,
    forge::Forged,
    operations, parts,
    random::Random,
    seal::{body, seal},
};

/// The honest changes in the forms in which they are mutated.
pub(crate) struct Mutator<'a> {
    cases: &'a [Case],
    bodies: Vec<&'a [u8]>,
    parts: Vec<Forged>,
    expanded: Vec<ExpandedChange>,
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(cases: &'a [Case]) -> Self {
        let bodies: Vec<&[u8]> = cases.iter().map(|case| body(&case.bytes)).collect();
        let parts = bodies.iter().map(|body| Forged::parse(body)).collect();
        let expanded = cases.iter().map(|case| Change::try_from(&case.bytes[..]).unwrap().decode()).collect();
        Self { cases, bodies, parts, expanded }
    }

    /// A mutant; now and then an honest change as it was.
    pub(crate) fn offer(&self, random: &mut Random) -> Offer {
        let case = random.below(self.cases.len());
        let bytes = match random.below(64) {
            0 => self.cases[case].bytes.clone(),
            1..=18 => self.blind(random, case),
            19..=43 => self.structured(random, case),
            44..=54 => self.operations(random, case),
            55..=61 => self.events(random, case),
            _ => envelope(random, &self.cases[case].bytes),
        };
        Offer { case, bytes, moved_on: random.once_in(16) }
    }

    /// One to four edits of bytes; the length and checksum are right again in seven of eight.
    fn blind(&self, random: &mut Random, case: usize) -> Vec<u8> {
        let repaired = !random.once_in(8);
        let mut bytes = if repaired { self.bodies[case].to_vec() } else { self.cases[case].bytes.clone() };
        for _ in 0..=random.below(4) {
            bytes::edit(random, &mut bytes, &self.bodies);
        }
        if repaired { seal(1, &bytes) } else { bytes }
    }

    /// One or two edits of parts.
    fn structured(&self, random: &mut Random, case: usize) -> Vec<u8> {
        let mut parts = self.parts[case].clone();
        for _ in 0..=random.below(2) {
            let donor = self.donor(random, case);
            parts::edit(random, &mut parts, &self.parts[donor]);
        }
        parts.bytes()
    }

    fn operations(&self, random: &mut Random, case: usize) -> Vec<u8> {
        let mut change = self.expanded[case].clone();
        for _ in 0..=random.below(3) {
            let donor = self.donor(random, case);
            operations::edit(random, &mut change, &self.expanded[donor]);
        }
        self.encoded(change, case)
    }

    fn events(&self, random: &mut Random, case: usize) -> Vec<u8> {
        let mut change = self.expanded[case].clone();
        let donor = self.donor(random, case);
        operations::edit_event(random, &mut change, &self.expanded[donor]);
        self.encoded(change, case)
    }

    fn encoded(&self, change: ExpandedChange, case: usize) -> Vec<u8> {
        let change = std::panic::catch_unwind(|| Change::from(change).raw_bytes().to_vec());
        change.unwrap_or_else(|_| self.cases[case].bytes.clone())
    }

    /// Another change: most often one of those just before, which are in the same document.
    fn donor(&self, random: &mut Random, case: usize) -> usize {
        if random.once_in(3) { random.below(self.cases.len()) } else { case - random.below(case.min(8) + 1) }
    }
}

/// The honest bytes in another envelope.
fn envelope(random: &mut Random, honest: &[u8]) -> Vec<u8> {
    match random.below(6) {
        0 => seal(random.byte(), body(honest)),
        1 => seal(2, body(honest)),
        2 => [honest, &[0]].concat(),
        3 => [honest, honest].concat(),
        4 => [&honest[..4], &random.bytes(4), &honest[8..]].concat(),
        _ => honest[..random.below(honest.len())].to_vec(),
    }
}
