//! What a step answers.

use std::fmt;

use linecrew_tests::scenario::written;

/// Labels to learn, and words for the transcript.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) learnt: Vec<(String, String)>,
    said: Vec<(&'static str, String)>,
}

impl Answer {
    /// With a label for an id, or for what only the player needs.
    pub(crate) fn learn(mut self, label: impl Into<String>, value: impl ToString) -> Self {
        self.learnt.push((label.into(), value.to_string()));
        self
    }

    /// With a key and a value for the transcript.
    pub(crate) fn say(mut self, key: &'static str, value: impl ToString) -> Self {
        self.said.push((key, value.to_string()));
        self
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ok")?;
        self.learnt.iter().try_for_each(|(label, value)| write!(formatter, " {label}:={value}"))?;
        self.said.iter().try_for_each(|(key, value)| write!(formatter, " {key}={}", written(value)))
    }
}
