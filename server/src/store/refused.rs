//! Refused edits, and what the office decides about them (rule 12).

use std::collections::BTreeSet;

use linecrew_protocol::{
    Reason, Refusal,
    ids::{BatchId, DistrictId, DocumentId, InstallationId, PersonId},
    model::person::Principal,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Answer, Effects};

/// What the reasons of a batch have in common. What builds on a refused edit belongs to that edit's family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The phone or its person may no longer write.
    Revoked,
    /// The item or the step was not its sender's.
    Access,
    /// It waits for a build that can read it.
    Unread,
    /// A copy of the phone has sent it.
    Copy,
    /// The edit itself is wrong, whoever sends it.
    Wrong,
}

impl Family {
    /// The family of a reason that stands for itself.
    #[must_use]
    pub fn of(reason: Reason) -> Self {
        match reason {
            Reason::Revoked => Self::Revoked,
            Reason::NotYourItem | Reason::RoleNotPermitted => Self::Access,
            Reason::UnreadableEvent => Self::Unread,
            Reason::SequenceReused => Self::Copy,
            _ => Self::Wrong,
        }
    }

    /// Whether only its sender was wrong: then somebody else's decision can make up for it.
    #[must_use]
    pub fn is_admissible(self) -> bool {
        matches!(self, Self::Revoked | Self::Access)
    }
}

/// Refused edits of one phone in one district that are decided together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefusedBatch {
    /// Its name. When an edit comes to it or leaves it, it is another batch.
    pub id: BatchId,
    /// Where it came from.
    pub installation: InstallationId,
    /// Who was signed in.
    pub person: PersonId,
    /// That person's name, when they are known.
    pub person_name: Option<String>,
    /// Where the items are; none when that is not known.
    pub district: Option<DistrictId>,
    /// Why they were refused.
    pub family: Family,
    /// Whether they can be admitted; every batch can be dismissed.
    pub admissible: bool,
    /// When the first of them came.
    pub received_at: Timestamp,
    /// Their numbers on the phone, in order.
    pub edits: Vec<u64>,
    /// The documents that they are for.
    pub documents: BTreeSet<DocumentId>,
}

/// What is decided about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It is judged again as it stands; the decision takes the place of its sender's right.
    Admit,
    /// It is kept and not applied.
    Dismiss,
    /// Nobody's decision: the sender's right came back, and it was judged again.
    Retry,
}

impl Choice {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Dismiss => "dismiss",
            Self::Retry => "retry",
        }
    }
}

/// A decision to carry out.
#[derive(Debug, Clone, PartialEq)]
pub struct DecideBatch {
    /// About which edits.
    pub batch: BatchId,
    /// What.
    pub choice: Choice,
    /// Why.
    pub reason: String,
    /// Who. Their roles are read again when it is carried out.
    pub by: Principal,
    /// Their name.
    pub by_name: String,
    /// Now.
    pub now: Timestamp,
}

/// What became of one edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is part of its document.
    Accepted,
    /// It still cannot be applied, and stays open with its new reason.
    Refused,
    /// Its phone has written the same anew, and that is part of the document: applied once.
    AlreadyRecorded,
    /// It is kept, and no longer open.
    Dismissed,
}

impl Fate {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::AlreadyRecorded => "already_recorded",
            Self::Dismissed => "dismissed",
        }
    }
}

/// One edit of a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecidedEdit {
    /// Where it came from.
    pub installation: InstallationId,
    /// Its number there.
    pub device_seq: u64,
    /// The document that it is for.
    pub document: DocumentId,
    /// Why it had been refused.
    pub refused: Refusal,
    /// What became of it.
    pub fate: Fate,
}

/// A decision that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// Its number.
    pub id: u64,
    /// About which edits.
    pub batch: BatchId,
    /// What.
    pub choice: Choice,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: PersonId,
    /// Their name then.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
    /// What became of each edit.
    pub edits: Vec<DecidedEdit>,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Decided {
    /// It is carried out.
    Done(DecisionRecord, Effects),
    /// The same was decided before.
    Repeated(DecisionRecord),
    /// Something else was decided before.
    Other(DecisionRecord),
    /// These edits are wrong by themselves.
    NotAdmissible(Family),
    /// The caller does not decide about this district.
    NotTheirs,
    /// There is no such batch, or it has changed.
    NotFound,
}

/// What the office can do about refused edits.
pub trait RefusedDesk {
    /// Batches that nobody has decided about, oldest first: those of these districts, and those that belong to none; all when absent.
    fn refused_batches(&self, districts: Option<Vec<DistrictId>>) -> Answer<'_, Vec<RefusedBatch>>;
    /// Carries out a decision about a batch.
    fn decide(&self, decision: DecideBatch) -> Answer<'_, Decided>;
}
