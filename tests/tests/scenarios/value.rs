//! What the surface answers, as a tree: the same in every language. A record is taken apart by a full pattern, so that a field that is new does not
//! compile before it is written.

use std::collections::{BTreeMap, HashMap};

use linecrew_client::protocol::{
    ids::{CrewId, DistrictId, DocumentId, EventId, InstallationId, MaterialId, PersonId, SessionId},
    model::collection::{EntryHash, Fen, Ticket},
    time::Timestamp,
};
use linecrew_ffi::Json;

/// A value, with what is written of it still to be decided.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Absent,
    Flag(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    Record(Fields),
    Variant(String, Fields),
}

pub(crate) type Fields = Vec<(&'static str, Value)>;

/// What can be written.
pub(crate) trait Shown {
    fn shown(self) -> Value;
}

macro_rules! wholes {
    ($($whole:ident)*) => {
        $(impl Shown for $whole {
            fn shown(self) -> Value {
                Value::Whole(self.into())
            }
        })*
    };
}
wholes!(u8 u16 u32 u64 i32 i64);

macro_rules! ids {
    ($($id:ident)*) => {
        $(impl Shown for $id {
            fn shown(self) -> Value {
                Value::Text(self.to_string())
            }
        })*
    };
}
ids!(CrewId DistrictId DocumentId EntryHash EventId InstallationId MaterialId PersonId SessionId Ticket);

impl Shown for bool {
    fn shown(self) -> Value {
        Value::Flag(self)
    }
}

impl Shown for f64 {
    fn shown(self) -> Value {
        Value::Number(self)
    }
}

impl Shown for String {
    fn shown(self) -> Value {
        Value::Text(self)
    }
}

impl Shown for Timestamp {
    fn shown(self) -> Value {
        self.as_unix_millis().shown()
    }
}

impl Shown for Fen {
    fn shown(self) -> Value {
        self.0.shown()
    }
}

impl Shown for Json {
    fn shown(self) -> Value {
        Value::Text(self.0.to_string())
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(self) -> Value {
        self.map_or(Value::Absent, T::shown)
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(self) -> Value {
        Value::List(self.into_iter().map(T::shown).collect())
    }
}

impl<T: Shown> Shown for HashMap<String, T> {
    fn shown(self) -> Value {
        Value::Map(self.into_iter().map(|(key, value)| (key, value.shown())).collect())
    }
}

/// Records and their fields, in the order of their declaration.
macro_rules! records {
    ($($record:ident { $($field:ident),* $(,)? })*) => {
        $(impl $crate::value::Shown for $record {
            fn shown(self) -> $crate::value::Value {
                let $record { $($field),* } = self;
                $crate::value::Value::Record(vec![$((stringify!($field), $crate::value::Shown::shown($field))),*])
            }
        })*
    };
}
pub(crate) use records;

/// Enums and their variants, with their fields.
macro_rules! variants {
    ($($name:ident { $($variant:ident $({ $($field:ident),* })?),* $(,)? })*) => {
        $(impl $crate::value::Shown for $name {
            fn shown(self) -> $crate::value::Value {
                match self {
                    $($name::$variant $({ $($field),* })? => $crate::value::Value::Variant(
                        $crate::value::snake(stringify!($variant)),
                        vec![$($((stringify!($field), $crate::value::Shown::shown($field))),*)?],
                    )),*
                }
            }
        })*
    };
}
pub(crate) use variants;

/// A variant's name as it is written.
pub(crate) fn snake(name: &str) -> String {
    let letters = name.char_indices().map(|(at, letter)| {
        let lower = letter.to_ascii_lowercase();
        if at > 0 && letter.is_ascii_uppercase() { format!("_{lower}") } else { lower.to_string() }
    });
    letters.collect()
}
