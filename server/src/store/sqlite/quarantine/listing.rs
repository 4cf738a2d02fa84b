//! All refused edits of some districts, with what they were about.

use std::collections::BTreeMap;

use linecrew_protocol::ids::{BatchId, DistrictId, DocumentId};
use rusqlite::{Connection, Row, named_params};

use super::{
    super::{
        columns::{counter, damaged},
        decisions,
        limits::MAX_QUARANTINE_LISTED,
        rows::hex_list,
    },
    Key, is_security, read_edit,
};
use crate::store::QuarantineEntry;

/// Refused edits, newest first. One of an unknown item belongs to the district of its person's crew, or to none, and is then shown to all.
pub(in super::super) fn list(connection: &Connection, districts: Option<&[DistrictId]>) -> rusqlite::Result<Vec<QuarantineEntry>> {
    let names = decisions::names(connection)?;
    let sql = "SELECT quarantine.installation, quarantine.device_seq, quarantine.person, quarantine.received_at, quarantine.reason,
                      quarantine.detail, quarantine.document, quarantine.bytes, quarantine.content, documents.number
               FROM quarantine
               LEFT JOIN documents ON documents.id = quarantine.document
               LEFT JOIN people ON people.id = quarantine.person
               LEFT JOIN crews ON crews.id = people.crew
               WHERE quarantine.decision IS NULL AND (:districts IS NULL OR coalesce(documents.district, crews.district) IS NULL
                  OR coalesce(documents.district, crews.district) IN (SELECT unhex(value) FROM json_each(:districts)))
               ORDER BY quarantine.rowid DESC LIMIT :limit";
    let values = named_params! {
        ":districts": districts.map(hex_list).transpose()?,
        ":limit": counter(u64::try_from(MAX_QUARANTINE_LISTED).unwrap_or(u64::MAX)),
    };
    connection.prepare_cached(sql)?.query_map(values, |row| read(row, &names))?.collect()
}

fn read(row: &Row<'_>, names: &BTreeMap<Key, BatchId>) -> rusqlite::Result<QuarantineEntry> {
    let edit = read_edit(row)?;
    let key = Key { installation: edit.installation, device_seq: edit.device_seq, content: row.get("content")? };
    Ok(QuarantineEntry {
        document: DocumentId::from_bytes(row.get("document")?),
        number: row.get("number")?,
        security: is_security(edit.reason),
        batch: names.get(&key).copied().ok_or_else(|| damaged("batch"))?,
        edit,
    })
}
