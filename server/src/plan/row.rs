//! One row, field by field: every problem in it is found, so a file is put right in one go.

use std::collections::BTreeMap;

use super::{
    Customer, PlanRegister, PlanRow, Site, cell,
    columns::{Columns, Place, RegisterPlace},
    key::key,
    mapping::{Field, Mapping},
    problem::{BadRow, Problem},
    records::{Ragged, Record},
};

/// A row as far as it could be read.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The serial, when there is one, even in a bad row.
    pub(super) serial: Option<String>,
    /// The row, when nothing is wrong.
    pub(super) row: Option<PlanRow>,
    /// What is wrong.
    pub(super) bad: Vec<BadRow>,
}

/// Reads a row.
pub(super) fn parse(record: &Record<'_>, columns: &Columns<'_>, mapping: &Mapping) -> Parsed {
    let mut reader = Reader { record, columns, bad: Vec::new() };
    if let Some((index, problem)) = shape(record, columns.headings.len()) {
        reader.report(index, problem);
        return Parsed { serial: None, row: None, bad: reader.bad };
    }
    let serial = reader.required(Field::Serial, cell::code);
    let row = reader.row(serial.clone(), mapping);
    Parsed { serial, row: row.filter(|_| reader.bad.is_empty()), bad: reader.bad }
}

/// What keeps the record from being read as fields, and the index of the column where it does.
pub(crate) fn shape(record: &Record<'_>, expected: usize) -> Option<(usize, Problem)> {
    let found = record.fields.len();
    if record.misquoted {
        return Some((found, Problem::Misquoted));
    }
    record.ragged(expected).map(|ragged| match ragged {
        Ragged::TooFew => (found, Problem::TooFewFields { found, expected }),
        Ragged::TooMany => (expected, Problem::TooManyFields { found, expected }),
    })
}

struct Reader<'r> {
    record: &'r Record<'r>,
    columns: &'r Columns<'r>,
    bad: Vec<BadRow>,
}

impl Reader<'_> {
    fn row(&mut self, serial: Option<String>, mapping: &Mapping) -> Option<PlanRow> {
        let utc_offset_minutes = i64::from(mapping.utc_offset.minutes());
        let multiplier = self.required(Field::Multiplier, cell::multiplier);
        let name = self.required(Field::CustomerName, cell::text);
        let account = self.optional(Field::CustomerAccount, cell::code);
        let phone = self.optional(Field::CustomerPhone, cell::code);
        let address = self.required(Field::SiteAddress, cell::text);
        let street_code = self.optional(Field::SiteStreetCode, cell::code);
        let area_class = self.required(Field::AreaClass, |word| cell::choice(word, cell::AREA_CLASSES));
        let priority = self.required(Field::Priority, |word| cell::choice(word, cell::PRIORITIES));
        let appointment = self.optional(Field::Appointment, |text| cell::moment(text, utc_offset_minutes));
        let registers = self.registers();
        let serial = serial?;
        Some(PlanRow {
            line: self.record.line,
            key: key(&mapping.plan, &serial),
            serial,
            registers,
            multiplier: multiplier?,
            customer: Customer { name: name?, account, phone },
            site: Site { address: address?, street_code },
            area_class: area_class?,
            priority: priority?,
            appointment,
        })
    }

    fn registers(&mut self) -> BTreeMap<String, PlanRegister> {
        let columns = self.columns;
        let read = |place: &RegisterPlace<'_>| Some((place.name.to_owned(), self.register(place)?));
        let registers: BTreeMap<String, PlanRegister> = columns.registers.iter().filter_map(read).collect();
        let first = columns.registers.iter().find_map(|place| place.last_index.index());
        if registers.is_empty() && self.bad.is_empty() {
            self.report(first.unwrap_or(0), Problem::NoRegister);
        }
        registers
    }

    fn register(&mut self, place: &RegisterPlace<'_>) -> Option<PlanRegister> {
        let fraction = place.source.fraction;
        let index = self.read(place.last_index, |value| cell::number(value, fraction));
        if matches!(index, Ok(None)) && place.source.optional {
            return None;
        }
        let index = self.present(index, place.last_index);
        let digits = self.read(place.digits, cell::digits);
        let digits = self.present(digits, place.digits)?;
        let at = if place.last_index.index().is_some() { place.last_index } else { place.digits };
        let last_index = self.noted(cell::fits(index?, digits), at)?;
        Some(PlanRegister { digits, last_index })
    }

    /// A field's value, if it has one.
    fn optional<T>(&mut self, field: Field, judge: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
        let place = *self.columns.fields.get(&field)?;
        let value = self.read(place, judge);
        self.noted(value, place).flatten()
    }

    /// A field's value. None means that a problem was reported.
    fn required<T>(&mut self, field: Field, judge: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
        let place = *self.columns.fields.get(&field)?;
        let value = self.read(place, judge);
        self.present(value, place)
    }

    fn read<T>(&self, place: Place<'_>, judge: impl Fn(&str) -> Result<T, Problem>) -> Result<Option<T>, Problem> {
        place.value(self.record)?.map(|value| judge(&value)).transpose()
    }

    fn present<T>(&mut self, value: Result<Option<T>, Problem>, place: Place<'_>) -> Option<T> {
        self.noted(value.and_then(|value| value.ok_or(Problem::Blank)), place)
    }

    fn noted<T>(&mut self, value: Result<T, Problem>, place: Place<'_>) -> Option<T> {
        // A constant has no column, but it was judged with its mapping: nothing is wrong with it here.
        value.map_err(|problem| self.report(place.index().unwrap_or(0), problem)).ok()
    }

    fn report(&mut self, index: usize, problem: Problem) {
        self.bad.push(BadRow { line: self.record.line, column: self.columns.column(index), problem });
    }
}
