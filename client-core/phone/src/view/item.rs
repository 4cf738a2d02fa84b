//! Everything about one item.

use linecrew_client::{
    ItemView, Question,
    protocol::model::{
        form::Form,
        work::{
            files::Strokes,
            view::{EventView, MaterialView, ReportView},
        },
    },
};

use super::{body, clock, questions, record, signature};
use crate::{
    described,
    next::Steps,
    page::{Ink, Page},
    width::{columns, pad, plain},
    words,
};

/// What the page of an item is made of.
pub(crate) struct Shown<'a> {
    pub(crate) item: &'a ItemView,
    /// Its form, when it is a survey and the form is here.
    pub(crate) form: Option<&'a Form>,
    pub(crate) questions: &'a [Question],
    /// How the person named it.
    pub(crate) typed: &'a str,
}

/// The item as a page of its own.
pub(crate) fn item(page: &Page, shown: &Shown<'_>) -> String {
    let item = shown.item;
    let row = &item.view.row;
    let mut text = format!(
        "{} · {} · {} · {} · {}\n",
        page.ink(Ink::Bold, plain(&row.number)),
        described::kind_label(page.lang, &row.kind),
        page.ink(Ink::Bold, plain(described::state(page.lang, &row.kind, &row.state))),
        words::priority(page.lang, row.priority),
        words::area(page.lang, row.area_class),
    );
    text += &facts(page, item);
    text += &warnings(page, item);
    text += &questions::of_item(page, shown.questions, shown.typed);
    text += &record::gate(page, item);
    text += &record::values(page, item, shown.form);
    text += &record::files(page, &item.view.files);
    text += &signatures(page, item);
    text += &notes(page, &item.view.notes);
    text += &materials(page, &item.view.materials);
    text += &reports(page, item);
    text += &history(page, item);
    text + &next(page, shown)
}

fn facts(page: &Page, item: &ItemView) -> String {
    let row = &item.view.row;
    let phone = row.customer.phone.as_deref().map(|phone| format!(" · {phone}")).unwrap_or_default();
    let account = row.customer.account.as_deref().map(|account| format!(" · {account}")).unwrap_or_default();
    let about = described::kind(&row.kind).map(|kind| kind.about).unwrap_or_default();
    let about = body::lines(page, about, &serde_json::Value::Object(row.about.clone()));
    let mut lines = vec![
        (page.of("Where", "地址").to_owned(), plain(&row.site.address)),
        (page.of("Who", "客户").to_owned(), plain(&format!("{}{phone}{account}", row.customer.name))),
    ];
    lines.extend(about);
    lines.push((page.of("Reported", "受理").to_owned(), page.clock.moment(row.reported_at)));
    lines.extend(row.appointment.map(|at| (page.of("Appointment", "预约").to_owned(), page.clock.moment(at))));
    lines.extend(clock::named(page, row).map(|(name, value)| (name.to_owned(), value)));
    aligned(page, &lines)
}

/// Names and values, the values under each other.
pub(super) fn aligned(page: &Page, lines: &[(String, String)]) -> String {
    let widest = lines.iter().map(|(name, _)| columns(name)).max().unwrap_or(0).min(page.columns / 2);
    lines.iter().map(|(name, value)| format!("  {} {value}\n", page.ink(Ink::Dim, pad(name, widest)))).collect()
}

fn warnings(page: &Page, item: &ItemView) -> String {
    let withdrawn = item.withdrawn.iter().map(|gone| words::withdrawal(page, gone));
    let damage = item.damage.iter().map(|damage| page.of(format!("may be old: {damage}"), format!("内容可能过时：{damage}")));
    withdrawn.chain(damage).map(|text| format!("  {}\n", page.ink(Ink::Bad, format!("! {text}")))).collect()
}

