//! The column list: which columns there are and where each lies. Nothing is decoded here.

use super::cursor::Cursor;
use crate::refusal::Refusal;

/// Every column of an operation, by its specification (id << 4 | type), in the order in which Automerge writes them.
const SPECS: [(u64, &str); COLUMNS] = [
    (0x01, "object actor column"),
    (0x02, "object counter column"),
    (0x11, "key actor column"),
    (0x13, "key counter column"),
    (0x15, "key text column"),
    (0x34, "insert column"),
    (0x42, "action column"),
    (0x56, "value kind column"),
    (0x57, "value column"),
    (0x70, "predecessor count column"),
    (0x71, "predecessor actor column"),
    (0x73, "predecessor counter column"),
    (0x94, "expand column"),
    (0xa5, "mark name column"),
];
const COLUMNS: usize = 14;

/// The bytes of each column; empty when the change has none.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    pub(super) object_actor: Cursor<'a>,
    pub(super) object_counter: Cursor<'a>,
    pub(super) key_actor: Cursor<'a>,
    pub(super) key_counter: Cursor<'a>,
    pub(super) key_text: Cursor<'a>,
    pub(super) insert: Cursor<'a>,
    pub(super) action: Cursor<'a>,
    pub(super) value_kind: Cursor<'a>,
    pub(super) value: Cursor<'a>,
    pub(super) predecessor_count: Cursor<'a>,
    pub(super) predecessor_actor: Cursor<'a>,
    pub(super) predecessor_counter: Cursor<'a>,
    pub(super) expand: Cursor<'a>,
    pub(super) mark_name: Cursor<'a>,
}

impl<'a> Columns<'a> {
    /// Reads the list and cuts the rest of the chunk accordingly; nothing may be left over (Automerge would keep it as "extra bytes").
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Refusal> {
        let lengths = read_list(cursor)?;
        let mut columns = SPECS.map(|(_, name)| Cursor::new(&[], name));
        for ((column, length), (_, name)) in columns.iter_mut().zip(lengths).zip(SPECS) {
            *column = Cursor::new(cursor.take(length)?, name);
        }
        if !cursor.is_empty() {
            return Err(cursor.undecodable(&format!("{} bytes behind the columns", cursor.remaining())));
        }
        let [object_actor, object_counter, key_actor, key_counter, key_text, insert, action, rest @ ..] = columns;
        let [value_kind, value, predecessor_count, predecessor_actor, predecessor_counter, expand, mark_name] = rest;
        Ok(Self {
            object_actor,
            object_counter,
            key_actor,
            key_counter,
            key_text,
            insert,
            action,
            value_kind,
            value,
            predecessor_count,
            predecessor_actor,
            predecessor_counter,
            expand,
            mark_name,
        })
    }
}

/// The length of each column of [`SPECS`], 0 for those that are absent. A specification that is unknown, deflated, repeated or out of
/// order is refused: an unknown column would be dropped silently at the next save.
fn read_list(cursor: &mut Cursor<'_>) -> Result<[u64; COLUMNS], Refusal> {
    let count = cursor.unsigned()?;
    if count > COLUMNS as u64 {
        return Err(cursor.undecodable(&format!("{count} columns, at most {COLUMNS}")));
    }
    let mut lengths = [0; COLUMNS];
    let mut slots = SPECS.iter().zip(&mut lengths);
    for _ in 0..count {
        let (spec, length) = (cursor.unsigned()?, cursor.unsigned()?);
        let slot = slots.find(|((known, _), _)| *known == spec);
        let (_, slot) = slot.ok_or_else(|| cursor.undecodable(&format!("column {spec:#x} is unknown or out of order")))?;
        if length == 0 {
            return Err(cursor.undecodable(&format!("column {spec:#x} is empty")));
        }
        *slot = length;
    }
    Ok(lengths)
}
