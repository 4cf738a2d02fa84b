//! Reads a plan of meter rotations from a CSV file: bytes and a [`Mapping`] in, rows and problems out. It does no input or output.
//!
//! What holds for every file:
//!
//! - A problem costs its row and no other. Every problem of a row is reported, with line and column ([`BadRow`]).
//! - A file that cannot be understood as a whole ([`PlanError`]) gives no rows at all.
//! - The same file gives the same keys ([`PlanRow::key`]), whichever encoding it is saved in, so importing it again changes nothing.
//! - Blank lines, and lines of delimiters alone, are no rows.
//! - How much is read is bounded ([`limits`]); a cell is tidied before it is judged.

use std::collections::{BTreeMap, HashMap};

pub(crate) mod cell;
pub(crate) mod columns;
pub(crate) mod key;
pub mod limits;
mod mapping;
pub(crate) mod problem;
pub(crate) mod records;
pub(crate) mod row;
pub(crate) mod text;
pub(crate) mod time;

pub(crate) use cell::code;
pub use mapping::{Mapping, MappingError};
pub use problem::{BadRow, Column, Problem};
pub use text::{Encoding, TextError};

use columns::Columns;
use limits::{MAX_COLUMNS, MAX_PROBLEMS, MAX_ROWS};
use mapping::Field;
use records::{Record, Records};

/// A plan as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The rows without a problem, in the order of the file.
    pub rows: Vec<PlanRow>,
    /// What is wrong with the others, in the order of the file.
    pub bad: Vec<BadRow>,
}

/// A meter to be exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// Where the row begins in the file, counted from 1.
    pub line: u64,
    /// SHA-256 over the plan's name and the serial, 64 hexadecimal digits: the same in every import of this plan.
    pub key: String,
    /// The meter's serial.
    pub serial: String,
    /// Its registers by name; at least one.
    pub registers: BTreeMap<String, PlanRegister>,
    /// By which an index is multiplied; at least 1.
    pub multiplier: u32,
    /// Whose meter it is.
    pub customer: Customer,
    /// Where it hangs.
    pub site: Site,
    /// `urban`, `rural` or `remote`.
    pub area_class: String,
    /// `urgent` or `normal`.
    pub priority: String,
    /// When the customer expects the crew, in milliseconds since 1970-01-01 UTC.
    pub appointment: Option<i64>,
}

/// A register of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanRegister {
    /// How many digits it shows, 1 to [`limits::MAX_DIGITS`].
    pub digits: u8,
    /// The last known index, in whole units; it fits the digits.
    pub last_index: u64,
}

/// Whose meter it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The name.
    pub name: String,
    /// The account with the utility.
    pub account: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
}

/// Where a meter hangs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The address.
    pub address: String,
    /// The code of the street in the official list of divisions.
    pub street_code: Option<String>,
}

/// Why a file gave no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// There is no text to read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The heading cannot be split into columns.
    #[error("line {line}, column {column}: a quotation mark in the heading is never closed, or text follows the closing one")]
    Heading {
        /// Where the heading is.
        line: u64,
        /// Which column.
        column: usize,
    },
    /// Headings that the mapping names are not in the file.
    #[error("the file has no heading {}; read as {encoding}, its first line has {} others", missing.join(", "), found.len())]
    MissingHeadings {
        /// As the mapping names them.
        missing: Vec<String>,
        /// Those in the file, long ones shortened.
        found: Vec<String>,
        /// What the file was read as.
        encoding: Encoding,
    },
    /// Two columns have a heading that the mapping names.
    #[error("columns {first} and {second} are both headed {heading}")]
    HeadingTwice {
        /// The heading.
        heading: String,
        /// A column, counted from 1.
        first: usize,
        /// Another.
        second: usize,
    },
    /// More than [`MAX_COLUMNS`].
    #[error("the file has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// More than [`MAX_ROWS`].
    #[error("the file has more than {MAX_ROWS} rows")]
    TooManyRows,
    /// More than [`MAX_PROBLEMS`]: the mapping does not belong to the file.
    #[error("the file has more than {MAX_PROBLEMS} problems, the first one on {first}")]
    TooManyProblems {
        /// The first.
        first: Box<BadRow>,
    },
}

/// Reads a plan.
///
/// What a hand or a spreadsheet leaves behind is tidied: blanks around a value, ideographic, non-breaking and invisible ones too; full-width
/// digits, letters and signs in numbers, codes, choices and times (`１２３` is `123`), not in names and addresses; the apostrophe by which
/// spreadsheets mark a number as text; line breaks inside a name or an address, which become one space; a fraction of zeros (`30.00` is `30`).
/// Nothing else is guessed.
///
/// # Errors
/// [`PlanError`] when the file as a whole cannot be read by this mapping; what is wrong with single rows is in [`Plan::bad`].
pub fn read(bytes: &[u8], mapping: &Mapping) -> Result<Plan, PlanError> {
    let (text, encoding) = text::decode(bytes, mapping.encoding)?;
    let mut records = Records::new(&text, mapping.delimiter);
    let heading = records.next_written().ok_or(TextError::Empty)?;
    let columns = Columns::find(&heading, mapping, encoding)?;
    let mut import = Import { columns: &columns, mapping, first_lines: HashMap::new(), plan: Plan::default() };
    for _ in 0..MAX_ROWS {
        let Some(record) = records.next_written() else { return Ok(import.plan) };
        import.add(&record)?;
    }
    records.next_written().map_or(Ok(import.plan), |_| Err(PlanError::TooManyRows))
}

struct Import<'m> {
    columns: &'m Columns<'m>,
    mapping: &'m Mapping,
    /// The line on which a serial came first, in a good row or a bad one.
    first_lines: HashMap<String, u64>,
    plan: Plan,
}

impl Import<'_> {
    fn add(&mut self, record: &Record<'_>) -> Result<(), PlanError> {
        let row::Parsed { serial, mut row, bad } = row::parse(record, self.columns, self.mapping);
        self.plan.bad.extend(bad);
        if let Some(first_line) = serial.and_then(|serial| self.first_line(serial, record.line)) {
            let index = self.columns.fields.get(&Field::Serial).and_then(columns::Place::index).unwrap_or(0);
            let problem = Problem::SerialTwice { first_line };
            self.plan.bad.push(BadRow { line: record.line, column: self.columns.column(index), problem });
            row = None;
        }
        self.plan.rows.extend(row);
        match self.plan.bad.first() {
            Some(first) if self.plan.bad.len() > MAX_PROBLEMS => Err(PlanError::TooManyProblems { first: Box::new(first.clone()) }),
            _ => Ok(()),
        }
    }

    /// The line on which this serial came before, if it did.
    fn first_line(&mut self, serial: String, line: u64) -> Option<u64> {
        let first_line = *self.first_lines.entry(serial).or_insert(line);
        (first_line != line).then_some(first_line)
    }
}

#[cfg(test)]
mod tests;
