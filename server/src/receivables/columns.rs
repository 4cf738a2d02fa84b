//! Which field is in which column.

use std::collections::BTreeMap;

use crate::plan::{
    Column, Encoding, PlanError,
    columns::{headings, plain},
    problem::shown,
    records::Record,
};

/// A field of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Reference,
    Account,
    Customer,
    Address,
    Period,
    Amount,
    Collector,
}

impl Field {
    const ALL: [Self; 7] = [Self::Reference, Self::Account, Self::Customer, Self::Address, Self::Period, Self::Amount, Self::Collector];

    /// Its headings: either will do.
    fn headings(self) -> [&'static str; 2] {
        match self {
            Self::Reference => ["reference", "凭证号"],
            Self::Account => ["account", "户号"],
            Self::Customer => ["customer", "户名"],
            Self::Address => ["address", "地址"],
            Self::Period => ["period", "电费年月"],
            Self::Amount => ["amount_yuan", "应收金额"],
            Self::Collector => ["collector", "收费员"],
        }
    }
}

/// Where everything is in one file.
#[derive(Debug)]
pub(super) struct Columns {
    headings: Vec<String>,
    fields: BTreeMap<Field, usize>,
}

impl Columns {
    /// Finds the headings.
    pub(super) fn find(heading: &Record<'_>, encoding: Encoding) -> Result<Self, PlanError> {
        let headings = headings(heading)?;
        let mut fields = BTreeMap::new();
        let mut missing = Vec::new();
        for field in Field::ALL {
            let mut places = headings.iter().enumerate().filter(|(_, heading)| is_of(field, heading)).map(|(index, _)| index);
            match (places.next(), places.next()) {
                (Some(first), Some(second)) => {
                    let heading = field.headings().join(" / ");
                    return Err(PlanError::HeadingTwice { heading, first: first + 1, second: second + 1 });
                }
                (Some(index), None) => {
                    fields.insert(field, index);
                }
                (None, _) => missing.push(field.headings().join(" / ")),
            }
        }
        if missing.is_empty() {
            return Ok(Self { headings, fields });
        }
        let found = headings.iter().filter(|heading| !heading.is_empty()).map(|heading| shown(heading)).collect();
        Err(PlanError::MissingHeadings { missing, found, encoding })
    }

    /// How many fields a row has.
    pub(super) fn len(&self) -> usize {
        self.headings.len()
    }

    /// The index of a field's column.
    pub(super) fn index(&self, field: Field) -> usize {
        self.fields.get(&field).copied().unwrap_or(self.headings.len())
    }

    /// The column with this index.
    pub(super) fn column(&self, index: usize) -> Column {
        Column { heading: self.headings.get(index).cloned().unwrap_or_default(), number: index + 1 }
    }
}

fn is_of(field: Field, heading: &str) -> bool {
    let heading = plain(heading).to_ascii_lowercase();
    field.headings().contains(&heading.as_str())
}
