//! The fields of one record, each with its name in the specification, and what a field may say.

use super::{
    BadRecord, Column, Direction, Problem,
    reading::{Index, Quality, QualityFlag},
};
use crate::plan::{
    limits::{MAX_CODE_CHARS, MAX_DIGITS},
    problem::shown,
    time,
};

/// Australian Eastern Standard Time, all year.
const AEST_MINUTES: i64 = 10 * 60;
/// More than the longest record has; what lies beyond is one field.
const MOST_FIELDS: usize = 32;

/// A record, split.
pub(super) struct Fields<'t> {
    pub(super) line: u64,
    pub(super) line_text: &'t str,
    pub(super) fields: Vec<&'t str>,
    names: &'static [&'static str],
}

impl<'t> Fields<'t> {
    pub(super) fn split(line: u64, line_text: &'t str) -> Self {
        let fields: Vec<&str> = line_text.splitn(MOST_FIELDS, ',').map(str::trim).collect();
        let names = match fields.first() {
            Some(&"100") => HEADER,
            Some(&"250") => READING,
            Some(&"550") => SERVICE_ORDER,
            _ => &["RecordIndicator"],
        };
        Self { line, line_text, fields, names }
    }

    /// The field with this index; empty when the record ends before it.
    pub(super) fn text(&self, index: usize) -> &'t str {
        self.fields.get(index).copied().unwrap_or_default()
    }

    /// Whether the record has its number of fields; empty ones beyond are let pass.
    pub(super) fn whole(&self) -> Result<(), BadRecord> {
        let (found, expected) = (self.fields.len(), self.names.len());
        if found < expected {
            return Err(self.bad(found, Problem::TooFewFields { found, expected }));
        }
        let goes_on = self.fields.iter().skip(expected).any(|field| !field.is_empty());
        if goes_on { Err(self.bad(expected, Problem::TooManyFields { found, expected })) } else { Ok(()) }
    }

    /// A problem of the field with this index.
    pub(super) fn bad(&self, index: usize, problem: Problem) -> BadRecord {
        let heading = self.names.get(index).copied().unwrap_or_default().to_owned();
        BadRecord { line: self.line, column: Column { heading, number: index + 1 }, problem }
    }
}

const HEADER: &[&str] = &["RecordIndicator", "VersionHeader", "DateTime", "FromParticipant", "ToParticipant"];
const SERVICE_ORDER: &[&str] =
    &["RecordIndicator", "PreviousTransCode", "PreviousRetServiceOrder", "CurrentTransCode", "CurrentRetServiceOrder"];
const READING: &[&str] = &[
    "RecordIndicator",
    "NMI",
    "NMIConfiguration",
    "RegisterID",
    "NMISuffix",
    "MDMDataStreamIdentifier",
    "MeterSerialNumber",
    "DirectionIndicator",
    "PreviousRegisterRead",
    "PreviousRegisterReadDateTime",
    "PreviousQualityMethod",
    "PreviousReasonCode",
    "PreviousReasonDescription",
    "CurrentRegisterRead",
    "CurrentRegisterReadDateTime",
    "CurrentQualityMethod",
    "CurrentReasonCode",
    "CurrentReasonDescription",
    "Quantity",
    "UOM",
    "NextScheduledReadDate",
    "UpdateDateTime",
    "MSATSLoadDateTime",
];

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn name(text: &str) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::Blank);
    }
    let fits = text.chars().count() <= MAX_CODE_CHARS && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(Problem::NotAName) }
}

pub(super) fn index(text: &str) -> Result<Index, Problem> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = u8::try_from(whole.len()).ok().filter(|digits| *digits <= MAX_DIGITS && text.len() <= MAX_CODE_CHARS);
    let parsed = digits.zip(whole.parse().ok()).filter(|_| all_digits(whole) && all_digits(fraction));
    let (digits, whole) = parsed.ok_or_else(|| Problem::NotAnIndex { value: shown(text) })?;
    Ok(Index { written: text.to_owned(), whole, digits })
}

/// `CCYYMMDDhhmmss`; in the header without seconds.
pub(super) fn time(text: &str) -> Result<i64, Problem> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let seconds = if text.len() == 12 { Some(0) } else { number(12..14) };
    let parsed = || {
        let date = (number(0..4)?, number(4..6)?, number(6..8)?);
        time::unix_ms(date, (number(8..10)?, number(10..12)?, seconds?), AEST_MINUTES)
    };
    let plausible = all_digits(text) && matches!(text.len(), 12 | 14);
    parsed().filter(|_| plausible).ok_or_else(|| Problem::NotATime { value: shown(text) })
}

/// `CCYYMMDD`, kept as written.
pub(super) fn date(text: &str) -> Result<String, Problem> {
    let midnight = format!("{text}0000");
    if text.len() == 8 { time(&midnight).map(|_| text.to_owned()) } else { Err(Problem::NotATime { value: shown(text) }) }
}

pub(super) fn quality(text: &str) -> Result<Quality, Problem> {
    let wrong = || Problem::NotAQuality { value: shown(text) };
    let mut letters = text.chars();
    let flag = match letters.next() {
        None => return Err(Problem::Blank),
        Some('A') => QualityFlag::Actual,
        Some('E') => QualityFlag::Estimate,
        Some('F') => QualityFlag::FinalSubstitute,
        Some('N') => QualityFlag::Null,
        Some('S') => QualityFlag::Substitute,
        Some(_) => return Err(wrong()),
    };
    let method = letters.as_str();
    match method.len() {
        0 => Ok(Quality { flag, method: None }),
        2 if all_digits(method) => Ok(Quality { flag, method: method.parse().ok() }),
        _ => Err(wrong()),
    }
}

/// A reason's code: one to three digits.
pub(super) fn reason_code(text: &str) -> Result<u16, Problem> {
    let code = text.parse().ok().filter(|_| all_digits(text) && text.len() <= 3);
    code.ok_or_else(|| Problem::NotANumber { value: shown(text) })
}

/// A quantity, kept as written: it may be negative.
pub(super) fn quantity(text: &str) -> Result<String, Problem> {
    let size = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = size.split_once('.').unwrap_or((size, "0"));
    let right = all_digits(whole) && all_digits(fraction) && text.len() <= MAX_CODE_CHARS;
    if right { Ok(text.to_owned()) } else { Err(Problem::NotANumber { value: shown(text) }) }
}

pub(super) fn direction(text: &str) -> Result<Direction, Problem> {
    match text {
        "I" => Ok(Direction::Import),
        "E" => Ok(Direction::Export),
        other => Err(Problem::NotADirection { value: shown(other) }),
    }
}
