//! What can happen to a work item: what all kinds share, and the kind's own steps.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ids::{CrewId, DocumentId, MaterialId, PersonId},
    limits::MAX_PATH_CHARS,
    model::event::{Event, of_parts, parts},
    refusal::{Reason, Refusal},
    time::{Interval, Timestamp},
};

use super::{
    field::{self, Unknown},
    files::{Attachment, Signature},
    kind::{By, Description, Meaning, MeterSide, Step},
    order::{bounded, required},
    safety::SafetyStep,
};

/// A crew member at the time of an assignment: how phones know their mates' names offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// What they are qualified for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifications: Vec<String>,
}

/// The kind and body of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum WorkEvent {
    /// The item was opened; each kind has its own word for it.
    Opened,
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
    /// An appointment was made, or moved.
    Booked {
        /// When the crew is to come.
        appointment: Timestamp,
        /// Why it was moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A crew member takes it.
    Accepted,
    /// On the way.
    Departed,
    /// On site.
    Arrived,
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
    /// A step of the safety gate was taken.
    SafetyRecorded {
        /// Which.
        step: SafetyStep,
        /// The ticket's number, the briefing's host, the place of the earth …
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// Work begins although the safety gate is not passed.
    ForcedStart {
        /// Why.
        reason: String,
    },
    /// A reading was corrected, or a question answered.
    ValueRecorded {
        /// Which.
        path: String,
        /// What; null takes it back.
        value: Value,
    },
    /// A photo or page belongs to the item.
    Attached(Attachment),
    /// Its bytes are safe on the server.
    AttachmentStored {
        /// The attachment's name.
        hash: String,
    },
    /// Somebody signed.
    Signed(Signature),
    /// The office asked the customer.
    FollowedUp {
        /// What the customer said.
        result: String,
        /// The linked report whose reporter was asked; the item's own when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reporter: Option<DocumentId>,
    },
    /// Closed.
    Archived,
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
    /// Another report of the same fault was linked to this item (rule 15).
    ReportJoined {
        /// The other report.
        from: DocumentId,
        /// Its number.
        number: String,
        /// When it was taken.
        reported_at: Timestamp,
        /// Who reported.
        customer: String,
    },
    /// Another item says something else about the same meter (rule 10).
    MeterClaimed {
        /// The meter.
        serial: String,
        /// What both say of it.
        side: MeterSide,
        /// The other item.
        other: DocumentId,
        /// Its number.
        number: String,
    },
    /// The notice that this item waits for was served.
    NoticeConfirmed {
        /// The notice.
        notice: DocumentId,
        /// Its number.
        number: String,
        /// When it was served, as far as anybody can prove.
        served: Interval,
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
    /// A step of the kind's own.
    Own {
        /// The step.
        step: String,
        /// What it holds.
        body: Value,
    },
}

impl WorkEvent {
    /// A step of the kind's own.
    #[must_use]
    pub fn own(step: &str, body: Value) -> Self {
        Self::Own { step: step.to_owned(), body }
    }

    /// Reads the kind's part of an envelope.
    ///
    /// # Errors
    /// [`Reason::UnreadableEvent`] for a kind or body that this build does not know.
    pub fn of(kind: &Description, event: &Event) -> Result<Self, Refusal> {
        if event.kind == kind.opening.name {
            return Ok(Self::Opened);
        }
        if kind.step(&event.kind).is_some() {
            return Ok(Self::Own { step: event.kind.clone(), body: event.body.clone() });
        }
        let unknown = || Refusal::new(Reason::UnreadableEvent, "an event kind or body that this version does not know");
        if matches!(event.kind.as_str(), "own" | "opened") {
            return Err(unknown());
        }
        of_parts(&event.kind, &event.body).ok_or_else(unknown)
    }

    /// The kind and body for an envelope.
    #[must_use]
    pub fn into_parts(self, kind: &Description) -> (String, Value) {
        match self {
            Self::Opened => (kind.opening.name.to_owned(), Value::Null),
            Self::Own { step, body } => (step, body),
            other => parts(other),
        }
    }

    /// The step's name.
    #[must_use]
    pub fn name(&self, kind: &Description) -> String {
        self.clone().into_parts(kind).0
    }

    /// The kind's own step behind it.
    #[must_use]
    pub fn step(&self, kind: &Description) -> Option<&'static Step> {
        match self {
            Self::Own { step, .. } => kind.step(step),
            _ => None,
        }
    }

    /// What it does to the state, for the kind's own steps and the common endings.
    #[must_use]
    pub fn meaning(&self, kind: &Description) -> Meaning {
        match self {
            Self::NotDone { .. } => Meaning::NotDone,
            other => other.step(kind).map_or(Meaning::Remark, |step| step.meaning),
        }
    }

    /// How far the work has come with this event; `None` for what is not progress.
    #[must_use]
    pub fn rank(&self, kind: &Description) -> Option<Rank> {
        Some(match self {
            Self::Accepted => Rank::ACCEPTED,
            Self::Departed => Rank::DEPARTED,
            Self::Arrived => Rank::ARRIVED,
            other => match other.meaning(kind) {
                Meaning::Progress(far) => Rank(Rank::ARRIVED.0.saturating_add(far)),
                Meaning::Done | Meaning::NotDone => Rank::ENDED,
                Meaning::Checked | Meaning::SentBack | Meaning::Remark => return None,
            },
        })
    }

    /// Who records it.
    #[must_use]
    pub fn by(&self, kind: &Description) -> By {
        match self {
            Self::Opened
            | Self::Assigned { .. }
            | Self::FollowedUp { .. }
            | Self::Archived
            | Self::Cancelled { .. }
            | Self::Linked { .. } => By::Office,
            Self::AttachmentStored { .. } | Self::ReportJoined { .. } | Self::MeterClaimed { .. } | Self::NoticeConfirmed { .. } => {
                By::Server
            }
            Self::Booked { .. } | Self::Resolved { .. } => By::Both,
            other => other.step(kind).map_or(By::Crew, |step| step.by),
        }
    }

    /// Whether a crew records it on site or on the way.
    #[must_use]
    pub fn is_field_work(&self, kind: &Description) -> bool {
        self.by(kind) == By::Crew && !matches!(self, Self::HandedOver { .. })
    }

    /// Whether it says nothing about how far the work is.
    #[must_use]
    pub fn is_remark(&self) -> bool {
        matches!(self, Self::Noted | Self::MaterialRecorded { .. } | Self::Attached(_) | Self::ValueRecorded { .. })
    }

    /// Whether its values are present and of a sane size.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self, kind: &Description) -> Result<(), Refusal> {
        match self {
            Self::FollowedUp { result, .. } => required("result", result),
            Self::Declined { reason }
            | Self::Suspended { reason }
            | Self::HandedOver { reason, .. }
            | Self::NotDone { reason }
            | Self::ForcedStart { reason }
            | Self::Cancelled { reason } => required("reason", reason),
            Self::Assigned { reason: Some(reason), .. } | Self::Booked { reason: Some(reason), .. } => required("reason", reason),
            Self::Resolved { attention, choice, note } => {
                required("attention", attention)?;
                required("choice", choice)?;
                bounded("note", note)
            }
            Self::SafetyRecorded { step, detail } => step.validate(detail),
            Self::ValueRecorded { path, .. } => {
                required("path", path)?;
                let sane = path.chars().count() <= MAX_PATH_CHARS;
                if sane { Ok(()) } else { Err(Refusal::new(Reason::InvalidValue, "path is too long")) }
            }
            Self::Attached(attachment) => attachment.validate(),
            Self::Signed(signature) => signature.validate(),
            Self::Own { step, body } => {
                let step = kind.step(step).ok_or_else(|| Refusal::new(Reason::UnreadableEvent, "this kind of work has no such step"))?;
                field::check(step.fields, body, Unknown::Kept)
            }
            _ => Ok(()),
        }
    }
}

/// Stages of work, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub u8);

impl Rank {
    /// Taken.
    pub const ACCEPTED: Self = Self(1);
    /// On the way.
    pub const DEPARTED: Self = Self(2);
    /// On site: from here on, work stands against the office's decisions that did not see it.
    pub const ARRIVED: Self = Self(3);
    /// Done or not done.
    pub const ENDED: Self = Self(u8::MAX);
}
