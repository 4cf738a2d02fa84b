//! Open questions, with both sides and what may be decided.

use linecrew_client::{Choice, Means, Question, protocol::model::work::view::PersonView};

use super::{body, item::heading};
use crate::{
    described::label,
    page::{Ink, Page},
    width::plain,
};

/// The open questions of one item, numbered as `resolve` takes them.
pub(super) fn of_item(page: &Page, questions: &[Question], typed: &str) -> String {
    if questions.is_empty() {
        return String::new();
    }
    let mut text = heading(page, page.of("To be decided", "待裁定"));
    for (number, question) in (1..).zip(questions) {
        text += &format!("  {number}. {}", entry(page, question, typed, number));
    }
    text
}

/// A question with its choices, each on its line.
pub(super) fn entry(page: &Page, question: &Question, typed: &str, number: usize) -> String {
    let asked = label(page.lang, question.attention.kind.label());
    let mut text = format!("{}\n", page.ink(Ink::Bad, asked));
    for (at, choice) in (1..).zip(&question.choices) {
        text += &format!("     {at}) {}\n", means(page, question, choice));
    }
    let how = if question.is_mine {
        format!("`linecrew-phone resolve {typed} {number} {}`", page.of("CHOICE", "选项"))
    } else {
        page.of("the office decides", "由调度裁定").to_owned()
    };
    text + &format!("     {}\n", page.ink(Ink::Dim, how))
}

fn means(page: &Page, question: &Question, choice: &Choice) -> String {
    match &choice.means {
        Means::Person(who) => person(who),
        Means::Values { by, values } => {
            let values = values.iter().map(|(path, value)| format!("{} = {}", plain(path), body::text(page, value)));
            format!("{} · {}", values.collect::<Vec<_>>().join(", "), person(by))
        }
        Means::Rule => {
            let fixed = question.attention.kind.fixed_choices().iter().find(|fixed| fixed.name == choice.name);
            fixed.map_or_else(|| plain(&choice.name), |fixed| label(page.lang, fixed.label).to_owned())
        }
    }
}

fn person(who: &PersonView) -> String {
    plain(who.name.as_deref().unwrap_or(&who.id.short()))
}
