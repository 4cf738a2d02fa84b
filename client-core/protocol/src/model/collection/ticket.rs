//! Ticket numbers: a series and a number in it, such as `FZ-00000123`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The highest number of a series: eight digits are printed.
pub const MAX_NUMBER: u32 = 99_999_999;
/// Characters of a series.
const SERIES_CHARS: std::ops::RangeInclusive<usize> = 1..=8;

/// A text that is no series or no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ticket is a series of 1 to 8 capital letters or digits, a hyphen, and a number of 8 digits")]
pub struct ParseTicketError;

/// A series of tickets: 1 to 8 capital letters or digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Series(String);

impl Series {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Series {
    type Err = ParseTicketError;
    fn from_str(text: &str) -> Result<Self, ParseTicketError> {
        let fits = SERIES_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseTicketError) }
    }
}

impl TryFrom<String> for Series {
    type Error = ParseTicketError;
    fn try_from(text: String) -> Result<Self, ParseTicketError> {
        text.parse()
    }
}

impl From<Series> for String {
    fn from(series: Series) -> Self {
        series.0
    }
}

impl fmt::Display for Series {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The number of one receipt. In JSON it is its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ticket {
    /// The series.
    pub series: Series,
    /// The number in it, from 1.
    pub number: u32,
}

impl FromStr for Ticket {
    type Err = ParseTicketError;
    fn from_str(text: &str) -> Result<Self, ParseTicketError> {
        let (series, digits) = text.split_once('-').ok_or(ParseTicketError)?;
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseTicketError);
        }
        let number = digits.parse().ok().filter(|number| *number > 0).ok_or(ParseTicketError)?;
        Ok(Self { series: series.parse()?, number })
    }
}

impl TryFrom<String> for Ticket {
    type Error = ParseTicketError;
    fn try_from(text: String) -> Result<Self, ParseTicketError> {
        text.parse()
    }
}

impl From<Ticket> for String {
    fn from(ticket: Ticket) -> Self {
        ticket.to_string()
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{:08}", self.series, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_survives_its_text() {
        let ticket: Ticket = "FZ-00000123".parse().unwrap();
        assert_eq!((ticket.series.as_str(), ticket.number), ("FZ", 123));
        assert_eq!(serde_json::to_string(&ticket).unwrap(), "\"FZ-00000123\"");
        assert_eq!(serde_json::from_str::<Ticket>("\"FZ-00000123\"").unwrap(), ticket);
    }

    #[test]
    fn what_is_no_ticket_is_refused() {
        for text in
            ["", "FZ", "FZ-", "-00000001", "fz-00000001", "FZ-1", "FZ-000000001", "FZ-00000000", "FZ-0000000１", "TOOLONGXX-00000001"]
        {
            assert_eq!(text.parse::<Ticket>(), Err(ParseTicketError), "{text}");
        }
    }
}
