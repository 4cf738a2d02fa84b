//! What a step or an order holds, described as data: the phone, the board and the API draw their forms from it, and both ends check with it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    calendar::Date,
    ids::{CrewId, DocumentId},
    limits::MAX_TEXT_CHARS,
    refusal::{Reason, Refusal},
};

use super::{files::Strokes, label::Label};

/// One field of an order or of a step's body.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Field {
    /// Its key in JSON.
    pub name: &'static str,
    /// Its name for people.
    pub label: Label,
    /// Whether it must be there.
    pub required: bool,
    /// What it holds.
    #[serde(flatten)]
    pub shape: Shape,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Shape {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A whole number.
    Integer {
        /// The smallest allowed.
        min: i64,
        /// The largest allowed.
        max: i64,
    },
    /// Yes or no.
    Flag,
    /// A moment: milliseconds since 1970.
    Time,
    /// A day, such as `2026-11-28`.
    Date,
    /// One of some names.
    Choice {
        /// The names.
        choices: &'static [Choice],
    },
    /// Fields of their own.
    Group {
        /// The fields.
        fields: &'static [Field],
    },
    /// Groups by a key, such as a meter's registers by number.
    Map {
        /// What the key is.
        key: Label,
        /// The fields of each.
        fields: &'static [Field],
    },
    /// A signature.
    Strokes,
    /// A crew.
    Crew,
    /// A work item.
    Document,
    /// A survey form: `{form, version}`.
    Form,
    /// An attachment, by its SHA-256 in hexadecimal.
    Hash,
}

/// One name of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The name in JSON.
    pub name: &'static str,
    /// The name for people.
    pub label: Label,
}

/// A name of a choice.
#[must_use]
pub const fn choice(name: &'static str, label: Label) -> Choice {
    Choice { name, label }
}

/// Groups of one map; a three-phase meter with four tariffs and reactive energy has twelve registers.
const MAX_MAP_ENTRIES: usize = 50;
/// Characters of a map's key.
const MAX_KEY_CHARS: usize = 40;

/// A field that must be there.
#[must_use]
pub const fn required(name: &'static str, label: Label, shape: Shape) -> Field {
    Field { name, label, required: true, shape }
}

/// A field that may be absent.
#[must_use]
pub const fn optional(name: &'static str, label: Label, shape: Shape) -> Field {
    Field { name, label, required: false, shape }
}

/// What to do with keys that no field describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// A newer phone wrote them: they stay untouched (rule 14).
    Kept,
    /// Somebody misspelt a field of an order.
    Refused,
}

/// Whether `body` holds what `fields` describe.
///
/// # Errors
/// [`Reason::InvalidValue`] naming the field.
pub fn check(fields: &[Field], body: &Value, unknown: Unknown) -> Result<(), Refusal> {
    let empty = Map::new();
    let body = match body {
        Value::Null => &empty,
        Value::Object(body) => body,
        _ => return Err(invalid("the body", "is no object")),
    };
    check_fields("", fields, body, unknown)
}

fn check_fields(within: &str, fields: &[Field], body: &Map<String, Value>, unknown: Unknown) -> Result<(), Refusal> {
    for field in fields {
        let path = format!("{within}{}", field.name);
        match body.get(field.name).filter(|value| !value.is_null()) {
            None if field.required => return Err(invalid(&path, "is missing")),
            None => {}
            Some(value) => check_one(&path, field, value, unknown)?,
        }
    }
    let stray = body.keys().find(|key| !fields.iter().any(|field| field.name == key.as_str()));
    match stray {
        Some(key) if unknown == Unknown::Refused => Err(invalid(&format!("{within}{key}"), "is not a field of this kind")),
        _ => Ok(()),
    }
}

fn check_one(path: &str, field: &Field, value: &Value, unknown: Unknown) -> Result<(), Refusal> {
    match field.shape {
        Shape::Text | Shape::LongText => check_text(path, field.required, value),
        Shape::Integer { min, max } => match value.as_i64() {
            Some(number) if (min..=max).contains(&number) => Ok(()),
            _ => Err(invalid(path, &format!("must be a whole number from {min} to {max}"))),
        },
        Shape::Flag => must(value.is_boolean(), path, "must be true or false"),
        Shape::Time => must(value.as_i64().is_some_and(|ms| ms >= 0), path, "must be milliseconds since 1970"),
        Shape::Date => must(value.as_str().is_some_and(|text| text.parse::<Date>().is_ok()), path, "must be a day such as 2026-11-28"),
        Shape::Choice { choices } => {
            let known = value.as_str().is_some_and(|name| choices.iter().any(|choice| choice.name == name));
            let names: Vec<&str> = choices.iter().map(|choice| choice.name).collect();
            must(known, path, &format!("must be one of {}", names.join(", ")))
        }
        Shape::Group { fields } => {
            let group = value.as_object().ok_or_else(|| invalid(path, "must be an object"))?;
            check_fields(&format!("{path}."), fields, group, unknown)
        }
        Shape::Map { fields, .. } => check_map(path, fields, field.required, value, unknown),
        Shape::Strokes => Strokes::read(value).map(|_| ()).map_err(|problem| invalid(path, problem)),
        Shape::Crew => must(parses::<CrewId>(value), path, "must be the id of a crew"),
        Shape::Document => must(parses::<DocumentId>(value), path, "must be the id of a work item"),
        Shape::Form => {
            let named = value.get("form").is_some_and(Value::is_string) && value.get("version").is_some_and(Value::is_u64);
            must(named, path, "must name a form and its version")
        }
        Shape::Hash => must(value.as_str().is_some_and(is_hash), path, "must be a SHA-256 in lower-case hexadecimal"),
    }
}

fn check_map(path: &str, fields: &[Field], needs_one: bool, value: &Value, unknown: Unknown) -> Result<(), Refusal> {
    let map = value.as_object().ok_or_else(|| invalid(path, "must be an object"))?;
    if map.len() > MAX_MAP_ENTRIES || (needs_one && map.is_empty()) {
        return Err(invalid(path, &format!("must have 1 to {MAX_MAP_ENTRIES} entries")));
    }
    for (key, group) in map {
        if key.trim().is_empty() || key.chars().count() > MAX_KEY_CHARS {
            return Err(invalid(path, "has a key that is empty or too long"));
        }
        let group = group.as_object().ok_or_else(|| invalid(&format!("{path}.{key}"), "must be an object"))?;
        check_fields(&format!("{path}.{key}."), fields, group, unknown)?;
    }
    Ok(())
}

fn check_text(path: &str, needed: bool, value: &Value) -> Result<(), Refusal> {
    let text = value.as_str().ok_or_else(|| invalid(path, "must be a text"))?;
    if needed && text.trim().is_empty() {
        return Err(invalid(path, "is empty"));
    }
    let count = text.chars().count();
    must(count <= MAX_TEXT_CHARS, path, &format!("has {count} characters; {MAX_TEXT_CHARS} are allowed"))
}

/// Whether a text is a SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn parses<T: std::str::FromStr>(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<T>().is_ok())
}

fn must(holds: bool, path: &str, problem: &str) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(invalid(path, problem)) }
}

fn invalid(path: &str, problem: &str) -> Refusal {
    Refusal::new(Reason::InvalidValue, format!("{path} {problem}"))
}
