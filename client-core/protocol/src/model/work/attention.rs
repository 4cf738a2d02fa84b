//! What people must decide: the conflicts that no rule can settle without them.

use serde::{Deserialize, Serialize};

use crate::ids::EventId;

use super::{
    event::WorkEvent,
    kind::Named,
    label::{Label, label},
    standing::Standing,
};

/// Which rule found it.
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
    /// Rule 7: two wrote different values that the bill depends on.
    ValuesDiffer,
    /// Rule 10: another item removed the same meter, or installed one of the same serial.
    MeterClaimedTwice,
    /// Rule 11: archived before these edits arrived.
    LateAfterArchive,
    /// No row of the catalogue: work began although the safety gate was not passed.
    ForcedStart,
}

impl AttentionKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AcceptedTwice,
        Self::ReassignedWhileWorking,
        Self::CancelledWhileWorking,
        Self::CompletedAndNotDone,
        Self::ValuesDiffer,
        Self::MeterClaimedTwice,
        Self::LateAfterArchive,
        Self::ForcedStart,
    ];

    /// The rule's number in the catalogue; 0 for what is no conflict.
    #[must_use]
    pub fn rule(self) -> u8 {
        match self {
            Self::ForcedStart => 0,
            Self::AcceptedTwice => 1,
            Self::ReassignedWhileWorking => 3,
            Self::CancelledWhileWorking => 4,
            Self::CompletedAndNotDone => 5,
            Self::ValuesDiffer => 7,
            Self::MeterClaimedTwice => 10,
            Self::LateAfterArchive => 11,
        }
    }

    /// The question for people.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::AcceptedTwice => label("Two accepted: who leads?", "两人同时接单，谁负责？"),
            Self::ReassignedWhileWorking => label("Reassigned while a crew was on site", "改派时原班组已到场"),
            Self::CancelledWhileWorking => label("Cancelled while a crew was on site", "取消时班组已到场"),
            Self::CompletedAndNotDone => label("One says done, another not done", "完成与未完成互相矛盾"),
            Self::ValuesDiffer => label("Two different values", "同一数据两个值"),
            Self::MeterClaimedTwice => label("The same meter in two items", "同一电能表出现在两张工单"),
            Self::LateAfterArchive => label("Edits arrived after archiving", "归档后到达的修改"),
            Self::ForcedStart => label("Work was started without the safety gate", "安全措施未齐即强行开工"),
        }
    }

    /// What may be decided; empty when the choices are people or events.
    #[must_use]
    pub fn fixed_choices(self) -> &'static [Named] {
        const fn named(name: &'static str, label: Label) -> Named {
            Named { name, label }
        }
        match self {
            Self::AcceptedTwice | Self::ValuesDiffer => &[],
            Self::ReassignedWhileWorking => {
                const {
                    &[
                        named(KEEP_WORKER, label("The crew on site keeps it", "由现场班组继续")),
                        named(KEEP_ASSIGNMENT, label("The new crew gets it", "交新班组")),
                    ]
                }
            }
            Self::CancelledWhileWorking => {
                const {
                    &[
                        named(KEEP_WORK, label("The work counts", "工作有效")),
                        named(KEEP_CANCELLATION, label("It stays cancelled", "维持取消")),
                    ]
                }
            }
            Self::CompletedAndNotDone => {
                const { &[named(COMPLETED, label("It is done", "已完成")), named(NOT_DONE, label("It is not done", "未完成"))] }
            }
            Self::MeterClaimedTwice => {
                const {
                    &[
                        named(THIS_IS_RIGHT, label("This item is right", "本工单正确")),
                        named(OTHER_IS_RIGHT, label("The other item is right", "另一工单正确")),
                    ]
                }
            }
            Self::LateAfterArchive => {
                const {
                    &[named(REOPEN, label("Open it again", "重新打开")), named(KEEP_ARCHIVED, label("It stays archived", "维持归档"))]
                }
            }
            Self::ForcedStart => const { &[named(SEEN, label("Seen", "已知悉"))] },
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

/// Choice: this item's record of the meter is right.
pub const THIS_IS_RIGHT: &str = "this_is_right";
/// Choice: the other item's record is right.
pub const OTHER_IS_RIGHT: &str = "other_is_right";
/// Choice: somebody has taken note.
pub const SEEN: &str = "seen";

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
    pub(super) fn ask(kind: AttentionKind, places: &[usize], standing: &Standing, visible: impl Fn(usize) -> bool) -> Self {
        let history = &standing.history;
        let entries = || places.iter().filter_map(|place| history.at(*place));
        let ids: Vec<EventId> = entries().map(|entry| entry.id).collect();
        let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let id = format!("{}:{}", kind.rule(), names.join(":"));
        let choices: Vec<String> = match kind {
            AttentionKind::AcceptedTwice => entries().map(|entry| entry.event.by.to_string()).collect(),
            AttentionKind::ValuesDiffer => names,
            _ => kind.fixed_choices().iter().map(|choice| choice.name.to_owned()).collect(),
        };
        let decision = standing.events.iter().enumerate().rev().find_map(|(at, event)| match event {
            Some(WorkEvent::Resolved { attention, choice, .. })
                if visible(at) && *attention == id && choices.contains(choice) && places.iter().all(|place| history.saw(at, *place)) =>
            {
                Some(choice.clone())
            }
            _ => None,
        });
        Self { attention: Attention { id, rule: kind.rule(), kind, events: ids, choices }, decision }
    }
}
