//! Survey forms: what to ask, and what counts as an answer.

use std::collections::HashMap;

use linecrew_client::protocol::model::form::{AnswerType, Choice, Condition, Form, Group, Item, Question, Repeat, Text};
use serde_json::Value;

use crate::{core::LinecrewCore, error::LinecrewError, values::Json};

/// Words in both languages.
#[uniffi::remote(Record)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// One version of a form.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct SurveyForm {
    /// Its name, such as `meter_test`.
    pub form: String,
    /// Its version, from 1. A submission names the version that it answers.
    pub version: u32,
    /// Its title.
    pub title: Text,
    /// Questions and groups in the order in which they are asked.
    pub items: Vec<FormItem>,
}

/// What stands in a form.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum FormItem {
    /// Something to answer.
    Question {
        /// It.
        question: FormQuestion,
    },
    /// Questions that belong together.
    Group {
        /// Its name in paths.
        name: String,
        /// Its heading.
        label: Text,
        /// More about it, for the person on site.
        hint: Option<Text>,
        /// When it is asked at all; always, without one.
        relevant: Option<FormCondition>,
        /// How often it may be answered, each time under a name of its own in the path; once, without one.
        repeat: Option<FormRepeat>,
        /// What is in it.
        items: Vec<FormItem>,
    },
}

/// Something to answer.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FormQuestion {
    /// Its name in paths.
    pub name: String,
    /// What is asked.
    pub label: Text,
    /// More about it, for the person on site.
    pub hint: Option<Text>,
    /// Whether a form without an answer is incomplete.
    pub required: bool,
    /// Whether money depends on it.
    pub billing: bool,
    /// When it is asked at all; always, without one.
    pub relevant: Option<FormCondition>,
    /// What an answer is.
    pub answer: FormAnswer,
}

/// An item counts only when an earlier question has this answer.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FormCondition {
    /// The earlier question: its path from the top, without instances.
    pub question: String,
    /// Its answer; of a question with several choices, one of those chosen.
    pub equals: Json,
}

/// How often a group may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct FormRepeat {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FormChoice {
    /// Its name: the answer.
    pub name: String,
    /// Its words.
    pub label: Text,
}

/// What an answer is.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum FormAnswer {
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
    /// A moment, in milliseconds since 1970.
    Time,
    /// One of several.
    Choice {
        /// Those.
        choices: Vec<FormChoice>,
    },
    /// Any of several.
    Choices {
        /// Those.
        choices: Vec<FormChoice>,
    },
    /// What is printed on a device.
    Serial,
    /// A photo: the SHA-256 of an attached file.
    Photo,
    /// The id of an event that holds a signature.
    Signature,
}

impl From<Form> for SurveyForm {
    fn from(form: Form) -> Self {
        // Nobody but its reader may make one, so it cannot be taken apart by a full pattern.
        let items = form.items.into_iter().map(FormItem::from).collect();
        Self { form: form.form, version: form.version, title: form.title, items }
    }
}

impl From<Item> for FormItem {
    fn from(item: Item) -> Self {
        match item {
            Item::Question(question) => Self::Question { question: question.into() },
            Item::Group(Group { name, label, hint, relevant, repeat, items }) => Self::Group {
                name,
                label,
                hint,
                relevant: relevant.map(FormCondition::from),
                repeat: repeat.map(|Repeat { min, max }| FormRepeat { min, max }),
                items: items.into_iter().map(Self::from).collect(),
            },
        }
    }
}

impl From<Question> for FormQuestion {
    fn from(Question { name, label, hint, required, billing, relevant, answer }: Question) -> Self {
        Self { name, label, hint, required, billing, relevant: relevant.map(FormCondition::from), answer: answer.into() }
    }
}

impl From<Condition> for FormCondition {
    fn from(Condition { question, equals }: Condition) -> Self {
        Self { question, equals: Json(equals) }
    }
}

impl From<AnswerType> for FormAnswer {
    fn from(answer: AnswerType) -> Self {
        let named = |choices: Vec<Choice>| choices.into_iter().map(|Choice { name, label }| FormChoice { name, label }).collect();
        match answer {
            AnswerType::Text => Self::Text,
            AnswerType::LongText => Self::LongText,
            AnswerType::Integer { min, max } => Self::Integer { min, max },
            AnswerType::Number { min, max, unit } => Self::Number { min, max, unit },
            AnswerType::Flag => Self::Flag,
            AnswerType::Date => Self::Date,
            AnswerType::Time => Self::Time,
            AnswerType::Choice { choices } => Self::Choice { choices: named(choices) },
            AnswerType::Choices { choices } => Self::Choices { choices: named(choices) },
            AnswerType::Serial => Self::Serial,
            AnswerType::Photo => Self::Photo,
            AnswerType::Signature => Self::Signature,
        }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// The form with this name and version; absent when it has not arrived yet.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn form(&self, form: String, version: u32) -> Result<Option<SurveyForm>, LinecrewError> {
        self.read(|client| Ok(client.form(&form, version)?.map(SurveyForm::from)))
    }

    /// Every form on this phone, by name and version.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn forms(&self) -> Result<Vec<SurveyForm>, LinecrewError> {
        self.read(|client| Ok(client.forms()?.into_iter().map(SurveyForm::from).collect()))
    }

    /// The paths that a form still lacks before it can be submitted with these answers, by path: required questions that count and have none, and
    /// repeated groups that were answered too seldom.
    ///
    /// # Errors
    /// [`LinecrewError::NotFound`] for a form that is not here.
    pub fn missing_answers(&self, form: String, version: u32, answers: HashMap<String, Json>) -> Result<Vec<String>, LinecrewError> {
        let answers = answers.into_iter().map(|(path, Json(value))| (path, value)).collect();
        self.read(|client| Ok(client.form(&form, version)?.ok_or_else(unknown_form)?.missing(&answers)))
    }

    /// Whether this may stand as an answer under this path, before anybody saves it. No value (JSON null) takes an answer back.
    ///
    /// # Errors
    /// [`LinecrewError::NotPermitted`] when it may not; [`LinecrewError::NotFound`] for a form that is not here.
    pub fn check_answer(&self, form: String, version: u32, path: String, answer: Option<Json>) -> Result<(), LinecrewError> {
        let value = answer.map_or(Value::Null, |Json(value)| value);
        self.read(|client| Ok(client.form(&form, version)?.ok_or_else(unknown_form)?.check(&path, &value)?))
    }
}

fn unknown_form() -> LinecrewError {
    LinecrewError::NotFound { code: "unknown_form".to_owned() }
}
