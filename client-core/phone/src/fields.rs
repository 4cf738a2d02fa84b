//! From `field=value` to what a step holds, typed as its description says.

use std::{fs, io, path::PathBuf};

use linecrew_client::protocol::model::work::field::{Field, Shape};
use serde_json::{Map, Value};

use crate::{
    clock::{Clock, ParseTimeError},
    described::is_label,
};

/// Why fields cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FieldError {
    #[error("{0:?} is no FIELD=VALUE; a whole body is @FILE.json")]
    NoField(String),
    #[error("there is no field {path}; there are: {}", .known.join(", "))]
    Unknown { path: String, known: Vec<String> },
    #[error("{path} needs {wanted}")]
    Value { path: String, wanted: &'static str },
    #[error(transparent)]
    Time(#[from] ParseTimeError),
    #[error("the file {} cannot be read", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the file {} holds no JSON", path.display())]
    Json {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

/// The body that these arguments make. Later ones win over earlier ones, and over a file.
pub(crate) fn body(fields: &[Field], arguments: &[String], clock: Clock) -> Result<Value, FieldError> {
    let mut body = Value::Null;
    for argument in arguments {
        if let Some(path) = argument.strip_prefix('@') {
            body = read_json(PathBuf::from(path))?;
            continue;
        }
        let (path, text) = argument.split_once('=').ok_or_else(|| FieldError::NoField(argument.chars().take(40).collect()))?;
        let names: Vec<&str> = path.split('.').collect();
        let value = typed(path, shape_of(fields, path, &names)?, text, clock)?;
        put(&mut body, &names, value);
    }
    Ok(body)
}

/// JSON from a file.
pub(crate) fn read_json(path: PathBuf) -> Result<Value, FieldError> {
    let text = fs::read_to_string(&path).map_err(|source| FieldError::File { path: path.clone(), source })?;
    serde_json::from_str(&text).map_err(|source| FieldError::Json { path, source })
}

fn shape_of(fields: &[Field], path: &str, names: &[&str]) -> Result<Shape, FieldError> {
    let unknown = || FieldError::Unknown { path: path.to_owned(), known: leaves("", fields) };
    let (name, rest) = names.split_first().ok_or_else(unknown)?;
    let field = fields.iter().find(|field| field.name == *name).ok_or_else(unknown)?;
    match (field.shape, rest) {
        (shape, []) => Ok(shape),
        (Shape::Group { fields }, rest) => shape_of(fields, path, rest).map_err(|_| unknown()),
        (Shape::Map { fields, .. }, [_, rest @ ..]) if !rest.is_empty() => shape_of(fields, path, rest).map_err(|_| unknown()),
        (Shape::Map { .. }, [_]) => Ok(Shape::Group { fields: &[] }),
        _ => Err(unknown()),
    }
}

/// Every field that can be typed, nested ones with dots.
pub(crate) fn leaves(within: &str, fields: &[Field]) -> Vec<String> {
    let leaf = |field: &Field| {
        let path = format!("{within}{}", field.name);
        match field.shape {
            Shape::Group { fields } => leaves(&format!("{path}."), fields),
            Shape::Map { fields, .. } => leaves(&format!("{path}.KEY."), fields),
            _ => vec![path],
        }
    };
    fields.iter().flat_map(leaf).collect()
}

fn typed(path: &str, shape: Shape, text: &str, clock: Clock) -> Result<Value, FieldError> {
    let wrong = |wanted| FieldError::Value { path: path.to_owned(), wanted };
    match shape {
        Shape::Integer { .. } => whole(text).ok_or_else(|| wrong("a whole number")),
        Shape::Flag => flag(text).ok_or_else(|| wrong("yes or no")),
        Shape::Time => moment(text, clock),
        Shape::Choice { choices } => {
            let named = choices.iter().find(|choice| is_label(choice.label, text));
            Ok(named.map_or(text.trim(), |choice| choice.name).into())
        }
        Shape::Group { .. } | Shape::Map { .. } | Shape::Strokes | Shape::Form => match text.strip_prefix('@') {
            Some(file) => read_json(PathBuf::from(file)),
            None => serde_json::from_str(text).map_err(|_| wrong("JSON, or @FILE.json")),
        },
        Shape::Text | Shape::LongText | Shape::Date | Shape::Crew | Shape::Document | Shape::Hash => Ok(text.into()),
    }
}

pub(crate) fn whole(text: &str) -> Option<Value> {
    text.trim().parse::<i64>().ok().map(Value::from)
}

pub(crate) fn flag(text: &str) -> Option<Value> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "是" | "有" => Some(true.into()),
        "no" | "n" | "false" | "0" | "否" | "无" => Some(false.into()),
        _ => None,
    }
}

/// A time of day, a date with a time, or milliseconds since 1970.
pub(crate) fn moment(text: &str, clock: Clock) -> Result<Value, FieldError> {
    // Fewer digits are no moment of this century, but a year or a typing error.
    let is_millis = text.len() > 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(millis) if is_millis => Ok(millis.into()),
        _ => Ok(clock.read(text)?.as_unix_millis().into()),
    }
}

