//! How the columns of somebody's file become the fields of a plan.

use std::collections::BTreeMap;

use super::{cell::Fraction, limits, problem::Problem, text::Encoding};
use crate::UtcOffset;

mod document;
mod field;

pub(super) use field::Field;

/// How the columns of somebody's file become the fields of a plan: a JSON file, written once for each system that exports plans.
///
/// ```json
/// { "plan": "2026-Q4",
///   "fields": { "serial": "表号", "customer_name": "户名", "site_address": "用电地址",
///               "area_class": { "heading": "地区类别", "values": { "城区": "urban", "农村": "rural" }, "default": "rural" },
///               "priority": { "constant": "normal" } },
///   "registers": { "1": { "digits": { "constant": "6" }, "last_index": "示数" },
///                  "2": { "digits": { "constant": "6" }, "last_index": "峰示数", "optional": true, "cut_fraction": true } } }
/// ```
///
/// A field is a heading, or an object: `heading` with `values` (translations; a value that is neither translated nor a translation is a problem of
/// its row) and `default` (for an empty cell), or a `constant`. `multiplier` is 1 and `priority` is `normal` when they are not mapped; account,
/// phone, street code and appointment may be left out. A register marked `optional` is left out of a meter whose cell is empty. Besides:
/// `encoding` (`utf-8`, `gb18030`; detected when absent), `delimiter` (`,`, `;` or a tab) and `utc_offset` (`+08:00`) of appointments.
/// Constants, translations and defaults are judged here, once, by the rules for cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub(super) plan: String,
    pub(super) encoding: Option<Encoding>,
    pub(super) delimiter: char,
    pub(super) utc_offset: UtcOffset,
    pub(super) fields: BTreeMap<Field, Source>,
    pub(super) registers: BTreeMap<String, RegisterSource>,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The same for every row.
    Constant(String),
    /// A column.
    Column(ColumnSource),
}

/// A column that a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ColumnSource {
    /// Its heading.
    pub(super) heading: String,
    /// From the file's words to ours; when empty, the cell is taken as it is.
    pub(super) values: BTreeMap<String, String>,
    /// For an empty cell.
    pub(super) default: Option<String>,
}

/// Where a register comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RegisterSource {
    pub(super) digits: Source,
    pub(super) last_index: Source,
    pub(super) optional: bool,
    pub(super) fraction: Fraction,
}

/// Why a mapping cannot be used. Every variant names the member by its path, such as `fields.area_class.values.城区`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Above [`limits::MAX_MAPPING_BYTES`].
    #[error("the mapping has {bytes} bytes; at most {} are read", limits::MAX_MAPPING_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// No JSON.
    #[error("the mapping is not JSON")]
    Json(#[source] serde_json::Error),
    /// A member that must be there.
    #[error("the mapping lacks `{path}`")]
    Missing {
        /// Which.
        path: String,
    },
    /// A member that means nothing, perhaps misspelt.
    #[error("the mapping has `{path}`, which means nothing; known there: {}", known.join(", "))]
    Unknown {
        /// Which.
        path: String,
        /// What could be there.
        known: Vec<&'static str>,
    },
    /// A member of the wrong shape.
    #[error("`{path}` in the mapping is {found}; it must be {expected}")]
    Shape {
        /// Which.
        path: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A constant, a translation or a default that its field does not take.
    #[error("`{path}` in the mapping")]
    Value {
        /// Which.
        path: String,
        /// Why.
        #[source]
        problem: Problem,
    },
    /// A serial belongs to one meter.
    #[error("`{path}` in the mapping must come from a column of its own, without constant, translations or default")]
    NotAColumn {
        /// Which.
        path: String,
    },
    /// No register, or more than [`limits::MAX_REGISTERS`].
    #[error("`registers` in the mapping holds {count}; a meter has 1 to {}", limits::MAX_REGISTERS)]
    Registers {
        /// How many.
        count: usize,
    },
}

impl Mapping {
    /// Reads a mapping from JSON, with or without a byte order mark.
    ///
    /// # Errors
    /// [`MappingError`], which names the member at fault.
    pub fn parse(json: &[u8]) -> Result<Self, MappingError> {
        document::parse(json)
    }

    /// The plan's name. With a meter's serial it makes the key of a row, so another name makes another plan of the same file.
    #[must_use]
    pub fn plan(&self) -> &str {
        &self.plan
    }
}

#[cfg(test)]
mod tests;
