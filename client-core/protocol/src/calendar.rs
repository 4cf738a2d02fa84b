//! The official Chinese workday calendar: which days count in a limit of "7 workdays", and when such a limit ends.
//!
//! The State Council moves workdays every year: a holiday of eight days is paid for with Saturdays and Sundays that are worked. No rule can
//! compute that, so each year is a file, in the format of NateScarlet/holiday-cn (MIT; data/workday-calendar). A year without a file is an
//! error that names it, never a guess. A year's paper may still settle days of the December before, so a limit once promised is kept as a
//! moment, never computed again. This module never reads a clock and never does IO; files come in as text.

mod date;
mod local;
mod year_file;

use std::collections::BTreeMap;

use self::year_file::YearFile;
pub use self::{
    date::{Date, ParseDateError},
    local::UtcOffset,
    year_file::YearFileError,
};
use crate::time::Timestamp;

/// The years that ship with this build. Later ones come at run time, through [`Calendar::with_year_file`].
const SHIPPED: [&str; 4] = [
    include_str!("../data/workday-calendar/2023.json"),
    include_str!("../data/workday-calendar/2024.json"),
    include_str!("../data/workday-calendar/2025.json"),
    include_str!("../data/workday-calendar/2026.json"),
];

/// Why a workday could not be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The calendar has no file for this year.
    #[error("the workdays of {0} are not known: add the official calendar of {0}")]
    UnknownYear(i64),
    /// A text was no year file; the calendar is as it was.
    #[error("the workday calendar of a year could not be added")]
    YearFile(#[source] YearFileError),
    /// No place on earth has this offset from UTC.
    #[error("an offset of {minutes} minutes from UTC does not exist")]
    UnknownOffset {
        /// What was asked for.
        minutes: i32,
    },
}

/// Workdays and days off of the years that it has files for, in one local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    offset: UtcOffset,
    years: BTreeMap<i64, YearFile>,
}

impl Calendar {
    /// A calendar that knows no year yet.
    #[must_use]
    pub fn empty(offset: UtcOffset) -> Self {
        Self { offset, years: BTreeMap::new() }
    }

    /// The years that ship with this build, in China Standard Time.
    #[must_use]
    pub fn shipped() -> Self {
        let mut calendar = Self::empty(UtcOffset::CHINA);
        for json in SHIPPED {
            calendar.with_year_file(json).expect("every shipped year file is read by a test");
        }
        calendar
    }

    /// The same days in another local time.
    #[must_use]
    pub fn at_offset(self, offset: UtcOffset) -> Self {
        Self { offset, ..self }
    }

    /// Adds a year. A second file of the same year replaces the first: the State Council has amended a year before (2020).
    ///
    /// # Errors
    /// [`CalendarError::YearFile`] when the text is no year file; nothing was added then.
    pub fn with_year_file(&mut self, json: &str) -> Result<(), CalendarError> {
        let file = YearFile::parse(json).map_err(CalendarError::YearFile)?;
        self.years.insert(file.year(), file);
        Ok(())
    }

    /// The years that it has files for, in order; operators are reminded of the next one in time.
    pub fn years(&self) -> impl Iterator<Item = i64> + '_ {
        self.years.keys().copied()
    }

    /// Whether people work on this day.
    ///
    /// A year's paper also settles days of the December before it (2022-12-31 is in the paper of 2023) and is the later word on them.
    ///
    /// # Errors
    /// [`CalendarError::UnknownYear`] without a file for the day's own year.
    pub fn is_workday(&self, date: Date) -> Result<bool, CalendarError> {
        let year = date.year();
        let own = self.years.get(&year).ok_or(CalendarError::UnknownYear(year))?;
        let next = self.years.get(&year.saturating_add(1)).and_then(|file| file.is_off(date));
        let off = next.or_else(|| own.is_off(date)).unwrap_or_else(|| date.is_weekend());
        Ok(!off)
    }

    /// When a limit of so many workdays ends that began at `from`: 24:00 local time of the last of them. The day of `from` itself does not
    /// count, whether it was a workday or not; a limit of zero workdays ends with it.
    ///
    /// # Errors
    /// [`CalendarError::UnknownYear`] when the limit runs into a year without a file.
    pub fn add_workdays(&self, from: Timestamp, workdays: u32) -> Result<Timestamp, CalendarError> {
        let mut date = self.offset.date_at(from);
        let mut left = workdays;
        // Ends at the latest with the years that have files.
        while left > 0 {
            date = date.next();
            left = left.saturating_sub(u32::from(self.is_workday(date)?));
        }
        Ok(self.offset.start_of(date.next()))
    }
}

#[cfg(test)]
mod tests;
