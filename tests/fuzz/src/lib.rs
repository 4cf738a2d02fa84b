//! The bodies of the fuzzing targets. They are the very files that the seeded tests of `linecrew-protocol` run in CI (`tests/gate_mutants`),
//! included by path: test code is in no crate that a target could depend on, and does not belong into one that ships.

#[path = "../../../client-core/protocol/tests/gate_mutants/books.rs"]
mod books;
#[path = "../../../client-core/protocol/tests/gate_mutants/cases.rs"]
mod cases;
#[path = "../../../client-core/protocol/tests/gate_mutants/change.rs"]
mod change;
#[path = "../../../client-core/protocol/tests/gate/corpus.rs"]
#[expect(dead_code, reason = "the tests of the gate use more of it")]
mod corpus;
#[path = "../../../client-core/protocol/tests/gate/forge.rs"]
#[expect(dead_code, reason = "the tests of the gate use more of it")]
mod forge;
#[path = "../../../client-core/protocol/tests/gate_mutants/frames.rs"]
mod frames;
#[path = "../../../client-core/protocol/tests/gate_mutants/history.rs"]
mod history;
#[path = "../../../client-core/protocol/tests/gate_mutants/measure.rs"]
mod measure;
#[path = "../../../client-core/protocol/tests/gate_mutants/message.rs"]
#[expect(dead_code, reason = "the seeded tests count what became of each message")]
mod message;
#[path = "../../../client-core/protocol/tests/gate_mutants/parse.rs"]
mod parse;
#[path = "../../../client-core/protocol/tests/gate/seal.rs"]
mod seal;
mod seeds;
#[path = "../../../client-core/protocol/tests/gate_mutants/stories.rs"]
mod stories;
#[path = "../../../client-core/protocol/tests/collection/till.rs"]
#[expect(dead_code, reason = "the tests of collection use more of it")]
mod till;
#[path = "../../../client-core/protocol/tests/model/world.rs"]
#[expect(dead_code, reason = "the tests of the model use more of it")]
mod world;

use self::{cases::Case, frames::Opening, measure::Worst};

pub use self::seeds::{Seed, seeds};

/// What every input is judged against, made once.
pub struct House {
    cases: Vec<Case>,
    opening: Opening,
}

impl House {
    /// Lets the stories happen from which the documents come.
    #[must_use]
    pub fn build() -> Self {
        Self { cases: cases::all(), opening: Opening::new() }
    }

    /// A change: two bytes say whose document it is offered to, one is switches (`change::of_input`), the rest is the change.
    pub fn change(&self, input: &[u8]) {
        let Some(offer) = change::of_input(input, self.cases.len()) else { return };
        let case = &self.cases[offer.case];
        let judgement = Worst::default().of(|| change::judge(case, &offer));
        change::check(case, &offer, &judgement);
    }

    /// Frames that get an envelope, plain or compressed: two bytes say which document their changes are for.
    pub fn frame(&self, input: &[u8]) {
        let Some((case, frames)) = self.addressed(input) else { return };
        let bytes = if frames.len().is_multiple_of(2) { message::plain(frames) } else { message::compressed(frames) };
        message::take(&bytes, case, &self.opening, &mut Worst::default());
    }

    /// A message as it travels, likewise.
    pub fn message(&self, input: &[u8]) {
        let Some((case, bytes)) = self.addressed(input) else { return };
        message::take(bytes, case, &self.opening, &mut Worst::default());
    }

    /// A sequence of changes (`history::play`).
    pub fn history(&self, input: &[u8]) {
        history::play(input, &self.cases);
    }

    fn addressed<'a>(&self, input: &'a [u8]) -> Option<(&Case, &'a [u8])> {
        let ([low, high], rest) = input.split_first_chunk()?;
        let number = usize::from(u16::from_le_bytes([*low, *high])) % self.cases.len();
        self.cases.get(number).map(|case| (case, rest))
    }
}
