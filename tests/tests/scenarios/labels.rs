//! What ids are called in a scenario, and how values are written (bindings/scenarios/README.md).

use std::collections::BTreeMap;

use linecrew_tests::scenario::written as quoted;

use crate::value::{Fields, Shown, Value};

/// What only chance decides.
const CHANCE: &[&str] = &["digest", "cursor", "retry_after_ms", "store_bytes", "server_url", "svg", "evidence", "next_try"];
/// Whole numbers from here on are times.
const TIME: i128 = 1_000_000_000_000;
/// The shapes of what is random: `h` is a hexadecimal digit, `A` a capital letter or a digit, `9` a digit.
const HASH: &str = "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh";
const UUID: &str = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
const MOMENT: &str = "9999999999999";
const CODE: &str = "AAAA-AAAA";
const TICKET_NUMBER: &str = "99999999";
const ITEM_NUMBER: &str = "99999999-9999";
/// What of an item's number is today's date.
const DAY: &str = "99999999-";

/// Labels and what they stand for.
#[derive(Debug, Default)]
pub(crate) struct Labels(BTreeMap<String, String>);

impl Labels {
    pub(crate) fn learn(&mut self, label: &str, value: &str) {
        self.0.insert(label.to_owned(), value.to_owned());
    }

    /// What a label stands for; any other text is itself.
    pub(crate) fn value_of<'a>(&'a self, text: &'a str) -> &'a str {
        self.0.get(text).map_or(text, String::as_str)
    }

    /// A line for a value, or several for a list, or for a record that holds lists of records.
    pub(crate) fn lines(&self, answer: impl Shown) -> Vec<String> {
        self.lines_of(answer.shown())
    }

    fn lines_of(&self, answer: Value) -> Vec<String> {
        let record = match answer {
            Value::List(elements) if elements.is_empty() => return vec!["none".to_owned()],
            Value::List(elements) => return elements.into_iter().flat_map(|element| self.lines_of(element)).collect(),
            Value::Record(fields) => fields,
            other => return vec![self.written(&other)],
        };
        let (below, beside): (Fields, Fields) = record.into_iter().partition(|(_, value)| is_list_of_records(value));
        let below = below.into_iter().flat_map(|(name, value)| match value {
            Value::List(elements) => elements.into_iter().map(|element| self.below(name, &element)).collect(),
            _ => Vec::new(),
        });
        let first = (!beside.is_empty()).then(|| self.fields(&beside));
        first.into_iter().chain(below).collect()
    }

    fn below(&self, name: &str, element: &Value) -> String {
        let Value::Record(fields) = element else { return self.written(element) };
        format!("  {name} {}", self.fields(fields))
    }

    fn fields(&self, fields: &Fields) -> String {
        let written = fields.iter().map(|(name, value)| match value {
            Value::Absent => format!("{name}=none"),
            _ if CHANCE.contains(name) => format!("{name}=set"),
            value => format!("{name}={}", self.written(value)),
        });
        written.collect::<Vec<_>>().join(" ")
    }

