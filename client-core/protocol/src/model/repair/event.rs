//! What can happen to a repair dispatch.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CrewId, DocumentId, MaterialId, PersonId},
    model::{
        event::Event,
        repair::order::{bounded, required},
    },
    refusal::{Reason, Refusal},
    time::Timestamp,
};

/// A crew member at the time of an assignment: how phones know their mates' names offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
}

/// What was found and done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Why it failed.
    pub cause: String,
    /// What was done.
    pub remedy: String,
    /// When power was back, as the crew says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_at: Option<Timestamp>,
    /// Who did it, when it was not the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
}

/// The kind and body of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum RepairEvent {
    /// The report was taken.
    Reported,
    /// The office gave the item to a crew, for the first time or again.
    Assigned {
        /// The crew.
        crew: CrewId,
        /// Its name.
        crew_name: String,
        /// Its people.
        members: Vec<Member>,
        /// Why it changed hands, when it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A crew member takes it.
    Accepted,
    /// On the way.
    Departed,
    /// On site.
    Arrived,
    /// Work has begun.
    WorkStarted,
    /// Power is back.
    Restored(Report),
    /// Done on site.
    Completed(Report),
    /// The office asked the customer.
    FollowedUp {
        /// What the customer said.
        result: String,
    },
    /// Closed.
    Archived,
    /// The crew cannot take it.
    Declined {
        /// Why.
        reason: String,
    },
    /// Work stopped for now.
    Suspended {
        /// Why.
        reason: String,
    },
    /// Work goes on.
    Resumed,
    /// The crew gave it to another crew.
    HandedOver {
        /// The other crew.
        crew: CrewId,
        /// Why.
        reason: String,
    },
    /// Could not be done.
    NotDone {
        /// Why.
        reason: String,
    },
    /// The office withdrew it.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// The same fault as another item.
    Linked {
        /// The item that goes on.
        to: DocumentId,
    },
    /// Somebody added to the notes.
    Noted,
    /// Somebody wrote a line of material.
    MaterialRecorded {
        /// The line.
        material: MaterialId,
    },
    /// Somebody decided about an attention item.
    Resolved {
        /// The item's id.
        attention: String,
        /// One of its choices.
        choice: String,
        /// In their words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
}

impl RepairEvent {
    /// Reads the kind's part of an envelope.
    ///
    /// # Errors
    /// [`Reason::UnreadableEvent`] for a kind or body that this build does not know.
    pub fn of(event: &Event) -> Result<Self, Refusal> {
        let mut tagged = serde_json::Map::new();
        tagged.insert("kind".to_owned(), event.kind.clone().into());
        if !event.body.is_null() {
            tagged.insert("body".to_owned(), event.body.clone());
        }
        serde_json::from_value(serde_json::Value::Object(tagged))
            .map_err(|_| Refusal::new(Reason::UnreadableEvent, "an event kind or body that this version does not know"))
    }

    /// The kind and body for an envelope.
    #[must_use]
    pub fn into_parts(self) -> (String, serde_json::Value) {
        let mut tagged = serde_json::to_value(self).unwrap_or_default();
        let kind = tagged.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
        (kind, tagged.get_mut("body").map(serde_json::Value::take).unwrap_or_default())
    }

    /// How far the work has come with this event; `None` for what is not progress.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        Some(match self {
            Self::Accepted => Progress::Accepted,
            Self::Departed => Progress::Departed,
            Self::Arrived => Progress::Arrived,
            Self::WorkStarted => Progress::WorkStarted,
            Self::Restored(_) => Progress::Restored,
            Self::Completed(_) | Self::NotDone { .. } => Progress::Ended,
            _ => return None,
        })
    }

    /// Whether only the office records it.
    #[must_use]
    pub fn is_office(&self) -> bool {
        matches!(
            self,
            Self::Reported
                | Self::Assigned { .. }
                | Self::FollowedUp { .. }
                | Self::Archived
                | Self::Cancelled { .. }
                | Self::Linked { .. }
        )
    }

    /// Whether a crew records it on site or on the way.
    #[must_use]
    pub fn is_field_work(&self) -> bool {
        !self.is_office() && !matches!(self, Self::Resolved { .. } | Self::HandedOver { .. })
    }

    /// Whether its texts are present and of a sane length.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        match self {
            Self::Restored(report) | Self::Completed(report) => {
                required("cause", &report.cause)?;
                required("remedy", &report.remedy)?;
                bounded("handler", report.handler.as_deref().unwrap_or_default())
            }
            Self::FollowedUp { result } => required("result", result),
            Self::Declined { reason }
            | Self::Suspended { reason }
            | Self::HandedOver { reason, .. }
            | Self::NotDone { reason }
            | Self::Cancelled { reason } => required("reason", reason),
            Self::Assigned { reason: Some(reason), .. } => required("reason", reason),
            Self::Resolved { attention, choice, note } => {
                required("attention", attention)?;
                required("choice", choice)?;
                bounded("note", note)
            }
            _ => Ok(()),
        }
    }
}

/// Stages of work, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Taken.
    Accepted,
    /// On the way.
    Departed,
    /// On site: from here on, work stands against the office's decisions that did not see it.
    Arrived,
    /// Working.
    WorkStarted,
    /// Power is back.
    Restored,
    /// Completed or not done.
    Ended,
}
