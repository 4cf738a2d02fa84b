//! Other work at a meter: test on request, removal, sealing, restoring, energising (SI01, SI07, SI09).

use serde_json::Value;

use crate::{
    model::{
        person::Role,
        work::{
            event::WorkEvent,
            field::{Choice, Shape, choice, optional, required},
            kind::{By, ClockRule, Description, Meaning, MeterClaim, MeterSide, Named, Proposal, Step, When, WorkKind, no_values},
            label::label,
            safety::SafetyStep as S,
        },
    },
    refusal::{Reason, Refusal},
};

use super::{meter, start::WORK_STARTED};

/// The kind's name.
pub const KIND: &str = "meter_service";

/// The kind.
pub(super) struct MeterService;

impl WorkKind for MeterService {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn permits(&self, proposal: &Proposal<'_>) -> Result<(), Refusal> {
        no_values(proposal)?;
        let removal = proposal.standing.order.about.get("service").is_some_and(|service| service == "removal");
        match proposal.event {
            WorkEvent::Own { step, body } if removal && step == "completed" && body.get("removed").is_none() => {
                Err(Refusal::new(Reason::InvalidValue, "removed is missing: a removal names the meter and its final readings"))
            }
            _ => Ok(()),
        }
    }

    fn meters(&self, step: &str, body: &Value) -> Vec<MeterClaim> {
        let removed = body.get("removed").filter(|_| step == "completed");
        removed.map(|meter| MeterClaim { serial: meter::text(meter, "serial").to_owned(), side: MeterSide::Removed }).into_iter().collect()
    }
}

const SERVICES: &[Choice] = &[
    choice("meter_test", label("Meter test", "校表")),
    choice("removal", label("Removal", "拆表")),
    choice("sealing", label("Sealing", "加封")),
    choice("restoring", label("Restoring supply", "复电")),
    choice("energising", label("Energising", "送电")),
];

const SUPPLY: &[Choice] = &[choice("household", label("Household", "居民")), choice("other", label("Other", "其他"))];

static DESCRIPTION: Description = Description {
    name: KIND,
    label: label("Meter service", "表计服务"),
    roles: &[Role::MeterTechnician],
    opening: Named { name: "ordered", label: label("Ordered", "已下达") },
    booked: Some(Named { name: "booked", label: label("Booked", "已预约") }),
    about: &[
        required("service", label("Service", "服务类型"), Shape::Choice { choices: SERVICES }),
        optional("supply", label("Supply", "用电类别"), Shape::Choice { choices: SUPPLY }),
        optional("meter", label("Meter", "电能表"), Shape::Group { fields: meter::KNOWN }),
    ],
    steps: &[
        WORK_STARTED,
        Step {
            name: "completed",
            label: label("Complete", "完成"),
            done: label("Completed", "已完成"),
            by: By::Crew,
            meaning: Meaning::Done,
            when: When::In(&["work_started"]),
            fields: &[
                required("result", label("Result", "处理结果"), Shape::LongText),
                optional("removed", label("Removed meter", "拆下的电能表"), Shape::Group { fields: meter::REMOVED }),
                meter::SEALS,
            ],
            gate: false,
        },
    ],
    arrival: false,
    clocks: &[ClockRule {
        name: "energise",
        label: label("Energise", "送电时限"),
        only: Some(("service", "energising")),
        class: "supply",
        workdays: &[("household", 3), ("other", 5)],
        stopped_by: &["completed"],
    }],
    gate: &[S::WorkTicket, S::HazardSurvey, S::DeEnergised, S::VerifiedDead],
    after_notice: false,
    follow_up: false,
};
