//! Inputs to begin with: everything honest, in the form of each target.

use linecrew_protocol::wire::encode_message;

use crate::{cases, frames, message, seal::body};

/// One input.
pub struct Seed {
    /// The target that it is for.
    pub target: &'static str,
    /// What the fuzzer begins with.
    pub input: Vec<u8>,
}

/// Every honest change and message, and a history of each story.
#[must_use]
pub fn seeds() -> Vec<Seed> {
    let cases = cases::all();
    let mut seeds = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let to = address(number);
        seeds.push(Seed { target: "change", input: [&to[..], &[0], body(&case.bytes)].concat() });
        seeds.push(Seed { target: "history", input: [&to[..], &(0..12).flat_map(|step| [step, 15, 0, 0]).collect::<Vec<u8>>()].concat() });
    }
    for letter in frames::all(&cases) {
        let (to, bytes) = (address(letter.case), encode_message(&letter.frames).unwrap_or_default());
        seeds.push(Seed { target: "message", input: [&to[..], &bytes].concat() });
        let plain: Vec<u8> = letter.frames.iter().flat_map(message::bytes_of).collect();
        seeds.push(Seed { target: "frame", input: [&to[..], &plain].concat() });
    }
    seeds
}

fn address(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or_default().to_le_bytes()
}
