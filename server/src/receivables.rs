//! Reads a list of amounts due from a CSV file: bytes in, receivables and problems out. It does no input or output.
//!
//! What holds for a [plan](crate::plan) holds here: a problem costs its row and no other, every problem of a row is reported with line and
//! column, how much is read is bounded, a cell is tidied before it is judged. The headings are fixed, in English or in Chinese, in any
//! order; other columns are left alone.

mod columns;
mod row;

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{DistrictId, PersonId},
    model::person::Role,
};

use crate::{
    plan::{
        BadRow, PlanError, TextError,
        limits::{MAX_PROBLEMS, MAX_ROWS},
        records::Records,
        text,
    },
    store::{Account, collection::NewReceivable},
};
use columns::Columns;

/// Receivables of one transaction: few enough that a running server's phones wait for none of them, many enough that its `fdatasync` costs
/// little.
pub const CHUNK: usize = 250;

/// Who collects money in a district, by user name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collectors(BTreeMap<String, PersonId>);

impl Collectors {
    /// Those of `people` who collect money in `district`.
    #[must_use]
    pub fn of(people: &[Account], district: DistrictId) -> Self {
        let collects = |account: &&Account| {
            let mut grants = account.roles.iter().filter(|grant| grant.role == Role::Collector);
            grants.any(|grant| grant.district.is_none_or(|only| only == district))
        };
        Self(people.iter().filter(collects).map(|account| (account.username.clone(), account.id)).collect())
    }

    /// The collector with this user name.
    #[must_use]
    pub fn find(&self, username: &str) -> Option<PersonId> {
        self.0.get(username).copied()
    }
}

/// A list as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct List {
    /// The rows without a problem, in the order of the file.
    pub rows: Vec<ListRow>,
    /// What is wrong with the others, in the order of the file.
    pub bad: Vec<BadRow>,
}

/// A row without a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    /// Where it begins in the file, counted from 1.
    pub line: u64,
    /// What is due, and in whose round.
    pub item: NewReceivable,
}

/// Reads a list.
///
/// # Errors
/// [`PlanError`] when the file as a whole cannot be read; what is wrong with single rows is in [`List::bad`].
pub fn read(bytes: &[u8], collectors: &Collectors) -> Result<List, PlanError> {
    let (text, encoding) = text::decode(bytes, None)?;
    let mut records = Records::new(&text, ',');
    let heading = records.next_written().ok_or(TextError::Empty)?;
    let columns = Columns::find(&heading, encoding)?;
    let mut list = List::default();
    for _ in 0..MAX_ROWS {
        let Some(record) = records.next_written() else { return Ok(list) };
        match row::parse(&record, &columns, collectors) {
            Ok(row) => list.rows.push(row),
            Err(bad) => list.bad.extend(bad),
        }
        if let Some(first) = list.bad.first().filter(|_| list.bad.len() > MAX_PROBLEMS) {
            return Err(PlanError::TooManyProblems { first: Box::new(first.clone()) });
        }
    }
    records.next_written().map_or(Ok(list), |_| Err(PlanError::TooManyRows))
}

#[cfg(test)]
mod tests;
