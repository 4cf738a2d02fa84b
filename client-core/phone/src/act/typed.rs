//! Commands whose values are typed by the item's kind or form.

use linecrew_client::{
    Client, CommandError,
    protocol::{
        Reason, Refusal,
        ids::DocumentId,
        model::{
            form::{AnswerType, Choice},
            work::{SafetyStep, WorkView},
        },
    },
};
use serde_json::Value;

use super::{Typed, files};
use crate::{
    args::{Complete, Do},
    clock::Clock,
    described::{self, is_label},
    failure::Failure,
    fields::{self, FieldError, flag, moment, whole},
    form::form_of,
};

/// Any step, with its fields.
pub(super) fn step(said: Do, clock: Clock) -> Typed {
    let name = said.step.clone();
    Typed::new(said.item, &name, move |client, item| {
        // Their fields are described nowhere; each has a friendly command, which the hint then names.
        if matches!(said.step.as_str(), "noted" | "material_recorded" | "resolved") {
            let detail = "this step has a command of its own";
            return Err(CommandError::Refused(Refusal::new(Reason::InvalidValue, detail)).into());
        }
        let kind = view(client, item)?.row.kind;
        // A step that nobody knows has no fields; the rules then say that it is none.
        let fields = described::step(&kind, &said.step).map(|step| step.fields).unwrap_or_default();
        let body = fields::body(fields, &said.fields, clock)?;
        Ok(client.step(item, &said.step, body)?)
    })
}

/// The end of any kind: what its description asks for, some of it by flags.
pub(super) fn completed(said: Complete, clock: Clock) -> Typed {
    let flags = [("cause", said.cause), ("remedy", said.remedy), ("restored_at", said.restored_at), ("handler", said.handler)];
    let flags = flags.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    let fields = said.fields.into_iter().chain(flags).collect();
    step(Do { item: said.item, step: "completed".to_owned(), fields }, clock)
}

pub(super) fn safety(item: String, step: String, detail: Option<String>) -> Typed {
    Typed::new(item, "safety_recorded", move |client, item| {
        let wanted = step.trim().to_lowercase().replace('-', "_");
        let named = SafetyStep::ALL.into_iter().find(|known| known.name() == wanted || is_label(known.label(), &step));
        let step = named.ok_or(Failure::NoSafetyStep(step))?;
        Ok(client.record_safety_step(item, step, detail.unwrap_or_default())?)
    })
}

/// An answer typed by its question, or a reading.
pub(super) fn answered(item: String, path: String, value: Option<String>, clock: Clock) -> Typed {
    Typed::new(item, "value_recorded", move |client, item| {
        let value = match value {
            Some(text) => answer(client, item, &path, &text, clock)?,
            None => Value::Null,
        };
        Ok(client.answer(item, path, value)?)
    })
}

fn answer(client: &Client, item: DocumentId, path: &str, text: &str, clock: Clock) -> Result<Value, Failure> {
    let view = view(client, item)?;
    let form = form_of(client, &view)?;
    let Some(question) = form.as_ref().and_then(|form| form.question(path)) else {
        return Ok(whole(text).unwrap_or_else(|| text.into()));
    };
    let wrong = |wanted| FieldError::Value { path: path.to_owned(), wanted };
    let value = match &question.answer {
        AnswerType::Text | AnswerType::LongText | AnswerType::Serial | AnswerType::Date => text.into(),
        AnswerType::Integer { .. } => whole(text).ok_or_else(|| wrong("a whole number"))?,
        AnswerType::Number { .. } => number(text).ok_or_else(|| wrong("a number"))?,
        AnswerType::Flag => flag(text).ok_or_else(|| wrong("yes or no"))?,
        AnswerType::Time => moment(text, clock)?,
        AnswerType::Choice { choices } => chosen(choices, text).into(),
        AnswerType::Choices { choices } => text.split([',', '，']).map(|text| chosen(choices, text)).collect(),
        AnswerType::Photo => files::hash_of(client, item, text)?.into(),
        AnswerType::Signature => signature(&view, text).into(),
    };
    Ok(value)
}

fn view(client: &Client, item: DocumentId) -> Result<WorkView, Failure> {
    Ok(client.item(item)?.ok_or(Failure::Unreadable(item))?.view)
}

fn number(text: &str) -> Option<Value> {
    whole(text).or_else(|| serde_json::Number::from_f64(text.trim().parse().ok()?).map(Value::Number))
}

/// The choice's name; people may type its words.
fn chosen(choices: &[Choice], text: &str) -> String {
    let text = text.trim();
    let is_it = |choice: &&Choice| choice.label.zh == text || choice.label.en.eq_ignore_ascii_case(text);
    choices.iter().find(is_it).map_or(text, |choice| &choice.name).to_owned()
}

/// `last` is the signature that was just made.
fn signature(view: &WorkView, text: &str) -> String {
    let last = view.signatures.last().filter(|_| text.eq_ignore_ascii_case("last"));
    last.map_or_else(|| text.to_owned(), |signature| signature.event.to_string())
}
