//! Why something is here, or no longer is.

use linecrew_client::{Assigned, Reasons, Why, protocol::wire::Feed};

use super::item::aligned;
use crate::{
    page::{Ink, Page},
    width::plain,
    words,
};

/// The reasons, one a line.
pub(crate) fn why(page: &Page, why: &Why) -> String {
    match why {
        Why::Here(reasons) => here(page, reasons),
        Why::Left { number, withdrawal, waits } => {
            let number = number.as_deref().map(|number| format!("{} · ", plain(number))).unwrap_or_default();
            let gone = words::withdrawal(page, withdrawal);
            let text = page.ink(Ink::Bad, page.of(format!("{number}left this phone: {gone}"), format!("{number}已离开本机：{gone}")));
            let still = page.of("your edits of it still wait for their answer; it goes after that", "你的修改尚未确认，确认后清除");
            if *waits { format!("{text}\n  {still}\n") } else { format!("{text}\n") }
        }
        Why::NotHere => format!("{}\n", page.ink(Ink::Dim, page.of("not on this phone", "不在本机"))),
    }
}

fn here(page: &Page, reasons: &Reasons) -> String {
    let number = reasons.number.as_deref().map(plain);
    let head = number.unwrap_or_else(|| page.of("no item: reference data", "非工单：参考数据").to_owned());
    let mut lines = Vec::new();
    lines.extend(reasons.assigned.as_ref().map(|assigned| (page.of("Given", "派工").to_owned(), given(page, assigned))));
    let roles = reasons.roles.iter().map(|role| words::role(page.lang, *role)).collect::<Vec<_>>().join(", ");
    let roles = if roles.is_empty() { page.of("none that does such work", "无对应角色").to_owned() } else { roles };
    if reasons.assigned.is_some() {
        lines.push((page.of("Your role", "你的角色").to_owned(), roles));
    }
    lines.extend(reasons.feeds.iter().map(|feed| (page.of("Comes by", "来自").to_owned(), by(page, *feed))));
    format!("{}\n{}", page.ink(Ink::Bold, head), aligned(page, &lines))
}

fn given(page: &Page, assigned: &Assigned) -> String {
    let crew = plain(assigned.crew_name.as_deref().unwrap_or(&assigned.crew.short()));
    let by = plain(assigned.by.name.as_deref().unwrap_or(&assigned.by.id.short()));
    let since = page.clock.moment(assigned.since);
    let reason = assigned.reason.as_deref().map(|reason| format!(" · {}", plain(reason))).unwrap_or_default();
    page.of(format!("to {crew} by {by}, {since}{reason}"), format!("{by} 派给 {crew}，{since}{reason}"))
}

fn by(page: &Page, feed: Feed) -> String {
    let audience = match feed {
        Feed::Crew(_) => page.of("the crew's items", "本班工单"),
        Feed::Person(_) => page.of("your own items", "本人工单"),
        Feed::District(_) => page.of("the district's items", "供电所工单"),
        Feed::Reference(_) => page.of("the district's forms", "供电所表单"),
    };
    format!("{audience} ({feed})")
}
