//! What needs a look.

use linecrew_client::{
    InboxBody, InboxItem,
    protocol::model::repair::{RepairCommand, RepairEvent},
};

use crate::{
    page::{Ink, Page},
    width::plain,
    words,
};

/// The inbox, oldest first.
pub(crate) fn inbox(page: &Page, items: &[InboxItem]) -> String {
    if items.is_empty() {
        return format!("{}\n", page.ink(Ink::Good, page.of("✓ nothing needs a look", "✓ 没有待处理事项")));
    }
    let mut text: String = items.iter().map(|item| entry(page, item)).collect();
    let hint = page.of("`linecrew-phone inbox dismiss N` when you have seen it", "看过后执行 `linecrew-phone inbox dismiss N`");
    text += &format!("\n{}\n", page.ink(Ink::Dim, hint));
    text
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
            let what = words::event(page.lang, &command.event().into_parts().0).to_owned();
            let refused = page.of(format!("not taken: {why}"), format!("未被接受：{why}"));
            let values = values(command);
            let values = if values.is_empty() { String::new() } else { format!(" · {values}") };
            let yours = page.of(format!("yours, {made}: {what}"), format!("你的修改 {made}：{what}"));
            format!("{head}{}\n     {yours}{}\n", page.ink(Ink::Bad, refused), plain(&values))
        }
    }
}

/// The values as the person entered them: nothing is lost by a refusal.
fn values(command: &RepairCommand) -> String {
    match command {
        RepairCommand::Note { text } => text.clone(),
        RepairCommand::RecordMaterial { name, quantity, unit, .. } => format!("{quantity} {unit} {name}"),
        RepairCommand::Record(event) => match event {
            RepairEvent::Restored(report) | RepairEvent::Completed(report) => format!("{} · {}", report.cause, report.remedy),
            RepairEvent::Declined { reason }
            | RepairEvent::Suspended { reason }
            | RepairEvent::NotDone { reason }
            | RepairEvent::HandedOver { reason, .. } => reason.clone(),
            _ => String::new(),
        },
    }
}
