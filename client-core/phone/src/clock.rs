//! Times as people read and type them.

use std::str::FromStr;

use linecrew_client::protocol::{calendar, time::Timestamp};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A fixed distance from UTC, such as `+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcOffset {
    minutes: i64,
}

/// A text that is no offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an offset such as +08:00")]
pub struct ParseOffsetError;

impl UtcOffset {
    /// China Standard Time, the whole year and the whole country.
    pub const CHINA: Self = Self { minutes: 8 * 60 };

    /// The same as the calendar knows it; China's, should no place have it.
    pub(crate) fn of_calendar(self) -> calendar::UtcOffset {
        let known = i32::try_from(self.minutes).ok().and_then(|minutes| calendar::UtcOffset::from_minutes(minutes).ok());
        known.unwrap_or(calendar::UtcOffset::CHINA)
    }
}

impl FromStr for UtcOffset {
    type Err = ParseOffsetError;

    fn from_str(text: &str) -> Result<Self, ParseOffsetError> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').ok_or(ParseOffsetError)?),
        };
        let minutes = time_of_day(rest).filter(|minutes| *minutes <= 14 * 60).ok_or(ParseOffsetError)?;
        Ok(Self { minutes: sign * minutes })
    }
}

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time such as 14:02 or 2026-11-23T14:02")]
pub(crate) struct ParseTimeError(String);

/// Reads and writes times for one person, at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) now: Timestamp,
    pub(crate) offset: UtcOffset,
}

impl Clock {
    /// `14:02` today, `11-22 14:02` on another day.
    pub(crate) fn moment(self, time: Timestamp) -> String {
        let (day, minutes) = self.split(time);
        let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
        if day == self.split(self.now).0 {
            return clock;
        }
        let (_, month, date) = civil(day);
        format!("{month:02}-{date:02} {clock}")
    }

    /// Reads `14:02` (today) or `2026-11-23T14:02`.
    pub(crate) fn read(self, text: &str) -> Result<Timestamp, ParseTimeError> {
        let wrong = || ParseTimeError(text.chars().take(40).collect());
        let (day, time) = match text.trim().split_once(['T', ' ']) {
            Some((date, time)) => (read_date(date).ok_or_else(wrong)?, time),
            None => (self.split(self.now).0, text.trim()),
        };
        let minutes = time_of_day(time).ok_or_else(wrong)?;
        let local = day * DAY_MS + minutes * MINUTE_MS;
        Ok(Timestamp::from_unix_millis(local - self.offset.minutes * MINUTE_MS))
    }

    /// Days since 1970-01-01 and minutes of the day, here.
    fn split(self, time: Timestamp) -> (i64, i64) {
        let local = time.as_unix_millis().saturating_add(self.offset.minutes * MINUTE_MS);
        (local.div_euclid(DAY_MS), local.rem_euclid(DAY_MS) / MINUTE_MS)
    }
}

/// Minutes of the day of `14:02`.
fn time_of_day(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

fn read_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let day = days(year, month, date);
    (parts.next().is_none() && (1970..10_000).contains(&year) && civil(day) == (year, month, date)).then_some(day)
}

/// Days since 1970-01-01 of a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
fn days(year: i64, month: i64, date: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and date of days since 1970-01-01 (`civil_from_days`, same source).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        // 2026-11-23 14:30 in China.
        Clock { now: Timestamp::from_unix_millis(1_795_415_400_000), offset: UtcOffset::CHINA }
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        let today = clock().read("14:02").unwrap();
        assert_eq!(clock().moment(today), "14:02");
        assert_eq!(clock().read("2026-11-23T14:02"), Ok(today));
        assert_eq!(clock().now.since_ms(today), 28 * 60_000);
        let before = clock().read("2026-02-28 23:59").unwrap();
        assert_eq!(clock().moment(before), "02-28 23:59");
    }

    #[test]
    fn dates_go_there_and_back() {
        for day in (-200_000..200_000).step_by(97) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(days(2028, 2, 29)), (2028, 2, 29));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "25:00", "14", "14:60", "2026-02-30T10:00", "2026-11T10:00", "yesterday"] {
            assert!(clock().read(text).is_err(), "{text}");
        }
        assert_eq!("-03:30".parse(), Ok(UtcOffset { minutes: -210 }));
        assert!("08:00".parse::<UtcOffset>().is_err());
        assert!("+15:00".parse::<UtcOffset>().is_err());
    }
}
