//! Moments as files write them.

const MS_PER_MINUTE: i64 = 60_000;

/// Year, month, date.
pub(crate) type Date = (i64, i64, i64);
/// Hour, minute, second.
pub(crate) type TimeOfDay = (i64, i64, i64);

/// Milliseconds since 1970-01-01 UTC of a local time; none when there is no such date (before 1970 included) or time.
pub(crate) fn unix_ms(date: Date, (hour, minute, second): TimeOfDay, utc_offset_minutes: i64) -> Option<i64> {
    let exists = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    let minutes = days(date).filter(|_| exists)? * 24 * 60 + hour * 60 + minute - utc_offset_minutes;
    Some(minutes * MS_PER_MINUTE + second * 1_000)
}

/// Days since 1970-01-01 of a date that exists (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
pub(crate) fn days((year, month, date): Date) -> Option<i64> {
    let exists = (1970..10_000).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&date);
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    exists.then_some(era * 146_097 + day_of_era - 719_468)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_from_1970_and_those_that_do_not_exist_are_refused() {
        assert_eq!(days((1970, 1, 1)), Some(0));
        assert_eq!(days((2000, 2, 29)), Some(11_016));
        assert_eq!(days((2026, 12, 1)), Some(20_788));
        for nowhere in
            [(2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (1969, 12, 31), (10_000, 1, 1)]
        {
            assert_eq!(days(nowhere), None, "{nowhere:?}");
        }
    }

    #[test]
    fn a_local_time_becomes_a_moment() {
        assert_eq!(unix_ms((2026, 12, 1), (9, 30, 5), 8 * 60), Some((20_788 * 86_400 + 3_600 + 30 * 60 + 5) * 1_000));
        for nowhere in [(24, 0, 0), (0, 60, 0), (0, 0, 60), (-1, 0, 0)] {
            assert_eq!(unix_ms((2026, 12, 1), nowhere, 0), None, "{nowhere:?}");
        }
    }
}
