//! Where an item stands: a phase that every kind has, and the kind's own name for it.

use serde::{Deserialize, Serialize};

use super::label::{Label, label};

/// The phases of work, the same for all kinds, in the order of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Opened, and no crew has it.
    New,
    /// Given to a crew.
    Assigned,
    /// A crew member has taken it.
    Accepted,
    /// On the way.
    Departed,
    /// On site.
    Arrived,
    /// At work: the kind's own steps lie in here.
    Working,
    /// Stopped for now.
    Suspended,
    /// Done on site, which is not yet closed.
    Done,
    /// Could not be done.
    NotDone,
    /// One says done, another not done.
    Disputed,
    /// The crew cannot take it.
    Declined,
    /// Withdrawn.
    Cancelled,
    /// The same as another item.
    Linked,
    /// The office has asked the customer, or checked the result.
    FollowedUp,
    /// Closed.
    Archived,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Self; 15] = [
        Self::New,
        Self::Assigned,
        Self::Accepted,
        Self::Departed,
        Self::Arrived,
        Self::Working,
        Self::Suspended,
        Self::Done,
        Self::NotDone,
        Self::Disputed,
        Self::Declined,
        Self::Cancelled,
        Self::Linked,
        Self::FollowedUp,
        Self::Archived,
    ];

    /// Whether nobody has to do anything about it any more: it leaves the phones.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Cancelled | Self::Linked | Self::Archived)
    }

    /// Whether the crew still has work to do on it.
    #[must_use]
    pub fn is_open_for_crew(self) -> bool {
        self < Self::Done && self != Self::New
    }

    /// Whether a crew has taken it and has not ended or stopped.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Accepted | Self::Departed | Self::Arrived | Self::Working)
    }

    /// The phase's name; a kind's state has this name unless the kind gives its own.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Assigned => "assigned",
            Self::Accepted => "accepted",
            Self::Departed => "departed",
            Self::Arrived => "arrived",
            Self::Working => "working",
            Self::Suspended => "suspended",
            Self::Done => "done",
            Self::NotDone => "not_done",
            Self::Disputed => "disputed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Linked => "linked",
            Self::FollowedUp => "followed_up",
            Self::Archived => "archived",
        }
    }

    /// The phase's name for people.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::New => label("New", "待派"),
            Self::Assigned => label("Assigned", "已派工"),
            Self::Accepted => label("Accepted", "已接单"),
            Self::Departed => label("On the way", "已出发"),
            Self::Arrived => label("On site", "已到场"),
            Self::Working => label("Working", "作业中"),
            Self::Suspended => label("Suspended", "已暂停"),
            Self::Done => label("Done on site", "现场完成"),
            Self::NotDone => label("Not done", "未完成"),
            Self::Disputed => label("Disputed", "有争议"),
            Self::Declined => label("Declined", "已退单"),
            Self::Cancelled => label("Cancelled", "已取消"),
            Self::Linked => label("Linked", "已并单"),
            Self::FollowedUp => label("Followed up", "已回访"),
            Self::Archived => label("Archived", "已归档"),
        }
    }
}

/// A state: the phase, and what this kind calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The kind's name for it.
    pub name: &'static str,
    /// The phase.
    pub phase: Phase,
}

impl State {
    /// The state that is called like its phase.
    #[must_use]
    pub fn of(phase: Phase) -> Self {
        Self { name: phase.name(), phase }
    }
}

/// A state as a description lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StateLabel {
    /// The state's name.
    pub name: &'static str,
    /// Its phase.
    pub phase: Phase,
    /// Its name for people.
    pub label: Label,
}
