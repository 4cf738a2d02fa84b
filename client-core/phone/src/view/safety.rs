//! What is safe on the server, and what is not.

use linecrew_client::{
    AccountView, EditStatus, SavedEdit, StatusView,
    driver::{SyncReport, SyncStop},
};

use crate::{
    described,
    page::{Ink, Page},
    width::plain,
    words,
};

/// `✓ everything …`, or how many edits only this phone has. One or two lines.
pub(crate) fn safety(page: &Page, status: &StatusView) -> String {
    let pending = status.pending();
    let mut text = if pending == 0 {
        let safe = page.of("everything made here is safe on the server", "本机修改已全部安全存到服务器");
        page.ink(Ink::Good, format!("✓ {safe}"))
    } else {
        let edits = page.edits(pending);
        let oldest = status.oldest_pending_at.map(|at| page.clock.moment(at));
        let oldest = oldest.map(|at| page.of(format!("; oldest from {at}"), format!("；最早 {at}"))).unwrap_or_default();
        let waiting = page.of(format!("{edits} saved here, not yet on the server"), format!("{edits}已存本机，尚未上传"));
        page.ink(Ink::Warn, format!("● {waiting}{oldest}"))
    };
    text.push('\n');
    if status.needs_attention > 0 {
        let edits = page.edits(status.needs_attention);
        let look = page.of(format!("{edits} not taken: see `linecrew-phone inbox`"), format!("{edits}未被接受：见 `linecrew-phone inbox`"));
        text += &page.ink(Ink::Bad, format!("! {look}"));
        text.push('\n');
    }
    text
}

/// Everything about how this phone stands with the server.
pub(crate) fn status(page: &Page, account: Option<&AccountView>, status: &StatusView) -> String {
    let mut text = String::new();
    match account {
        None => text += &page.ink(Ink::Warn, page.of("nobody has signed in on this phone yet", "本机尚未登录")),
        Some(account) => {
            let crew = account.crew_name.as_deref().map(|crew| format!(" · {crew}")).unwrap_or_default();
            text += &page.ink(Ink::Bold, plain(&format!("{} ({}){crew}", account.name, account.username)));
            text += &page.ink(Ink::Dim, format!(" · {}", plain(&account.server_url)));
            text += &format!("\n{}", sign_in(page, account));
        }
    }
    text.push('\n');
    if status.locked {
        text += &format!("{}\n", page.ink(Ink::Bad, format!("! {}", words::locked(page.lang))));
    }
    text += &safety(page, status);
    let contact = status.last_contact.map_or_else(|| page.of("never", "从未").to_owned(), |at| page.clock.moment(at));
    let others = status.forms.saturating_add(status.books).saturating_add(status.receivables);
    let (documents, safe) = (status.documents.saturating_sub(others), status.safe);
    text += &page.ink(
        Ink::Dim,
        page.of(
            format!("last contact {contact} · {documents} items held · {} safe", page.edits(safe)),
            format!("最近联系 {contact} · 持有 {documents} 张工单 · {}已安全", page.edits(safe)),
        ),
    );
    text.push('\n');
    text += &collection(page, status);
    for damaged in &status.damaged {
        let item = damaged.document.short();
        let what =
            page.of(format!("item …{item} is damaged here and will be fetched anew"), format!("工单 …{item} 在本机损坏，将重新获取"));
        text += &format!("{}\n", page.ink(Ink::Bad, format!("! {what}")));
    }
    text
}

/// Until when this phone can sync, or what to do when it cannot any more.
fn sign_in(page: &Page, account: &AccountView) -> String {
    match account.signed_in_until.filter(|_| account.signed_in) {
        Some(until) => {
            let until = page.clock.moment(until);
            page.ink(
                Ink::Dim,
                page.of(format!("sign-in holds until {until}; every sync prolongs it"), format!("登录有效至 {until}，每次同步自动延长")),
            )
        }
        None => {
            let ended = page.of(
                "the sign-in has ended: ask the office for a new invitation; everything saved here stays and is sent then",
                "登录已失效：请向调度索取新的邀请；本机内容全部保留，届时上传",
            );
            page.ink(Ink::Bad, format!("! {ended}"))
        }
    }
}

