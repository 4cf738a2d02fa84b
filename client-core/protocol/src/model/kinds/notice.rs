//! The notice (停电通知书, 停电告知; SI08, SI12): served with proof; a cut waits until it is old enough.

use crate::model::{
    person::Role,
    work::{
        field::{Choice, Field, Shape, choice, optional, required},
        kind::{By, Description, Meaning, Named, Step, When, WorkKind},
        label::label,
        state::Phase,
    },
};

/// The kind's name.
pub const KIND: &str = "notice";

/// The kind.
pub(super) struct Notice;

impl WorkKind for Notice {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }
}

const PURPOSES: &[Choice] =
    &[choice("arrears", label("Arrears", "欠费停电通知")), choice("planned_outage", label("Planned outage", "计划停电告知"))];

const WAYS: &[Choice] = &[
    choice("handed_over", label("Handed over", "当面送达")),
    choice("left_at_door", label("Left at the door", "留置送达")),
    choice("posted", label("By post", "邮寄送达")),
    choice("published", label("Published", "公告")),
];

const SERVED: &[Field] = &[
    required("how", label("How", "送达方式"), Shape::Choice { choices: WAYS }),
    optional("recipient", label("Recipient", "签收人"), Shape::Text),
    optional("proof", label("Photo as proof", "送达凭证"), Shape::Hash),
    optional("note", label("Note", "备注"), Shape::LongText),
];

/// A notice is served from the way on: somebody may meet the customer before the door.
const ON_THE_WAY: When = When::While(&[Phase::Accepted, Phase::Departed, Phase::Arrived, Phase::Working]);

static DESCRIPTION: Description = Description {
    name: KIND,
    label: label("Notice", "停电通知"),
    roles: &[Role::MeterTechnician, Role::Collector, Role::RepairCrew],
    opening: Named { name: "drawn_up", label: label("Drawn up", "已拟制") },
    booked: None,
    about: &[
        required("purpose", label("Purpose", "通知类型"), Shape::Choice { choices: PURPOSES }),
        optional("outage_from", label("Outage from", "停电开始"), Shape::Time),
        optional("outage_until", label("Outage until", "停电结束"), Shape::Time),
        optional("text", label("Text", "通知内容"), Shape::LongText),
    ],
    steps: &[
        Step {
            name: "served",
            label: label("Serve", "送达"),
            done: label("Served", "已送达"),
            by: By::Crew,
            meaning: Meaning::Done,
            when: ON_THE_WAY,
            fields: SERVED,
            gate: false,
        },
        Step {
            name: "not_served",
            label: label("Not served", "未送达"),
            done: label("Not served", "未送达"),
            by: By::Crew,
            meaning: Meaning::NotDone,
            when: ON_THE_WAY,
            fields: &[required("reason", label("Reason", "原因"), Shape::LongText)],
            gate: false,
        },
    ],
    arrival: false,
    clocks: &[],
    gate: &[],
    after_notice: false,
    follow_up: false,
};
