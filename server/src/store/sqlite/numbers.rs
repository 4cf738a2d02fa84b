//! The numbers that people say on the phone: `20261123-0007`, counted anew each local day.

use linecrew_protocol::time::Timestamp;
use rusqlite::Transaction;

const MS_PER_DAY: i64 = 86_400_000;
const MS_PER_MINUTE: i64 = 60_000;

/// The next number of the local day that `now` falls into. Numbers are not gap-free: a report that is rolled back gives its number back,
/// a clock that is set back goes on with the numbers of its day.
pub(super) fn next(transaction: &Transaction<'_>, now: Timestamp, utc_offset_minutes: i32) -> rusqlite::Result<String> {
    let day = local_day(now, utc_offset_minutes);
    let sql = "INSERT INTO numbers (day, last) VALUES (?1, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last";
    let number: i64 = transaction.prepare_cached(sql)?.query_row([&day], |row| row.get("last"))?;
    Ok(format!("{day}-{number:04}"))
}

fn local_day(now: Timestamp, utc_offset_minutes: i32) -> String {
    let local = now.as_unix_millis().saturating_add(i64::from(utc_offset_minutes) * MS_PER_MINUTE);
    let (year, month, day) = civil_date(local.div_euclid(MS_PER_DAY));
    format!("{year:04}{month:02}{day:02}")
}

/// The Gregorian date of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
fn civil_date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_local() {
        // 2026-11-22T16:00:00Z is midnight in Fuzhou.
        let midnight = Timestamp::from_unix_millis(1_795_363_200_000);
        assert_eq!(local_day(midnight, 480), "20261123");
        assert_eq!(local_day(midnight.minus_ms(1), 480), "20261122");
        assert_eq!(local_day(midnight, 0), "20261122");
    }

    #[test]
    fn dates_follow_the_calendar() {
        let day = |date: (i64, i64, i64)| (-800_000..800_000).find(|days| civil_date(*days) == date);
        assert_eq!(civil_date(0), (1970, 1, 1));
        assert_eq!(civil_date(-1), (1969, 12, 31));
        assert_eq!(day((2000, 2, 29)), Some(11_016));
        assert_eq!(day((2100, 2, 29)), None);
        assert_eq!(civil_date(11_017), (2000, 3, 1));
    }
}
