//! The step with which electrical work begins, in all kinds that have it.

use crate::model::work::{
    kind::{By, Meaning, Step, When},
    label::label,
    state::Phase,
};

/// Work begins: on site, behind the safety gate.
pub(super) const WORK_STARTED: Step = Step {
    name: "work_started",
    label: label("Start work", "开始作业"),
    done: label("Work started", "已开工"),
    by: By::Crew,
    meaning: Meaning::Progress(1),
    when: When::While(&[Phase::Arrived]),
    fields: &[],
    gate: true,
};
