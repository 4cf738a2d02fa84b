//! The gate, the values and the files of an item.

use std::collections::BTreeMap;

use linecrew_client::{
    ItemView,
    protocol::model::{
        form::Form,
        work::view::{ClaimView, FileView, SafetyDone, ValueView},
    },
};

use super::{body, item::heading};
use crate::{
    described::label,
    page::{Ink, Page},
    width::{columns, pad, plain},
};

/// The safety gate: what was done by whom, and what is missing.
pub(super) fn gate(page: &Page, item: &ItemView) -> String {
    let safety = &item.view.safety;
    if safety.required.is_empty() && safety.done.is_empty() && safety.forced.is_none() {
        return String::new();
    }
    let mut text = heading(page, page.of("Safety gate", "安全措施"));
    let done = |done: &SafetyDone| {
        let by = plain(done.by.name.as_deref().unwrap_or(&done.by.id.short()));
        let detail = done.body.get("detail").and_then(|detail| detail.as_str()).map(plain).unwrap_or_default();
        let detail = if detail.is_empty() { String::new() } else { format!(" {detail}") };
        format!("  {} {}{detail} · {by}\n", page.ink(Ink::Good, "✓"), label(page.lang, done.step.label()))
    };
    text += &safety.done.iter().map(done).collect::<String>();
    for step in &safety.missing {
        let missing = page.ink(Ink::Bad, format!("✗ {}", label(page.lang, step.label())));
        text += &format!("  {missing} {}\n", page.ink(Ink::Dim, step.name()));
    }
    if safety.forced.is_some() {
        text += &format!("  {}\n", page.ink(Ink::Bad, page.of("! started without the gate", "! 强行开工")));
    }
    text
}

/// Readings and answers, with what others wrote beside.
pub(super) fn values(page: &Page, item: &ItemView, form: Option<&Form>) -> String {
    let values = &item.view.values;
    if values.is_empty() {
        return String::new();
    }
    let words = words(page, form);
    let name = |value: &ValueView| {
        let question = form.and_then(|form| form.question(&value.path));
        let asked = question.and_then(|question| words.get(question.name.as_str())).map(|asked| format!("  {asked}")).unwrap_or_default();
        plain(&format!("{}{asked}", value.path))
    };
    let widest = values.iter().map(|value| columns(&name(value))).max().unwrap_or(0).min(page.columns / 2);
    let mut text = heading(page, page.of("Values", "数据"));
    for value in values {
        let mark = if value.conflicting.is_empty() { " " } else { "!" };
        text += &format!("{} {} {}\n", page.ink(Ink::Bad, mark), pad(&name(value), widest), claim(page, &value.shown));
        for other in &value.conflicting {
            let other = claim(page, other);
            text += &format!("    {}\n", page.ink(Ink::Bad, page.of(format!("another wrote {other}"), format!("他人写的是 {other}"))));
        }
    }
    text
}

/// The words of a form's questions.
fn words<'f>(page: &Page, form: Option<&'f Form>) -> BTreeMap<&'f str, &'f str> {
    super::form::questions(form).map(|(_, question)| (question.name.as_str(), page.of(&*question.label.en, &*question.label.zh))).collect()
}

fn claim(page: &Page, claim: &ClaimView) -> String {
    let by = plain(claim.by.name.as_deref().unwrap_or(&claim.by.id.short()));
    format!("{} · {by}", body::text(page, &claim.value))
}

/// Files, and whether their bytes are safe.
pub(super) fn files(page: &Page, files: &[FileView]) -> String {
    if files.is_empty() {
        return String::new();
    }
    let mut text = heading(page, page.of("Files", "附件"));
    for file in files {
        let (ink, place) = if file.stored {
            (Ink::Good, page.of("safe on the server", "已安全存到服务器"))
        } else {
            (Ink::Warn, page.of("bytes on the phone that took it", "字节仍在拍摄的手机上"))
        };
        let caption = if file.caption.is_empty() { String::new() } else { format!("  {}", plain(&file.caption)) };
        let size = file.bytes.div_ceil(1024);
        text += &format!(
            "  {}  {}  {size} KiB  {}{caption}  {}\n",
            body::short_hash(&file.hash),
            plain(&file.mime),
            page.clock.moment(file.taken_at),
            page.ink(ink, place)
        );
    }
    text
}
