//! Time as evidence.
//!
//! A phone's clock is a claim, never an authority. What can be *proven* about the moment of an event is an [`Interval`], computed from the
//! phone's monotonic clock and the last server time it saw. Verdicts are drawn from intervals only, so no wrong clock can turn a breach into
//! a success. This module never reads a clock.

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::ids::BootId;

/// How far a phone's monotonic clock may run wrong, in parts per million. Linux slews by at most 500 ppm (adjtimex(2)); quartz adds under 100.
const DRIFT_PPM: u64 = 600;

/// A moment, in milliseconds since 1970-01-01 UTC. Arithmetic saturates: no clock error can panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] i64);

impl Timestamp {
    /// The moment `millis` after the Unix epoch.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_unix_millis(self) -> i64 {
        self.0
    }

    /// Milliseconds since the Unix epoch, zero for moments before it.
    #[must_use]
    pub fn as_unix_millis_unsigned(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }

    /// The moment `millis` later.
    #[must_use]
    pub fn plus_ms(self, millis: u64) -> Self {
        Self(self.0.saturating_add_unsigned(millis))
    }

    /// The moment `millis` earlier.
    #[must_use]
    pub fn minus_ms(self, millis: u64) -> Self {
        Self(self.0.saturating_sub_unsigned(millis))
    }

    /// Milliseconds from `earlier` to here; zero when `earlier` is later.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}ms", self.0)
    }
}

/// A server time that a phone received, and when its own monotonic clock received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What the server's clock said when it answered.
    pub server: Timestamp,
    /// How long the phone waited for that answer: the server's clock is at most this much ahead of `server` at `monotonic_ms`.
    pub round_trip_ms: u64,
    /// The phone's monotonic clock when the answer came.
    pub monotonic_ms: u64,
    /// The boot that `monotonic_ms` counts in.
    pub boot: BootId,
}

/// What a phone knows about *now* when it records an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What the phone's wall clock claims.
    pub wall: Timestamp,
    /// The phone's monotonic clock (it must count through sleep).
    pub monotonic_ms: u64,
    /// The boot that `monotonic_ms` counts in.
    pub boot: BootId,
    /// The last server time seen, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sighting: Option<Sighting>,
}

impl Evidence {
    /// The server's own evidence: its clock is the reference, so the interval is a point.
    #[must_use]
    pub fn of_server(now: Timestamp, boot: BootId) -> Self {
        let sighting = Sighting { server: now, round_trip_ms: 0, monotonic_ms: 0, boot };
        Self { wall: now, monotonic_ms: 0, boot, sighting: Some(sighting) }
    }

    /// When the event happened, as far as this evidence proves it. The wall clock proves nothing and is not used.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let Some(seen) = self.sighting else { return Interval::UNKNOWN };
        if seen.boot == self.boot && self.monotonic_ms >= seen.monotonic_ms {
            let elapsed = self.monotonic_ms.saturating_sub(seen.monotonic_ms);
            let drift = drift_ms(elapsed);
            return Interval {
                earliest: Some(seen.server.plus_ms(elapsed.saturating_sub(drift))),
                latest: Some(seen.server.plus_ms(seen.round_trip_ms).plus_ms(elapsed).plus_ms(drift)),
            };
        }
        // Another boot: the sighting came before this boot began, so all of this boot's running time lies after it.
        let running = if seen.boot == self.boot { 0 } else { self.monotonic_ms };
        Interval { earliest: Some(seen.server.plus_ms(running.saturating_sub(drift_ms(running)))), latest: None }
    }
}

fn drift_ms(elapsed_ms: u64) -> u64 {
    elapsed_ms.saturating_mul(DRIFT_PPM).div_ceil(1_000_000)
}

/// The moments between which something happened; an absent end is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Interval {
    /// It happened at this moment or later.
    pub earliest: Option<Timestamp>,
    /// It happened at this moment or earlier.
    pub latest: Option<Timestamp>,
}

impl Interval {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { earliest: None, latest: None };

    /// The interval with its start moved to at least `bound`. A bound that contradicts the end is kept and the end dropped:
    /// contradictory evidence proves less, never more.
    #[must_use]
    pub fn not_before(self, bound: Option<Timestamp>) -> Self {
        let earliest = self.earliest.max(bound);
        let latest = self.latest.filter(|latest| earliest.is_none_or(|earliest| earliest <= *latest));
        Self { earliest, latest }
    }

    /// The interval with its end moved to at most `bound`; a start that contradicts the bound is dropped.
    #[must_use]
    pub fn not_after(self, bound: Option<Timestamp>) -> Self {
        let latest = match (self.latest, bound) {
            (Some(own), Some(bound)) => Some(own.min(bound)),
            (own, bound) => own.or(bound),
        };
        let earliest = self.earliest.filter(|earliest| latest.is_none_or(|latest| *earliest <= latest));
        Self { earliest, latest }
    }

