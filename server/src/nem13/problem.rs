//! What can be wrong with a record.

use std::fmt;

use super::Column;
use crate::plan::limits::{MAX_CODE_CHARS, MAX_DIGITS};

/// A record that was not taken. Its `Display` may repeat a field, so it belongs in no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Counted from 1.
    pub line: u64,
    /// Which field; the heading is its name in the specification.
    pub column: Column,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for BadRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, {}: {}", self.line, self.column, self.problem)
    }
}

/// What is wrong with a field, or with its record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A field that must be there.
    #[error("is empty")]
    Blank,
    /// A record that ends too early.
    #[error("the record has {found} fields; {expected} are specified")]
    TooFewFields {
        /// In the record.
        found: usize,
        /// In the specification.
        expected: usize,
    },
    /// A record that goes on, perhaps because of a comma in a description.
    #[error("the record has {found} fields; {expected} are specified, and a comma separates them even in a description")]
    TooManyFields {
        /// In the record.
        found: usize,
        /// In the specification.
        expected: usize,
    },
    /// A record of another format.
    #[error("is no record of NEM13")]
    UnknownRecord {
        /// Its indicator.
        found: String,
    },
    /// A `550` record that follows no `250` record.
    #[error("no reading goes before this record")]
    WithoutReading,
    /// A record behind the `900` record.
    #[error("the file ended before this record")]
    AfterEnd,
    /// No reading of a register.
    #[error("is not a register's index of at most {MAX_DIGITS} digits")]
    NotAnIndex {
        /// The field.
        value: String,
    },
    /// No time.
    #[error("is not a time written as CCYYMMDDhhmmss")]
    NotATime {
        /// The field.
        value: String,
    },
    /// No number.
    #[error("is not a number")]
    NotANumber {
        /// The field.
        value: String,
    },
    /// A quality that the specification does not know.
    #[error("is not a quality such as A, S52 or E64")]
    NotAQuality {
        /// The field.
        value: String,
    },
    /// Neither `I` nor `E`.
    #[error("is neither I nor E")]
    NotADirection {
        /// The field.
        value: String,
    },
    /// A text too long, or with a control character.
    #[error("is longer than {MAX_CODE_CHARS} characters, or holds a control character")]
    NotAName,
}
