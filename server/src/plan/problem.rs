//! What can be wrong with a row, said so that whoever wrote the file finds the cell.

use std::fmt;

use super::limits::{MAX_DIGITS, SHOWN_CHARS};

/// A row, or a part of it, that was not imported. Its `Display` names the cell and does not repeat it: a row that slipped
/// by a column has a customer where a number should be, and complaints end in logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Where the row begins, counted from 1, the heading's line included.
    pub line: u64,
    /// Which cell.
    pub column: Column,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for BadRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, {}: {}", self.line, self.column, self.problem)
    }
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading as the file writes it; empty for a column that has none.
    pub heading: String,
    /// Counted from 1.
    pub number: usize,
}

impl fmt::Display for Column {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "column {}", self.number)?;
        if self.heading.is_empty() { Ok(()) } else { write!(formatter, " ({})", shown(&self.heading)) }
    }
}

/// What is wrong with a cell, or with its row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A field that every row needs.
    #[error("is empty, but every row needs it")]
    Blank,
    /// A row shorter than the heading. The column is the first one without a field.
    #[error("the row ends here: {found} fields under {expected} headings")]
    TooFewFields {
        /// In the row.
        found: usize,
        /// In the heading.
        expected: usize,
    },
    /// A row longer than the heading. The column is the first one without a heading.
    #[error("the row goes on: {found} fields under {expected} headings")]
    TooManyFields {
        /// In the row.
        found: usize,
        /// In the heading.
        expected: usize,
    },
    /// The quotation mark at the start of a field.
    #[error("a quotation mark is never closed, or text follows the closing one")]
    Misquoted,
    /// The serial came before in this file; the first one counts.
    #[error("this meter was already on line {first_line}")]
    SerialTwice {
        /// Where.
        first_line: u64,
    },
    /// The mapping translates this column, and not this value.
    #[error("holds what the mapping does not translate")]
    NotTranslated {
        /// The cell.
        value: String,
    },
    /// No number, or one with too many digits.
    #[error("is not a whole number of at most {MAX_DIGITS} digits")]
    NotANumber {
        /// The cell.
        value: String,
    },
    /// A number with a fraction that is not zero.
    #[error("has a fraction (`cut_fraction` in the mapping of a register cuts it)")]
    Fraction {
        /// The cell.
        value: String,
    },
    /// A number that cannot be.
    #[error("is not between {min} and {max}")]
    OutOfRange {
        /// The cell.
        value: u64,
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// More than the register can show.
    #[error("holds more than a register of {digits} digits can show")]
    DoesNotFit {
        /// The index.
        index: u64,
        /// The register's digits.
        digits: u8,
    },
    /// None of a few words.
    #[error("is none of {}", choices.join(", "))]
    NotAChoice {
        /// The cell.
        value: String,
        /// The words.
        choices: &'static [&'static str],
    },
    /// No date with a time of day.
    #[error("is not a date with a time, such as 2026-12-01 09:30")]
    NotAMoment {
        /// The cell.
        value: String,
    },
    /// No amount of money, or one that nobody can owe.
    #[error("is not an amount in yuan above zero, such as 86.40")]
    NotAnAmount {
        /// The cell.
        value: String,
    },
    /// Nobody who collects money there has this user name.
    #[error("is nobody who collects money in this district")]
    NotACollector {
        /// The cell.
        value: String,
    },
    /// A long number that a spreadsheet has rounded: its digits are lost.
    #[error("is a number that a spreadsheet has rounded; export the column as text")]
    Rounded {
        /// The cell.
        value: String,
    },
    /// A character that nobody can see, such as a bell or an escape.
    #[error("holds a control character")]
    ControlCharacter,
    /// A text too long.
    #[error("has {chars} characters; at most {limit} are taken")]
    TooLong {
        /// Its length.
        chars: usize,
        /// The limit.
        limit: usize,
    },
    /// All registers of this meter are optional and empty.
    #[error("no register of this meter has an index")]
    NoRegister,
}

/// The beginning of a text, for an error.
pub(crate) fn shown(text: &str) -> String {
    let mut letters = text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter });
    let beginning: String = letters.by_ref().take(SHOWN_CHARS).collect();
    if letters.next().is_some() { beginning + "…" } else { beginning }
}
