//! All kinds of work as data, for those who draw lists and forms.

use linecrew_client::protocol::model::{
    person::Role,
    work::{
        AttentionKind, Phase,
        catalogue::{self, AttentionView, KindView, StepView},
        field::{Choice, Field, Shape},
        kind::{By, Named},
        label::Label,
        state::StateLabel,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// A name in English and Chinese.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// A name in data and for people.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NamedWords {
    /// In data.
    pub name: String,
    /// For people.
    pub label: Words,
}

/// Everything that can be drawn.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Catalogue {
    /// The kinds of work.
    pub kinds: Vec<WorkKindInfo>,
    /// The questions that people decide.
    pub questions: Vec<QuestionInfo>,
    /// The phases.
    pub phases: Vec<NamedWords>,
}

/// One kind of work.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WorkKindInfo {
    /// Its name, such as `repair_dispatch`.
    pub kind: String,
    /// Its name for people.
    pub label: Words,
    /// Who does it.
    pub roles: Vec<Role>,
    /// The state that an order opens.
    pub opening: String,
    /// What its orders hold.
    pub about: Vec<FieldInfo>,
    /// Its states.
    pub states: Vec<StateInfo>,
    /// Its steps, the common ones first.
    pub steps: Vec<StepInfo>,
    /// Its time limits.
    pub clocks: Vec<NamedWords>,
}

/// One state.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StateInfo {
    /// Its name.
    pub name: String,
    /// Its phase.
    pub phase: Phase,
    /// Its name for people.
    pub label: Words,
}

/// One step.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct StepInfo {
    /// Its name: what `step` takes.
    pub name: String,
    /// What somebody does.
    pub label: Words,
    /// What has happened then.
    pub done: Words,
    /// Who records it.
    pub by: By,
    /// What it holds.
    pub fields: Vec<FieldInfo>,
    /// Whether the safety gate comes first.
    pub gate: bool,
    /// Whether all kinds have it.
    pub common: bool,
}

/// Who records a step.
#[uniffi::remote(Enum)]
pub enum By {
    /// The crew that holds the item.
    Crew,
    /// The office.
    Office,
    /// Either.
    Both,
    /// The server itself.
    Server,
}

/// One question that people decide.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QuestionInfo {
    /// Which.
    pub kind: AttentionKind,
    /// Its row in the conflict catalogue.
    pub rule: u8,
    /// The question.
    pub label: Words,
    /// What may be decided; empty when the choices are people or events.
    pub choices: Vec<NamedWords>,
}

/// One field of an order or of a step.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FieldInfo {
    /// Its key.
    pub name: String,
    /// Its name for people.
    pub label: Words,
    /// Whether it must be there.
    pub required: bool,
    /// What it holds.
    pub shape: FieldShape,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum FieldShape {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A whole number.
    Integer {
        /// The smallest allowed.
        min: i64,
        /// The largest allowed.
        max: i64,
    },
    /// Yes or no.
    Flag,
    /// A moment: milliseconds since 1970.
    Time,
    /// A day, such as `2026-11-28`.
    Date,
    /// One of some names.
    Choice {
        /// The names.
        choices: Vec<NamedWords>,
    },
    /// Fields of their own.
    Group {
        /// The fields.
        fields: Vec<FieldInfo>,
    },
    /// Groups by a key, such as a meter's registers by number.
    Map {
        /// What the key is.
        key: Words,
        /// The fields of each.
        fields: Vec<FieldInfo>,
    },
    /// A signature.
    Strokes,
    /// A crew.
    Crew,
    /// A work item.
    Document,
    /// A survey form and its version.
    Form,
    /// An attachment, by its SHA-256.
    Hash,
}

impl From<Label> for Words {
    fn from(Label { en, zh }: Label) -> Self {
        Self { en: en.to_owned(), zh: zh.to_owned() }
    }
}

impl From<Named> for NamedWords {
    fn from(Named { name, label }: Named) -> Self {
        Self { name: name.to_owned(), label: label.into() }
    }
}

impl From<Choice> for NamedWords {
    fn from(Choice { name, label }: Choice) -> Self {
        Self { name: name.to_owned(), label: label.into() }
    }
}

impl From<catalogue::Catalogue> for Catalogue {
    fn from(catalogue::Catalogue { items, attention, phases }: catalogue::Catalogue) -> Self {
        Self { kinds: all(items), questions: all(attention), phases: all(phases) }
    }
}

impl From<KindView> for WorkKindInfo {
    fn from(KindView { kind, label, roles, opening, about, states, steps, clocks }: KindView) -> Self {
        Self {
            kind: kind.to_owned(),
            label: label.into(),
            roles: roles.to_vec(),
            opening: opening.to_owned(),
            about: all(about.to_vec()),
            states: all(states),
            steps: all(steps),
            clocks: all(clocks),
        }
    }
}

impl From<StateLabel> for StateInfo {
    fn from(StateLabel { name, phase, label }: StateLabel) -> Self {
        Self { name: name.to_owned(), phase, label: label.into() }
    }
}

impl From<StepView> for StepInfo {
    fn from(StepView { name, label, done, by, fields, gate, common }: StepView) -> Self {
        Self { name: name.to_owned(), label: label.into(), done: done.into(), by, fields: all(fields.to_vec()), gate, common }
    }
}

impl From<AttentionView> for QuestionInfo {
    fn from(AttentionView { kind, rule, label, choices }: AttentionView) -> Self {
        Self { kind, rule, label: label.into(), choices: all(choices.to_vec()) }
    }
}

impl From<Field> for FieldInfo {
    fn from(Field { name, label, required, shape }: Field) -> Self {
        Self { name: name.to_owned(), label: label.into(), required, shape: shape.into() }
    }
}

impl From<Shape> for FieldShape {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Text => Self::Text,
            Shape::LongText => Self::LongText,
            Shape::Integer { min, max } => Self::Integer { min, max },
            Shape::Flag => Self::Flag,
            Shape::Time => Self::Time,
            Shape::Date => Self::Date,
            Shape::Choice { choices } => Self::Choice { choices: all(choices.to_vec()) },
            Shape::Group { fields } => Self::Group { fields: all(fields.to_vec()) },
            Shape::Map { key, fields } => Self::Map { key: key.into(), fields: all(fields.to_vec()) },
            Shape::Strokes => Self::Strokes,
            Shape::Crew => Self::Crew,
            Shape::Document => Self::Document,
            Shape::Form => Self::Form,
            Shape::Hash => Self::Hash,
        }
    }
}

fn all<T, Mirror: From<T>>(of: Vec<T>) -> Vec<Mirror> {
    of.into_iter().map(Mirror::from).collect()
}

#[uniffi::export]
impl LinecrewCore {
    /// All kinds of work as this version knows them: names, states, steps and fields in both languages.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`].
    pub fn catalogue(&self) -> Result<Catalogue, LinecrewError> {
        self.read(|_| Ok(catalogue::catalogue().into()))
    }
}
