//! What people must decide: the conflicts that no rule can settle without them.

use linecrew_client::{
    Choice, Means, Question,
    protocol::{
        ids::{DocumentId, EventId},
        model::work::{Attention, AttentionKind, view::PersonView},
    },
};

use crate::{core::LinecrewCore, error::LinecrewError, values::Json};

/// Which rule found it.
#[uniffi::remote(Enum)]
pub enum AttentionKind {
    /// Two accepted, and the evidence does not say who was first.
    AcceptedTwice,
    /// Given to another crew while the first was already on site.
    ReassignedWhileWorking,
    /// Withdrawn while the crew was already on site.
    CancelledWhileWorking,
    /// One says completed, another not done.
    CompletedAndNotDone,
    /// Two wrote different values that the bill depends on.
    ValuesDiffer,
    /// Another item removed the same meter, or installed one of the same serial.
    MeterClaimedTwice,
    /// Archived before these edits arrived.
    LateAfterArchive,
    /// Work began although the safety gate was not passed.
    ForcedStart,
}

/// An open question about one item.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct OpenQuestion {
    /// The item.
    pub document: DocumentId,
    /// The number people say.
    pub number: String,
    /// Its name: what `resolve` takes. The same on every phone.
    pub id: String,
    /// The rule's number in the conflict catalogue; 0 for what is no conflict.
    pub rule: u8,
    /// Which rule found it.
    pub kind: AttentionKind,
    /// The events that stand against each other.
    pub events: Vec<EventId>,
    /// What may be decided.
    pub choices: Vec<QuestionChoice>,
    /// Whether this person may decide it; else the office does.
    pub is_mine: bool,
}

/// One way to decide a question.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct QuestionChoice {
    /// Its name: what `resolve` takes.
    pub name: String,
    /// What it stands for.
    pub means: ChoiceMeaning,
}

/// What a choice stands for.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum ChoiceMeaning {
    /// A choice that the rule names; its words stand in the catalogue.
    Rule,
    /// This person leads.
    Leads {
        /// Who.
        person: PersonView,
    },
    /// Somebody's values are right.
    Values {
        /// Whose.
        by: PersonView,
        /// Which, and what they are.
        values: Vec<NamedValue>,
    },
}

/// A value under its path.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NamedValue {
    /// Which, such as `removed/1`.
    pub path: String,
    /// What it is.
    pub value: Json,
}

impl From<Question> for OpenQuestion {
    fn from(Question { document, number, attention, choices, is_mine }: Question) -> Self {
        // Its choices stand in `choices`, with what they mean.
        let Attention { id, rule, kind, events, choices: _ } = attention;
        let choices = choices.into_iter().map(QuestionChoice::from).collect();
        Self { document, number, id, rule, kind, events, choices, is_mine }
    }
}

impl From<Choice> for QuestionChoice {
    fn from(Choice { name, means }: Choice) -> Self {
        Self { name, means: means.into() }
    }
}

impl From<Means> for ChoiceMeaning {
    fn from(means: Means) -> Self {
        match means {
            Means::Rule => Self::Rule,
            Means::Person(person) => Self::Leads { person },
            Means::Values { by, values } => {
                let named = |(path, value)| NamedValue { path, value: Json(value) };
                Self::Values { by, values: values.into_iter().map(named).collect() }
            }
        }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// The open questions of one item, or of all of them in the order of the list.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    #[uniffi::method(default(item = None))]
    pub fn questions(&self, item: Option<DocumentId>) -> Result<Vec<OpenQuestion>, LinecrewError> {
        self.read(|client| {
            let questions = item.map_or_else(|| client.questions(), |item| client.questions_of(item))?;
            Ok(questions.into_iter().map(OpenQuestion::from).collect())
        })
    }
}
