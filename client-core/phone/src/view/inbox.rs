//! What needs a look.

use linecrew_client::{
    Command, InboxBody, InboxItem, Question,
    protocol::model::{
        collection::Sealed,
        work::{WorkCommand, WorkEvent},
    },
};
use serde_json::Value;

use super::{body, questions};
use crate::{
    described,
    page::{Ink, Page},
    width::plain,
    words,
};

/// Open questions, then the inbox, oldest first.
pub(crate) fn inbox(page: &Page, items: &[InboxItem], open: &[Question]) -> String {
    if items.is_empty() && open.is_empty() {
        return format!("{}\n", page.ink(Ink::Good, page.of("✓ nothing needs a look", "✓ 没有待处理事项")));
    }
    let mut text: String = open.iter().map(|question| asked(page, question, open)).collect();
    text += &items.iter().map(|item| entry(page, item)).collect::<String>();
    if !items.is_empty() {
        let hint = page.of("`linecrew-phone inbox dismiss N` when you have seen it", "看过后执行 `linecrew-phone inbox dismiss N`");
        text += &format!("\n{}\n", page.ink(Ink::Dim, hint));
    }
    text
}

/// A question, numbered within its item.
fn asked(page: &Page, question: &Question, all: &[Question]) -> String {
    let of_item = all.iter().filter(|other| other.document == question.document);
    let number = of_item.take_while(|other| other.attention.id != question.attention.id).count().saturating_add(1);
    let head = page.ink(Ink::Bold, plain(&question.number));
    format!("  ?  {head}  {}", questions::entry(page, question, &plain(&question.number), number))
}

fn entry(page: &Page, item: &InboxItem) -> String {
    let number = item.number.clone().unwrap_or_else(|| format!("…{}", item.document.short()));
    let when = page.clock.moment(item.noted_at);
    let head = format!("{:>3}  {}  {when}  ", item.id, page.ink(Ink::Bold, plain(&number)));
    match &item.body {
        InboxBody::Withdrawn(gone) => format!("{head}{}\n", words::withdrawal(page, gone)),
        InboxBody::Refused { command, refusal, evidence, .. } => {
            let why = words::refusal(page.lang, refusal);
            let made = page.clock.moment(evidence.wall);
            let (name, values) = said(page, command);
            let what = plain(words::act(page.lang, &name).unwrap_or_else(|| described::event(page.lang, None, &name)));
            let refused = page.of(format!("not taken: {why}"), format!("未被接受：{why}"));
            let values = if values.is_empty() { String::new() } else { format!(" · {values}") };
            let yours = page.of(format!("yours, {made}: {what}"), format!("你的修改 {made}：{what}"));
            format!("{head}{}\n     {yours}{}\n", page.ink(Ink::Bad, refused), plain(&values))
        }
    }
}

/// The step and its values as the person entered them: nothing is lost by a refusal.
fn said(page: &Page, command: &Command) -> (String, String) {
    let command = match command {
        Command::Work(command) => command,
        Command::Collection(sealed) => return entry_of(page, sealed),
    };
    match command {
        WorkCommand::Note { text } => ("noted".to_owned(), text.clone()),
        WorkCommand::RecordMaterial { name, quantity, unit, .. } => ("material_recorded".to_owned(), format!("{quantity} {unit} {name}")),
        WorkCommand::Record(WorkEvent::Own { step, body }) => (step.clone(), values(page, body)),
        WorkCommand::Record(event) => {
            let mut tagged = serde_json::to_value(event).unwrap_or_default();
            let name = tagged.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
            let body = tagged.get_mut("body").map(Value::take).unwrap_or_default();
            (name, values(page, &body))
        }
    }
}

/// A journal entry with all its values; what nobody can read shows as it is.
fn entry_of(page: &Page, sealed: &Sealed) -> (String, String) {
    let Ok(entry) = sealed.read() else { return ("journal".to_owned(), sealed.entry.clone()) };
    let mut body = serde_json::to_value(&entry.act).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("act");
    }
    (entry.act.name().to_owned(), format!("#{} · {}", entry.seq, values(page, &body)))
}

/// Every value, nested ones too; a signature shows as one, and its points as none.
fn values(page: &Page, body: &Value) -> String {
    let Value::Object(fields) = body else { return if body.is_null() { String::new() } else { body::text(page, body) } };
    let fields = fields.iter().filter(|(name, _)| *name != "strokes");
    let one = |(name, value): (&String, &Value)| match value {
        Value::Object(_) => format!("{name}: {}", values(page, value)),
        // A reason speaks for itself.
        Value::String(text) if name == "reason" => text.clone(),
        value => format!("{name} {}", body::text(page, value)),
    };
    fields.map(one).collect::<Vec<_>>().join(" · ")
}
