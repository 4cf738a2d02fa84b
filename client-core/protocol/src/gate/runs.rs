//! Run-length columns, walked run by run. A run of a billion rows costs as much as a run of two.

use super::cursor::Cursor;
use crate::{
    limits::MAX_CHANGE_OPS,
    refusal::{Reason, Refusal},
};

/// A stretch of equal rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run<T> {
    pub(super) rows: u64,
    /// `None`: these rows are null.
    pub(super) value: Option<T>,
}

/// Walks a column of `count value`, `-count value…` and `0 count` (nulls) and returns its rows, at most [`MAX_CHANGE_OPS`].
pub(super) fn walk<'a, T>(
    mut column: Cursor<'a>,
    read: impl Fn(&mut Cursor<'a>) -> Result<T, Refusal>,
    mut visit: impl FnMut(Run<T>) -> Result<(), Refusal>,
) -> Result<u64, Refusal> {
    let mut total = 0;
    while !column.is_empty() {
        let head = column.signed()?;
        let rows = if head == 0 { column.unsigned()? } else { head.unsigned_abs() };
        total = add(&column, total, rows)?;
        match head {
            0 => visit(Run { rows, value: None })?,
            1.. => visit(Run { rows, value: Some(read(&mut column)?) })?,
            _ => {
                for _ in 0..rows {
                    visit(Run { rows: 1, value: Some(read(&mut column)?) })?;
                }
            }
        }
    }
    Ok(total)
}

/// The rows of a column of alternating counts of false and true.
pub(super) fn walk_booleans(mut column: Cursor<'_>) -> Result<u64, Refusal> {
    let mut total = 0;
    while !column.is_empty() {
        let rows = column.unsigned()?;
        total = add(&column, total, rows)?;
    }
    Ok(total)
}

fn add(column: &Cursor<'_>, total: u64, rows: u64) -> Result<u64, Refusal> {
    let total = total.saturating_add(rows);
    if total > MAX_CHANGE_OPS {
        let detail = format!("{}: {total} rows, at most {MAX_CHANGE_OPS}", column.part());
        return Err(Refusal::new(Reason::TooManyOperations, detail));
    }
    Ok(total)
}