fn put(body: &mut Value, names: &[&str], value: Value) {
    let Some((name, rest)) = names.split_first() else {
        *body = value;
        return;
    };
    if !body.is_object() {
        *body = Value::Object(Map::new());
    }
    if let Some(object) = body.as_object_mut() {
        put(object.entry(*name).or_insert(Value::Null), rest, value);
    }
}

#[cfg(test)]
mod tests {
    use linecrew_client::protocol::time::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::{clock::UtcOffset, described};

    fn read(kind: &str, step: &str, arguments: &[&str]) -> Result<Value, FieldError> {
        // 2026-11-23 14:30 in China.
        let clock = Clock { now: Timestamp::from_unix_millis(1_795_415_400_000), offset: UtcOffset::CHINA };
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        body(described::step(kind, step).unwrap().fields, &arguments, clock)
    }

    #[test]
    fn fields_are_typed_and_nested_by_dots() {
        let exchanged = read(
            "meter_rotation",
            "exchanged",
            &["removed.serial=007", "removed.registers.1.index=4321", "installed.multiplier=1", "explanation=a = b"],
        );
        let expected = json!({
            "removed": { "serial": "007", "registers": { "1": { "index": 4321 } } },
            "installed": { "multiplier": 1 }, "explanation": "a = b",
        });
        assert_eq!(exchanged.unwrap(), expected);
        let cut = read("disconnection", "completed", &["cut_at=14:02"]).unwrap();
        assert_eq!(cut, json!({ "cut_at": 1_795_415_400_000_i64 - 28 * 60_000 }));
        assert_eq!(read("disconnection", "completed", &["cut_at=1795415400000"]).unwrap()["cut_at"], json!(1_795_415_400_000_i64));
        assert_eq!(read("notice", "served", &["how=当面送达"]).unwrap(), json!({ "how": "handed_over" }));
        assert_eq!(read("repair_dispatch", "work_started", &[]).unwrap(), Value::Null);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_can() {
        for (step, argument, words) in [
            ("exchanged", "colour=red", "there is no field colour; there are: removed.serial, removed.registers.KEY.index"),
            ("exchanged", "removed.registers.1.index=many", "removed.registers.1.index needs a whole number"),
            ("exchanged", "removed.registers.1.colour=1", "there is no field removed.registers.1.colour"),
            ("exchanged", "removed", "is no FIELD=VALUE"),
            ("exchanged", "@/no/such/file.json", "the file /no/such/file.json cannot be read"),
            ("exchanged", "removed=red", "removed needs JSON"),
        ] {
            let said = read("meter_rotation", step, &[argument]).unwrap_err().to_string();
            assert!(said.contains(words), "{argument}: {said}");
        }
    }

    #[test]
    fn a_whole_body_comes_from_a_file_and_fields_win_over_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("body.json");
        fs::write(&file, r#"{"cause":"storm","remedy":"none"}"#).unwrap();
        let body = read("repair_dispatch", "completed", &[&format!("@{}", file.display()), "remedy=new fuse"]).unwrap();
        assert_eq!(body, json!({ "cause": "storm", "remedy": "new fuse" }));
    }
}
