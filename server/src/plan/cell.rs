//! What a cell says, once it is tidied ([`read`](super::read) says how).

use super::{
    limits::{MAX_CODE_CHARS, MAX_DIGITS, MAX_TEXT_CHARS},
    problem::{Problem, shown},
    time,
};

/// How far an address is from help.
pub(super) const AREA_CLASSES: &[&str] = &["urban", "rural", "remote"];
/// How urgent a piece of work is.
pub(super) const PRIORITIES: &[&str] = &["urgent", "normal"];

/// A value without the blanks around it.
pub(crate) fn trimmed(value: &str) -> &str {
    value.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '\u{200B}' | '\u{2060}' | '\u{FEFF}'))
}

/// A value with its full-width ASCII made narrow, without the blanks around it.
pub(crate) fn narrow(value: &str) -> String {
    trimmed(value)
        .chars()
        .map(|letter| match letter {
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
            _ => letter,
        })
        .collect()
}

/// A serial, an account, a phone number, a street code.
pub(crate) fn code(value: &str) -> Result<String, Problem> {
    let code = narrow(value);
    let code = trimmed(code.strip_prefix('\'').unwrap_or(&code));
    if code.is_empty() {
        return Err(Problem::Blank);
    }
    if is_rounded(code) {
        return Err(Problem::Rounded { value: shown(code) });
    }
    if code.contains('"') {
        return Err(Problem::Misquoted);
    }
    bounded(code, MAX_CODE_CHARS)
}

/// Whether a spreadsheet wrote it as `3.50121E+11`.
fn is_rounded(code: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((mantissa, exponent)) = code.split_once(['E', 'e']) else { return false };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && exponent.strip_prefix('+').is_some_and(digits)
}

/// A name, an address.
pub(crate) fn text(value: &str) -> Result<String, Problem> {
    let lines: Vec<&str> = trimmed(value).split(['\r', '\n']).map(trimmed).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { Err(Problem::Blank) } else { bounded(&lines.join(" "), MAX_TEXT_CHARS) }
}

fn bounded(text: &str, limit: usize) -> Result<String, Problem> {
    let chars = text.chars().count();
    if chars > limit {
        return Err(Problem::TooLong { chars, limit });
    }
    if text.chars().any(char::is_control) { Err(Problem::ControlCharacter) } else { Ok(text.to_owned()) }
}

/// What to do with the fraction of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fraction {
    /// It must be zero.
    Refused,
    /// It is dropped: a register's whole units never come out too high.
    Cut,
}

/// A whole number.
pub(super) fn number(value: &str, fraction: Fraction) -> Result<u64, Problem> {
    let number = narrow(value);
    let (whole, part) = number.split_once('.').unwrap_or((&number, "0"));
    let not_a_number = || Problem::NotANumber { value: shown(&number) };
    if whole.is_empty() || part.is_empty() || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(not_a_number());
    }
    if fraction == Fraction::Refused && part.bytes().any(|digit| digit != b'0') {
        return Err(Problem::Fraction { value: shown(&number) });
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > usize::from(MAX_DIGITS) {
        return Err(not_a_number());
    }
    if whole.is_empty() { Ok(0) } else { whole.parse().map_err(|_| not_a_number()) }
}

/// A meter's multiplier, at least 1.
pub(super) fn multiplier(value: &str) -> Result<u32, Problem> {
    let number = number(value, Fraction::Refused)?;
    let multiplier = u32::try_from(number).ok().filter(|multiplier| *multiplier >= 1);
    multiplier.ok_or(Problem::OutOfRange { value: number, min: 1, max: u64::from(u32::MAX) })
}

/// How many digits a register shows.
pub(super) fn digits(value: &str) -> Result<u8, Problem> {
    let number = number(value, Fraction::Refused)?;
    let digits = u8::try_from(number).ok().filter(|digits| (1..=MAX_DIGITS).contains(digits));
    digits.ok_or(Problem::OutOfRange { value: number, min: 1, max: u64::from(MAX_DIGITS) })
}

/// Whether a register can show an index.
pub(super) fn fits(index: u64, digits: u8) -> Result<u64, Problem> {
    let beyond = 10_u64.checked_pow(u32::from(digits)).unwrap_or(u64::MAX);
    if index < beyond { Ok(index) } else { Err(Problem::DoesNotFit { index, digits }) }
}

/// One of a few words.
pub(super) fn choice(value: &str, choices: &'static [&'static str]) -> Result<String, Problem> {
    let word = narrow(value).to_ascii_lowercase();
    if choices.contains(&word.as_str()) { Ok(word) } else { Err(Problem::NotAChoice { value: shown(&word), choices }) }
}

/// A date with a time of day: `2026-12-01 09:30`, `2026/12/1 9:30:00`, `2026年12月1日 9:30`, `2026-12-01T09:30`. In milliseconds since 1970 UTC.
pub(super) fn moment(value: &str, utc_offset_minutes: i64) -> Result<i64, Problem> {
    let narrow = narrow(value);
    let even: String = narrow
        .chars()
        .map(|letter| match letter {
            '年' | '月' | '/' | '.' => '-',
            '日' | 'T' => ' ',
            _ => letter,
        })
        .collect();
    let parts: Vec<&str> = even.split_whitespace().collect();
    let parsed = match parts.as_slice() {
        [date, time] => three(date, '-').zip(three(time, ':').or_else(|| three(&format!("{time}:0"), ':'))),
        _ => None,
    };
    parsed
        .and_then(|(date, time)| time::unix_ms(date, time, utc_offset_minutes))
        .ok_or_else(|| Problem::NotAMoment { value: shown(&narrow) })
}

fn three(text: &str, separator: char) -> Option<(i64, i64, i64)> {
    let number = |part: &str| part.parse::<u16>().ok().filter(|_| !part.starts_with('+')).map(i64::from);
    let parts: Vec<i64> = text.split(separator).map(number).collect::<Option<_>>()?;
    match parts.as_slice() {
        [first, second, third] => Some((*first, *second, *third)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