fn signatures(page: &Page, item: &ItemView) -> String {
    let mut text = String::new();
    for signature in &item.view.signatures {
        let role = serde_json::to_value(signature.role).unwrap_or_default();
        let fields = described::step(&item.view.row.kind, "signed").map(|step| step.fields).unwrap_or_default();
        let role = body::lines(page, fields, &serde_json::json!({ "role": role })).pop().map(|(_, role)| role).unwrap_or_default();
        text += &heading(page, &format!("{} · {role} {}", page.of("Signature", "签名"), plain(&signature.name)));
        let event = item.view.history.iter().find(|event| event.id == signature.event);
        let strokes = event.and_then(|event| Strokes::read(event.body.get("strokes")?).ok());
        let picture = strokes.map(|strokes| signature::picture(&strokes, page.columns.saturating_sub(4)));
        text += &picture.into_iter().flatten().map(|line| format!("  {line}\n")).collect::<String>();
    }
    text
}

fn notes(page: &Page, notes: &str) -> String {
    if notes.trim().is_empty() {
        return String::new();
    }
    let lines = notes.lines().map(|line| format!("  {}\n", plain(line)));
    heading(page, page.of("Notes", "备注")) + &lines.collect::<String>()
}

fn materials(page: &Page, materials: &[MaterialView]) -> String {
    if materials.is_empty() {
        return String::new();
    }
    let mut text = heading(page, page.of("Material", "材料"));
    for material in materials {
        text += &format!("  {} {} {}\n", material.line.quantity, plain(&material.line.unit), plain(&material.line.name));
        for other in &material.conflicting {
            let other = format!("{} {} {}", other.quantity, plain(&other.unit), plain(&other.name));
            text += &format!("    {}\n", page.ink(Ink::Bad, page.of(format!("! another wrote {other}"), format!("! 他人写的是 {other}"))));
        }
    }
    text
}

fn reports(page: &Page, item: &ItemView) -> String {
    let kind = &item.view.row.kind;
    let report = |report: &ReportView| {
        let step = described::event(page.lang, Some(kind), &report.step);
        let by = plain(report.by.name.as_deref().unwrap_or(&report.by.id.short()));
        let fields = described::step(kind, &report.step).map(|step| step.fields).unwrap_or_default();
        heading(page, &format!("{} · {by}", plain(step))) + &aligned(page, &body::lines(page, fields, &report.body))
    };
    item.view.reports.iter().map(report).collect()
}

fn history(page: &Page, item: &ItemView) -> String {
    let mut text = heading(page, page.of("History", "经过"));
    let events = &item.view.history;
    let kind = |event: &EventView| plain(&described::event_in_full(page.lang, &item.view.row.kind, &event.kind, &event.body));
    let who = |event: &EventView| plain(event.by.name.as_deref().unwrap_or(&event.by.id.short()));
    let when = |event: &EventView| page.clock.moment(event.evidence.latest.or(event.evidence.earliest).unwrap_or(event.claimed_at));
    let widest = |of: &dyn Fn(&EventView) -> String| events.iter().map(|event| columns(&of(event))).max().unwrap_or(0);
    let (kinds, people, times) = (widest(&kind), widest(&who), widest(&when));
    for event in events {
        let (ink, place) = item.events.get(&event.id).map_or((Ink::Dim, String::new()), |status| words::whereabouts(page, status));
        text += &format!(
            "  {}  {}  {}  {}{}\n",
            pad(&when(event), times),
            pad(&kind(event), kinds),
            pad(&who(event), people),
            page.ink(ink, place),
            page.ink(Ink::Dim, flags(page, event)),
        );
    }
    text
}

fn flags(page: &Page, event: &EventView) -> String {
    let superseded = if event.superseded { page.of(" · overtaken", " · 已被取代") } else { "" };
    let late = if event.late { page.of(" · late", " · 迟到") } else { "" };
    format!("{superseded}{late}")
}

fn next(page: &Page, shown: &Shown<'_>) -> String {
    if shown.item.withdrawn.is_some() {
        return String::new();
    }
    let Some(first) = (Steps { page, view: &shown.item.view, typed: shown.typed }).forward() else { return String::new() };
    let more = page.of("`next` has everything that can be done now", "`next` 列出当前全部可执行步骤");
    format!("\n{} {}\n  {}\n", page.ink(Ink::Bold, "→"), first.command, page.ink(Ink::Dim, more))
}

/// A headline of a part.
pub(super) fn heading(page: &Page, text: &str) -> String {
    format!("\n{}\n", page.ink(Ink::Bold, text))
}
