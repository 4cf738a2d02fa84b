//! Judging one edit: everything that the server asks of a change before it becomes part of a document, but for what only the store knows.
//!
//! Pure: the store brings what is there, and gets back either the document with the change or a reason. A panic anywhere below is a
//! refusal of this one edit, because a phone sends an edit until it is answered: an edit that cannot be answered would stop its phone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use linecrew_protocol::{
    Automerge, Reason, Refusal,
    gate::{self, Expected, Inspected},
    model::{
        collection::{Entry, Sealed, book},
        document::event_is_alone,
        event::Recorded,
        history::Receipts,
        person::{Grant, Principal, Role},
        reference::Reference,
        work::{
            Standing, WorkView,
            authorize::{Edit, authorize, authorize_decided},
            common,
            view::view,
        },
    },
    time::Timestamp,
};

/// By what right an edit is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Its sender's, as the register says.
    Sender,
    /// The office's decision to take it as it stands.
    Decision,
}

/// An edit, and what it is judged against.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// The document as it is.
    pub document: &'a Automerge,
    /// When its changes were stored.
    pub receipts: &'a Receipts,
    /// The change.
    pub inspected: &'a Inspected,
    /// What the change has to say about itself.
    pub expected: Expected,
    /// The number it came with.
    pub device_seq: u64,
    /// Who sends it, from the server's own records.
    pub principal: &'a Principal,
    /// By what right.
    pub right: Right,
    /// When it is stored, if it is.
    pub received_at: Timestamp,
    /// The forms that this end knows.
    pub reference: &'a Reference,
    /// Whether another edit of the same document comes right after: then what people see of this one in between is nobody's concern.
    pub goes_on: bool,
}

/// An edit that may become part of the document.
pub struct Admitted {
    /// The document with it.
    pub document: Automerge,
    /// The event in it.
    pub recorded: Recorded,
    /// What people see of the document then, and how it stands; none when a later edit is to tell.
    pub seen: Option<(WorkView, Standing)>,
}

/// An edit of a ticket book that may become part of it.
pub struct AdmittedEntry {
    /// The document with it.
    pub document: Automerge,
    /// The event in it.
    pub recorded: Recorded,
    /// What the event carries.
    pub sealed: Sealed,
    /// The same, read.
    pub entry: Entry,
}

/// Judges an edit of a work item.
///
/// # Errors
/// Why it is refused: the gate's reasons, then the model's.
pub fn judge(candidate: &Candidate<'_>) -> Result<Admitted, Refusal> {
    carefully(candidate, weigh)
}

/// Judges an edit of a ticket book: who may write what. Whether the entry follows its journal is no reason to refuse it.
///
/// # Errors
/// As [`judge`].
pub fn judge_entry(candidate: &Candidate<'_>) -> Result<AdmittedEntry, Refusal> {
    carefully(candidate, weigh_entry)
}

fn carefully<T>(candidate: &Candidate<'_>, weigh: impl FnOnce(&Candidate<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
    // Unwind safety: everything below works on copies, and the copies are gone with the panic.
    catch_unwind(AssertUnwindSafe(|| weigh(candidate))).unwrap_or_else(|_| {
        tracing::error!(device_seq = candidate.device_seq, "judging an edit panicked");
        Err(Refusal::new(Reason::Unapplicable, "judging the change failed"))
    })
}

fn weigh_entry(candidate: &Candidate<'_>) -> Result<AdmittedEntry, Refusal> {
    let Candidate { document, inspected, device_seq, principal, reference, .. } = *candidate;
    let applied = gate::apply(document, inspected, &candidate.expected)?;
    let before = applied.before(document);
    let touches = gate::touched(inspected, before);
    let edit = Edit { before, after: applied.after(), touches: &touches, device_seq, reference };
    let (recorded, sealed, entry) = match candidate.right {
        Right::Sender => book::authorize(&edit, principal)?,
        Right::Decision => book::authorize(&edit, &as_collector(principal))?,
    };
    event_is_alone(applied.merged(), recorded.id)?;
    Ok(AdmittedEntry { document: applied.into_merged(), recorded, sealed, entry })
}

/// A decision makes up for the role. Whose book it is stands in the book.
fn as_collector(author: &Principal) -> Principal {
    Principal { grants: vec![Grant { role: Role::Collector, district: None }], ..author.clone() }
}

fn weigh(candidate: &Candidate<'_>) -> Result<Admitted, Refusal> {
    let Candidate { document, inspected, device_seq, principal, reference, .. } = *candidate;
    let applied = gate::apply(document, inspected, &candidate.expected)?;
    let before = applied.before(document);
    let touches = gate::touched(inspected, before);
    let edit = Edit { before, after: applied.after(), touches: &touches, device_seq, reference };
    let recorded = match candidate.right {
        Right::Sender => authorize(&edit, principal)?,
        Right::Decision => authorize_decided(&edit, principal)?,
    };
    event_is_alone(applied.merged(), recorded.id)?;
    let document = applied.into_merged();
    let mut receipts = candidate.receipts.clone();
    receipts.insert(inspected.hash(), candidate.received_at);
    let seen = if candidate.goes_on && !matters_elsewhere(&recorded) { None } else { Some(view(&document, &receipts)?) };
    Ok(Admitted { document, recorded, seen })
}

/// Whether an event may mean something for other documents, or need something of them.
fn matters_elsewhere(recorded: &Recorded) -> bool {
    let kind = recorded.event.kind.as_str();
    matches!(kind, "handed_over" | "linked") || !common::STEPS.iter().any(|step| step.name == kind)
}
