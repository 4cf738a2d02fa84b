//! The JSON shape of a definition: questions and groups are flat objects that `type` tells apart, like the fields of every other
//! description. [`super::reader`] makes a [`Form`] of it.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::definition::{AnswerType, Choice, Condition, Form, Group, Item, Question, Text};

/// A form as it is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormSource {
    pub(super) form: String,
    pub(super) version: u32,
    pub(super) title: Text,
    pub(super) items: Vec<ItemSource>,
}

/// A question or a group as it is written down: what belongs to which type is the reader's business.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemSource {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    pub(super) label: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<Text>,
    #[serde(default, skip_serializing_if = "is_no")]
    pub(super) required: bool,
    #[serde(default, skip_serializing_if = "is_no")]
    pub(super) billing: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) relevant: Option<ConditionSource>,
    #[serde(default, skip_serializing_if = "is_no")]
    pub(super) repeat: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) choices: Option<Vec<Choice>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Vec<Self>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionSource {
    pub(super) question: String,
    pub(super) equals: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Text,
    LongText,
    Integer,
    Number,
    Flag,
    Date,
    Time,
    Choice,
    Choices,
    Serial,
    Photo,
    Signature,
    Group,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Date => "date",
            Self::Time => "time",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Serial => "serial",
            Self::Photo => "photo",
            Self::Signature => "signature",
            Self::Group => "group",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_no(flag: &bool) -> bool {
    !flag
}

impl From<Form> for FormSource {
    fn from(form: Form) -> Self {
        let Form { form, version, title, items } = form;
        Self { form, version, title, items: items.into_iter().map(ItemSource::from).collect() }
    }
}

impl From<Item> for ItemSource {
    fn from(item: Item) -> Self {
        match item {
            Item::Question(question) => question.into(),
            Item::Group(group) => group.into(),
        }
    }
}

impl From<Group> for ItemSource {
    fn from(group: Group) -> Self {
        let Group { name, label, hint, relevant, repeat, items } = group;
        let relevant = relevant.map(ConditionSource::from);
        let items = Some(items.into_iter().map(Self::from).collect());
        let (min, max) = (repeat.map(|repeat| repeat.min.into()), repeat.map(|repeat| repeat.max.into()));
        Self { hint, relevant, repeat: repeat.is_some(), min, max, items, ..Self::plain(name, Kind::Group, label) }
    }
}

impl From<Question> for ItemSource {
    fn from(question: Question) -> Self {
        let Question { name, label, hint, required, billing, relevant, answer } = question;
        let relevant = relevant.map(ConditionSource::from);
        let plain = |kind| Self { hint, required, billing, relevant, ..Self::plain(name, kind, label) };
        match answer {
            AnswerType::Text => plain(Kind::Text),
            AnswerType::LongText => plain(Kind::LongText),
            AnswerType::Integer { min, max } => Self { min: min.map(Number::from), max: max.map(Number::from), ..plain(Kind::Integer) },
            AnswerType::Number { min, max, unit } => {
                Self { min: min.and_then(Number::from_f64), max: max.and_then(Number::from_f64), unit, ..plain(Kind::Number) }
            }
            AnswerType::Flag => plain(Kind::Flag),
            AnswerType::Date => plain(Kind::Date),
            AnswerType::Time => plain(Kind::Time),
            AnswerType::Choice { choices } => Self { choices: Some(choices), ..plain(Kind::Choice) },
            AnswerType::Choices { choices } => Self { choices: Some(choices), ..plain(Kind::Choices) },
            AnswerType::Serial => plain(Kind::Serial),
            AnswerType::Photo => plain(Kind::Photo),
            AnswerType::Signature => plain(Kind::Signature),
        }
    }
}

impl ItemSource {
    fn plain(name: String, kind: Kind, label: Text) -> Self {
        Self {
            name,
            kind,
            label,
            hint: None,
            required: false,
            billing: false,
            relevant: None,
            repeat: false,
            min: None,
            max: None,
            unit: None,
            choices: None,
            items: None,
        }
    }
}

impl From<Condition> for ConditionSource {
    fn from(condition: Condition) -> Self {
        let Condition { question, equals } = condition;
        Self { question, equals }
    }
}
