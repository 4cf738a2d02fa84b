//! The records of a CSV file (RFC 4180), one after the other.
//!
//! Our own splitter, because the usual ones are lenient where an import must not be: they take any quotation mark, so one that is never closed
//! swallows the rest of the file without a word, and they count lines by `\n` alone. Here a wrong quotation mark costs exactly the line that
//! it stands on, `\r\n`, `\n` and `\r` all end a line, and the number of a record's first line is right even below quoted line breaks. A record of
//! several lines is taken for such a line too when it has not as many fields as the heading, or a cell with as many delimiters as a whole row:
//! then its mark was closed by chance, by another row's, and what lies between are rows.

use std::borrow::Cow;

use super::limits::MAX_COLUMNS;

/// A record.
#[derive(Debug, PartialEq)]
pub(crate) struct Record<'t> {
    /// Its first line, counted from 1.
    pub(crate) line: u64,
    /// Its fields; at most one more than [`MAX_COLUMNS`].
    pub(crate) fields: Vec<Cow<'t, str>>,
    /// The field after the last one has a quotation mark that is never closed, or text behind the closing one.
    pub(crate) misquoted: bool,
}

/// How the fields of a record differ from the heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ragged {
    TooFew,
    TooMany,
}

impl Record<'_> {
    /// Whether nothing is written in it, as in the lines of commas that spreadsheets leave at the end.
    pub(super) fn is_blank(&self) -> bool {
        !self.misquoted && self.fields.iter().all(|field| field.trim().is_empty())
    }

    /// Whether it has too few or too many fields. Empty ones beyond the last heading are the spreadsheet's, not the person's.
    pub(super) fn ragged(&self, expected: usize) -> Option<Ragged> {
        if self.fields.len() < expected {
            return Some(Ragged::TooFew);
        }
        let goes_on = self.fields.iter().skip(expected).any(|field| !field.trim().is_empty());
        goes_on.then_some(Ragged::TooMany)
    }

    /// Takes it for one line with a wrong mark when it has several lines, and rows seem to lie in one of its cells.
    fn doubt(&mut self, expected: usize, delimiter: char) {
        let mut broken = self.fields.iter().enumerate().filter(|(_, field)| field.contains(['\r', '\n']));
        let holds_rows = |field: &str| expected > 1 && field.matches(delimiter).count() >= expected - 1;
        let ragged = self.ragged(expected).is_some();
        if let Some((index, _)) = broken.find(|(_, field)| ragged || holds_rows(field)) {
            self.fields.truncate(index);
            self.misquoted = true;
        }
    }
}

/// Reads records.
#[derive(Debug, Clone)]
pub(crate) struct Records<'t> {
    rest: &'t str,
    line: u64,
    delimiter: char,
    /// Fields of the heading, once it is known.
    expected: Option<usize>,
}

/// What follows a field.
#[derive(Debug, PartialEq)]
enum End {
    Field,
    Record,
}

/// A quotation mark is not closed, or text follows the closing one.
struct Misquoted;

impl<'t> Records<'t> {
    pub(crate) fn new(text: &'t str, delimiter: char) -> Self {
        Self { rest: text, line: 1, delimiter, expected: None }
    }

    /// The next record that is not blank. The first one is the heading, and says how many fields all others have.
    pub(crate) fn next_written(&mut self) -> Option<Record<'t>> {
        let record = self.find(|record| !record.is_blank())?;
        self.expected.get_or_insert(record.fields.len());
        Some(record)
    }

    fn field(&mut self) -> Result<(Cow<'t, str>, End), Misquoted> {
        let field = match self.after_blanks(self.rest).strip_prefix('"') {
            Some(inside) => self.quoted(inside)?,
            None => Cow::Borrowed(self.unquoted()),
        };
        Ok((field, self.end()))
    }

    fn unquoted(&mut self) -> &'t str {
        let end = self.rest.find([self.delimiter, '\r', '\n']).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest;
        field
    }

    fn quoted(&mut self, inside: &'t str) -> Result<Cow<'t, str>, Misquoted> {
        let mut field = Cow::Borrowed("");
        let mut rest = inside;
        loop {
            let (text, behind) = rest.split_once('"').ok_or(Misquoted)?;
            field += text;
            match behind.strip_prefix('"') {
                Some(more) => {
                    field += "\"";
                    rest = more;
                }
                None => {
                    rest = self.after_blanks(behind);
                    break;
                }
            }
        }
        if !(rest.is_empty() || rest.starts_with([self.delimiter, '\r', '\n'])) {
            return Err(Misquoted);
        }
        self.line += breaks(&field);
        self.rest = rest;
        Ok(field)
    }

    /// Takes what ends a field. The end of the file ends the record too.
    fn end(&mut self) -> End {
        if let Some(rest) = self.rest.strip_prefix(self.delimiter) {
            self.rest = rest;
            return End::Field;
        }
        let rest = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix(['\r', '\n']));
        self.line += u64::from(rest.is_some());
        self.rest = rest.unwrap_or_default();
        End::Record
    }

    fn skip_line(&mut self) {
        let end = self.rest.find(['\r', '\n']).unwrap_or(self.rest.len());
        self.rest = self.rest.split_at(end).1;
        self.end();
    }

    fn after_blanks(&self, text: &'t str) -> &'t str {
        text.trim_start_matches(|letter| matches!(letter, ' ' | '\t') && letter != self.delimiter)
    }
}

impl<'t> Iterator for Records<'t> {
    type Item = Record<'t>;

    fn next(&mut self) -> Option<Record<'t>> {
        let (start, line) = (self.rest, self.line);
        let mut record = Record { line, fields: Vec::new(), misquoted: false };
        if start.is_empty() {
            return None;
        }
        loop {
            match self.field() {
                Ok((field, end)) => {
                    record.fields.push(field);
                    if end == End::Record {
                        break;
                    }
                }
                Err(Misquoted) => {
                    record.misquoted = true;
                    break;
                }
            }
            if record.fields.len() > MAX_COLUMNS {
                self.skip_line();
                break;
            }
        }
        if let Some(expected) = self.expected {
            record.doubt(expected, self.delimiter);
        }
        if record.misquoted {
            (self.rest, self.line) = (start, line);
            self.skip_line();
        }
        Some(record)
    }
}

fn breaks(text: &str) -> u64 {
    let mut after_return = false;
    text.bytes().fold(0, |count, byte| {
        let counts = byte == b'\r' || (byte == b'\n' && !after_return);
        after_return = byte == b'\r';
        count + u64::from(counts)
    })
}

#[cfg(test)]
mod tests;
