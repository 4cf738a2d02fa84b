//! The safety gate: what has to be done, and in which order, before electrical work starts (domain 5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ids::EventId, refusal::Refusal};

use super::{
    label::{Label, label},
    order::{bounded, required},
};

/// A step of the gate. The order is the order of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SafetyStep {
    /// The work ticket (工作票), by its number.
    WorkTicket,
    /// The hazards of the place were looked at.
    HazardSurvey,
    /// The crew was briefed on site, by its host.
    Briefing,
    /// The supervisor agrees.
    SupervisorConfirmed,
    /// The line is cut off.
    DeEnergised,
    /// No voltage was found.
    VerifiedDead,
    /// The line is earthed.
    Earthed,
    /// Warning boards stand in both directions (on a road).
    WarningBoards,
    /// Belt and helmet are worn (at height).
    BeltAndHelmet,
}

impl SafetyStep {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::WorkTicket,
        Self::HazardSurvey,
        Self::Briefing,
        Self::SupervisorConfirmed,
        Self::DeEnergised,
        Self::VerifiedDead,
        Self::Earthed,
        Self::WarningBoards,
        Self::BeltAndHelmet,
    ];

    /// What must have been done just before: cut off, then verified dead, then earthed.
    #[must_use]
    pub fn after(self) -> Option<Self> {
        match self {
            Self::VerifiedDead => Some(Self::DeEnergised),
            Self::Earthed => Some(Self::VerifiedDead),
            _ => None,
        }
    }

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WorkTicket => "work_ticket",
            Self::HazardSurvey => "hazard_survey",
            Self::Briefing => "briefing",
            Self::SupervisorConfirmed => "supervisor_confirmed",
            Self::DeEnergised => "de_energised",
            Self::VerifiedDead => "verified_dead",
            Self::Earthed => "earthed",
            Self::WarningBoards => "warning_boards",
            Self::BeltAndHelmet => "belt_and_helmet",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::WorkTicket => label("Work ticket", "工作票"),
            Self::HazardSurvey => label("Hazard survey", "危险点勘察"),
            Self::Briefing => label("Briefing on site", "现场交底"),
            Self::SupervisorConfirmed => label("Supervisor's confirmation", "监护人确认"),
            Self::DeEnergised => label("De-energised", "停电"),
            Self::VerifiedDead => label("Verified dead", "验电"),
            Self::Earthed => label("Earthed", "接地"),
            Self::WarningBoards => label("Warning boards in both directions", "两侧警示牌"),
            Self::BeltAndHelmet => label("Belt and helmet", "安全带、安全帽"),
        }
    }

    /// A ticket without a number and a briefing without a host are none.
    pub(super) fn validate(self, detail: &str) -> Result<(), Refusal> {
        match self {
            Self::WorkTicket | Self::Briefing | Self::SupervisorConfirmed => required("detail", detail),
            _ => bounded("detail", detail),
        }
    }
}

/// The gate of one item: what its order demands, and what the leading crew has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gate {
    /// What the order demands, in order.
    pub required: Vec<SafetyStep>,
    /// Who did what, in the leading crew's time.
    pub done: BTreeMap<SafetyStep, Vec<EventId>>,
    /// The forced start, if there is one.
    pub forced: Option<EventId>,
}

impl Gate {
    /// What is still to do.
    #[must_use]
    pub fn missing(&self) -> Vec<SafetyStep> {
        self.required.iter().copied().filter(|step| !self.done.contains_key(step)).collect()
    }

    /// Whether electrical work may start.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.forced.is_some() || self.missing().is_empty()
    }
}
