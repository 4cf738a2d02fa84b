//! Everything about one item.

use linecrew_client::{
    ItemView,
    protocol::model::repair::view::{EventView, MaterialView},
};

use super::arrival::{interval, verdict};
use crate::{
    page::{Ink, Page},
    width::{columns, pad, plain},
    words,
};

/// The item as a page of its own.
pub(crate) fn item(page: &Page, item: &ItemView) -> String {
    let row = &item.view.row;
    let mut text = format!(
        "{} · {} · {} · {}\n",
        page.ink(Ink::Bold, plain(&row.number)),
        page.ink(Ink::Bold, words::state(page.lang, row.state)),
        words::priority(page.lang, row.priority),
        words::area(page.lang, row.area_class),
    );
    text += &facts(page, item);
    text += &warnings(page, item);
    text += &notes(page, &item.view.notes);
    text += &materials(page, &item.view.materials);
    text += &reports(page, item);
    text + &history(page, item)
}

fn facts(page: &Page, item: &ItemView) -> String {
    let row = &item.view.row;
    let phone = row.customer.phone.as_deref().map(|phone| format!(" · {phone}")).unwrap_or_default();
    let fault = format!("{} · {}", words::fault(page.lang, row.fault.category), row.fault.description);
    let (ink, clock) = verdict(page, &row.arrival);
    let arrived = row.arrival.arrived.map(|arrived| interval(page, arrived));
    let arrived = arrived.map(|at| page.of(format!(" · arrived {at}"), format!(" · 到达 {at}"))).unwrap_or_default();
    let lines = [
        (page.of("where", "地址"), plain(&row.site.address)),
        (page.of("who", "客户"), plain(&format!("{}{phone}", row.customer.name))),
        (page.of("what", "故障"), plain(&fault)),
        (page.of("reported", "受理"), page.clock.moment(row.reported_at)),
        (page.of("arrival", "到场"), format!("{}{arrived}", page.ink(ink, clock))),
    ];
    lines.into_iter().map(|(name, value)| field(page, name, &value)).collect()
}

fn field(page: &Page, name: &str, value: &str) -> String {
    format!("  {} {value}\n", page.ink(Ink::Dim, pad(name, 9)))
}

fn warnings(page: &Page, item: &ItemView) -> String {
    let attention = item.view.row.attention.iter().map(|open| words::attention(page.lang, open.kind).to_owned());
    let withdrawn = item.withdrawn.iter().map(|gone| words::withdrawal(page, gone));
    let damage = item.damage.iter().map(|damage| page.of(format!("may be old: {damage}"), format!("内容可能过时：{damage}")));
    attention.chain(withdrawn).chain(damage).map(|text| format!("  {}\n", page.ink(Ink::Bad, format!("! {text}")))).collect()
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
    let mut text = String::new();
    for report in &item.view.reports {
        text += &heading(page, page.of("Report", "报告"));
        text += &field(page, page.of("cause", "原因"), &plain(&report.cause));
        text += &field(page, page.of("remedy", "处理"), &plain(&report.remedy));
        if let Some(at) = report.restored_at {
            text += &field(page, page.of("power at", "复电"), &page.clock.moment(at));
        }
        if let Some(handler) = &report.handler {
            text += &field(page, page.of("by", "处理人"), &plain(handler));
        }
    }
    text
}

fn history(page: &Page, item: &ItemView) -> String {
    let mut text = heading(page, page.of("History", "经过"));
    let events = &item.view.history;
    let who = |event: &EventView| plain(event.by.name.as_deref().unwrap_or(&event.by.id.short()));
    let when = |event: &EventView| page.clock.moment(event.evidence.latest.or(event.evidence.earliest).unwrap_or(event.claimed_at));
    let widest = |of: &dyn Fn(&EventView) -> String| events.iter().map(|event| columns(&of(event))).max().unwrap_or(0);
    let (kinds, people, times) = (widest(&|event| kind(page, event)), widest(&who), widest(&when));
    for event in events {
        let (ink, place) = item.events.get(&event.id).map_or((Ink::Dim, String::new()), |status| words::whereabouts(page, status));
        text += &format!(
            "  {}  {}  {}  {}{}\n",
            pad(&when(event), times),
            pad(&kind(page, event), kinds),
            pad(&who(event), people),
            page.ink(ink, place),
            page.ink(Ink::Dim, flags(page, event)),
        );
    }
    text
}

fn kind(page: &Page, event: &EventView) -> String {
    plain(words::event(page.lang, &event.kind))
}

fn flags(page: &Page, event: &EventView) -> String {
    let superseded = if event.superseded { page.of(" · overtaken", " · 已被取代") } else { "" };
    let late = if event.late { page.of(" · late", " · 迟到") } else { "" };
    format!("{superseded}{late}")
}

fn heading(page: &Page, text: &str) -> String {
    format!("\n{}\n", page.ink(Ink::Bold, text))
}
