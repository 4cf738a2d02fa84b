//! Documents: whether the changes make what the store says they make, and whether what points at a change still finds it.

use std::collections::BTreeSet;

use linecrew_protocol::ids::DocumentId;
use rusqlite::{Connection, Row};

use super::{
    super::{columns::read_counter, documents},
    Findings, LogPlace,
    changes::{Changes, Sum},
    each,
};

/// How often the one who waits hears of it.
const PROGRESS_EVERY: u64 = 100;

/// Heads, counts and sizes of each document, and the places in the order of commits that feeds and rows name.
pub(super) fn verify(
    connection: &Connection,
    changes: &Changes,
    findings: &mut Findings,
    progress: &mut dyn FnMut(u64),
) -> rusqlite::Result<()> {
    let (mut known, mut done) = (BTreeSet::new(), 0_u64);
    let sql = "SELECT id, change_count, byte_total FROM documents ORDER BY id";
    each(connection, ("documents", sql), findings, read, |(document, stored), findings| {
        known.insert(document);
        verify_one(connection, document, stored, changes, findings);
        done = done.saturating_add(1);
        if done.is_multiple_of(PROGRESS_EVERY) {
            progress(done);
        }
    })?;
    for document in changes.documents.keys().filter(|document| !known.contains(*document)) {
        findings.add(LogPlace::Document { document: *document }, "there are changes of it, and it is not in the table");
    }
    let sql = "SELECT document, commit_seq FROM feed_entries GROUP BY document, commit_seq";
    each(connection, ("feed_entries", sql), findings, read_place, |(document, commit_seq), findings| {
        if changes.places.get(&commit_seq) != Some(&document) {
            findings.add(LogPlace::Document { document }, format!("a feed names change {commit_seq} as one of its own"));
        }
    })?;
    let sql = "SELECT document, revision AS commit_seq FROM rows";
    each(connection, ("rows", sql), findings, read_place, |(document, commit_seq), findings| {
        if changes.documents.get(&document).is_none_or(|sum| sum.newest != commit_seq) {
            findings.add(LogPlace::Document { document }, format!("its row names change {commit_seq} as its newest"));
        }
    })
}

fn verify_one(connection: &Connection, document: DocumentId, (count, bytes): (u64, u64), changes: &Changes, findings: &mut Findings) {
    let place = LogPlace::Document { document };
    let Sum { changes: there, bytes: there_bytes, .. } = changes.documents.get(&document).copied().unwrap_or_default();
    if (there, there_bytes) != (count, bytes) {
        findings.add(place, format!("{count} changes of {bytes} bytes make it, and {there} of {there_bytes} are there"));
    }
    if let Err(error) = documents::load(connection, document) {
        findings.add(place, format!("its changes do not make its heads: {error}"));
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(DocumentId, (u64, u64))> {
    Ok((DocumentId::from_bytes(row.get("id")?), (read_counter(row, "change_count")?, read_counter(row, "byte_total")?)))
}

fn read_place(row: &Row<'_>) -> rusqlite::Result<(DocumentId, u64)> {
    Ok((DocumentId::from_bytes(row.get("document")?), read_counter(row, "commit_seq")?))
}
