//! Seeded mutants of honest changes, messages and histories: nothing panics, nothing is taken that breaks its document, nothing honest is
//! refused, and time and memory stay bounded. The bodies (`change`, `message`, `history`) are those of the fuzzing targets in `tests/fuzz`.
//! Attacks by name whose memory is counted stand here too: counting slows down what `gate` measures.
//!
//! Each mutant has a seed of its own. A failure names it, and `LINECREW_SEED` makes it the first one of the next run. `LINECREW_DEEP` runs
//! twenty times as many.

#[cfg(test)]
mod attacks_messages;
#[cfg(test)]
mod books;
#[cfg(test)]
mod bytes;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod cbor;
#[cfg(test)]
mod change;
#[cfg(test)]
#[path = "../gate/corpus.rs"]
#[expect(dead_code, reason = "the other tests of the gate use more of it")]
mod corpus;
#[cfg(test)]
mod floods;
#[cfg(test)]
#[path = "../gate/forge.rs"]
#[expect(dead_code, reason = "the other tests of the gate use more of it")]
mod forge;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod history;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod message;
#[cfg(test)]
mod mutate;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod parse;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod random;
#[cfg(test)]
mod run;
#[cfg(test)]
mod runs;
#[cfg(test)]
#[path = "../gate/seal.rs"]
mod seal;
#[cfg(test)]
mod stories;
#[cfg(test)]
#[path = "../collection/till.rs"]
#[expect(dead_code, reason = "the tests of collection use more of it")]
mod till;
#[cfg(test)]
#[path = "../model/world.rs"]
#[expect(dead_code, reason = "the tests of the model use more of it")]
mod world;
