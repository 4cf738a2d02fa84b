//! Which day something belongs to: a phone's clock is believed as far as its evidence, and what the server knows, leave it room.

use linecrew_protocol::{
    calendar::Date,
    time::{Evidence, Interval, Timestamp},
};

const MS_PER_DAY: i64 = 86_400_000;
const MS_PER_MINUTE: i64 = 60_000;

/// When something happened: what the phone's clock said, moved into what is proven. It happened after `bounds.earliest` (the lease of the book
/// that carries it) and before `bounds.latest` (its receipt).
pub(super) fn moment(evidence: &Evidence, bounds: Interval) -> Timestamp {
    let proven = evidence.interval().not_before(bounds.earliest).not_after(bounds.latest);
    let latest = proven.latest.unwrap_or(Timestamp::from_unix_millis(i64::MAX));
    let earliest = proven.earliest.unwrap_or(Timestamp::from_unix_millis(i64::MIN)).min(latest);
    evidence.wall.clamp(earliest, latest)
}

/// The local date, such as `2026-11-28`.
pub(in super::super) fn local_day(moment: Timestamp, utc_offset_minutes: i32) -> String {
    let local = moment.as_unix_millis().saturating_add(i64::from(utc_offset_minutes) * MS_PER_MINUTE);
    Date::from_days_since_epoch(local.div_euclid(MS_PER_DAY)).to_string()
}

#[cfg(test)]
mod tests {
    use linecrew_protocol::{ids::BootId, time::Sighting};

    use super::*;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;
    const YEAR: i64 = 365 * DAY;
    /// 2026-11-28, 00:00 in China.
    const MIDNIGHT: i64 = 1_795_795_200_000;
    const BOOT: BootId = BootId::from_bytes([1; 16]);

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_millis(ms)
    }

    /// The phone saw the server an hour before midnight; `elapsed` later its clock says `wall`.
    fn evidence(wall: i64, elapsed: i64, boot: BootId) -> Evidence {
        let sighting = Sighting { server: at(MIDNIGHT - 60 * MINUTE), round_trip_ms: 100, monotonic_ms: 5_000, boot: BOOT };
        Evidence { wall: at(wall), monotonic_ms: 5_000 + elapsed.cast_unsigned(), boot, sighting: Some(sighting) }
    }

    fn day(evidence: &Evidence, leased_at: i64, received_at: i64) -> String {
        local_day(moment(evidence, Interval { earliest: Some(at(leased_at)), latest: Some(at(received_at)) }), 480)
    }

    #[test]
    fn a_clock_that_is_wrong_by_a_year_does_not_move_the_day() {
        let received = MIDNIGHT + 20 * DAY;
        for wrong in [-YEAR, YEAR, i64::MIN / 2, i64::MAX / 2] {
            let (before, after) = (evidence(MIDNIGHT + wrong, 59 * MINUTE, BOOT), evidence(MIDNIGHT + wrong, 61 * MINUTE, BOOT));
            assert_eq!(day(&before, 0, received), "2026-11-27", "{wrong}");
            assert_eq!(day(&after, 0, received), "2026-11-28", "{wrong}");
        }
    }

    #[test]
    fn a_clock_that_may_be_right_is_believed() {
        let (before, after) = (evidence(MIDNIGHT - 1, 60 * MINUTE, BOOT), evidence(MIDNIGHT, 60 * MINUTE, BOOT));
        assert_eq!(day(&before, 0, MIDNIGHT + DAY), "2026-11-27");
        assert_eq!(day(&after, 0, MIDNIGHT + DAY), "2026-11-28");
    }

    #[test]
    fn after_a_reboot_the_receipt_is_the_upper_bound() {
        let rebooted = |wall| evidence(wall, 10 * MINUTE, BootId::from_bytes([2; 16]));
        assert_eq!(
            day(&rebooted(MIDNIGHT + 2 * DAY), 0, MIDNIGHT + 5 * DAY),
            "2026-11-30",
            "within what is possible, the clock is believed"
        );
        assert_eq!(day(&rebooted(MIDNIGHT + YEAR), 0, MIDNIGHT + 5 * DAY), "2026-12-03", "not after its receipt");
        assert_eq!(day(&rebooted(MIDNIGHT - YEAR), 0, MIDNIGHT + 5 * DAY), "2026-11-27", "not before the server time it had seen");
    }

    #[test]
    fn a_phone_that_never_saw_the_server_is_bound_by_the_lease_and_the_receipt() {
        let never = |wall| Evidence { wall: at(wall), monotonic_ms: 1, boot: BOOT, sighting: None };
        let (leased, received) = (MIDNIGHT - DAY, MIDNIGHT + DAY);
        assert_eq!(day(&never(MIDNIGHT - YEAR), leased, received), "2026-11-27");
        assert_eq!(day(&never(MIDNIGHT), leased, received), "2026-11-28");
        assert_eq!(day(&never(MIDNIGHT + YEAR), leased, received), "2026-11-29");
    }

    #[test]
    fn contradictory_bounds_do_not_panic() {
        let evidence = evidence(MIDNIGHT, 60 * MINUTE, BOOT);
        assert_eq!(day(&evidence, MIDNIGHT + 9 * DAY, MIDNIGHT - 9 * DAY), "2026-11-19", "the receipt is by the server's own clock");
    }
}
