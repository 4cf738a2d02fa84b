//! Making an edit inside a transaction: for a command, for a rebase, and for a new installation.

use linecrew_protocol::{
    Automerge, Reason, Refusal,
    ids::{DocumentId, EventId},
    model::{
        collection::book,
        command::{Author, Written},
        history::Receipts,
        person::Principal,
        work::command::execute,
    },
    time::Evidence,
};
use rusqlite::{Connection, Transaction};

use crate::{
    command::{Command, SavedEdit},
    error::StoreError,
    forms,
    store::{
        change::{self, Standing},
        document, installation, item,
        outbox::{self, NewEdit},
    },
};

/// When a person confirmed a command, and the id of the event that says so.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) event: EventId,
    pub(crate) evidence: Evidence,
}

/// A document as this phone works on it: what is accepted, and the own edits that may still be.
#[derive(Debug)]
pub(crate) struct Working {
    pub(crate) id: DocumentId,
    pub(crate) automerge: Automerge,
    pub(crate) receipts: Receipts,
}

impl Working {
    /// A document of which nothing is here yet.
    pub(crate) fn empty(id: DocumentId) -> Self {
        Self { id, automerge: Automerge::new(), receipts: Receipts::new() }
    }
}

/// Why an edit was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorError {
    /// The rules do not allow it.
    #[error("the rules do not allow it")]
    Refused(#[source] Refusal),
    /// The stored changes do not make up a document.
    #[error("the changes of {document} are damaged")]
    Damaged {
        document: DocumentId,
        #[source]
        damage: Refusal,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for AuthorError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Rebuilds a document from its raw changes. Never from a saved document: Automerge loads an empty file as an empty document.
pub(crate) fn load(connection: &Connection, id: DocumentId) -> Result<Working, AuthorError> {
    let damaged = |detail: &str| AuthorError::Damaged { document: id, damage: Refusal::new(Reason::Undecodable, detail) };
    let stored = change::working(connection, id)?;
    let expected = stored.len();
    let (mut working, mut changes) = (Working::empty(id), Vec::with_capacity(expected));
    for stored in stored {
        let change = stored.decode().ok_or_else(|| damaged("a stored change is not the one that was stored"))?;
        working.receipts.extend(stored.received_at.map(|at| (stored.hash, at)));
        changes.push(change);
    }
    working.automerge.apply_changes(changes).map_err(|_| damaged("the stored changes do not apply"))?;
    if working.automerge.get_changes_meta(&[]).len() != expected {
        return Err(damaged("a stored change lacks one that it depends on"));
    }
    Ok(working)
}

/// Whether `command` would be carried out. Writes nothing.
pub(crate) fn rehearse(
    connection: &Connection,
    working: &Working,
    principal: &Principal,
    command: &Command,
    moment: &Moment,
) -> Result<(), AuthorError> {
    let device_seq = installation::next_device_seq(connection)?;
    written(connection, working, principal, command, moment, device_seq).map(drop)
}

/// Carries out `command` and writes change, outbox entry and projected row.
pub(crate) fn save(
    transaction: &Transaction<'_>,
    working: &mut Working,
    principal: &Principal,
    command: &Command,
    moment: &Moment,
) -> Result<SavedEdit, AuthorError> {
    let device_seq = installation::next_device_seq(transaction)?;
    let (written, generation) = written(transaction, working, principal, command, moment, device_seq)?;
    let document = working.id;
    let kind = written.recorded.event.kind;
    change::insert(transaction, document, &written.change, Standing::Pending, None)?;
    let edit = NewEdit { device_seq, document, change: &written.change, generation, kind: &kind, command, moment };
    outbox::insert(transaction, &edit)?;
    installation::use_device_seq(transaction, device_seq)?;
    working.automerge = written.document;
    let state = item::project(transaction, working)?;
    let (state, phase) = (state.map(|state| state.name.to_owned()), state.map(|state| state.phase));
    Ok(SavedEdit { device_seq, document, event: moment.event, kind, saved_at: moment.evidence.wall, state, phase })
}

fn written(
    connection: &Connection,
    working: &Working,
    principal: &Principal,
    command: &Command,
    moment: &Moment,
    device_seq: u64,
) -> Result<(Written, u32), AuthorError> {
    let generation = document::generation(connection, working.id)?;
    let author =
        Author { principal: principal.clone(), name: None, device_seq, evidence: moment.evidence, event: moment.event, generation };
    let written = match command {
        Command::Work(command) => execute(&working.automerge, command, &author, &forms::reference_of(connection, &working.automerge)?),
        // Sealed once, for ever: whoever carries it, now or after a rebase, carries this text.
        Command::Collection(sealed) => book::append(&working.automerge, sealed, &author),
    };
    Ok((written.map_err(AuthorError::Refused)?, generation))
}
