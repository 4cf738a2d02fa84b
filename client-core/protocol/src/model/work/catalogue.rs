//! All kinds as data, for those who draw lists and forms: the board, the API, the terminal phone.

use serde::Serialize;

use crate::model::{kinds, person::Role};

use super::{
    attention::AttentionKind,
    clocks::ARRIVAL,
    common,
    field::Field,
    kind::{By, Description, Named},
    label::{Label, label},
    state::{Phase, StateLabel},
};

/// Everything that can be drawn (docs/api.md, `GET /v1/kinds`).
#[derive(Debug, Clone, Serialize)]
pub struct Catalogue {
    /// The kinds.
    pub items: Vec<KindView>,
    /// The questions that people decide.
    pub attention: Vec<AttentionView>,
    /// The phases.
    pub phases: Vec<Named>,
}

/// One kind.
#[derive(Debug, Clone, Serialize)]
pub struct KindView {
    /// Its name.
    pub kind: &'static str,
    /// Its name for people.
    pub label: Label,
    /// Who does it.
    pub roles: &'static [Role],
    /// The state that an order opens.
    pub opening: &'static str,
    /// What its orders hold.
    pub about: &'static [Field],
    /// Its states.
    pub states: Vec<StateLabel>,
    /// Its steps, the common ones first.
    pub steps: Vec<StepView>,
    /// Its clocks.
    pub clocks: Vec<Named>,
}

/// One step.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct StepView {
    /// Its name.
    pub name: &'static str,
    /// What somebody does.
    pub label: Label,
    /// What has happened then.
    pub done: Label,
    /// Who records it.
    pub by: By,
    /// What it holds.
    pub fields: &'static [Field],
    /// Whether the safety gate comes first.
    pub gate: bool,
    /// Whether all kinds have it.
    pub common: bool,
}

/// One question that people decide.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AttentionView {
    /// Its name.
    pub kind: AttentionKind,
    /// Its row in the conflict catalogue.
    pub rule: u8,
    /// The question.
    pub label: Label,
    /// What may be decided; empty when the choices are people or events.
    pub choices: &'static [Named],
}

/// The catalogue of this build.
#[must_use]
pub fn catalogue() -> Catalogue {
    let attention =
        AttentionKind::ALL.map(|kind| AttentionView { kind, rule: kind.rule(), label: kind.label(), choices: kind.fixed_choices() });
    Catalogue {
        items: kinds::ALL.into_iter().map(|kind| describe(kind.describe())).collect(),
        attention: attention.to_vec(),
        phases: Phase::ALL.map(|phase| Named { name: phase.name(), label: phase.label() }).to_vec(),
    }
}

/// One kind as data.
#[must_use]
pub fn describe(kind: &'static Description) -> KindView {
    let common = common::STEPS.iter().filter(|step| step.name != "booked" || kind.booked.is_some());
    let common = common.map(|step| StepView {
        name: step.name,
        label: step.label,
        done: step.done,
        by: step.by,
        fields: step.fields,
        gate: false,
        common: true,
    });
    let own = kind.steps.iter().map(|step| StepView {
        name: step.name,
        label: step.label,
        done: step.done,
        by: step.by,
        fields: step.fields,
        gate: step.gate,
        common: false,
    });
    let arrival = kind.arrival.then_some(Named { name: ARRIVAL, label: label("Arrival", "到场时限") });
    KindView {
        kind: kind.name,
        label: kind.label,
        roles: kind.roles,
        opening: kind.opening.name,
        about: kind.about,
        states: kind.states(),
        steps: common.chain(own).collect(),
        clocks: arrival.into_iter().chain(kind.clocks.iter().map(|rule| Named { name: rule.name, label: rule.label })).collect(),
    }
}
