//! What may stand as an answer.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    MAX_LINE_CHARS, MAX_SERIAL_CHARS,
    definition::{AnswerType, Choice, Form},
};
use crate::{
    calendar::Date,
    ids::EventId,
    limits::MAX_TEXT_CHARS,
    refusal::{Reason, Refusal},
};

/// Hexadecimal digits of a SHA-256.
const HASH_DIGITS: usize = 64;
/// The last moment of the year 9999, in milliseconds since 1970-01-01 UTC.
const MAX_TIME_MS: i64 = 253_402_300_799_999;

impl Form {
    /// Whether `value` may stand at `path`. `null` clears an answer and is always allowed there.
    ///
    /// How many instances a repeated group has is no business of a single answer: two phones may each add the last one while offline.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] naming the path and what belongs there; never the value, which may be a customer's.
    pub fn check(&self, path: &str, value: &Value) -> Result<(), Refusal> {
        let Some(question) = self.question(path) else {
            let shown: String = path.chars().take(80).collect();
            let detail = format!("{shown:?} is no question of the form {} version {}", self.form, self.version);
            return Err(Refusal::new(Reason::InvalidValue, detail));
        };
        if value.is_null() || question.answer.admits(value) {
            return Ok(());
        }
        Err(Refusal::new(Reason::InvalidValue, format!("{path} needs {}", question.answer.wanted())))
    }
}

impl AnswerType {
    /// Whether this is an answer.
    fn admits(&self, value: &Value) -> bool {
        match self {
            Self::Text => value.as_str().is_some_and(|text| is_line(text, MAX_LINE_CHARS)),
            Self::LongText => value.as_str().is_some_and(|text| text.chars().count() <= MAX_TEXT_CHARS),
            Self::Integer { min, max } => value.as_i64().is_some_and(|number| is_between(&number, min.as_ref(), max.as_ref())),
            Self::Number { min, max, .. } => value.as_f64().is_some_and(|number| is_between(&number, min.as_ref(), max.as_ref())),
            Self::Flag => value.is_boolean(),
            Self::Date => value.as_str().is_some_and(|text| text.parse::<Date>().is_ok()),
            Self::Time => value.as_i64().is_some_and(|ms| (0..=MAX_TIME_MS).contains(&ms)),
            Self::Choice { choices } => value.as_str().is_some_and(|name| is_choice(choices, name)),
            Self::Choices { choices } => value.as_array().is_some_and(|names| are_choices(choices, names)),
            Self::Serial => value.as_str().is_some_and(is_serial),
            Self::Photo => value.as_str().is_some_and(is_hash),
            Self::Signature => value.as_str().is_some_and(|text| text.parse().is_ok_and(|id: EventId| id.to_string() == text)),
        }
    }

    /// Whether a condition may wait for this. Only what has one spelling can be waited for: 5 and 5.0 are one number and two JSON values.
    pub(super) fn can_be(&self, equals: &Value) -> bool {
        match self {
            Self::Flag | Self::Integer { .. } | Self::Choice { .. } => self.admits(equals),
            Self::Choices { choices } => equals.as_str().is_some_and(|name| is_choice(choices, name)),
            _ => false,
        }
    }

    /// What would be an answer, in words.
    fn wanted(&self) -> String {
        match self {
            Self::Text => format!("one line of text of at most {MAX_LINE_CHARS} characters"),
            Self::LongText => format!("text of at most {MAX_TEXT_CHARS} characters"),
            Self::Integer { min, max } => format!("a whole number{}", between(min.as_ref(), max.as_ref())),
            Self::Number { min, max, .. } => format!("a number{}", between(min.as_ref(), max.as_ref())),
            Self::Flag => "true or false".to_owned(),
            Self::Date => "a date such as 2026-11-28".to_owned(),
            Self::Time => "a time in milliseconds since 1970".to_owned(),
            Self::Choice { choices } => format!("one of {}", names(choices)),
            Self::Choices { choices } => format!("a list of {}, each at most once", names(choices)),
            Self::Serial => format!("a serial number: 1 to {MAX_SERIAL_CHARS} letters, digits and any of - _ . /"),
            Self::Photo => format!("the SHA-256 of a photo in {HASH_DIGITS} lower-case hexadecimal digits"),
            Self::Signature => "the id of a signature's event".to_owned(),
        }
    }
}

fn is_between<T: PartialOrd>(value: &T, min: Option<&T>, max: Option<&T>) -> bool {
    min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
}

fn between<T: std::fmt::Display>(min: Option<&T>, max: Option<&T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        (Some(min), None) => format!(" of at least {min}"),
        (None, Some(max)) => format!(" of at most {max}"),
        (None, None) => String::new(),
    }
}

fn names(choices: &[Choice]) -> String {
    choices.iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn is_choice(choices: &[Choice], name: &str) -> bool {
    choices.iter().any(|choice| choice.name == name)
}

fn are_choices(choices: &[Choice], chosen: &[Value]) -> bool {
    let names: BTreeSet<&str> = chosen.iter().filter_map(Value::as_str).filter(|name| is_choice(choices, name)).collect();
    names.len() == chosen.len()
}

fn is_line(text: &str, max_chars: usize) -> bool {
    text.chars().count() <= max_chars && !text.chars().any(char::is_control)
}

fn is_serial(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    (1..=MAX_SERIAL_CHARS).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn is_hash(text: &str) -> bool {
    text.len() == HASH_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
