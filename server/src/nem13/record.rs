//! From the fields of a record to what it says; every problem of a record is found.

use super::{
    BadRecord, Problem,
    fields::{self, Fields},
    reading::{Header, QualityFlag, Reading, Reason, RegisterReading, ServiceOrder},
};

/// Characters of a description (MDFF specification, table 250); longer ones are cut, as nothing depends on them.
const DESCRIPTION_CHARS: usize = 240;

pub(super) fn header(fields: &Fields<'_>) -> Result<Header, BadRecord> {
    fields.whole()?;
    let bad = |index| move |problem| fields.bad(index, problem);
    Ok(Header {
        created_at_ms: fields::time(fields.text(2)).map_err(bad(2))?,
        from: fields::name(fields.text(3)).map_err(bad(3))?,
        to: fields::name(fields.text(4)).map_err(bad(4))?,
    })
}

pub(super) fn service_order(fields: &Fields<'_>) -> Result<ServiceOrder, BadRecord> {
    fields.whole()?;
    let text = |index| match fields.text(index) {
        "" => Ok(None),
        text => fields::name(text).map(Some).map_err(|problem| fields.bad(index, problem)),
    };
    Ok(ServiceOrder { previous_code: text(1)?, previous_order: text(2)?, current_code: text(3)?, current_order: text(4)? })
}

pub(super) fn reading(fields: &Fields<'_>) -> Result<RegisterReading, Vec<BadRecord>> {
    fields.whole().map_err(|bad| vec![bad])?;
    let mut reader = Reader { fields, bad: Vec::new() };
    match reader.reading() {
        Some(reading) if reader.bad.is_empty() => Ok(reading),
        _ => Err(reader.bad),
    }
}

struct Reader<'r> {
    fields: &'r Fields<'r>,
    bad: Vec<BadRecord>,
}

impl Reader<'_> {
    fn reading(&mut self) -> Option<RegisterReading> {
        let nmi = self.field(1, fields::name);
        let register = self.field(3, fields::name);
        let serial = self.field(6, serial);
        let direction = self.field(7, fields::direction);
        let (previous, current) = (self.one(8), self.one(13));
        let quantity = self.field(18, fields::quantity);
        let unit = self.field(19, fields::name);
        let next_scheduled = self.optional(20, fields::date);
        let updated_at_ms = self.field(21, fields::time);
        let loaded_at_ms = self.optional(22, fields::time);
        let (previous, current) = (previous?, current?);
        let digits = previous.index.iter().chain(&current.index).map(|index| index.digits).max().unwrap_or_default();
        Some(RegisterReading {
            line: self.fields.line,
            nmi: nmi?,
            nmi_configuration: cut(self.fields.text(2)),
            register: register?,
            nmi_suffix: cut(self.fields.text(4)),
            serial: serial?,
            direction: direction?,
            digits,
            previous,
            current,
            quantity: quantity?,
            unit: unit?,
            next_scheduled,
            updated_at_ms: updated_at_ms?,
            loaded_at_ms,
            service_order: None,
        })
    }

    /// The reading whose five fields begin at `first`.
    fn one(&mut self, first: usize) -> Option<Reading> {
        let quality = self.field(first + 2, fields::quality);
        let may_lack = quality.is_some_and(|quality| quality.flag == QualityFlag::Null);
        let index = if may_lack { self.optional(first, fields::index) } else { self.field(first, fields::index) };
        let read_at_ms = self.field(first + 1, fields::time);
        let code = self.optional(first + 3, fields::reason_code);
        let description = Some(cut(self.fields.text(first + 4))).filter(|text| !text.is_empty());
        let reason = code.map(|code| Reason { code, description });
        Some(Reading { index: index.filter(|_| quality.is_some()), read_at_ms: read_at_ms?, quality: quality?, reason })
    }

    fn optional<T>(&mut self, index: usize, judge: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
        if self.fields.text(index).is_empty() { None } else { self.field(index, judge) }
    }

    /// A field's value. None means that a problem was reported.
    fn field<T>(&mut self, index: usize, judge: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
        let text = self.fields.text(index);
        let judged = if text.is_empty() { Err(Problem::Blank) } else { judge(text) };
        judged.map_err(|problem| self.bad.push(self.fields.bad(index, problem))).ok()
    }
}

/// A meter's serial by the rules of a plan, so that the same meter has one serial wherever it comes from.
fn serial(text: &str) -> Result<String, Problem> {
    crate::plan::code(text).map_err(|_| Problem::NotAName)
}

fn cut(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(DESCRIPTION_CHARS).collect()
}
