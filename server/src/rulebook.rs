//! The limits in force here: those of the standard, and what the operator's files in the data directory say otherwise.
//!
//! `policy.json` holds a [`Policy`]; whatever it leaves out is as the standard says. `calendar/<year>.json` adds or replaces a year of the
//! official workday calendar. A mistake in either ends the start with the file and the place: a limit that nobody meant would be written
//! into every order.

mod policy;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use linecrew_protocol::{
    calendar::{Calendar, CalendarError, UtcOffset as CalendarOffset},
    model::policy::Policy,
};
use serde::Deserialize;

use crate::config::UtcOffset;

/// Limits, and the days that they are counted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulebook {
    /// The limits.
    pub policy: Policy,
    /// The workdays.
    pub calendar: Calendar,
}

impl Default for Rulebook {
    /// The limits of the standard, and the years that ship with this build.
    fn default() -> Self {
        Self { policy: Policy::default(), calendar: Calendar::shipped() }
    }
}

/// Why the limits could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RulebookError {
    /// The file cannot be read.
    #[error("failed to read {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It is no policy; the cause names field, line and column.
    #[error("{} is no policy", file.display())]
    Policy {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A field of the policy names or demands something that does not exist.
    #[error("{}: {field} {problem}", file.display())]
    Field {
        /// The file.
        file: PathBuf,
        /// The field, from the top.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// It is no calendar of a year.
    #[error("{} is no calendar of a year", file.display())]
    Calendar {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        #[source]
        source: CalendarError,
    },
    /// The file's name promises another year.
    #[error("{} holds the calendar of {found}", file.display())]
    OtherYear {
        /// The file.
        file: PathBuf,
        /// The year in it.
        found: i64,
    },
    /// Workdays cannot be counted in this local time.
    #[error("workdays cannot be counted in this local time")]
    Offset(#[source] CalendarError),
}

impl Rulebook {
    /// Reads the files of a data directory; without any, the standard holds.
    ///
    /// # Errors
    /// The first mistake.
    pub fn load(data: &Path, utc_offset: UtcOffset) -> Result<Self, RulebookError> {
        let offset = CalendarOffset::from_minutes(utc_offset.minutes().into()).map_err(RulebookError::Offset)?;
        let mut calendar = Calendar::shipped().at_offset(offset);
        for (year, file) in years(&data.join("calendar"))? {
            add_year(&mut calendar, year, file)?;
        }
        let file = data.join("policy.json");
        let policy = match read(&file)? {
            Some(text) => policy::parse(file, &text)?,
            None => Policy::default(),
        };
        Ok(Self { policy, calendar })
    }
}

/// The text of a file; none when there is none.
fn read(file: &Path) -> Result<Option<String>, RulebookError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RulebookError::Read { file: file.to_owned(), source }),
    }
}

/// The files that are called after a year, in order.
fn years(folder: &Path) -> Result<Vec<(i64, PathBuf)>, RulebookError> {
    let unreadable = |source| RulebookError::Read { file: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(unreadable(source)),
    };
    let mut years = Vec::new();
    for entry in entries {
        let file = entry.map_err(unreadable)?.path();
        let year = file.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        if let Some(year) = year.filter(|_| file.extension().is_some_and(|extension| extension == "json")) {
            years.push((year, file));
        }
    }
    years.sort();
    Ok(years)
}

#[derive(Deserialize)]
struct YearInFile {
    year: i64,
}

fn add_year(calendar: &mut Calendar, year: i64, file: PathBuf) -> Result<(), RulebookError> {
    let Some(text) = read(&file)? else { return Ok(()) };
    if let Err(source) = calendar.with_year_file(&text) {
        return Err(RulebookError::Calendar { file, source });
    }
    match serde_json::from_str::<YearInFile>(&text) {
        Ok(YearInFile { year: found }) if found != year => Err(RulebookError::OtherYear { file, found }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
