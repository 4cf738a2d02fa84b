//! What ids are called in a scenario, and how values are written.

use std::{collections::BTreeMap, fmt::Debug};

use linecrew_tests::scenario::written;

/// Labels and what they stand for.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    ids: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
}

impl Labels {
    pub(crate) fn learn(&mut self, label: &str, value: &str) {
        self.ids.insert(label.to_owned(), value.to_owned());
        self.names.insert(value.to_owned(), label.to_owned());
    }

    /// What a label stands for; any other text is itself.
    pub(crate) fn id_of<'a>(&'a self, text: &'a str) -> &'a str {
        self.ids.get(text).map_or(text, String::as_str)
    }

    pub(crate) fn name_of(&self, id: impl ToString) -> String {
        self.names.get(&id.to_string()).cloned().unwrap_or_else(|| "?".to_owned())
    }

    /// A text in which ids may stand.
    pub(crate) fn within(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (id, label)| text.replace(id, label))
    }
}

/// A line of the transcript.
pub(crate) fn line(word: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(word.to_owned(), |line, (key, value)| format!("{line} {key}={value}"))
}

/// A line for each, or that there is none.
pub(crate) fn rows(lines: impl Iterator<Item = String>) -> Vec<String> {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { vec!["none".to_owned()] } else { lines }
}

pub(crate) fn text(value: impl AsRef<str>) -> String {
    written(value.as_ref())
}

pub(crate) fn maybe<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "none".to_owned(), write)
}

/// What only time and chance decide.
pub(crate) fn known<T>(value: Option<T>) -> String {
    maybe(value, |_| "set".to_owned())
}

pub(crate) fn listed(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().collect();
    if values.is_empty() { "none".to_owned() } else { values.join(",") }
}

/// What follows the day in an item's number.
pub(crate) fn number(value: impl AsRef<str>) -> String {
    value.as_ref().rsplit('-').next().unwrap_or_default().to_owned()
}

/// A variant's name in snake case, without its fields.
pub(crate) fn variant(value: &impl Debug) -> String {
    let shown = format!("{value:?}");
    let name = shown.split([' ', '(', '{']).next().unwrap_or_default();
    let separated = name.char_indices().map(|(at, letter)| {
        let lower = letter.to_ascii_lowercase();
        if at > 0 && letter.is_ascii_uppercase() { format!("_{lower}") } else { lower.to_string() }
    });
    separated.collect()
}

#[test]
fn a_variant_is_written_in_snake_case() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "only its name is looked at")]
    enum Thing {
        NotDone { reason: u8 },
        Safe,
    }
    assert_eq!([variant(&Thing::NotDone { reason: 1 }), variant(&Thing::Safe)], ["not_done", "safe"]);
}
