//! What several kinds say about meters.

use serde_json::Value;

use crate::model::{
    index::Register,
    work::{
        field::{Field, Shape, optional, required},
        label::{Label, label},
    },
};

/// Digits of a register.
const DIGITS: Shape = Shape::Integer { min: 1, max: 9 };
/// An index, in the register's smallest unit.
const INDEX: Shape = Shape::Integer { min: 0, max: 999_999_999 };
/// What an index is multiplied by (current and voltage transformers).
const MULTIPLIER: Shape = Shape::Integer { min: 1, max: 1_000_000 };
const REGISTER: Label = label("Register", "示数类型");

pub(super) const SERIAL: Field = required("serial", label("Serial number", "电能表编号"), Shape::Text);

/// A meter as the office knows it.
pub(super) const KNOWN: &[Field] = &[
    SERIAL,
    required("multiplier", label("Multiplier", "倍率"), MULTIPLIER),
    required(
        "registers",
        label("Registers", "示数"),
        Shape::Map {
            key: REGISTER,
            fields: &[
                required("digits", label("Digits", "位数"), DIGITS),
                required("last_index", label("Last known index", "上次示数"), INDEX),
            ],
        },
    ),
];

/// A meter that is taken off.
pub(super) const REMOVED: &[Field] = &[
    SERIAL,
    required(
        "registers",
        label("Final readings", "拆表示数"),
        Shape::Map { key: REGISTER, fields: &[required("index", label("Index", "示数"), INDEX)] },
    ),
];

/// A meter that is put on.
pub(super) const INSTALLED: &[Field] = &[
    SERIAL,
    required("multiplier", label("Multiplier", "倍率"), MULTIPLIER),
    required(
        "registers",
        label("Initial readings", "装表示数"),
        Shape::Map {
            key: REGISTER,
            fields: &[required("index", label("Index", "示数"), INDEX), required("digits", label("Digits", "位数"), DIGITS)],
        },
    ),
];

pub(super) const EXPLANATION: Field = optional("explanation", label("Explanation", "异常说明"), Shape::LongText);
pub(super) const SEALS: Field = optional("seals", label("Seal numbers", "封印编号"), Shape::Text);

/// The register under this name of a meter in an order or an event.
pub(super) fn register(meter: &Value, name: &str) -> Option<Register> {
    let digits = meter.get("registers")?.get(name)?.get("digits")?.as_u64()?;
    Register::new(u8::try_from(digits).ok()?).ok()
}

/// A number of a meter's register.
pub(super) fn number(meter: &Value, name: &str, field: &str) -> Option<u64> {
    meter.get("registers")?.get(name)?.get(field)?.as_u64()
}

/// The names of a meter's registers.
pub(super) fn names(meter: &Value) -> impl Iterator<Item = &str> {
    meter.get("registers").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str())
}

/// A text of a meter.
pub(super) fn text<'a>(meter: &'a Value, field: &str) -> &'a str {
    meter.get(field).and_then(Value::as_str).unwrap_or_default()
}
