//! Counts the operations of a change, and bounds what decoding them can allocate, without decoding them.

use super::{columns::Columns, cursor::Cursor, runs};
use crate::{
    limits::{MAX_CHANGE_OPS, MAX_COUNTER, MAX_EXPANDED_TEXT_BYTES},
    refusal::{Reason, Refusal},
};

/// The number of operations, when every column agrees on it and every index and counter is in range. `actors` is how many actors the
/// header names.
pub(super) fn count(columns: &Columns<'_>, actors: u64) -> Result<u64, Refusal> {
    let operations = runs::walk(columns.action.clone(), Cursor::unsigned, |run| not_null(&columns.action, run.value).map(drop))?;
    for column in [&columns.object_actor, &columns.key_actor] {
        rows(column, operations, indices(column, actors)?)?;
    }
    let object_counters =
        runs::walk(columns.object_counter.clone(), Cursor::unsigned, |run| in_range(&columns.object_counter, run.value.unwrap_or(0)))?;
    rows(&columns.object_counter, operations, object_counters)?;
    rows(&columns.key_counter, operations, deltas(&columns.key_counter)?)?;
    for column in [&columns.key_text, &columns.mark_name] {
        rows(column, operations, texts(column)?)?;
    }
    for column in [&columns.insert, &columns.expand] {
        rows(column, operations, runs::walk_booleans(column.clone())?)?;
    }
    values(columns, operations)?;
    predecessors(columns, operations, actors)?;
    Ok(operations)
}

/// A column is absent or has a row for every operation.
fn rows(column: &Cursor<'_>, expected: u64, found: u64) -> Result<(), Refusal> {
    if column.is_empty() || found == expected {
        return Ok(());
    }
    Err(column.undecodable(&format!("{found} rows for {expected}")))
}

/// Indices into the header's actors. Automerge looks them up with `unwrap`.
fn indices(column: &Cursor<'_>, actors: u64) -> Result<u64, Refusal> {
    runs::walk(column.clone(), Cursor::unsigned, |run| match run.value {
        Some(index) if index >= actors => Err(column.undecodable(&format!("actor {index} of {actors}"))),
        _ => Ok(()),
    })
}

/// Differences between operation counters. Inside a run the counter moves one way, so its last value bounds the others.
fn deltas(column: &Cursor<'_>) -> Result<u64, Refusal> {
    let mut counter = 0_i64;
    runs::walk(column.clone(), Cursor::signed, |run| {
        let Some(delta) = run.value else { return Ok(()) };
        let rows = i64::try_from(run.rows).unwrap_or(i64::MAX);
        counter = counter.saturating_add(delta.saturating_mul(rows));
        let moved = u64::try_from(counter).map_err(|_| column.undecodable("a negative operation number"))?;
        in_range(column, moved)
    })
}

fn in_range(column: &Cursor<'_>, counter: u64) -> Result<(), Refusal> {
    if counter > MAX_COUNTER {
        let detail = format!("{}: operation number {counter}, at most {MAX_COUNTER}", column.part());
        return Err(Refusal::new(Reason::OperationNumberOutOfRange, detail));
    }
    Ok(())
}

fn texts(column: &Cursor<'_>) -> Result<u64, Refusal> {
    let mut expanded = 0_u64;
    runs::walk(column.clone(), read_text_length, |run| {
        expanded = expanded.saturating_add(run.rows.saturating_mul(run.value.unwrap_or(0)));
        if expanded > MAX_EXPANDED_TEXT_BYTES {
            return Err(column.undecodable(&format!("{expanded} bytes of text, at most {MAX_EXPANDED_TEXT_BYTES}")));
        }
        Ok(())
    })
}

fn read_text_length(cursor: &mut Cursor<'_>) -> Result<u64, Refusal> {
    let length = cursor.unsigned()?;
    std::str::from_utf8(cursor.take(length)?).map_err(|_| cursor.undecodable("text is not UTF-8"))?;
    Ok(length)
}

/// Each value's kind holds its length (kind | length << 4); together they are exactly the value column.
fn values(columns: &Columns<'_>, operations: u64) -> Result<(), Refusal> {
    let mut length = 0_u64;
    let kinds = runs::walk(columns.value_kind.clone(), Cursor::unsigned, |run| {
        let kind = not_null(&columns.value_kind, run.value)?;
        length = length.saturating_add(run.rows.saturating_mul(kind >> 4));
        Ok(())
    })?;
    rows_required(&columns.value_kind, operations, kinds)?;
    let present = columns.value.remaining() as u64;
    if length != present {
        return Err(columns.value.undecodable(&format!("{present} bytes for {length}")));
    }
    Ok(())
}

/// Each operation has a group of predecessors; the groups together are exactly the predecessor columns.
fn predecessors(columns: &Columns<'_>, operations: u64, actors: u64) -> Result<(), Refusal> {
    let column = &columns.predecessor_count;
    let mut total = 0_u64;
    let groups = runs::walk(column.clone(), Cursor::unsigned, |run| {
        total = total.saturating_add(run.rows.saturating_mul(not_null(column, run.value)?));
        Ok(())
    })?;
    rows_required(column, operations, groups)?;
    if total > MAX_CHANGE_OPS {
        return Err(Refusal::new(Reason::TooManyOperations, format!("{total} predecessors, at most {MAX_CHANGE_OPS}")));
    }
    let (actor, counter) = (&columns.predecessor_actor, &columns.predecessor_counter);
    rows_required(actor, total, indices(actor, actors)?)?;
    rows_required(counter, total, deltas(counter)?)
}

fn rows_required(column: &Cursor<'_>, expected: u64, found: u64) -> Result<(), Refusal> {
    if found == expected {
        return Ok(());
    }
    Err(column.undecodable(&format!("{found} rows for {expected}")))
}

fn not_null<T>(column: &Cursor<'_>, value: Option<T>) -> Result<T, Refusal> {
    value.ok_or_else(|| column.undecodable("a null"))
}
