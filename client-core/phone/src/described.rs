//! What the catalogue says about kinds, states and steps, in the person's language. Nothing here knows a kind by its name.

use linecrew_client::protocol::model::{
    kinds,
    work::{SafetyStep, common, field::Field, kind::Description, label::Label, state::Phase},
};

use serde_json::Value;

use crate::lang::Lang;

/// The kind with this name; none when a newer server has sent one that this version does not know.
pub(crate) fn kind(name: &str) -> Option<&'static Description> {
    kinds::named(name).map(|kind| kind.describe())
}

/// The kind as people type it: its name, or its label in either language.
pub(crate) fn typed_kind(text: &str) -> Result<&'static str, String> {
    let all = || kinds::ALL.into_iter().map(|kind| kind.describe());
    let wanted = text.trim().to_lowercase().replace('-', "_");
    let is_it = |kind: &&Description| kind.name == wanted || is_label(kind.label, text);
    let names = || all().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
    all().find(is_it).map(|kind| kind.name).ok_or_else(|| format!("the kinds are {}", names()))
}

/// Whether the text is this label, in either language.
pub(crate) fn is_label(label: Label, text: &str) -> bool {
    label.zh == text.trim() || label.en.eq_ignore_ascii_case(text.trim())
}

pub(crate) fn label(lang: Lang, label: Label) -> &'static str {
    lang.of(label.en, label.zh)
}

pub(crate) fn kind_label(lang: Lang, name: &str) -> &str {
    kind(name).map_or(name, |kind| label(lang, kind.label))
}

/// A state's name for people; one that this build does not know shows as it is.
pub(crate) fn state<'a>(lang: Lang, of: &str, state: &'a str) -> &'a str {
    let known = kind(of).and_then(|kind| kind.states().into_iter().find(|known| known.name == state));
    known.map_or(state, |known| label(lang, known.label))
}

/// A step: what somebody does, what has happened then, and what it holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepWords {
    pub(crate) label: Label,
    pub(crate) done: Label,
    pub(crate) fields: &'static [Field],
    pub(crate) gate: bool,
}

/// A step of this kind, or one that all kinds have.
pub(crate) fn step(of: &str, name: &str) -> Option<StepWords> {
    let own = kind(of).and_then(|kind| kind.step(name));
    let own = own.map(|step| StepWords { label: step.label, done: step.done, fields: step.fields, gate: step.gate });
    own.or_else(|| {
        let common = common::STEPS.iter().find(|step| step.name == name)?;
        Some(StepWords { label: common.label, done: common.done, fields: common.fields, gate: false })
    })
}

/// What has happened, for people. Without a kind: as the first kind that has such a step calls it.
pub(crate) fn event<'a>(lang: Lang, of: Option<&str>, name: &'a str) -> &'a str {
    let kinds = of.and_then(kind).into_iter().chain(kinds::ALL.into_iter().map(|kind| kind.describe()));
    let named = kinds.into_iter().find_map(|kind| {
        let opened = (kind.opening.name == name).then_some(kind.opening.label);
        opened.or_else(|| step(kind.name, name).map(|step| step.done))
    });
    named.map_or(name, |found| label(lang, found))
}

/// The same with what tells two such events apart: which measure, which value.
pub(crate) fn event_in_full(lang: Lang, of: &str, name: &str, body: &Value) -> String {
    let plain = event(lang, Some(of), name);
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let which = match name {
        "safety_recorded" => {
            let step = SafetyStep::ALL.into_iter().find(|step| step.name() == text("step"));
            step.map_or(text("step"), |step| label(lang, step.label()))
        }
        "value_recorded" => text("path"),
        _ => "",
    };
    if which.is_empty() { plain.to_owned() } else { format!("{plain}: {which}") }
}

/// The clock's name for people.
pub(crate) fn clock<'a>(lang: Lang, of: &str, name: &'a str) -> &'a str {
    if name == "arrival" {
        return lang.of("Arrival", "到场时限");
    }
    let rule = kind(of).and_then(|kind| kind.clocks.iter().find(|rule| rule.name == name));
    rule.map_or(name, |rule| label(lang, rule.label))
}

/// Whether safety steps are taken in this phase.
pub(crate) fn is_on_site(phase: Phase) -> bool {
    matches!(phase, Phase::Arrived | Phase::Working)
}
