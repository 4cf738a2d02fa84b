//! The form of a survey: what is asked, and what was answered.

use std::collections::BTreeMap;

use linecrew_client::protocol::model::{
    form::{AnswerType, Choice, Form, Group, Item, Question},
    work::{WorkView, view::ValueView},
};
use serde_json::Value;

use super::body;
use crate::{
    page::{Ink, Page},
    width::plain,
};

/// Every question with its path; `KEY` stands where the name of an instance belongs.
pub(super) fn questions(form: Option<&Form>) -> impl Iterator<Item = (String, &Question)> {
    let mut found = Vec::new();
    form.into_iter().for_each(|form| gather("", &form.items, &mut found));
    found.into_iter()
}

fn gather<'f>(within: &str, items: &'f [Item], found: &mut Vec<(String, &'f Question)>) {
    for item in items {
        match item {
            Item::Question(question) => found.push((format!("{within}{}", question.name), question)),
            Item::Group(group) => gather(&inside(within, group), &group.items, found),
        }
    }
}

fn inside(within: &str, group: &Group) -> String {
    let instance = if group.repeat.is_some() { "KEY/" } else { "" };
    format!("{within}{}/{instance}", group.name)
}

/// The form as a page: each question with its path, what belongs there, and the answers.
pub(crate) fn form(page: &Page, view: &WorkView, form: &Form, typed: &str) -> String {
    let title = page.of(&form.title.en, &form.title.zh);
    let mut text = format!("{} · {} v{}\n", page.ink(Ink::Bold, plain(title)), plain(&form.form), form.version);
    let values: BTreeMap<String, Value> = view.values.iter().map(|value| (value.path.clone(), value.shown.value.clone())).collect();
    let missing = form.missing(&values);
    for (path, question) in questions(Some(form)) {
        let answered: Vec<&ValueView> = view.values.iter().filter(|value| is_below(&path, &value.path)).collect();
        // A group that has no instance yet is missing as a whole.
        let is_missing = missing.iter().any(|other| is_below(&path, other) || path.starts_with(&format!("{other}/")));
        text += &asked(page, &path, question, answered.is_empty() && is_missing);
        for value in answered {
            let named = if value.path == path { String::new() } else { format!("{} ", plain(&value.path)) };
            text += &format!("      {named}{}\n", page.ink(Ink::Good, body::text(page, &value.shown.value)));
        }
    }
    let count = missing.len();
    let (ink, left) = if missing.is_empty() {
        (
            Ink::Good,
            page.of("✓ complete: `linecrew-phone submit ".to_owned() + typed + "`", format!("✓ 已填全：`linecrew-phone submit {typed}`")),
        )
    } else {
        let first = missing.first().map(|path| plain(&first_question(form, path))).unwrap_or_default();
        let how = format!("`linecrew-phone answer {typed} {first} VALUE`");
        (Ink::Warn, page.of(format!("{count} to answer: {how}"), format!("还有 {count} 项：{how}")))
    };
    text + &format!("\n{}\n", page.ink(ink, left))
}

/// What to answer first where this is missing: the question itself, or the first one of a group.
fn first_question(form: &Form, missing: &str) -> String {
    let within = format!("{missing}/");
    questions(Some(form)).map(|(path, _)| path).find(|path| path.starts_with(&within)).unwrap_or_else(|| missing.to_owned())
}

/// Whether the path is this question's, in any instance.
fn is_below(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(wanted, got)| *wanted == "KEY" || wanted == got)
}

fn asked(page: &Page, path: &str, question: &Question, is_missing: bool) -> String {
    let mark = if is_missing { page.ink(Ink::Warn, "○") } else { " ".to_owned() };
    let words = plain(page.of(&question.label.en, &question.label.zh));
    let wanted = page.ink(Ink::Dim, wanted(page, &question.answer));
    format!("  {mark} {}  {words}  {wanted}\n", page.ink(Ink::Bold, path))
}

/// What belongs there, for somebody who has to type it.
fn wanted(page: &Page, answer: &AnswerType) -> String {
    let names = |choices: &[Choice]| choices.iter().map(|choice| plain(&choice.name)).collect::<Vec<_>>().join(" | ");
    match answer {
        AnswerType::Text | AnswerType::LongText => page.of("text", "文字").to_owned(),
        AnswerType::Integer { .. } => page.of("whole number", "整数").to_owned(),
        AnswerType::Number { unit, .. } => {
            let unit = unit.as_deref().map(|unit| format!(", {}", plain(unit))).unwrap_or_default();
            page.of(format!("number{unit}"), format!("数值{unit}"))
        }
        AnswerType::Flag => page.of("yes | no", "是 | 否").to_owned(),
        AnswerType::Date => "2026-11-28".to_owned(),
        AnswerType::Time => "2026-11-28T14:02".to_owned(),
        AnswerType::Choice { choices } => names(choices),
        AnswerType::Choices { choices } => page.of(format!("several of {}", names(choices)), format!("多选 {}", names(choices))),
        AnswerType::Serial => page.of("serial number", "编号").to_owned(),
        AnswerType::Photo => page.of("photo: FILE or HASH", "照片：文件或哈希").to_owned(),
        AnswerType::Signature => page.of("`last`: the signature just made", "`last`：刚才的签名").to_owned(),
    }
}
