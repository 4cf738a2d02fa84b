//! A work kind, described as data with a few rules of its own. The engine does the rest: causality, crews, conflicts, clocks, views.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    model::{person::Role, reference::Reference},
    refusal::{Reason, Refusal},
    time::Interval,
};

use super::{
    event::WorkEvent,
    field::Field,
    label::Label,
    order::Order,
    safety::SafetyStep,
    standing::Standing,
    state::{Phase, StateLabel},
};

/// What a kind is, for everybody who draws or checks it.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// The kind in `meta.kind`, such as `meter_rotation`.
    pub name: &'static str,
    /// Its name for people.
    pub label: Label,
    /// The roles that do it on site; one of them is enough.
    pub roles: &'static [Role],
    /// The first event, and the state that it opens.
    pub opening: Named,
    /// The state after an appointment was made, when the kind has appointments before it is given to a crew.
    pub booked: Option<Named>,
    /// What its order holds beside what all orders hold.
    pub about: &'static [Field],
    /// Its own steps.
    pub steps: &'static [Step],
    /// Whether the arrival clock runs.
    pub arrival: bool,
    /// Its other clocks.
    pub clocks: &'static [ClockRule],
    /// Its safety gate, unless the policy says otherwise.
    pub gate: &'static [SafetyStep],
    /// Whether it waits until its notice is old enough.
    pub after_notice: bool,
    /// Whether the office asks the customer before it archives.
    pub follow_up: bool,
}

/// A name in JSON and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Named {
    /// In JSON.
    pub name: &'static str,
    /// For people.
    pub label: Label,
}

/// A time limit of a kind, in workdays by a class that the order names. The server works out the end when the order is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClockRule {
    /// The clock's name: the key in the order's `clocks` and in the policy's `workdays`.
    pub name: &'static str,
    /// Its name for people.
    pub label: Label,
    /// Only for orders with this value in this field.
    #[serde(skip)]
    pub only: Option<(&'static str, &'static str)>,
    /// The field of the order that names the class.
    #[serde(skip)]
    pub class: &'static str,
    /// Workdays by class, unless the policy says otherwise; a class that is not here counts as `other`.
    #[serde(skip)]
    pub workdays: &'static [(&'static str, u32)],
    /// The steps that stop it.
    #[serde(skip)]
    pub stopped_by: &'static [&'static str],
}

/// A step of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The event's name.
    pub name: &'static str,
    /// What somebody does.
    pub label: Label,
    /// What has happened then: the state's name for people.
    pub done: Label,
    /// Who records it.
    pub by: By,
    /// What it does to the state.
    pub meaning: Meaning,
    /// When it may be recorded.
    pub when: When,
    /// What it holds.
    pub fields: &'static [Field],
    /// Whether the safety gate must be passed first.
    pub gate: bool,
}

/// Who records a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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

/// What a step does to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The work has come this far (1, 2 …), on site.
    Progress(u8),
    /// Done on site.
    Done,
    /// Could not be done.
    NotDone,
    /// The office is content with what was done.
    Checked,
    /// The office is not: the crew goes on.
    SentBack,
    /// Nothing.
    Remark,
}

/// When a step may be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In one of these states.
    In(&'static [&'static str]),
    /// In one of these phases.
    While(&'static [Phase]),
}

impl Description {
    /// The step with this name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&'static Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Whether the office judges what was done before it archives.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        self.steps.iter().any(|step| step.meaning == Meaning::Checked)
    }

    /// Every state that an item of this kind can have.
    #[must_use]
    pub fn states(&self) -> Vec<StateLabel> {
        let opening = StateLabel { name: self.opening.name, phase: Phase::New, label: self.opening.label };
        let booked = self.booked.map(|booked| StateLabel { name: booked.name, phase: Phase::New, label: booked.label });
        let own = self.steps.iter().filter_map(|step| Some(StateLabel { name: step.name, phase: step.phase()?, label: step.done }));
        let common = Phase::ALL.into_iter().filter(|phase| !matches!(phase, Phase::New | Phase::Working | Phase::Done));
        let common = common.map(|phase| StateLabel { name: phase.name(), phase, label: phase.label() });
        [opening].into_iter().chain(booked).chain(own).chain(common).collect()
    }
}

impl Step {
    /// The phase of the state that the step leads to, if it leads to one.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        Some(match self.meaning {
            Meaning::Progress(_) | Meaning::SentBack => Phase::Working,
            Meaning::Done => Phase::Done,
            Meaning::NotDone => Phase::NotDone,
            Meaning::Checked => Phase::FollowedUp,
            Meaning::Remark => return None,
        })
    }
}

/// One value that an event gives: a reading, an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Which value, such as `removed/1`.
    pub path: String,
    /// What it is.
    pub value: Value,
}

/// A meter that an event takes off or puts on (rule 10).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeterClaim {
    /// The meter's serial number.
    pub serial: String,
    /// What happened to it.
    pub side: MeterSide,
}

/// What happened to a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterSide {
    /// It was taken off.
    Removed,
    /// It was put on.
    Installed,
}

/// A work kind. Everything but the description has a default.
pub trait WorkKind: Sync {
    /// What it is.
    fn describe(&self) -> &'static Description;

    /// Whether an order of this kind is sound beyond its fields.
    ///
    /// # Errors
    /// Why it is not.
    fn check_order(&self, _about: &Map<String, Value>, _reference: &Reference) -> Result<(), Refusal> {
        Ok(())
    }

    /// The kind's own rules about one more event, after the engine's.
    ///
    /// # Errors
    /// Why it may not be recorded.
    fn permits(&self, proposal: &Proposal<'_>) -> Result<(), Refusal> {
        no_values(proposal)
    }

    /// The values that an own step gives.
    fn values(&self, _step: &str, _body: &Value) -> Vec<Given> {
        Vec::new()
    }

    /// Adds what an order needs of the things that all items share.
    fn complete_order(&self, _about: &mut Map<String, Value>, _reference: &Reference) {}

    /// Whether a difference about this value is a difference about money.
    fn is_billing(&self, _order: &Order, _path: &str) -> bool {
        false
    }

    /// The meters that an own step takes off or puts on.
    fn meters(&self, _step: &str, _body: &Value) -> Vec<MeterClaim> {
        Vec::new()
    }
}

/// One more event, before it is recorded.
#[derive(Clone, Copy)]
pub struct Proposal<'a> {
    /// How the item stands in its author's eyes.
    pub standing: &'a Standing,
    /// The event.
    pub event: &'a WorkEvent,
    /// When, as far as its author can prove.
    pub at: Interval,
    /// Forms and other things that all items share.
    pub reference: &'a Reference,
}

/// Refuses values: for kinds that have none.
///
/// # Errors
/// [`Reason::StateNotPermitted`].
pub fn no_values(proposal: &Proposal<'_>) -> Result<(), Refusal> {
    match proposal.event {
        WorkEvent::ValueRecorded { .. } => Err(Refusal::new(Reason::StateNotPermitted, "this kind of work has no values to record")),
        _ => Ok(()),
    }
}
