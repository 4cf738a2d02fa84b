//! Local time: a fixed distance from UTC. China has one and no daylight saving time, so no zone database is needed.

use super::{CalendarError, Date};
use crate::time::Timestamp;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// The places furthest west and east: Baker Island and the Line Islands.
const EXISTING_MINUTES: std::ops::RangeInclusive<i32> = -720..=840;

/// How far local time is ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcOffset {
    minutes: i32,
}

impl UtcOffset {
    /// China Standard Time, all year round.
    pub const CHINA: Self = Self { minutes: 480 };

    /// Local time that is so many minutes ahead of UTC.
    ///
    /// # Errors
    /// [`CalendarError::UnknownOffset`] when no place has it.
    pub fn from_minutes(minutes: i32) -> Result<Self, CalendarError> {
        if EXISTING_MINUTES.contains(&minutes) { Ok(Self { minutes }) } else { Err(CalendarError::UnknownOffset { minutes }) }
    }

    /// The day that a calendar on the wall shows at `moment`.
    #[must_use]
    pub fn date_at(self, moment: Timestamp) -> Date {
        let local_ms = moment.as_unix_millis().saturating_add(self.ahead_ms());
        Date::from_days_since_epoch(local_ms.div_euclid(DAY_MS))
    }

    /// When `date` begins: its 00:00, which is the 24:00 of the day before.
    #[must_use]
    pub fn start_of(self, date: Date) -> Timestamp {
        let local_ms = date.days_since_epoch().saturating_mul(DAY_MS);
        Timestamp::from_unix_millis(local_ms.saturating_sub(self.ahead_ms()))
    }

    fn ahead_ms(self) -> i64 {
        i64::from(self.minutes) * MINUTE_MS
    }
}
