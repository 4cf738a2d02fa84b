//! What a form is made of.

use serde::{Deserialize, Serialize};

use super::source::FormSource;

/// Words in both languages of the UI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// One version of a form. [`Form::parse`] or serde make one, and both check it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "FormSource", into = "FormSource")]
#[non_exhaustive]
pub struct Form {
    /// Its name, such as `meter_test`.
    pub form: String,
    /// Counts from 1. A submission names the version that it answers.
    pub version: u32,
    /// Its title.
    pub title: Text,
    /// Questions and groups in the order in which they are asked.
    pub items: Vec<Item>,
}

/// What stands in a form.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// Something to answer.
    Question(Question),
    /// Questions that belong together.
    Group(Group),
}

impl Item {
    /// Its name, unique in its group.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Question(question) => &question.name,
            Self::Group(group) => &group.name,
        }
    }
}

/// Questions that belong together, answered once or for each of several things.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name in paths.
    pub name: String,
    /// Its heading.
    pub label: Text,
    /// More about it, for the person on site.
    pub hint: Option<Text>,
    /// When it is asked at all; always, without one.
    pub relevant: Option<Condition>,
    /// How often it may be answered; once, without one.
    pub repeat: Option<Repeat>,
    /// What is in it, never empty.
    pub items: Vec<Item>,
}

/// How many instances a repeated group has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// Something to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its name in paths.
    pub name: String,
    /// What is asked.
    pub label: Text,
    /// More about it, for the person on site.
    pub hint: Option<Text>,
    /// Whether a form without an answer is incomplete.
    pub required: bool,
    /// Whether money depends on it: two different answers then need a decision (rule 7).
    pub billing: bool,
    /// When it is asked at all; always, without one.
    pub relevant: Option<Condition>,
    /// What an answer is.
    pub answer: AnswerType,
}

/// An item counts only when an earlier question has this answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The earlier question: its path from the top, without instances. Inside a repeated group it is the question of the same instance.
    pub question: String,
    /// Its answer; of a question with several choices, one of those chosen.
    pub equals: serde_json::Value,
}

/// What an answer is.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerType {
    /// A line of text.
    Text,
    /// Text of several lines.
    LongText,
    /// A whole number.
    Integer {
        /// The lowest.
        min: Option<i64>,
        /// The highest.
        max: Option<i64>,
    },
    /// A number.
    Number {
        /// The lowest.
        min: Option<f64>,
        /// The highest.
        max: Option<f64>,
        /// The unit that it is in, such as `kVA`.
        unit: Option<String>,
    },
    /// Yes or no.
    Flag,
    /// A day: `2026-11-28`.
    Date,
    /// A moment, in milliseconds since 1970-01-01 UTC.
    Time,
    /// One of several.
    Choice {
        /// Those.
        choices: Vec<Choice>,
    },
    /// Any of several: an array of their names.
    Choices {
        /// Those.
        choices: Vec<Choice>,
    },
    /// What is printed on a device.
    Serial,
    /// An attachment: the SHA-256 of its bytes, in lower-case hexadecimal digits.
    Photo,
    /// The id of an event that holds a signature.
    Signature,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its name: the answer.
    pub name: String,
    /// Its words.
    pub label: Text,
}
