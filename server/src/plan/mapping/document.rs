//! The JSON of a mapping, walked by hand: a derived reader would name a line of the file, but not the field that is wrong.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{ColumnSource, Field, Mapping, MappingError, RegisterSource, Source};
use crate::{
    UtcOffset,
    plan::{
        cell::{self, Fraction},
        limits::{MAX_MAPPING_BYTES, MAX_REGISTERS},
        problem::Problem,
        text::Encoding,
    },
};

pub(super) fn parse(json: &[u8]) -> Result<Mapping, MappingError> {
    if json.len() > MAX_MAPPING_BYTES {
        return Err(MappingError::TooLarge { bytes: json.len() });
    }
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    let document: Value = serde_json::from_slice(json).map_err(MappingError::Json)?;
    let root = Object::of("", &document)?;
    root.only(&["plan", "encoding", "delimiter", "utc_offset", "fields", "registers"])?;
    let utc_offset = utc_offset(&root)?;
    Ok(Mapping {
        plan: root.judged("plan", cell::text)?.ok_or_else(|| root.missing("plan"))?,
        encoding: encoding(&root)?,
        delimiter: delimiter(&root)?,
        utc_offset,
        fields: fields(&root.object("fields")?.ok_or_else(|| root.missing("fields"))?, utc_offset)?,
        registers: registers(&root.object("registers")?.ok_or_else(|| root.missing("registers"))?)?,
    })
}

fn utc_offset(root: &Object<'_>) -> Result<UtcOffset, MappingError> {
    let Some(text) = root.text("utc_offset")? else { return Ok(UtcOffset::CHINA) };
    text.parse().map_err(|_| root.shape("utc_offset", "an offset such as +08:00", "another text"))
}

fn encoding(root: &Object<'_>) -> Result<Option<Encoding>, MappingError> {
    match root.text("encoding")?.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("utf-8") => Ok(Some(Encoding::Utf8)),
        Some("gb18030") => Ok(Some(Encoding::Gb18030)),
        Some(_) => Err(root.shape("encoding", "utf-8 or gb18030", "another text")),
    }
}

fn delimiter(root: &Object<'_>) -> Result<char, MappingError> {
    match root.text("delimiter")? {
        None | Some(",") => Ok(','),
        Some(";") => Ok(';'),
        Some("\t") => Ok('\t'),
        Some(_) => Err(root.shape("delimiter", "a comma, a semicolon or a tab", "another text")),
    }
}

fn fields(object: &Object<'_>, utc_offset: UtcOffset) -> Result<BTreeMap<Field, Source>, MappingError> {
    object.only(&Field::ALL.map(Field::name))?;
    let mut fields = BTreeMap::new();
    for field in Field::ALL {
        let mapped = source(object, field.name(), |value| field.check(value, utc_offset))?;
        if mapped.is_none() && field.is_required() {
            return Err(object.missing(field.name()));
        }
        let implied = || field.implied().map(|value| Source::Constant(value.to_owned()));
        fields.extend(mapped.or_else(implied).map(|source| (field, source)));
    }
    match fields.get(&Field::Serial) {
        Some(Source::Column(column)) if column.values.is_empty() && column.default.is_none() => Ok(fields),
        _ => Err(MappingError::NotAColumn { path: object.path(Field::Serial.name()) }),
    }
}

fn registers(object: &Object<'_>) -> Result<BTreeMap<String, RegisterSource>, MappingError> {
    let count = object.members.len();
    if !(1..=MAX_REGISTERS).contains(&count) {
        return Err(MappingError::Registers { count });
    }
    let registers: BTreeMap<_, _> = object.members.keys().map(|written| register(object, written)).collect::<Result<_, _>>()?;
    if registers.len() < count {
        return Err(MappingError::Shape {
            path: object.path.clone(),
            expected: "registers whose names differ",
            found: "the same name twice",
        });
    }
    Ok(registers)
}

