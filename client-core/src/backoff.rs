//! How long to wait before the next attempt: full jitter, so that a thousand phones that lost the same server do not return together.
//!
//! `random(0, min(cap, base * 2^n))` after the n-th failure in a row. A server that asks for a pause gets at least that pause, with the
//! jitter on top.

use std::time::Duration;

use linecrew_protocol::limits::{BACKOFF_BASE_MS, BACKOFF_CAP_MS};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// The longest pause that a server may ask for: a wrong number must not silence a crew for a day.
const MAX_RETRY_AFTER_MS: u64 = 15 * 60 * 1000;

/// Counts failures and draws pauses.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: u32,
    random: StdRng,
}

impl Backoff {
    /// Begins without failures; equal seeds draw equal pauses.
    #[must_use]
    pub(crate) fn new(seed: u64) -> Self {
        Self { failures: 0, random: StdRng::seed_from_u64(seed) }
    }

    /// The pause after one more failure.
    pub(crate) fn after_failure(&mut self, retry_after_ms: Option<u64>) -> Duration {
        let ceiling = BACKOFF_BASE_MS.saturating_mul(1 << self.failures.min(32)).min(BACKOFF_CAP_MS);
        self.failures = self.failures.saturating_add(1);
        let asked = retry_after_ms.unwrap_or(0).min(MAX_RETRY_AFTER_MS);
        Duration::from_millis(asked + self.random.random_range(0..=ceiling))
    }

    /// A session was good: the next failure is the first again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(pause: Duration) -> u64 {
        u64::try_from(pause.as_millis()).unwrap()
    }

    #[test]
    fn pauses_spread_over_the_whole_range_and_the_range_doubles_up_to_the_cap() {
        for failures in 0..12_u32 {
            let ceiling = (BACKOFF_BASE_MS << failures).min(BACKOFF_CAP_MS);
            let pauses: Vec<u64> = (0..2_000)
                .map(|seed| {
                    let mut backoff = Backoff::new(seed);
                    for _ in 0..failures {
                        backoff.after_failure(None);
                    }
                    millis(backoff.after_failure(None))
                })
                .collect();
            assert!(pauses.iter().all(|pause| *pause <= ceiling));
            // Full jitter: every tenth of the range holds about a tenth of the phones.
            for tenth in 0..10 {
                let inside = pauses.iter().filter(|pause| **pause * 10 / (ceiling + 1) == tenth).count();
                assert!((120..=280).contains(&inside), "{inside} of 2000 pauses in tenth {tenth} after {failures} failures");
            }
        }
    }

    #[test]
    fn a_good_session_starts_the_count_again() {
        let mut backoff = Backoff::new(7);
        for _ in 0..20 {
            backoff.after_failure(None);
        }
        backoff.reset();
        assert!(millis(backoff.after_failure(None)) <= BACKOFF_BASE_MS);
    }

    #[test]
    fn the_server_gets_the_pause_it_asked_for_within_reason() {
        let pause = millis(Backoff::new(1).after_failure(Some(9_000)));
        assert!((9_000..=9_000 + BACKOFF_BASE_MS).contains(&pause));
        assert!(millis(Backoff::new(1).after_failure(Some(u64::MAX))) <= MAX_RETRY_AFTER_MS + BACKOFF_BASE_MS);
        let mut worn = Backoff::new(3);
        for _ in 0..1_000 {
            worn.after_failure(None);
        }
        assert!(millis(worn.after_failure(None)) <= BACKOFF_CAP_MS);
    }
}
