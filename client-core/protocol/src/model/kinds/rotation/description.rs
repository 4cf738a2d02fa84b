//! The rotation as data.

use crate::model::{
    person::Role,
    work::{
        field::{Shape, optional, required},
        kind::{By, Description, Meaning, Named, Step, When},
        label::label,
        state::Phase,
    },
};

use super::{KIND, meter};

/// The kind.
pub(super) static DESCRIPTION: Description = Description {
    name: KIND,
    label: label("Meter rotation", "表计轮换"),
    roles: &[Role::MeterTechnician],
    opening: Named { name: "planned", label: label("Planned", "已计划") },
    booked: Some(Named { name: "booked", label: label("Booked", "已预约") }),
    about: &[required("meter", label("Meter", "电能表"), Shape::Group { fields: meter::KNOWN })],
    steps: &[
        Step {
            name: "exchanged",
            label: label("Exchange the meter", "换表"),
            done: label("Exchanged", "已换表"),
            by: By::Crew,
            meaning: Meaning::Progress(1),
            when: When::While(&[Phase::Arrived]),
            fields: &[
                required("removed", label("Removed meter", "拆下的电能表"), Shape::Group { fields: meter::REMOVED }),
                required("installed", label("Installed meter", "装上的电能表"), Shape::Group { fields: meter::INSTALLED }),
                optional("photo_removed", label("Photo of the removed meter", "拆表照片"), Shape::Hash),
                optional("photo_installed", label("Photo of the installed meter", "装表照片"), Shape::Hash),
                optional("no_photo", label("Why there is no photo", "无照片原因"), Shape::Text),
                meter::EXPLANATION,
                meter::SEALS,
            ],
            gate: true,
        },
        Step {
            name: "confirmed",
            label: label("Confirm the readings with the customer", "与客户共同确认示数"),
            done: label("Readings confirmed", "示数已确认"),
            by: By::Crew,
            meaning: Meaning::Progress(2),
            when: When::In(&["exchanged", "confirmation_refused"]),
            fields: &[],
            gate: false,
        },
        Step {
            name: "confirmation_refused",
            label: label("Record that the customer did not confirm", "客户未确认"),
            done: label("Confirmation refused", "客户未确认"),
            by: By::Crew,
            meaning: Meaning::Progress(2),
            when: When::In(&["exchanged"]),
            fields: &[required("reason", label("Reason", "原因"), Shape::LongText)],
            gate: false,
        },
        Step {
            name: "completed",
            label: label("Complete", "完成"),
            done: label("Completed", "已完成"),
            by: By::Crew,
            meaning: Meaning::Done,
            when: When::In(&["confirmed", "confirmation_refused"]),
            fields: &[optional("note", label("Note", "备注"), Shape::LongText)],
            gate: false,
        },
        Step {
            name: "no_access",
            label: label("No access", "无法进入"),
            done: label("No access", "无法进入"),
            by: By::Crew,
            meaning: Meaning::NotDone,
            when: When::While(&[Phase::Arrived]),
            fields: &[
                required("reason", label("Reason", "原因"), Shape::LongText),
                required("proof", label("Photo as proof", "凭证照片"), Shape::Hash),
            ],
            gate: false,
        },
    ],
    arrival: false,
    clocks: &[],
    // The ticket of the day covers a round of exchanges; a province may demand more.
    gate: &[],
    after_notice: false,
    follow_up: false,
};
