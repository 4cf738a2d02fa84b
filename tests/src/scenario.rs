//! A line of a scenario (bindings/scenarios/README.md), as the stage and the player in Rust read it.

use std::{collections::BTreeMap, str::FromStr};

use anyhow::{Context as _, Result, anyhow, bail};

/// One step: plain words, then keys with values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    words: Vec<String>,
    values: BTreeMap<String, String>,
}

impl Step {
    /// Takes a line apart.
    ///
    /// # Errors
    /// A quoted value has no end.
    pub fn read(line: &str) -> Result<Self> {
        let mut step = Self::default();
        let mut rest = line.trim();
        while !rest.is_empty() {
            let (word, after) = rest.split_at(rest.find([' ', '=']).unwrap_or(rest.len()));
            rest = match after.strip_prefix('=') {
                None => {
                    step.words.push(word.to_owned());
                    after
                }
                Some(after) => {
                    let (value, after) = value(after)?;
                    step.values.insert(word.to_owned(), value);
                    after
                }
            }
            .trim_start();
        }
        Ok(step)
    }

    /// Its plain words.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    /// Its keys and values, by key.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The value of a key, when there is one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// The value of a key.
    ///
    /// # Errors
    /// There is none.
    pub fn text(&self, key: &str) -> Result<&str> {
        self.find(key).with_context(|| format!("{key}= is missing"))
    }

    /// The value of a key as something else than text, when there is one.
    ///
    /// # Errors
    /// It is none of those.
    pub fn parsed<T: FromStr>(&self, key: &str) -> Result<Option<T>> {
        self.find(key).map(|text| text.parse().map_err(|_| anyhow!("{key}= cannot be {text}"))).transpose()
    }
}

fn value(text: &str) -> Result<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, after) = text.split_at(text.find(' ').unwrap_or(text.len()));
        return Ok((value.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            ('"', _) => return Ok((value, characters.as_str())),
            (_, true) => value.push(characters.next().map_or('\\', |escaped| if escaped == 'n' { '\n' } else { escaped })),
            (other, false) => value.push(other),
        }
    }
    bail!("a value has no end: {text}")
}

/// A value as it stands in a line.
#[must_use]
pub fn written(value: &str) -> String {
    let bare = !value.is_empty() && !value.starts_with('"') && !value.contains([' ', '\n']);
    if bare { value.to_owned() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_words_then_keys_and_values() {
        let step = Step::read(r#"phone A note  text="a \"fuse\" = \\ \n" body={"a":"b=c"} empty="" last=\"#).unwrap();
        assert_eq!(step.words(), ["phone", "A", "note"]);
        assert_eq!(step.text("text").unwrap(), "a \"fuse\" = \\ \n");
        assert_eq!(step.text("body").unwrap(), r#"{"a":"b=c"}"#);
        assert_eq!((step.find("empty"), step.find("last"), step.find("none")), (Some(""), Some("\\"), None));
        assert!(step.text("none").is_err() && step.parsed::<u64>("body").is_err());
        assert!(Step::read("a text=\"no end").is_err());
    }

    #[test]
    fn what_is_written_is_read() {
        for value in ["", "a", "a b", "\"", "a\"b", "a \"b\" \\ c", "\\", "a\nb", "=", "电 表"] {
            let step = Step::read(&format!("a key={} more=1", written(value))).unwrap();
            assert_eq!((step.find("key"), step.find("more")), (Some(value), Some("1")));
        }
    }
}
