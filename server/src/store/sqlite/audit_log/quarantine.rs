//! What is in quarantine and in no chain: edits that a copy of a phone has sent.

use linecrew_protocol::{
    Reason,
    ids::{DocumentId, InstallationId, PersonId},
};
use rusqlite::{Connection, Row};

use super::{
    super::columns::{read_counter, read_time},
    Findings, LogPlace, each,
    edits::{Edits, QuarantinedRow},
    registered::Registered,
};

/// Every row is the answer to an edit, or was set aside as a copy's; and it is what it says it is.
pub(super) fn verify(connection: &Connection, registered: &Registered, edits: &Edits, findings: &mut Findings) -> rusqlite::Result<()> {
    let sql = "SELECT installation, device_seq, content, document, generation, bytes, reason, detail, received_at, person
               FROM quarantine ORDER BY installation, device_seq";
    each(connection, ("quarantine", sql), findings, read, |(installation, device_seq, content, kept), findings| {
        let place = LogPlace::Edit { installation, device_seq };
        if edits.find(installation, device_seq).is_some_and(|edit| edit.content == content) {
            // Verified with its edit.
            return;
        }
        if kept.reason != i64::from(Reason::SequenceReused.number()) {
            findings.add(place, "something is in quarantine under its number that was never answered");
        }
        if !kept.fits(&content) {
            findings.add(place, "what a copy of the phone has sent is not what is kept of it");
        }
        if registered.find(installation).is_none_or(|phone| phone.person != kept.person) {
            findings.add(place, "the person in quarantine is not the one whose phone it came from");
        }
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<(InstallationId, u64, [u8; 32], QuarantinedRow)> {
    let kept = QuarantinedRow {
        document: DocumentId::from_bytes(row.get("document")?),
        generation: row.get("generation")?,
        bytes: row.get("bytes")?,
        reason: row.get("reason")?,
        detail: row.get("detail")?,
        received_at: read_time(row, "received_at")?,
        person: PersonId::from_bytes(row.get("person")?),
    };
    Ok((InstallationId::from_bytes(row.get("installation")?), read_counter(row, "device_seq")?, row.get("content")?, kept))
}
