//! Seeds: one number decides everything that a test draws at random, and replays it.

use std::{env, fmt};

use rand::{SeedableRng, rngs::StdRng};

/// The number that decides a run. Print it: whoever reads of a failure replays it with `LINECREW_SEED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed(pub u64);

impl Seed {
    /// Randomness for one purpose. Each purpose has its own, so that drawing more for one changes nothing for the others.
    #[must_use]
    pub fn random(self, purpose: &str) -> StdRng {
        StdRng::seed_from_u64(self.child(purpose).0)
    }

    /// The seed of a part, such as one phone of the fleet.
    #[must_use]
    pub fn child(self, part: &str) -> Self {
        // Each byte is mixed in on its own: neighbouring seeds and names must not meet.
        Self(part.bytes().fold(mixed(self.0), |hash, byte| mixed(hash ^ u64::from(byte))))
    }

    /// The seeds that a test runs: the one in `LINECREW_SEED`; with `LINECREW_DEEP` the first `deep`; else the first `usual`.
    ///
    /// # Panics
    /// `LINECREW_SEED` is no number.
    #[must_use]
    pub fn chosen(usual: u64, deep: u64) -> Vec<Self> {
        if let Ok(one) = env::var("LINECREW_SEED") {
            return vec![Self(one.trim().parse().expect("LINECREW_SEED is a number"))];
        }
        let count = if env::var_os("LINECREW_DEEP").is_some() { deep } else { usual };
        (0..count).map(Self).collect()
    }
}

/// One step of SplitMix64 (Steele, Lea and Flood 2014): every bit of the answer depends on every bit of the number.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl fmt::Display for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::RngCore;

    use super::*;

    #[test]
    fn a_seed_replays_and_its_parts_differ() {
        assert_eq!(Seed(7).random("link").next_u64(), Seed(7).random("link").next_u64());
        let parts = ["a", "b", "ab", "ba"];
        let children: BTreeSet<_> = (0..1_000).flat_map(|seed| parts.map(|part| Seed(seed).child(part))).collect();
        assert_eq!(children.len(), 4_000);
    }
}
