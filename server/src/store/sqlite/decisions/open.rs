//! Refused edits that nobody has decided about, and which of them belong together.

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    Reason, Refusal,
    ids::{BatchId, DistrictId, DocumentId, InstallationId, PersonId},
    time::Timestamp,
};
use rusqlite::{Connection, Row};
use sha2::{Digest as _, Sha256};

use super::super::{
    columns::{damaged, read_counter, read_time},
    limits::MAX_BATCH_EDITS,
    people,
    quarantine::Key,
};
use crate::store::refused::{Family, RefusedBatch};

/// A refused edit without its bytes.
pub(super) struct OpenEdit {
    pub(super) key: Key,
    pub(super) document: DocumentId,
    pub(super) generation: u32,
    pub(super) person: PersonId,
    pub(super) refusal: Refusal,
    depends_on: Option<u64>,
    district: Option<DistrictId>,
    received_at: Timestamp,
}

/// Those that are decided together, in the order in which their phone wrote them.
pub(super) struct OpenBatch {
    pub(super) id: BatchId,
    pub(super) family: Family,
    pub(super) district: Option<DistrictId>,
    pub(super) edits: Vec<OpenEdit>,
}

/// The batches of these districts and of none, oldest first; all when absent.
pub(in super::super) fn batches(connection: &Connection, districts: Option<&[DistrictId]>) -> rusqlite::Result<Vec<RefusedBatch>> {
    let in_sight = |batch: &OpenBatch| {
        let Some(districts) = districts else { return true };
        batch.district.is_none_or(|district| districts.contains(&district))
    };
    let batches = all(connection)?.into_iter().filter(in_sight).map(|batch| record(connection, &batch));
    let mut batches = batches.collect::<rusqlite::Result<Vec<Option<RefusedBatch>>>>()?.into_iter().flatten().collect::<Vec<_>>();
    batches.sort_by_key(|batch| (batch.received_at, batch.installation, batch.edits.first().copied()));
    Ok(batches)
}

/// The batch of every open edit.
pub(in super::super) fn names(connection: &Connection) -> rusqlite::Result<BTreeMap<Key, BatchId>> {
    let named = all(connection)?.into_iter().flat_map(|OpenBatch { id, edits, .. }| edits.into_iter().map(move |edit| (edit.key, id)));
    Ok(named.collect())
}

/// The open batch with this name.
pub(super) fn find(connection: &Connection, id: BatchId) -> rusqlite::Result<Option<OpenBatch>> {
    Ok(all(connection)?.into_iter().find(|batch| batch.id == id))
}

fn record(connection: &Connection, batch: &OpenBatch) -> rusqlite::Result<Option<RefusedBatch>> {
    let Some(first) = batch.edits.first() else { return Ok(None) };
    Ok(Some(RefusedBatch {
        id: batch.id,
        installation: first.key.installation,
        person: first.person,
        person_name: people::name(connection, first.person)?,
        district: batch.district,
        family: batch.family,
        admissible: batch.family.is_admissible(),
        received_at: batch.edits.iter().map(|edit| edit.received_at).min().unwrap_or(first.received_at),
        edits: batch.edits.iter().map(|edit| edit.key.device_seq).collect(),
        documents: batch.edits.iter().map(|edit| edit.document).collect::<BTreeSet<_>>(),
    }))
}

fn all(connection: &Connection) -> rusqlite::Result<Vec<OpenBatch>> {
    let mut together: BTreeMap<(InstallationId, Option<DistrictId>, Family), Vec<OpenEdit>> = BTreeMap::new();
    let mut roots: BTreeMap<(InstallationId, u64), Family> = BTreeMap::new();
    for edit in edits(connection)? {
        let family = family(&edit, &roots);
        // What builds on an edit has a higher number, so its root was seen.
        roots.entry((edit.key.installation, edit.key.device_seq)).or_insert(family);
        together.entry((edit.key.installation, edit.district, family)).or_default().push(edit);
    }
    let mut batches = Vec::with_capacity(together.len());
    for ((_, district, family), edits) in together {
        let mut edits = edits.into_iter().peekable();
        while edits.peek().is_some() {
            let edits: Vec<OpenEdit> = edits.by_ref().take(MAX_BATCH_EDITS).collect();
            batches.push(OpenBatch { id: name(&edits), family, district, edits });
        }
    }
    Ok(batches)
}

/// What builds on an edit that is no longer refused only lacked that one.
fn family(edit: &OpenEdit, roots: &BTreeMap<(InstallationId, u64), Family>) -> Family {
    match (edit.refusal.reason, edit.depends_on) {
        (Reason::DependsOnRefused, Some(root)) => roots.get(&(edit.key.installation, root)).copied().unwrap_or(Family::Access),
        (reason, _) => Family::of(reason),
    }
}

/// Which edits, refused for what: the same edits with other reasons are another question.
pub(super) fn name<'a>(edits: impl IntoIterator<Item = &'a OpenEdit>) -> BatchId {
    let mut hash = Sha256::new().chain_update(b"linecrew refused batch 1");
    for OpenEdit { key, refusal, .. } in edits {
        hash.update(key.installation.as_bytes());
        hash.update(key.device_seq.to_be_bytes());
        hash.update(key.content);
        hash.update(refusal.reason.number().to_be_bytes());
    }
    let hash: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    BatchId::from_bytes(id)
}

fn edits(connection: &Connection) -> rusqlite::Result<Vec<OpenEdit>> {
    let sql = "SELECT quarantine.installation, quarantine.device_seq, quarantine.content, quarantine.document, quarantine.generation, quarantine.person,
                      quarantine.reason, quarantine.detail, quarantine.depends_on, quarantine.received_at,
                      coalesce(documents.district, crews.district) AS district
               FROM quarantine
               LEFT JOIN documents ON documents.id = quarantine.document
               LEFT JOIN people ON people.id = quarantine.person
               LEFT JOIN crews ON crews.id = people.crew
               WHERE quarantine.decision IS NULL
               ORDER BY quarantine.installation, quarantine.device_seq, quarantine.content";
    connection.prepare_cached(sql)?.query_map([], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<OpenEdit> {
    let reason = Reason::of_number(u32::try_from(row.get::<_, i64>("reason")?).map_err(|_| damaged("reason"))?);
    let depends_on = row.get::<_, Option<i64>>("depends_on")?.map(u64::try_from).transpose().map_err(|_| damaged("depends_on"))?;
    Ok(OpenEdit {
        key: Key {
            installation: InstallationId::from_bytes(row.get("installation")?),
            device_seq: read_counter(row, "device_seq")?,
            content: row.get("content")?,
        },
        document: DocumentId::from_bytes(row.get("document")?),
        generation: row.get("generation")?,
        person: PersonId::from_bytes(row.get("person")?),
        refusal: Refusal::new(reason, row.get::<_, String>("detail")?),
        depends_on,
        district: row.get::<_, Option<[u8; 16]>>("district")?.map(DistrictId::from_bytes),
        received_at: read_time(row, "received_at")?,
    })
}

/// Those of these people whose sender had no right to them, and what builds on them.
pub(super) fn for_lack_of_access(connection: &Connection, people: &BTreeSet<PersonId>) -> rusqlite::Result<Vec<OpenEdit>> {
    let batches = all(connection)?.into_iter().filter(|batch| batch.family.is_admissible());
    let mut edits: Vec<OpenEdit> = batches.flat_map(|batch| batch.edits).filter(|edit| people.contains(&edit.person)).collect();
    edits.sort_by_key(|edit| edit.key);
    Ok(edits)
}
