//! One year's file, as NateScarlet/holiday-cn publishes it: only the days that differ from an ordinary week.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Date, ParseDateError};

/// Bytes of a year file; the largest so far has 4,843.
const MAX_YEAR_FILE_BYTES: usize = 64 * 1024;
const DECEMBER: u8 = 12;

/// What is wrong with a year file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum YearFileError {
    /// It is too long to be one.
    #[error("a year file of {bytes} bytes; {MAX_YEAR_FILE_BYTES} are allowed")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It is no JSON, or lacks a field.
    #[error("line {line}, column {column} is not as in a year file")]
    Unreadable {
        /// Where, counted from 1.
        line: usize,
        /// Where, counted from 1.
        column: usize,
        /// What was expected there.
        #[source]
        source: serde_json::Error,
    },
    /// It names no day. As a calendar it would turn every holiday into a workday.
    #[error("the calendar of {year} names no day")]
    NoDays {
        /// Its year.
        year: i64,
    },
    /// A day that does not exist.
    #[error("the calendar of {year} has a day that cannot be read")]
    Date {
        /// Its year.
        year: i64,
        /// The day.
        #[source]
        source: ParseDateError,
    },
    /// A day of neither its year nor the December before.
    #[error("the calendar of {year} speaks of {date}")]
    ForeignDate {
        /// Its year.
        year: i64,
        /// The day.
        date: Date,
    },
    /// A day stands there twice.
    #[error("the calendar of {year} names {date} twice")]
    Twice {
        /// Its year.
        year: i64,
        /// The day.
        date: Date,
    },
}

/// The days that one year's paper settles: off or, at a weekend, worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YearFile {
    year: i64,
    is_off: BTreeMap<Date, bool>,
}

/// Fields that are not listed ($schema, papers, a day's name) say nothing about workdays.
#[derive(Deserialize)]
struct Source {
    year: i64,
    days: Vec<SourceDay>,
}

#[derive(Deserialize)]
struct SourceDay {
    date: String,
    #[serde(rename = "isOffDay")]
    is_off_day: bool,
}

impl YearFile {
    pub(super) fn parse(json: &str) -> Result<Self, YearFileError> {
        if json.len() > MAX_YEAR_FILE_BYTES {
            return Err(YearFileError::TooLong { bytes: json.len() });
        }
        let Source { year, days } = serde_json::from_str(json).map_err(|source| YearFileError::Unreadable {
            line: source.line(),
            column: source.column(),
            source,
        })?;
        if days.is_empty() {
            return Err(YearFileError::NoDays { year });
        }
        let mut file = Self { year, is_off: BTreeMap::new() };
        days.iter().try_for_each(|day| file.add(day))?;
        Ok(file)
    }

    pub(super) fn year(&self) -> i64 {
        self.year
    }

    /// What this paper says about the day; `None`: as in any week.
    pub(super) fn is_off(&self, date: Date) -> Option<bool> {
        self.is_off.get(&date).copied()
    }

    fn add(&mut self, day: &SourceDay) -> Result<(), YearFileError> {
        let year = self.year;
        let date: Date = day.date.parse().map_err(|source| YearFileError::Date { year, source })?;
        let is_december_before = date.month() == DECEMBER && date.year().saturating_add(1) == year;
        if date.year() != year && !is_december_before {
            return Err(YearFileError::ForeignDate { year, date });
        }
        match self.is_off.insert(date, day.is_off_day) {
            None => Ok(()),
            Some(_) => Err(YearFileError::Twice { year, date }),
        }
    }
}
