//! Why an edit or a message was not accepted: stable codes with words.

use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
    /// A stable reason code. On the wire it is the number, in JSON the name; a number is never re-used.
    Reason {
        /// The change is larger than allowed.
        ChangeTooLarge = 1,
        /// Not exactly one uncompressed change chunk (type 1).
        NotAChange = 2,
        /// The chunk's columns do not decode, or its checksum is wrong.
        Undecodable = 3,
        /// More operations than allowed.
        TooManyOperations = 4,
        /// The actor is not the one of this installation, document and generation.
        WrongActor = 5,
        /// `seq` is not the actor's next.
        WrongSequence = 6,
        /// `start_op` lies outside the document's window.
        OperationNumberOutOfRange = 7,
        /// A dependency is not known.
        MissingDependency = 8,
        /// Re-encoding gives other bytes: Automerge could not save the document again.
        NotCanonical = 9,
        /// Automerge failed or panicked while applying the change.
        Unapplicable = 10,
        /// The document would become too large, too deep or too long.
        DocumentLimit = 11,
        /// The document is not known to the server.
        UnknownDocument = 12,
        /// The change does not hold exactly one new event.
        NotOneEvent = 13,
        /// The event names another person, device or sequence number than its sender.
        WrongAuthor = 14,
        /// The event cannot be read by this version.
        UnreadableEvent = 15,
        /// The person's role does not permit this.
        RoleNotPermitted = 16,
        /// The item was not this crew's.
        NotYourItem = 17,
        /// The item's state does not permit this event.
        StateNotPermitted = 18,
        /// The change edits a section that the role may not write.
        SectionNotPermitted = 19,
        /// A text is too long, a number out of range, or a required field empty.
        InvalidValue = 20,
        /// It depends on a refused edit of the same document.
        DependsOnRefused = 21,
        /// The same `device_seq` came before with other content.
        SequenceReused = 22,
        /// The device or its person may no longer write.
        Revoked = 23,
        /// A rule outside this document forbids it (a linked item that does not exist, an unknown crew).
        RuleViolated = 24,
        /// Another receipt bears the number, or another entry has the place in the journal.
        TicketTaken = 25,
        /// The same act of the same person is part of the document already, in a change that was admitted from quarantine.
        AlreadyRecorded = 26,
    }
}

/// A refusal: the code, and words for a person who has to act on it. The words never hold customer data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{reason}: {detail}")]
pub struct Refusal {
    /// The stable code.
    pub reason: Reason,
    /// For a person; no customer data.
    pub detail: String,
}

impl Refusal {
    /// A refusal with words.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}
