//! A day of the Gregorian calendar, without a time and without a zone.

use std::{fmt, str::FromStr};

/// The days that a [`Timestamp`](crate::time::Timestamp) can name lie within this many of 1970-01-01, in any local time.
const MAX_DAYS: i64 = i64::MAX / 86_400_000 + 2;
/// Days from 0000-03-01 to 1970-01-01. Years that begin in March have their leap day at the end, so a month's first day needs no table.
const MARCH_OF_YEAR_ZERO: i64 = 719_468;
/// Days of 400 years, after which the calendar repeats.
const DAYS_OF_ERA: i64 = 146_097;

/// A text that is not a day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date (such as 2026-11-28)")]
pub struct ParseDateError(String);

/// A day. Arithmetic saturates at the first and last day of a [`Timestamp`](crate::time::Timestamp): no clock error can panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days: i64,
}

impl Date {
    /// The day so many days after 1970-01-01.
    #[must_use]
    pub fn from_days_since_epoch(days: i64) -> Self {
        Self { days: days.clamp(-MAX_DAYS, MAX_DAYS) }
    }

    /// The day with this year (0 to 9999), month and day of the month; `None` when the calendar has no such day.
    #[must_use]
    pub fn new(year: i64, month: u8, day: u8) -> Option<Self> {
        let is_month = (0..=9999).contains(&year) && (1..=12).contains(&month);
        let date = is_month.then(|| Self::from_days_since_epoch(days_from_civil(year, i64::from(month), i64::from(day))))?;
        // The 31st of April would be the 1st of May: what comes back differs from what was asked for.
        ((date.year(), date.month(), date.day()) == (year, month, day)).then_some(date)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days_since_epoch(self) -> i64 {
        self.days
    }

    /// The year; zero is the year before the year 1.
    #[must_use]
    pub fn year(self) -> i64 {
        self.civil().0
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.civil().1
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.civil().2
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self::from_days_since_epoch(self.days.saturating_add(1))
    }

    /// Whether it is a Saturday or a Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday: counted from Monday as 0, a 3.
        (self.days + 3).rem_euclid(7) >= 5
    }

    /// Year, month and day by Howard Hinnant's `civil_from_days` (chrono-Compatible Low-Level Date Algorithms, 2013).
    fn civil(self) -> (i64, u8, u8) {
        let days = self.days + MARCH_OF_YEAR_ZERO;
        let day_of_era = days.rem_euclid(DAYS_OF_ERA);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let months_since_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
        let month = if months_since_march < 10 { months_since_march + 3 } else { months_since_march - 9 };
        let year = days.div_euclid(DAYS_OF_ERA) * 400 + year_of_era + i64::from(month <= 2);
        (year, narrow(month), narrow(day))
    }
}

/// Days since 1970-01-01 by Howard Hinnant's `days_from_civil`, the inverse of [`Date::civil`].
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let year_of_era = year.rem_euclid(400);
    let months_since_march = (month + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year.div_euclid(400) * DAYS_OF_ERA + day_of_era - MARCH_OF_YEAR_ZERO
}

/// Months and days of a month are below 32.
fn narrow(small: i64) -> u8 {
    u8::try_from(small).unwrap_or(u8::MAX)
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = ParseDateError;
    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        parse(text).ok_or_else(|| ParseDateError(text.chars().take(40).collect()))
    }
}

/// ISO 8601's calendar date in its extended form only: four, two and two digits. One day has one spelling.
fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(i64::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

fn digits(text: &str, width: usize) -> Option<u16> {
    let is_number = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_number() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("2024-02-29", 19_782),
            ("2026-11-28", 20_785),
            ("0000-03-01", -719_468),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.days_since_epoch(), days, "{text}");
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut date = Date::new(1800, 1, 1).unwrap();
        while date.year() < 2201 {
            let next = date.next();
            let (year, month, day) = (date.year(), date.month(), date.day());
            let is_next = next.day() == day + 1 && next.month() == month && next.year() == year;
            let is_first = next.day() == 1 && (next.month() == month + 1 || (next.month() == 1 && month == 12 && next.year() == year + 1));
            assert!(is_next || is_first, "{date} is followed by {next}");
            assert_eq!(Date::new(year, month, day), Some(date));
            assert_eq!(date.to_string().parse(), Ok(date));
            date = next;
        }
    }

    #[test]
    fn weekends_are_where_people_remember_them() {
        let is_weekend = |text: &str| text.parse::<Date>().unwrap().is_weekend();
        assert!(is_weekend("2000-01-01") && is_weekend("2026-11-28") && is_weekend("2026-11-29") && is_weekend("1969-07-20"));
        assert!(!is_weekend("1970-01-01") && !is_weekend("2026-11-27") && !is_weekend("2026-11-30"));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "",
            "2025",
            "2025-02-29",
            "2100-02-29",
            "2025-04-31",
            "2025-00-10",
            "2025-13-01",
            "2025-01-00",
            "2025-1-01",
            "+025-01-01",
            "2025-01-01 ",
            "2025-01-01-",
            "2025/01/01",
            "12025-01-01",
            "２０２５-01-01",
            "2025-01-0x",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text:?} is a date");
        }
        assert_eq!(Date::new(i64::MAX, 1, 1), None);
        assert_eq!(Date::new(2025, 255, 255), None);
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for days in [i64::MIN, -MAX_DAYS, MAX_DAYS, i64::MAX] {
            let date = Date::from_days_since_epoch(days);
            let _ = (date.to_string(), date.is_weekend(), date.next().next());
            assert_eq!(date.year().signum(), days.signum());
        }
    }
}
