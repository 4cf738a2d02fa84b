//! The parts of one item: what belongs to its type, and within which bounds.

use std::collections::BTreeSet;

use serde_json::Number;

use super::{
    super::{MAX_CHOICES, MAX_INSTANCES, definition::Choice},
    AnswerType, ItemSource, Kind, Problem, Repeat, is_name, words,
};

/// What every item must have, and what this one may not.
pub(super) fn check(source: &ItemSource) -> Result<(), Problem> {
    if !is_name(&source.name) {
        return Err(Problem::Name);
    }
    words("label", &source.label)?;
    source.hint.as_ref().map_or(Ok(()), |hint| words("hint", hint))?;
    let stray = given(source).into_iter().find(|field| !belongs(field, source));
    stray.map_or(Ok(()), |field| Err(Problem::NotFor { field, kind: source.kind.name() }))
}

/// The fields that only some types have and that were written down.
fn given(source: &ItemSource) -> Vec<&'static str> {
    let fields = [
        ("required", source.required),
        ("billing", source.billing),
        ("repeat", source.repeat),
        ("min", source.min.is_some()),
        ("max", source.max.is_some()),
        ("unit", source.unit.is_some()),
        ("choices", source.choices.is_some()),
        ("items", source.items.is_some()),
    ];
    fields.into_iter().filter_map(|(field, is_given)| is_given.then_some(field)).collect()
}

fn belongs(field: &str, source: &ItemSource) -> bool {
    match field {
        "required" | "billing" => source.kind != Kind::Group,
        "repeat" | "items" => source.kind == Kind::Group,
        "min" | "max" => matches!(source.kind, Kind::Integer | Kind::Number) || source.repeat,
        "unit" => source.kind == Kind::Number,
        "choices" => matches!(source.kind, Kind::Choice | Kind::Choices),
        _ => true,
    }
}

pub(super) fn repeat(source: &ItemSource) -> Result<Option<Repeat>, Problem> {
    if !source.repeat {
        return Ok(None);
    }
    let count = |number: &Number| number.as_u64().and_then(|count| u32::try_from(count).ok()).filter(|count| *count <= MAX_INSTANCES);
    let (min, max) = bounds(source, count)?;
    let (min, max) = (min.unwrap_or(0), max.unwrap_or(MAX_INSTANCES));
    // A group that may never be answered is a mistake.
    if max == 0 { Err(Problem::Bound("max")) } else { Ok(Some(Repeat { min, max })) }
}

/// What an answer to this question is. A group is none; it never comes here.
pub(super) fn answer(source: &ItemSource) -> Result<AnswerType, Problem> {
    let choices = || checked(source.choices.clone().unwrap_or_default());
    Ok(match source.kind {
        Kind::Text => AnswerType::Text,
        Kind::LongText => AnswerType::LongText,
        Kind::Integer => bounds(source, Number::as_i64).map(|(min, max)| AnswerType::Integer { min, max })?,
        Kind::Number => {
            let (min, max) = bounds(source, Number::as_f64)?;
            AnswerType::Number { min, max, unit: source.unit.clone() }
        }
        Kind::Flag => AnswerType::Flag,
        Kind::Date => AnswerType::Date,
        Kind::Time => AnswerType::Time,
        Kind::Choice => AnswerType::Choice { choices: choices()? },
        Kind::Choices => AnswerType::Choices { choices: choices()? },
        Kind::Serial => AnswerType::Serial,
        Kind::Photo => AnswerType::Photo,
        Kind::Signature => AnswerType::Signature,
        Kind::Group => return Err(Problem::NoItems),
    })
}

fn bounds<T: PartialOrd>(source: &ItemSource, read: impl Fn(&Number) -> Option<T>) -> Result<(Option<T>, Option<T>), Problem> {
    let bound = |field, number: Option<&Number>| number.map(|number| read(number).ok_or(Problem::Bound(field))).transpose();
    let (min, max) = (bound("min", source.min.as_ref())?, bound("max", source.max.as_ref())?);
    if min.as_ref().zip(max.as_ref()).is_some_and(|(min, max)| min > max) { Err(Problem::MinAboveMax) } else { Ok((min, max)) }
}

fn checked(choices: Vec<Choice>) -> Result<Vec<Choice>, Problem> {
    if choices.is_empty() {
        return Err(Problem::NoChoices);
    }
    if choices.len() > MAX_CHOICES {
        return Err(Problem::TooManyChoices);
    }
    let mut names = BTreeSet::new();
    for choice in &choices {
        if !is_name(&choice.name) {
            return Err(Problem::ChoiceName(choice.name.chars().take(80).collect()));
        }
        if !names.insert(&choice.name) {
            return Err(Problem::ChoiceTwice(choice.name.clone()));
        }
        words("choices", &choice.label)?;
    }
    Ok(choices)
}
