//! The disconnection (停电): electrical work that waits for its notice.

use crate::model::{
    person::Role,
    work::{
        field::{Choice, Shape, choice, optional, required},
        kind::{By, Description, Meaning, Named, Step, When, WorkKind},
        label::label,
        safety::SafetyStep as S,
    },
};

use super::start::WORK_STARTED;

/// The kind's name.
pub const KIND: &str = "disconnection";

/// The kind.
pub(super) struct Disconnection;

impl WorkKind for Disconnection {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }
}

const REASONS: &[Choice] = &[choice("arrears", label("Arrears", "欠费")), choice("planned_outage", label("Planned outage", "计划停电"))];

static DESCRIPTION: Description = Description {
    name: KIND,
    label: label("Disconnection", "停电"),
    roles: &[Role::MeterTechnician, Role::RepairCrew],
    opening: Named { name: "ordered", label: label("Ordered", "已下达") },
    booked: None,
    about: &[
        required("reason", label("Reason", "停电原因"), Shape::Choice { choices: REASONS }),
        required("notice", label("Notice", "停电通知"), Shape::Document),
    ],
    steps: &[
        WORK_STARTED,
        Step {
            name: "completed",
            label: label("Cut off", "停电完成"),
            done: label("Cut off", "已停电"),
            by: By::Crew,
            meaning: Meaning::Done,
            when: When::In(&["work_started"]),
            fields: &[
                required("cut_at", label("Cut at", "停电时间"), Shape::Time),
                optional("index", label("Index at the cut", "停电时示数"), Shape::Text),
                optional("note", label("Note", "备注"), Shape::LongText),
            ],
            gate: false,
        },
    ],
    arrival: false,
    clocks: &[],
    gate: &[S::WorkTicket, S::HazardSurvey, S::Briefing, S::SupervisorConfirmed, S::DeEnergised, S::VerifiedDead, S::Earthed],
    after_notice: true,
    follow_up: false,
};
