//! What people must decide: the conflicts that no rule can settle without them.

use serde::{Deserialize, Serialize};

use crate::{ids::EventId, model::history::History};

use super::event::RepairEvent;

/// Which rule of the conflict catalogue found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// Rule 1: two accepted, and the evidence does not say who was first.
    AcceptedTwice,
    /// Rule 3: given to another crew while the first was already on site.
    ReassignedWhileWorking,
    /// Rule 4: withdrawn while the crew was already on site.
    CancelledWhileWorking,
    /// Rule 5: one says completed, another not done.
    CompletedAndNotDone,
    /// Rule 11: archived before these edits arrived.
    LateAfterArchive,
}

impl AttentionKind {
    /// The rule's number in the catalogue.
    #[must_use]
    pub fn rule(self) -> u8 {
        match self {
            Self::AcceptedTwice => 1,
            Self::ReassignedWhileWorking => 3,
            Self::CancelledWhileWorking => 4,
            Self::CompletedAndNotDone => 5,
            Self::LateAfterArchive => 11,
        }
    }

    fn fixed_choices(self) -> &'static [&'static str] {
        match self {
            Self::AcceptedTwice => &[],
            Self::ReassignedWhileWorking => &[KEEP_WORKER, KEEP_ASSIGNMENT],
            Self::CancelledWhileWorking => &[KEEP_WORK, KEEP_CANCELLATION],
            Self::CompletedAndNotDone => &[COMPLETED, NOT_DONE],
            Self::LateAfterArchive => &[REOPEN, KEEP_ARCHIVED],
        }
    }
}

/// Choice: the crew on site keeps the item.
pub const KEEP_WORKER: &str = "keep_worker";
/// Choice: the newly assigned crew gets it after all.
pub const KEEP_ASSIGNMENT: &str = "keep_assignment";
/// Choice: the work counts, the withdrawal does not.
pub const KEEP_WORK: &str = "keep_work";
/// Choice: it stays withdrawn.
pub const KEEP_CANCELLATION: &str = "keep_cancellation";
/// Choice: it is completed.
pub const COMPLETED: &str = "completed";
/// Choice: it is not done.
pub const NOT_DONE: &str = "not_done";
/// Choice: open it again.
pub const REOPEN: &str = "reopen";
/// Choice: it stays archived, the late edits beside it.
pub const KEEP_ARCHIVED: &str = "keep_archived";

/// One open question about an item, with both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Made of the rule and the events, so that every replica gives it the same name.
    pub id: String,
    /// The rule's number.
    pub rule: u8,
    /// The rule.
    pub kind: AttentionKind,
    /// The events that stand against each other.
    pub events: Vec<EventId>,
    /// What may be decided.
    pub choices: Vec<String>,
}

/// A question, and the decision if there is one.
pub(super) struct Question {
    pub(super) attention: Attention,
    /// The choice of the last resolution that saw all sides.
    pub(super) decision: Option<String>,
}

impl Question {
    /// Asks about the events at `places`; looks for a resolution that saw them all.
    pub(super) fn ask(
        kind: AttentionKind,
        places: &[usize],
        history: &History,
        events: &[Option<RepairEvent>],
        visible: impl Fn(usize) -> bool,
    ) -> Self {
        let ids: Vec<EventId> = places.iter().filter_map(|place| history.at(*place)).map(|entry| entry.id).collect();
        let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let id = format!("{}:{}", kind.rule(), names.join(":"));
        let choices: Vec<String> = match kind {
            AttentionKind::AcceptedTwice => {
                let people = places.iter().filter_map(|place| history.at(*place)).map(|entry| entry.event.by.to_string());
                people.collect()
            }
            _ => kind.fixed_choices().iter().map(|choice| (*choice).to_owned()).collect(),
        };
        let decision = events.iter().enumerate().rev().find_map(|(at, event)| match event {
            Some(RepairEvent::Resolved { attention, choice, .. })
                if visible(at) && *attention == id && choices.contains(choice) && places.iter().all(|place| history.saw(at, *place)) =>
            {
                Some(choice.clone())
            }
            _ => None,
        });
        Self { attention: Attention { id, rule: kind.rule(), kind, events: ids, choices }, decision }
    }
}
