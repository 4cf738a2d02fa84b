//! What is wrong with a definition, in words for the person who wrote it.

use super::{MAX_CHOICES, MAX_DEPTH, MAX_FORM_BYTES, MAX_INSTANCES, MAX_NAME_BYTES, MAX_QUESTIONS};

/// Why a text is no form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// It is too long.
    #[error("the form has {bytes} bytes; {MAX_FORM_BYTES} are allowed")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It is no JSON, lacks a field, or has one that forms do not know.
    #[error("the form cannot be read at line {line}, column {column}")]
    Unreadable {
        /// Where, counted from 1.
        line: usize,
        /// Where, counted from 1.
        column: usize,
        /// What was expected there.
        #[source]
        source: serde_json::Error,
    },
    /// It asks too much.
    #[error("the form has more than {MAX_QUESTIONS} questions")]
    TooManyQuestions,
    /// Something about the form itself.
    #[error("the form: {problem}")]
    Form {
        /// What is wrong.
        problem: Problem,
    },
    /// Something about one item.
    #[error("{path}: {problem}")]
    Item {
        /// The item, from the top.
        path: String,
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The name cannot stand in a path.
    Name,
    /// Another item of the same group has the name.
    NameTaken,
    /// A title, label or hint lacks one of its languages.
    Words(&'static str),
    /// Versions count from 1.
    Version,
    /// The items are missing or empty.
    NoItems,
    /// Groups are nested too deep.
    TooDeep,
    /// A field that this type of item does not have.
    NotFor {
        /// The field.
        field: &'static str,
        /// The type.
        kind: &'static str,
    },
    /// A bound that is no such number.
    Bound(&'static str),
    /// The lowest is above the highest.
    MinAboveMax,
    /// Nothing to choose from.
    NoChoices,
    /// Too much to choose from.
    TooManyChoices,
    /// The name of a choice cannot be an answer.
    ChoiceName(String),
    /// Two choices have this name.
    ChoiceTwice(String),
    /// The condition's question is not there, or comes later.
    NoEarlierQuestion(String),
    /// The condition's question is in a repeated group that this item is not in, so it has many answers.
    ManyAnswers(String),
    /// The condition's question can never have that answer.
    NeverEquals(String),
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name => write!(formatter, "a name has 1 to {MAX_NAME_BYTES} of a-z, 0-9 and _"),
            Self::NameTaken => write!(formatter, "another item of the same group has this name"),
            Self::Words(field) => write!(formatter, "`{field}` needs words in `en` and in `zh`"),
            Self::Version => write!(formatter, "`version` counts from 1"),
            Self::NoItems => write!(formatter, "`items` needs at least one item"),
            Self::TooDeep => write!(formatter, "items nest at most {MAX_DEPTH} deep"),
            Self::NotFor { field, kind } => write!(formatter, "`{field}` does not belong to the type `{kind}`"),
            Self::Bound(field) => write!(formatter, "`{field}` is not a number that fits; a repeat has at most {MAX_INSTANCES} instances"),
            Self::MinAboveMax => write!(formatter, "`min` is above `max`"),
            Self::NoChoices => write!(formatter, "`choices` needs at least one choice"),
            Self::TooManyChoices => write!(formatter, "`choices` has more than {MAX_CHOICES} choices"),
            Self::ChoiceName(name) => write!(formatter, "the choice {name:?} is no name: 1 to {MAX_NAME_BYTES} of a-z, 0-9 and _"),
            Self::ChoiceTwice(name) => write!(formatter, "the choice `{name}` is there twice"),
            Self::NoEarlierQuestion(path) => write!(formatter, "`relevant` names {path:?}, which is no earlier question"),
            Self::ManyAnswers(path) => write!(formatter, "`relevant` names `{path}`, which is repeated and has many answers"),
            Self::NeverEquals(path) => {
                write!(
                    formatter,
                    "`relevant` waits for an answer that `{path}` cannot have; it can wait for a flag, an integer or a choice"
                )
            }
        }
    }
}