    /// Whether this surely ended before `other` began.
    #[must_use]
    pub fn surely_before(self, other: Self) -> bool {
        matches!((self.latest, other.earliest), (Some(latest), Some(earliest)) if latest < earliest)
    }

    /// The interval of whichever of the two happened first.
    #[must_use]
    pub fn first_of(self, other: Self) -> Self {
        let earliest = match (self.earliest, other.earliest) {
            (Some(a), Some(b)) => Some(a.min(b)),
            _ => None,
        };
        let latest = match (self.latest, other.latest) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { earliest, latest }
    }

    /// Whether something in this interval kept the limit `due`.
    #[must_use]
    pub fn verdict(self, due: Timestamp) -> Verdict {
        if self.latest.is_some_and(|latest| latest <= due) {
            Verdict::Met
        } else if self.earliest.is_some_and(|earliest| earliest > due) {
            Verdict::Breached
        } else {
            Verdict::Undecidable
        }
    }
}

/// What the evidence says about a time limit. The same on every replica that holds the same facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing has been reported yet. Past the limit this means *overdue*, not *breached*: the crew may be offline.
    Awaiting,
    /// Surely within the limit.
    Met,
    /// Surely after it.
    Breached,
    /// The evidence spans the limit.
    Undecidable,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: BootId = BootId::from_bytes([1; 16]);
    const OTHER_BOOT: BootId = BootId::from_bytes([2; 16]);
    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_millis(ms)
    }
    fn seen_at(server: i64, monotonic_ms: u64, boot: BootId) -> Option<Sighting> {
        Some(Sighting { server: at(server), round_trip_ms: 80, monotonic_ms, boot })
    }

    #[test]
    fn within_one_boot_the_monotonic_clock_proves_the_moment() {
        let evidence = Evidence { wall: at(0), monotonic_ms: 61_000, boot: BOOT, sighting: seen_at(1_000_000, 1_000, BOOT) };
        let interval = evidence.interval();
        assert_eq!(interval.earliest, Some(at(1_060_000 - 36)));
        assert_eq!(interval.latest, Some(at(1_060_080 + 36)));
    }

    #[test]
    fn the_wall_clock_proves_nothing() {
        for wall in [i64::MIN, -1, 0, i64::MAX] {
            let honest = Evidence { wall: at(5), monotonic_ms: 9, boot: BOOT, sighting: seen_at(1_000, 1, BOOT) };
            assert_eq!(Evidence { wall: at(wall), ..honest }.interval(), honest.interval());
        }
        let unseen = Evidence { wall: at(5), monotonic_ms: 9, boot: BOOT, sighting: None };
        assert_eq!(unseen.interval(), Interval::UNKNOWN);
    }

    #[test]
    fn after_a_reboot_only_the_running_time_counts() {
        let evidence = Evidence { wall: at(0), monotonic_ms: 10_000, boot: OTHER_BOOT, sighting: seen_at(1_000_000, 77, BOOT) };
        assert_eq!(evidence.interval(), Interval { earliest: Some(at(1_009_994)), latest: None });
    }

    #[test]
    fn a_monotonic_clock_that_ran_backwards_proves_only_the_sighting() {
        let evidence = Evidence { wall: at(0), monotonic_ms: 5, boot: BOOT, sighting: seen_at(1_000_000, 900, BOOT) };
        assert_eq!(evidence.interval(), Interval { earliest: Some(at(1_000_000)), latest: None });
    }

    #[test]
    fn a_verdict_never_claims_more_than_the_evidence() {
        let interval = |a: i64, b: i64| Interval { earliest: Some(at(a)), latest: Some(at(b)) };
        assert_eq!(interval(1, 10).verdict(at(10)), Verdict::Met);
        assert_eq!(interval(11, 20).verdict(at(10)), Verdict::Breached);
        assert_eq!(interval(9, 11).verdict(at(10)), Verdict::Undecidable);
        assert_eq!(Interval::UNKNOWN.verdict(at(10)), Verdict::Undecidable);
    }

    #[test]
    fn contradictory_bounds_prove_less() {
        let interval = Interval { earliest: Some(at(5)), latest: Some(at(6)) };
        assert_eq!(interval.not_before(Some(at(9))), Interval { earliest: Some(at(9)), latest: None });
        assert_eq!(interval.not_after(Some(at(3))), Interval { earliest: None, latest: Some(at(3)) });
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(at(i64::MAX).plus_ms(u64::MAX), at(i64::MAX));
        assert_eq!(at(i64::MIN).minus_ms(1), at(i64::MIN));
        assert_eq!(at(1).since_ms(at(2)), 0);
        assert_eq!(at(i64::MAX).since_ms(at(i64::MIN)), i64::MAX as u64);
    }
}
