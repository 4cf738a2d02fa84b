//! What somebody has to decide, or has decided.

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, InstallationId, SessionId},
    model::collection::Flag,
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, named_params};

use super::{
    super::super::{
        columns::{read_json, read_optional_time, read_time},
        rows::hex_list,
    },
    read_collector,
};
use crate::store::collection::{FlagDecision, FlagRecord};

const SELECT: &str = "
    SELECT flags.document, body, raised_at, choice, note, by_name, resolved_at, collector, people.name AS collector_name
    FROM flags JOIN books ON books.document = flags.document LEFT JOIN people ON people.id = collector
    WHERE (:device IS NULL OR flags.device = :device)
      AND (:flag IS NULL OR flag = :flag)
      AND (:session IS NULL OR session = :session)
      AND (:all OR choice IS NULL)
      AND (:districts IS NULL OR district IN (SELECT unhex(value) FROM json_each(:districts)))
    ORDER BY raised_at DESC, flags.rowid DESC";

/// Flags, newest first: those that nobody has decided, or all.
pub(in super::super::super) fn list(
    connection: &Connection,
    all: bool,
    districts: Option<&[DistrictId]>,
) -> rusqlite::Result<Vec<FlagRecord>> {
    let (none, districts) = (None::<[u8; 16]>, districts.map(hex_list).transpose()?);
    select(connection, named_params! { ":device": none, ":flag": None::<String>, ":session": none, ":all": all, ":districts": districts })
}

/// All flags of a session, and of its entries.
pub(super) fn of_session(connection: &Connection, device: InstallationId, session: SessionId) -> rusqlite::Result<Vec<FlagRecord>> {
    let (device, session) = (device.as_bytes(), session.as_bytes());
    let none = None::<String>;
    select(connection, named_params! { ":device": device, ":flag": none, ":session": session, ":all": true, ":districts": none })
}

/// One flag of a journal.
pub(in super::super) fn one(connection: &Connection, device: InstallationId, flag: &str) -> rusqlite::Result<Option<FlagRecord>> {
    let (device, none) = (device.as_bytes(), None::<[u8; 16]>);
    let values = named_params! { ":device": device, ":flag": flag, ":session": none, ":all": true, ":districts": None::<String> };
    connection.prepare_cached(SELECT)?.query_row(values, read).optional()
}

fn select(connection: &Connection, values: &[(&str, &dyn ToSql)]) -> rusqlite::Result<Vec<FlagRecord>> {
    connection.prepare_cached(SELECT)?.query_map(values, read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<FlagRecord> {
    let Flag { id, kind, session, ticket, amount, detail, .. } = read_json(row, "body")?;
    let decision = match (row.get::<_, Option<String>>("choice")?, read_optional_time(row, "resolved_at")?) {
        (Some(choice), Some(at)) => {
            let note = row.get::<_, Option<String>>("note")?.unwrap_or_default();
            Some(FlagDecision { choice, note, by_name: row.get("by_name")?, at })
        }
        _ => None,
    };
    Ok(FlagRecord {
        flag: id,
        book: DocumentId::from_bytes(row.get("document")?),
        kind,
        collector: read_collector(row)?,
        session,
        ticket,
        amount,
        detail,
        raised_at: read_time(row, "raised_at")?,
        choices: kind.choices().iter().map(|choice| (*choice).to_owned()).collect(),
        resolved: decision,
    })
}
