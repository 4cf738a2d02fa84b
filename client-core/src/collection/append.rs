//! Writing sealed entries: with their edits, in one transaction, and only where the journal still ends as it did.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::DocumentId,
    model::collection::{Act, EntryHash},
    time::Timestamp,
};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use super::{
    CollectionError,
    act::Step,
    seal::{SealedStep, Sealing},
    situation::{Mark, Situation},
};
use crate::{
    authoring::{self, Moment, Working},
    client::Client,
    command::Command,
    error::StoreError,
    fail_point,
    host::{self, Host},
    store::journal::{self, NewEntry},
};

/// How often a command begins anew because another process was faster. One loses to each entry of the other once; nobody writes receipts
/// faster than people take money.
const MAX_TRIES: usize = 64;

/// An entry that is on this phone's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedEntry {
    /// The number of the edit that carries it, on this installation.
    pub device_seq: u64,
    /// The book that carries it.
    pub document: DocumentId,
    /// Its place in the journal.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// What it records, such as `receipt`.
    pub act: String,
    /// Whether it has a signature; else an attestation follows.
    pub signed: bool,
    /// When, by this phone's clock.
    pub at: Timestamp,
}

/// An entry that was written, and what it says.
pub(super) struct Entered {
    pub(super) saved: SavedEntry,
    pub(super) act: Act,
}

/// Why entries were not written.
enum AppendError {
    /// The journal or the books are not as they were.
    Moved,
    Collection(CollectionError),
}

impl From<StoreError> for AppendError {
    fn from(error: StoreError) -> Self {
        Self::Collection(error.into())
    }
}

impl From<CollectionError> for AppendError {
    fn from(error: CollectionError) -> Self {
        Self::Collection(error)
    }
}

impl Client {
    /// Carries out what `plan` decides, and before it vouches for what has no signature yet. Answers all entries, the planned one last.
    pub(super) fn enter(
        &self,
        plan: impl Fn(&Connection, &Situation) -> Result<Vec<Step>, CollectionError>,
    ) -> Result<Vec<Entered>, CollectionError> {
        self.append(|connection, situation| {
            let steps = plan(connection, situation)?;
            Ok(move |sealing: &mut Sealing<'_>| {
                sealing.attest()?;
                steps.into_iter().try_for_each(|step| sealing.seal(step))
            })
        })
    }

    /// Decides in a read transaction, seals outside of any, writes in a third step; again, when the journal has moved meanwhile.
    pub(super) fn append<S>(
        &self,
        decide: impl Fn(&Connection, &Situation) -> Result<S, CollectionError>,
    ) -> Result<Vec<Entered>, CollectionError>
    where
        S: FnOnce(&mut Sealing<'_>) -> Result<(), CollectionError>,
    {
        let (host, key) = (self.host(), self.device_key());
        for _ in 0..MAX_TRIES {
            let (situation, seal) = self.read(|connection| {
                fail_point::arm();
                let situation = Situation::of(connection)?;
                let seal = decide(connection, &situation)?;
                Ok::<_, CollectionError>((situation, seal))
            })?;
            let (mark, at) = (situation.mark.clone(), host::evidence(host.as_ref(), situation.sighting));
            let mut sealing = Sealing::new(situation, at, key.as_deref());
            seal(&mut sealing)?;
            let (situation, steps) = sealing.finish();
            match self.write_entries(mark, situation, steps) {
                Ok(saved) => return Ok(saved),
                Err(AppendError::Moved) => {}
                Err(AppendError::Collection(error)) => return Err(error),
            }
        }
        Err(CollectionError::Contended)
    }

    fn write_entries(&self, mark: Mark, situation: Situation, steps: Vec<SealedStep>) -> Result<Vec<Entered>, AppendError> {
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let host = self.host();
        self.write(move |transaction| {
            fail_point::arm();
            if Mark::of(transaction).map_err(StoreError::from)? != mark {
                return Err(AppendError::Moved);
            }
            let mut documents = BTreeMap::new();
            let saved = steps.iter().map(|step| write_entry(transaction, host.as_ref(), &situation, &mut documents, step));
            Ok(saved.collect::<Result<_, _>>()?)
        })
    }
}

/// Change, outbox entry and journal row.
fn write_entry(
    transaction: &Transaction<'_>,
    host: &dyn Host,
    situation: &Situation,
    documents: &mut BTreeMap<DocumentId, Working>,
    step: &SealedStep,
) -> Result<Entered, CollectionError> {
    let SealedStep { document, sealed, entry, customer } = step;
    if !documents.contains_key(document) {
        documents.insert(*document, authoring::load(transaction, *document)?);
    }
    let working = documents.get_mut(document).ok_or(CollectionError::UnknownBook { document: *document })?;
    let moment = Moment { event: host::new_event(host), evidence: entry.at };
    let command = Command::Collection(sealed.clone());
    let edit = authoring::save(transaction, working, &situation.principal, &command, &moment)?;
    let new = NewEntry { document: *document, device_seq: edit.device_seq, sealed, entry, customer: customer.as_deref() };
    journal::insert(transaction, &new)?;
    let saved = SavedEntry {
        device_seq: edit.device_seq,
        document: *document,
        seq: entry.seq,
        hash: sealed.hash(),
        act: entry.act.name().to_owned(),
        signed: sealed.signature.is_some(),
        at: entry.at.wall,
    };
    Ok(Entered { saved, act: entry.act.clone() })
}
