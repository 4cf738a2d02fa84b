//! A mapping laid over the heading of one file: which field is in which column.

use std::collections::BTreeMap;

use super::{
    PlanError, cell,
    limits::MAX_COLUMNS,
    mapping::{ColumnSource, Field, Mapping, RegisterSource, Source},
    problem::{Column, Problem, shown},
    records::Record,
    text::Encoding,
};

/// Where everything is in one file.
#[derive(Debug)]
pub(super) struct Columns<'m> {
    pub(super) headings: Vec<String>,
    pub(super) fields: BTreeMap<Field, Place<'m>>,
    pub(super) registers: Vec<RegisterPlace<'m>>,
}

/// Where a value is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'m> {
    Constant(&'m str),
    Column { index: usize, source: &'m ColumnSource },
}

/// Where a register is.
#[derive(Debug)]
pub(super) struct RegisterPlace<'m> {
    pub(super) name: &'m str,
    pub(super) digits: Place<'m>,
    pub(super) last_index: Place<'m>,
    pub(super) source: &'m RegisterSource,
}

impl<'m> Columns<'m> {
    /// Finds the mapped headings.
    pub(super) fn find(heading: &Record<'_>, mapping: &'m Mapping, encoding: Encoding) -> Result<Self, PlanError> {
        let headings = headings(heading)?;
        refuse_missing(&headings, mapping, encoding)?;
        let place = |source: &'m Source| place(&headings, source);
        let fields = mapping.fields.iter().map(|(field, source)| Ok((*field, place(source)?))).collect::<Result<_, PlanError>>()?;
        let register = |(name, source): (&'m String, &'m RegisterSource)| {
            Ok(RegisterPlace { name, digits: place(&source.digits)?, last_index: place(&source.last_index)?, source })
        };
        let registers = mapping.registers.iter().map(register).collect::<Result<_, PlanError>>()?;
        Ok(Self { headings, fields, registers })
    }

    /// The column with this index.
    pub(super) fn column(&self, index: usize) -> Column {
        Column { heading: self.headings.get(index).cloned().unwrap_or_default(), number: index + 1 }
    }
}

impl Place<'_> {
    /// The value there, translated; none when there is none.
    pub(super) fn value(&self, record: &Record<'_>) -> Result<Option<String>, Problem> {
        let (index, source) = match self {
            Self::Constant(value) => return Ok(Some((*value).to_owned())),
            Self::Column { index, source } => (*index, source),
        };
        let value = cell::trimmed(record.fields.get(index).map(AsRef::as_ref).unwrap_or_default());
        if value.is_empty() {
            return Ok(source.default.clone());
        }
        if source.values.is_empty() {
            return Ok(Some(value.to_owned()));
        }
        let word = cell::narrow(value);
        let known = source.values.get(&word).or_else(|| source.values.values().find(|ours| **ours == word));
        known.cloned().map(Some).ok_or_else(|| Problem::NotTranslated { value: shown(value) })
    }

    /// The index of its column, when it has one.
    pub(super) fn index(&self) -> Option<usize> {
        match self {
            Self::Constant(_) => None,
            Self::Column { index, .. } => Some(*index),
        }
    }
}

/// The headings of a file.
pub(crate) fn headings(heading: &Record<'_>) -> Result<Vec<String>, PlanError> {
    if heading.misquoted {
        return Err(PlanError::Heading { line: heading.line, column: heading.fields.len() + 1 });
    }
    if heading.fields.len() > MAX_COLUMNS {
        return Err(PlanError::TooManyColumns);
    }
    Ok(heading.fields.iter().map(|field| cell::trimmed(field).to_owned()).collect())
}

/// Names everything that is missing at once, with what is there instead.
fn refuse_missing(headings: &[String], mapping: &Mapping, encoding: Encoding) -> Result<(), PlanError> {
    let registers = mapping.registers.values().flat_map(|register| [&register.digits, &register.last_index]);
    let wanted = mapping.fields.values().chain(registers).filter_map(|source| match source {
        Source::Column(column) => Some(&column.heading),
        Source::Constant(_) => None,
    });
    let mut missing: Vec<String> = wanted.filter(|heading| positions(headings, heading).next().is_none()).cloned().collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    let found = headings.iter().filter(|heading| !heading.is_empty()).map(|heading| shown(heading)).collect();
    Err(PlanError::MissingHeadings { missing, found, encoding })
}

fn place<'m>(headings: &[String], source: &'m Source) -> Result<Place<'m>, PlanError> {
    let source = match source {
        Source::Constant(value) => return Ok(Place::Constant(value)),
        Source::Column(source) => source,
    };
    let mut positions = positions(headings, &source.heading);
    let index = positions.next().unwrap_or(headings.len());
    match positions.next() {
        None => Ok(Place::Column { index, source }),
        Some(second) => Err(PlanError::HeadingTwice { heading: source.heading.clone(), first: index + 1, second: second + 1 }),
    }
}

/// Where a heading is. Line breaks and full-width letters in headings are as good as others.
fn positions<'h>(headings: &'h [String], wanted: &str) -> impl Iterator<Item = usize> + use<'h> {
    let wanted = plain(wanted);
    headings.iter().enumerate().filter(move |(_, heading)| plain(heading) == wanted).map(|(index, _)| index)
}

/// A heading as it is compared.
pub(crate) fn plain(heading: &str) -> String {
    cell::narrow(heading).split_whitespace().collect::<Vec<_>>().join(" ")
}
