//! One row, field by field: every problem in it is found, so a file is put right in one go.

use linecrew_protocol::model::collection::{Fen, Receivable, entry::MAX_AMOUNT};

use super::{
    Collectors, ListRow,
    columns::{Columns, Field},
};
use crate::{
    plan::{BadRow, Problem, cell, problem::shown, records::Record, row::shape},
    store::collection::NewReceivable,
};

/// Reads a row.
pub(super) fn parse(record: &Record<'_>, columns: &Columns, collectors: &Collectors) -> Result<ListRow, Vec<BadRow>> {
    let mut reader = Reader { record, columns, bad: Vec::new() };
    if let Some((index, problem)) = shape(record, columns.len()) {
        reader.report(index, problem);
        return Err(reader.bad);
    }
    let row = reader.row(collectors);
    row.filter(|_| reader.bad.is_empty()).ok_or(reader.bad)
}

struct Reader<'r> {
    record: &'r Record<'r>,
    columns: &'r Columns,
    bad: Vec<BadRow>,
}

impl Reader<'_> {
    fn row(&mut self, collectors: &Collectors) -> Option<ListRow> {
        let reference = self.field(Field::Reference, cell::code);
        let account = self.field(Field::Account, cell::code);
        let customer = self.field(Field::Customer, cell::text);
        let address = self.field(Field::Address, optional);
        let period = self.field(Field::Period, cell::code);
        let amount = self.field(Field::Amount, amount);
        let collector = self.field(Field::Collector, |value| {
            let username = cell::code(value)?;
            collectors.find(&username).ok_or_else(|| Problem::NotACollector { value: shown(&username) })
        });
        let receivable = Receivable {
            reference: reference?,
            account: account?,
            customer: customer?,
            address: address?,
            period: period?,
            amount: amount?,
        };
        Some(ListRow { line: self.record.line, item: NewReceivable { receivable, collector: collector? } })
    }

    /// A field's value. None means that a problem was reported.
    fn field<T>(&mut self, field: Field, judge: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
        let index = self.columns.index(field);
        let value = self.record.fields.get(index).map(AsRef::as_ref).unwrap_or_default();
        judge(value).map_err(|problem| self.report(index, problem)).ok()
    }

    fn report(&mut self, index: usize, problem: Problem) {
        self.bad.push(BadRow { line: self.record.line, column: self.columns.column(index), problem });
    }
}

/// A text that may be empty.
fn optional(value: &str) -> Result<String, Problem> {
    if cell::trimmed(value).is_empty() { Ok(String::new()) } else { cell::text(value) }
}

/// What somebody owes, in yuan.
fn amount(value: &str) -> Result<Fen, Problem> {
    let written = cell::narrow(value);
    let written = written.strip_prefix('\'').unwrap_or(&written);
    if written.is_empty() {
        return Err(Problem::Blank);
    }
    let amount = Fen::parse_yuan(written).filter(|amount| amount.is_positive() && *amount <= MAX_AMOUNT);
    amount.ok_or_else(|| Problem::NotAnAmount { value: shown(written) })
}