fn register(object: &Object<'_>, written: &str) -> Result<(String, RegisterSource), MappingError> {
    let name = cell::code(written).map_err(|problem| MappingError::Value { path: object.path(written), problem })?;
    let register = object.object(written)?.ok_or_else(|| object.missing(written))?;
    register.only(&["digits", "last_index", "optional", "cut_fraction"])?;
    let fraction = if register.flag("cut_fraction")? { Fraction::Cut } else { Fraction::Refused };
    let digits = source(&register, "digits", |value| cell::digits(value).map(drop))?;
    let last_index = source(&register, "last_index", |value| cell::number(value, fraction).map(drop))?;
    if let (Some(Source::Constant(digits)), Some(Source::Constant(index))) = (&digits, &last_index) {
        let fits = cell::digits(digits).and_then(|digits| cell::fits(cell::number(index, fraction)?, digits));
        fits.map_err(|problem| MappingError::Value { path: register.path("last_index"), problem })?;
    }
    let source = RegisterSource {
        digits: digits.ok_or_else(|| register.missing("digits"))?,
        last_index: last_index.ok_or_else(|| register.missing("last_index"))?,
        optional: register.flag("optional")?,
        fraction,
    };
    Ok((name, source))
}

/// A field's source, whose fixed values pass `check`.
fn source(object: &Object<'_>, name: &str, check: impl Fn(&str) -> Result<(), Problem>) -> Result<Option<Source>, MappingError> {
    let Some(value) = object.members.get(name) else { return Ok(None) };
    if value.is_string() {
        return Ok(Some(Source::Column(ColumnSource { heading: object.heading(name)?, ..ColumnSource::default() })));
    }
    let member = Object::of(&object.path(name), value)?;
    let judge = |value: &str| check(value).map(|()| value.to_owned());
    if member.members.contains_key("constant") {
        member.only(&["constant"])?;
        return Ok(member.judged("constant", judge)?.map(Source::Constant));
    }
    member.only(&["heading", "values", "default", "constant"])?;
    let mut values = BTreeMap::new();
    if let Some(translations) = member.object("values")? {
        for word in translations.members.keys() {
            values.extend(translations.judged(word, judge)?.map(|value| (cell::narrow(word), value)));
        }
    }
    Ok(Some(Source::Column(ColumnSource { heading: member.heading("heading")?, values, default: member.judged("default", judge)? })))
}

/// A JSON object, and the way to it.
struct Object<'j> {
    path: String,
    members: &'j Map<String, Value>,
}

impl<'j> Object<'j> {
    fn of(path: &str, value: &'j Value) -> Result<Self, MappingError> {
        let path = path.to_owned();
        match value {
            Value::Object(members) => Ok(Self { path, members }),
            other => Err(MappingError::Shape { path, expected: "an object", found: kind(other) }),
        }
    }

    fn only(&self, known: &[&'static str]) -> Result<(), MappingError> {
        let unknown = self.members.keys().find(|name| !known.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| Err(MappingError::Unknown { path: self.path(name), known: known.to_vec() }))
    }

    fn object(&self, name: &str) -> Result<Option<Self>, MappingError> {
        self.members.get(name).map(|value| Self::of(&self.path(name), value)).transpose()
    }

    fn text(&self, name: &str) -> Result<Option<&'j str>, MappingError> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.shape(name, "a text", kind(other))),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, MappingError> {
        match self.members.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.shape(name, "true or false", kind(other))),
        }
    }

    fn heading(&self, name: &str) -> Result<String, MappingError> {
        self.judged(name, cell::text)?.ok_or_else(|| self.missing(name))
    }

    fn judged<T>(&self, name: &str, judge: impl Fn(&str) -> Result<T, Problem>) -> Result<Option<T>, MappingError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        judge(text).map(Some).map_err(|problem| MappingError::Value { path: self.path(name), problem })
    }

    fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn missing(&self, name: &str) -> MappingError {
        MappingError::Missing { path: self.path(name) }
    }

    fn shape(&self, name: &str, expected: &'static str, found: &'static str) -> MappingError {
        MappingError::Shape { path: self.path(name), expected, found }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