/// What of field collection is here; nothing on the phone of somebody who collects nothing.
fn collection(page: &Page, status: &StatusView) -> String {
    let StatusView { books, receivables, entries_here, entries_refused, .. } = status;
    if [books, receivables, entries_here, entries_refused].into_iter().all(|count| *count == 0) {
        return String::new();
    }
    let held = page.of(format!("ticket books {books} · amounts due {receivables}"), format!("票据本 {books} · 应收 {receivables} 笔"));
    let mut text = format!("{}\n", page.ink(Ink::Dim, held));
    if *entries_here > 0 {
        let here =
            page.of(format!("{entries_here} entries about money are on this phone only"), format!("{entries_here} 条资金记录仅存本机"));
        text += &format!("{}\n", page.ink(Ink::Warn, format!("● {here}")));
    }
    if *entries_refused > 0 {
        let refused = page.of(
            format!("{entries_refused} entries about money were not taken: see `linecrew-phone inbox`"),
            format!("{entries_refused} 条资金记录未被接受：见 `linecrew-phone inbox`"),
        );
        text += &format!("{}\n", page.ink(Ink::Bad, format!("! {refused}")));
    }
    text
}

/// The first half of every edit's answer.
pub(crate) fn saved(page: &Page, number: &str, kind: Option<&str>, edit: &SavedEdit) -> String {
    let what = described::event(page.lang, kind, &edit.kind);
    let here = page.of("saved on this phone", "已保存在本机");
    format!("{} {} · {what} · {here}\n", page.ink(Ink::Good, "✓"), page.ink(Ink::Bold, plain(number)))
}

/// The second half: whether it is on the server.
pub(crate) fn outcome(page: &Page, edit: Option<&EditStatus>, pending: u64, stopped: Option<&SyncStop>) -> String {
    match edit {
        Some(EditStatus::Safe { .. }) => {
            let safe = page.of("safe on the server", "已安全存到服务器");
            let rest =
                if pending > 0 { page.of(format!(" · {pending} wait"), format!(" · 还有 {pending} 项等待")) } else { String::new() };
            format!("{} {safe}{rest}\n", page.ink(Ink::Good, "✓"))
        }
        Some(status @ EditStatus::NeedsAttention { .. }) => {
            let (ink, words) = words::whereabouts(page, status);
            let look = page.of("see `linecrew-phone inbox`", "见 `linecrew-phone inbox`");
            format!("{} {words}\n  {look}\n", page.ink(ink, "!"))
        }
        _ if stopped.is_some_and(SyncStop::needs_sign_in) => {
            let waits = page.of("waits here until this phone is enrolled again", "重新登记前保留在本机");
            format!("{} {waits}{}\n", page.ink(Ink::Warn, "●"), waiting(page, pending))
        }
        _ if matches!(stopped, Some(SyncStop::KeyUnavailable(_))) => {
            let waits = page.of("waits here: the key of this phone cannot be used now", "本机密钥暂时不可用，修改保留在本机");
            format!("{} {waits}{}\n", page.ink(Ink::Warn, "●"), waiting(page, pending))
        }
        _ => {
            let later = page.of("will be sent when there is a connection", "有网络时自动上传");
            format!("{} {later}{}\n", page.ink(Ink::Warn, "●"), waiting(page, pending))
        }
    }
}

fn waiting(page: &Page, pending: u64) -> String {
    if pending < 2 { String::new() } else { page.of(format!(" · {pending} wait"), format!(" · 共 {pending} 项等待")) }
}

/// What a sync did; why it stopped, if it did, is said elsewhere.
pub(crate) fn sync_report(page: &Page, report: &SyncReport) -> String {
    let mut said = Vec::new();
    let sent = report.accepted + report.quarantined;
    if sent > 0 {
        let edits = page.edits(sent);
        said.push(page.of(format!("{edits} sent"), format!("上传 {edits}")));
    }
    if report.received > 0 {
        let (count, plural) = (report.received, if report.received == 1 { "" } else { "s" });
        said.push(page.of(format!("{count} item{plural} updated"), format!("更新 {count} 张工单")));
    }
    if said.is_empty() && report.stopped.is_none() {
        said.push(page.of("nothing new", "没有新内容").to_owned());
    }
    if report.quarantined > 0 {
        let count = report.quarantined;
        said.push(page.ink(Ink::Bad, page.of(format!("{count} not taken"), format!("{count} 项未被接受"))));
    }
    if report.equal == Some(true) && report.stopped.is_none() {
        said.push(page.ink(Ink::Good, page.of("both ends hold the same", "两端一致")));
    }
    if said.is_empty() { String::new() } else { said.join(" · ") + "\n" }
}
