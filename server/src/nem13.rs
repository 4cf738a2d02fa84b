//! Reads register readings in the Australian format NEM13: bytes in, readings and problems out. It does no input or output.
//!
//! Source: AEMO, *Meter Data File Format Specification NEM12 & NEM13*, version 1.06 of 1 December 2017: a `100` record (header), then for each register and
//! period a `250` record (the reading) that a `550` record (the retailer's service order) may follow, and a `900` record at the end. Fields are
//! separated by commas and never quoted. Times are Australian Eastern Standard Time, UTC+10 all year.
//!
//! As with a [plan](crate::plan), a problem costs its record and no other. A file without its `900` record was cut off, and gives nothing.

use crate::plan::{
    Column, Encoding, TextError,
    limits::{MAX_PROBLEMS, MAX_ROWS},
    text::decode,
};

mod convert;
mod fields;
mod problem;
mod reading;
mod record;

pub use problem::{BadRecord, Problem};
pub use reading::{Direction, Header, Index, Quality, QualityFlag, Reading, Reason, RegisterReading, ServiceOrder};

use fields::Fields;

/// A file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// Who sent it to whom, and when.
    pub header: Header,
    /// The records without a problem, in the order of the file.
    pub registers: Vec<RegisterReading>,
    /// What is wrong with the others, in the order of the file.
    pub bad: Vec<BadRecord>,
}

/// Why a file gave no readings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Nem13Error {
    /// There is no text to read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// It does not begin with the header of a NEM13 file.
    #[error("the file does not begin with 100,NEM13")]
    NotNem13 {
        /// What it begins with, shortened.
        found: String,
    },
    /// The header does not say who sent it and when.
    #[error("the header of the file is wrong: {problem}")]
    Header {
        /// What is wrong.
        problem: BadRecord,
    },
    /// No `900` record.
    #[error("the file ends on line {line} without a 900 record: it was cut off")]
    CutOff {
        /// The last line that is not blank.
        line: u64,
    },
    /// More than [`MAX_ROWS`].
    #[error("the file has more than {MAX_ROWS} records")]
    TooManyRecords,
    /// More than [`MAX_PROBLEMS`].
    #[error("the file has more than {MAX_PROBLEMS} problems, the first one on {first}")]
    TooManyProblems {
        /// The first.
        first: Box<BadRecord>,
    },
}

/// Reads a file.
///
/// # Errors
/// [`Nem13Error`] when it is no whole NEM13 file; what is wrong with single records is in [`Readings::bad`].
pub fn read(bytes: &[u8]) -> Result<Readings, Nem13Error> {
    let (text, _) = decode(bytes, Some(Encoding::Utf8))?;
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let (line, first) = lines.next().ok_or(TextError::Empty)?;
    let header = header(&Fields::split(line, first))?;
    let mut file = File { readings: Readings { header, registers: Vec::new(), bad: Vec::new() }, last: Last::Header, last_line: line };
    for (number, (line, text)) in lines.enumerate() {
        if number == MAX_ROWS {
            return Err(Nem13Error::TooManyRecords);
        }
        file.add(&Fields::split(line, text))?;
    }
    match file.last {
        Last::End => Ok(file.readings),
        _ => Err(Nem13Error::CutOff { line: file.last_line }),
    }
}

fn header(fields: &Fields<'_>) -> Result<Header, Nem13Error> {
    if fields.text(0) != "100" || fields.text(1) != "NEM13" {
        return Err(Nem13Error::NotNem13 { found: crate::plan::problem::shown(fields.line_text) });
    }
    record::header(fields).map_err(|problem| Nem13Error::Header { problem })
}

struct File {
    readings: Readings,
    last: Last,
    last_line: u64,
}

/// The record before, which decides what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Header,
    /// A reading that was taken.
    Taken,
    /// A reading that was refused: what belongs to it goes with it.
    Refused,
    ServiceOrder,
    End,
}

impl File {
    fn add(&mut self, fields: &Fields<'_>) -> Result<(), Nem13Error> {
        self.last_line = fields.line;
        if self.last == Last::End {
            return self.report(vec![fields.bad(0, Problem::AfterEnd)]);
        }
        match fields.text(0) {
            "250" => self.reading(fields),
            "550" => self.service_order(fields),
            "900" => {
                self.last = Last::End;
                Ok(())
            }
            other => self.report(vec![fields.bad(0, Problem::UnknownRecord { found: crate::plan::problem::shown(other) })]),
        }
    }

    fn reading(&mut self, fields: &Fields<'_>) -> Result<(), Nem13Error> {
        match record::reading(fields) {
            Ok(reading) => {
                self.last = Last::Taken;
                self.readings.registers.push(reading);
                Ok(())
            }
            Err(bad) => {
                self.last = Last::Refused;
                self.report(bad)
            }
        }
    }

    fn service_order(&mut self, fields: &Fields<'_>) -> Result<(), Nem13Error> {
        let before = std::mem::replace(&mut self.last, Last::ServiceOrder);
        match (before, self.readings.registers.last_mut()) {
            (Last::Refused, _) => Ok(()),
            (Last::Taken, Some(reading)) => match record::service_order(fields) {
                Ok(order) => {
                    reading.service_order = Some(order);
                    Ok(())
                }
                Err(problem) => self.report(vec![problem]),
            },
            _ => self.report(vec![fields.bad(0, Problem::WithoutReading)]),
        }
    }

    fn report(&mut self, bad: Vec<BadRecord>) -> Result<(), Nem13Error> {
        self.readings.bad.extend(bad);
        match self.readings.bad.first() {
            Some(first) if self.readings.bad.len() > MAX_PROBLEMS => Err(Nem13Error::TooManyProblems { first: Box::new(first.clone()) }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