    fn written(&self, value: &Value) -> String {
        match value {
            Value::Absent => "none".to_owned(),
            Value::Flag(flag) => flag.to_string(),
            Value::Whole(number) if *number >= TIME => "set".to_owned(),
            Value::Whole(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => self.text(text),
            Value::List(elements) => format!("[{}]", elements.iter().map(|element| self.written(element)).collect::<Vec<_>>().join(",")),
            Value::Map(map) => {
                let written = map.iter().map(|(key, value)| format!("{key}={}", self.written(value)));
                format!("{{{}}}", written.collect::<Vec<_>>().join(" "))
            }
            Value::Record(fields) => format!("{{{}}}", self.fields(fields)),
            Value::Variant(name, fields) if fields.is_empty() => name.clone(),
            Value::Variant(name, fields) => format!("{name}{{{}}}", self.fields(fields)),
        }
    }

    fn text(&self, text: &str) -> String {
        let text = self.within(text);
        let (before, last) = text.rsplit_once('-').unwrap_or_default();
        let is_series = !before.is_empty() && before.bytes().all(|byte| fits('A', byte));
        if is_series && is_shaped(last, TICKET_NUMBER) {
            return last.to_owned();
        }
        if is_shaped(&text, CODE) { "?".to_owned() } else { quoted(&text) }
    }

    /// A text in which ids may stand.
    fn within(&self, text: &str) -> String {
        let mut learnt: Vec<_> = self.0.iter().collect();
        learnt.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        let text = learnt.into_iter().fold(text.to_owned(), |text, (label, value)| text.replace(value, label));
        let text = [HASH, UUID, MOMENT].into_iter().fold(text, |text, shape| reshaped(&text, shape, |_| "?"));
        reshaped(&text, ITEM_NUMBER, |number| &number[DAY.len()..])
    }
}

/// Not of variants: an enum's list stays in the line.
fn is_list_of_records(value: &Value) -> bool {
    matches!(value, Value::List(elements) if matches!(elements.first(), Some(Value::Record(_))))
}

fn fits(shape: char, byte: u8) -> bool {
    match shape {
        'h' => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        'A' => matches!(byte, b'0'..=b'9' | b'A'..=b'Z'),
        '9' => byte.is_ascii_digit(),
        other => byte == other as u8,
    }
}

fn is_shaped(text: &str, shape: &str) -> bool {
    text.len() == shape.len() && begins(text, shape)
}

fn begins(text: &str, shape: &str) -> bool {
    text.len() >= shape.len() && shape.chars().zip(text.bytes()).all(|(shape, byte)| fits(shape, byte))
}

/// The text with something else for everything of this shape.
fn reshaped<'a>(text: &'a str, shape: &str, instead: impl Fn(&'a str) -> &'a str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let length = if begins(rest, shape) { shape.len() } else { first.len_utf8() };
        let (taken, after) = rest.split_at(length);
        kept.push_str(if length == shape.len() && begins(taken, shape) { instead(taken) } else { taken });
        rest = after;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f0000-0000-7000-8000-00000000000a";

    fn text(labels: &Labels, text: &str) -> String {
        labels.lines(text.to_owned()).remove(0)
    }

    #[test]
    fn what_only_chance_decides_is_not_written() {
        let mut labels = Labels::default();
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(text(&labels, &format!(r#"{{"a":"{ID}","b":"{hash}"}}"#)), r#"{"a":"?","b":"?"}"#);
        labels.learn("fault", ID);
        assert_eq!(text(&labels, r#"{"at":1795975508023,"of":"20261130-0001"}"#), r#"{"at":?,"of":"0001"}"#);
        assert_eq!(text(&labels, &format!("crew/{ID} 电表 {hash}")), r#""crew/fault 电表 ?""#);
        assert_eq!(
            ["20261129-0012", "2ALQ2-00000021", "7K3M-9QWE", "", "-"].map(|shaped| text(&labels, shaped)),
            ["0012", "00000021", "?", "\"\"", "-"]
        );
        labels.learn("ticket", "2ALQ2-00000021");
        assert_eq!(text(&labels, "2ALQ2-00000021"), "ticket");
        assert_eq!([labels.lines(999_999_999_999_i64), labels.lines(1_790_000_000_000_i64)], [["999999999999"], ["set"]]);
        assert_eq!([labels.lines(30.0), labels.lines(2.5)], [["30"], ["2.5"]]);
    }

    #[test]
    fn a_record_is_a_line_and_its_lists_of_records_are_lines_below_it() {
        let labels = Labels::default();
        let inner = Value::Record(vec![("digest", Value::Whole(1)), ("cursor", Value::Absent)]);
        let variant = Value::Variant("safe".to_owned(), vec![("at", Value::Whole(1))]);
        let outer = vec![("inner", inner.clone()), ("each", Value::List(vec![inner.clone()])), ("list", Value::List(vec![variant]))];
        let lines = labels.lines_of(Value::List(vec![Value::Record(outer)]));
        assert_eq!(lines, ["inner={digest=set cursor=none} list=[safe{at=1}]", "  each digest=set cursor=none"]);
        assert_eq!(labels.lines_of(Value::Record(vec![("each", Value::List(vec![inner]))])), ["  each digest=set cursor=none"]);
        assert_eq!([labels.lines(Vec::<String>::new()), labels.lines(None::<String>)], [["none"], ["none"]]);
    }
}
