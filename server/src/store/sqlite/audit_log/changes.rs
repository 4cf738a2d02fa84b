//! The changes of all documents, in the order of commits: each is its own hash, and names its author, number and person by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use automerge::legacy::OpType;
use linecrew_protocol::{
    ActorId, Change, ChangeHash,
    actor::actor_of,
    ids::{DocumentId, InstallationId, PersonId},
    key::content_of,
    model::{
        collection::{EntryHash, book::sealed_in},
        event::Event,
    },
    time::Timestamp,
};
use rusqlite::{Connection, Row};

use super::{
    super::columns::{read_counter, read_time},
    Findings, LogPlace, each,
    registered::Registered,
};

/// Rebases of one document on one phone; an honest one has a handful.
const MAX_GENERATIONS: u32 = 10_000;
/// How often the one who waits hears of it.
const PROGRESS_EVERY: u64 = 1_000;

/// What an edit has to fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptChange {
    pub(super) commit_seq: u64,
    /// None when no generation of its phone is its author.
    pub(super) content: Option<[u8; 32]>,
    pub(super) received_at: Timestamp,
    /// The journal entry in it.
    pub(super) entry: Option<EntryHash>,
}

/// What the changes make of a document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) changes: u64,
    pub(super) bytes: u64,
    pub(super) newest: u64,
}

/// All changes.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) count: u64,
    /// Those of phones.
    pub(super) of_phones: BTreeMap<(InstallationId, u64), KeptChange>,
    pub(super) documents: BTreeMap<DocumentId, Sum>,
    /// By place in the order of commits.
    pub(super) places: BTreeMap<u64, DocumentId>,
    last_place: u64,
    seen: BTreeSet<ChangeHash>,
    actors: HashMap<(InstallationId, DocumentId), Vec<ActorId>>,
    /// Numbers that the store has used, in each life.
    of_store: BTreeSet<(InstallationId, u64, DocumentId)>,
}

struct ChangeRow {
    commit_seq: u64,
    document: DocumentId,
    hash: [u8; 32],
    actor: Vec<u8>,
    actor_seq: u64,
    bytes: Vec<u8>,
    installation: InstallationId,
    device_seq: u64,
    person: PersonId,
    received_at: Timestamp,
}

impl Changes {
    pub(super) fn read(
        connection: &Connection,
        registered: &Registered,
        findings: &mut Findings,
        progress: &mut dyn FnMut(u64),
    ) -> rusqlite::Result<Self> {
        let mut changes = Self::default();
        let sql = "SELECT commit_seq, document, hash, actor, actor_seq, bytes, installation, device_seq, person, received_at
                   FROM changes ORDER BY commit_seq";
        each(connection, ("changes", sql), findings, read, |row, findings| {
            changes.verify(row, registered, findings);
            changes.count = changes.count.saturating_add(1);
            if changes.count.is_multiple_of(PROGRESS_EVERY) {
                progress(changes.count);
            }
        })?;
        Ok(changes)
    }

    fn verify(&mut self, row: ChangeRow, registered: &Registered, findings: &mut Findings) {
        let ChangeRow { commit_seq, installation, device_seq, .. } = row;
        let place = LogPlace::Change { installation, device_seq, commit_seq };
        if commit_seq != self.last_place.saturating_add(1) {
            findings.add(place, format!("changes are missing before it: it would be change {}", self.last_place.saturating_add(1)));
        }
        self.last_place = commit_seq;
        self.places.insert(commit_seq, row.document);
        let sum = self.documents.entry(row.document).or_default();
        sum.changes = sum.changes.saturating_add(1);
        sum.bytes = sum.bytes.saturating_add(u64::try_from(row.bytes.len()).unwrap_or(u64::MAX));
        sum.newest = commit_seq;
        let change = match Change::from_bytes(row.bytes.clone()) {
            Ok(change) => change,
            Err(error) => return findings.add(place, format!("its bytes are no change: {error}")),
        };
        if change.hash().0 != row.hash {
            findings.add(place, "its bytes are not those that its hash names");
        }
        if change.actor_id().to_bytes() != row.actor || change.seq() != row.actor_seq {
            findings.add(place, "its bytes name another author, or another number of the author's");
        }
        if change.deps().iter().any(|dep| !self.seen.contains(dep)) {
            findings.add(place, "it builds on a change that is not there before it");
        }
        self.seen.insert(change.hash());
        let event = event_in(&change);
        let is_phones = registered.find(installation).is_some();
        verify_event(event.as_ref(), &row, is_phones, place, findings);
        let generation = self.generation(installation, row.document, change.actor_id());
        if generation.is_none() {
            findings.add(place, "its author is not the installation that it is kept under");
        }
        if !is_phones {
            if !self.of_store.insert((installation, device_seq, row.document)) {
                findings.add(place, "another change has this number");
            }
            return;
        }
        let content = generation.map(|generation| content_of(row.document, generation, &row.bytes));
        let entry = event.as_ref().and_then(sealed_in).map(|sealed| sealed.hash());
        let kept = KeptChange { commit_seq, content, received_at: row.received_at, entry };
        if self.of_phones.insert((installation, device_seq), kept).is_some() {
            findings.add(place, "another change has this number");
        }
        if registered.find(installation).is_some_and(|phone| phone.person != row.person) {
            findings.add(place, "its person is not the one whose phone it came from");
        }
    }

    /// The generation of this installation that is the author.
    fn generation(&mut self, installation: InstallationId, document: DocumentId, actor: &ActorId) -> Option<u32> {
        let known = self.actors.entry((installation, document)).or_default();
        for generation in 0..MAX_GENERATIONS {
            let place = usize::try_from(generation).unwrap_or(usize::MAX);
            if known.len() <= place {
                known.push(actor_of(installation, document, generation));
            }
            if known.get(place) == Some(actor) {
                return Some(generation);
            }
        }
        known.truncate(1);
        None
    }
}

/// A change says by itself who wrote it, and the office's also when: it was stored at once.
fn verify_event(event: Option<&Event>, row: &ChangeRow, is_phones: bool, place: LogPlace, findings: &mut Findings) {
    let Some(event) = event else { return findings.add(place, "there is no event in it") };
    if (event.device, event.device_seq) != (row.installation, row.device_seq) {
        findings.add(place, format!("the event in it is edit {} of {}", event.device_seq, event.device));
    }
    if event.by != row.person {
        findings.add(place, "the event in it is another person's");
    }
    if !is_phones && event.evidence.wall != row.received_at {
        findings.add(place, "the event in it is of another time");
    }
}

/// Each change carries one event.
fn event_in(change: &Change) -> Option<Event> {
    change.decode().operations.iter().find_map(|operation| match &operation.action {
        OpType::Put(value) => Event::from_text(value.as_str()?).ok(),
        _ => None,
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<ChangeRow> {
    Ok(ChangeRow {
        commit_seq: read_counter(row, "commit_seq")?,
        document: DocumentId::from_bytes(row.get("document")?),
        hash: row.get("hash")?,
        actor: row.get("actor")?,
        actor_seq: read_counter(row, "actor_seq")?,
        bytes: row.get("bytes")?,
        installation: InstallationId::from_bytes(row.get("installation")?),
        device_seq: read_counter(row, "device_seq")?,
        person: PersonId::from_bytes(row.get("person")?),
        received_at: read_time(row, "received_at")?,
    })
}
