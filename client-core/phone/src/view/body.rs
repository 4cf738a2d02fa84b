//! What an order or a step holds, drawn from its fields.

use linecrew_client::protocol::{
    model::work::field::{Field, Shape},
    time::Timestamp,
};
use serde_json::Value;

use crate::{described::label, page::Page, width::plain};

/// Hexadecimal digits of a hash that people need to tell two files apart.
const SHOWN_HASH: usize = 12;

/// Labels and values, nested ones with all their labels. What no field describes is not shown: a newer server may know it.
pub(super) fn lines(page: &Page, fields: &[Field], body: &Value) -> Vec<(String, String)> {
    fields.iter().filter_map(|field| Some((field, body.get(field.name)?))).flat_map(|(field, value)| line(page, field, value)).collect()
}

fn line(page: &Page, field: &Field, value: &Value) -> Vec<(String, String)> {
    let name = label(page.lang, field.label);
    let within = |prefix: String, lines: Vec<(String, String)>| {
        lines.into_iter().map(move |(name, value)| (format!("{prefix} · {name}"), value)).collect::<Vec<_>>()
    };
    match field.shape {
        Shape::Group { fields } => within(name.to_owned(), lines(page, fields, value)),
        Shape::Map { fields, .. } => {
            let entries = value.as_object().into_iter().flatten();
            entries.flat_map(|(key, group)| within(format!("{name} {}", plain(key)), lines(page, fields, group))).collect()
        }
        shape => vec![(name.to_owned(), one(page, shape, value))],
    }
}

fn one(page: &Page, shape: Shape, value: &Value) -> String {
    match shape {
        Shape::Time => value.as_i64().map_or_else(|| text(page, value), |at| page.clock.moment(Timestamp::from_unix_millis(at))),
        Shape::Choice { choices } => {
            let chosen = choices.iter().find(|choice| value.as_str() == Some(choice.name));
            chosen.map_or_else(|| text(page, value), |choice| label(page.lang, choice.label).to_owned())
        }
        Shape::Hash => short_hash(value.as_str().unwrap_or_default()),
        Shape::Form => {
            let part = |name: &str| value.get(name).map(|part| text(page, part)).unwrap_or_default();
            format!("{} v{}", part("form"), part("version"))
        }
        Shape::Strokes => page.of("signature", "签名").to_owned(),
        _ => text(page, value),
    }
}

/// Enough of a hash.
pub(super) fn short_hash(hash: &str) -> String {
    plain(&hash.chars().take(SHOWN_HASH).collect::<String>())
}

/// Any value in a few words.
pub(super) fn text(page: &Page, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(true) => page.of("yes", "是").to_owned(),
        Value::Bool(false) => page.of("no", "否").to_owned(),
        Value::String(text) => plain(text),
        Value::Array(values) => values.iter().map(|value| text(page, value)).collect::<Vec<_>>().join(", "),
        other => plain(&other.to_string()),
    }
}
