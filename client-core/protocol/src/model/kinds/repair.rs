//! The repair dispatch (故障抢修, SI02): a fault of the utility, day and night.

use crate::model::{
    person::Role,
    work::{
        field::{Choice, Field, Shape, choice, optional, required},
        kind::{By, Description, Meaning, Named, Step, When, WorkKind},
        label::label,
        safety::SafetyStep as S,
    },
};

use super::start::WORK_STARTED;

/// The kind's name.
pub const KIND: &str = "repair_dispatch";

/// The kind.
pub(super) struct Repair;

impl WorkKind for Repair {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }
}

const CATEGORIES: &[Choice] = &[
    choice("no_power", label("No power", "无电")),
    choice("low_voltage", label("Low voltage", "电压低")),
    choice("line_down", label("Line down", "断线")),
    choice("meter_fault", label("Meter fault", "表计故障")),
    choice("fire_or_smoke", label("Fire or smoke", "起火冒烟")),
    choice("other", label("Other", "其他")),
];

const FAULT: &[Field] = &[
    required("category", label("Category", "故障类别"), Shape::Choice { choices: CATEGORIES }),
    // The customer's words; a hotline may have none.
    optional("description", label("Description", "故障描述"), Shape::LongText),
];

const REPORT: &[Field] = &[
    required("cause", label("Cause", "故障原因"), Shape::LongText),
    required("remedy", label("Remedy", "处理措施"), Shape::LongText),
    optional("restored_at", label("Power back at", "送电时间"), Shape::Time),
    optional("handler", label("Done by", "处理人"), Shape::Text),
];

static DESCRIPTION: Description = Description {
    name: KIND,
    label: label("Repair", "故障抢修"),
    roles: &[Role::RepairCrew],
    opening: Named { name: "reported", label: label("Reported", "已受理") },
    booked: None,
    about: &[required("fault", label("Fault", "故障"), Shape::Group { fields: FAULT })],
    steps: &[
        WORK_STARTED,
        Step {
            // Without the gate: power may be back before anybody has touched anything.
            name: "restored",
            label: label("Restore power", "恢复供电"),
            done: label("Power restored", "已送电"),
            by: By::Crew,
            meaning: Meaning::Progress(2),
            when: When::In(&["arrived", "work_started"]),
            fields: REPORT,
            gate: false,
        },
        Step {
            name: "completed",
            label: label("Complete", "完成"),
            done: label("Completed", "已完成"),
            by: By::Crew,
            meaning: Meaning::Done,
            when: When::In(&["work_started", "restored"]),
            fields: REPORT,
            gate: false,
        },
    ],
    arrival: true,
    clocks: &[],
    gate: &[S::WorkTicket, S::HazardSurvey, S::Briefing, S::SupervisorConfirmed, S::DeEnergised, S::VerifiedDead, S::Earthed],
    after_notice: false,
    follow_up: true,
};
