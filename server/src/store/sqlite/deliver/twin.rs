//! The same act of a person in two changes.
//!
//! A phone that carries a command out again gives the event a new id and the edit a new number, and keeps what was confirmed and the evidence of
//! that moment (docs/protocol.md, section 7). So two events of one person with one kind, one body and one evidence are one act.

use automerge::legacy::OpType;
use linecrew_protocol::{
    gate::{self, Inspected},
    ids::{DocumentId, PersonId},
    model::event::Event,
};
use rusqlite::{Connection, Row};

use super::super::columns::read_counter;

/// The number of this person's edit in the document that records the same act.
pub(super) fn find(
    connection: &Connection,
    document: DocumentId,
    person: PersonId,
    inspected: &Inspected,
) -> rusqlite::Result<Option<u64>> {
    let Some(act) = event_in(inspected) else { return Ok(None) };
    let sql = "SELECT device_seq, bytes FROM changes WHERE document = ?1 AND person = ?2 ORDER BY commit_seq";
    let read = |row: &Row<'_>| Ok((read_counter(row, "device_seq")?, row.get::<_, Vec<u8>>("bytes")?));
    let mut statement = connection.prepare_cached(sql)?;
    for row in statement.query_map((document.as_bytes(), person.as_bytes()), read)? {
        let (device_seq, bytes) = row?;
        let known = gate::inspect(&bytes).ok().as_ref().and_then(event_in);
        if known.is_some_and(|known| is_same(&known, &act)) {
            return Ok(Some(device_seq));
        }
    }
    Ok(None)
}

fn is_same(one: &Event, other: &Event) -> bool {
    one.by == other.by && one.kind == other.kind && one.body == other.body && one.evidence == other.evidence
}

/// The event in a change: one text under its id.
fn event_in(inspected: &Inspected) -> Option<Event> {
    inspected.expanded().operations.iter().find_map(|operation| match &operation.action {
        OpType::Put(value) => Event::from_text(value.as_str()?).ok(),
        _ => None,
    })
}
