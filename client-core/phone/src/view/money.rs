//! Books, amounts due, receipts and the cash session.

use linecrew_client::{
    collection::{BookView, Due, Issued, ReceiptView, SavedEntry},
    protocol::{
        ids::SessionId,
        model::collection::{
            Amounts, Fen, Ledger, Method,
            ledger::{Closing, ReceiptState, Session},
        },
    },
};

use crate::{
    page::{Ink, Page},
    width::{clip, columns, pad, plain},
    words,
};

/// The books on this phone.
pub(crate) fn books(page: &Page, books: &[BookView]) -> String {
    if books.is_empty() {
        let none = page.of(
            "No ticket book on this phone: the office leases one, `linecrew-phone sync` fetches it.",
            "本机没有票据本：营业厅发放后执行 `linecrew-phone sync`。",
        );
        return format!("{}\n", page.ink(Ink::Dim, none));
    }
    books.iter().map(|view| book(page, view)).collect()
}

fn book(page: &Page, view: &BookView) -> String {
    let book = &view.book;
    let mark = if view.is_current { page.ink(Ink::Good, "●") } else { page.ink(Ink::Dim, "·") };
    let numbers = format!("{} – {}", book.lease.ticket(book.lease.first), book.lease.ticket(book.lease.last));
    let state = match &book.frozen_reason {
        Some(reason) => page.of(format!("frozen: {}", plain(reason)), format!("已冻结：{}", plain(reason))),
        None if book.returned > 0 => page.of(format!("{} returned", book.returned), format!("已退回 {} 张", book.returned)),
        None if !book.taken => page.of("not drawn yet", "未领取").to_owned(),
        None => page.of(format!("{} of {} left", book.left, book.lease.drawn()), format!("剩 {}/{} 张", book.left, book.lease.drawn())),
    };
    let low = book.taken && book.frozen_reason.is_none() && book.returned == 0 && book.is_low();
    let low = if low { page.of("  low: the next one comes with a sync", "  余量不足：同步后自动补发") } else { "" };
    let counts = page.of(format!("{} used, {} voided", book.used, book.voided), format!("已用 {}，作废 {}", book.used, book.voided));
    format!("{mark} {}  {state}  {counts}{}\n", page.ink(Ink::Bold, numbers), page.ink(Ink::Warn, low))
}

/// What is to be collected, in the order of the round.
pub(crate) fn due(page: &Page, due: &[Due]) -> String {
    if due.is_empty() {
        return format!("{}\n", page.ink(Ink::Dim, page.of("Nothing is due.", "没有应收。")));
    }
    let widest = |of: fn(&Due) -> &str| due.iter().map(|due| columns(&plain(of(due)))).max().unwrap_or(0);
    let (account, customer, period) = (widest(|due| &due.bill.account), widest(|due| &due.bill.customer), widest(|due| &due.bill.period));
    let mut text = String::new();
    for due in due {
        let bill = &due.bill;
        let fixed = format!(
            "{}  {}  {}  {:>9}",
            pad(&plain(&bill.account), account),
            pad(&plain(&bill.customer), customer.min(16)),
            pad(&plain(&bill.period), period),
            due.open
        );
        let state = match (due.is_withdrawn, due.paid.is_positive()) {
            (true, _) => page.of("  taken back", "  已撤回"),
            (false, true) if due.open.is_positive() => page.of("  partly paid", "  部分已缴"),
            (false, true) => page.of("  paid", "  已缴"),
            (false, false) => "",
        };
        let line = format!("{fixed}  {}{state}", plain(&bill.address));
        text += &format!("{}\n", clip(&line, page.columns));
    }
    let sum: Fen = due.iter().filter(|due| !due.is_withdrawn).map(|due| due.open).sum();
    let total = page.of(format!("{} amounts, {sum} open", due.len()), format!("共 {} 笔，未缴 {sum}", due.len()));
    text + &format!("{}\n", page.ink(Ink::Bold, total))
}

/// A receipt that was just issued.
pub(crate) fn issued(page: &Page, issued: &Issued) -> String {
    let receipt = &issued.receipt;
    let here = page.of("saved on this phone", "已保存在本机");
    let number = issued.ticket.to_string();
    let mut text = format!("{} {} · {} · {here}\n", page.ink(Ink::Good, "✓"), page.ink(Ink::Bold, &number), receipt.amount);
    let rest = receipt.open - receipt.applied();
    if receipt.prepaid().is_positive() {
        text +=
            &format!("  {}\n", page.of(format!("{} of it is paid ahead", receipt.prepaid()), format!("其中预存 {}", receipt.prepaid())));
    }
    if rest.is_positive() {
        text += &format!("  {}\n", page.of(format!("{rest} is still open"), format!("尚欠 {rest}")));
    }
    let code = page.of(format!("code {}", issued.code), format!("验证码 {}", issued.code));
    let print = format!("linecrew-phone print {number}");
    text + &format!("  {code} · {}\n", page.ink(Ink::Dim, print))
}

/// Any other entry that was just written.
pub(crate) fn entered(page: &Page, entry: &SavedEntry) -> String {
    let what = words::act(page.lang, &entry.act).unwrap_or(&entry.act);
    let here = page.of("saved on this phone", "已保存在本机");
    format!("{} {} · {here}\n", page.ink(Ink::Good, "✓"), page.ink(Ink::Bold, what))
}

/// What should be in hand now; nothing while no session is open.
pub(crate) fn session_in_hand(page: &Page, ledger: &Ledger) -> String {
    let Some((_, session)) = ledger.open_session() else { return String::new() };
    let in_hand = amounts(page, session.expected_in_hand());
    format!("  {}\n", page.of(format!("in hand: {in_hand}"), format!("应在手：{in_hand}")))
}

/// Receipts, the newest last.
pub(crate) fn receipts(page: &Page, receipts: &[ReceiptView]) -> String {
    if receipts.is_empty() {
        return format!("{}\n", page.ink(Ink::Dim, page.of("No receipts were issued on this phone.", "本机未开过票据。")));
    }
    let account = receipts.iter().map(|view| columns(&plain(&view.receipt.account))).max().unwrap_or(0);
    let line = |view: &ReceiptView| {
        let (ink, custody) = words::custody(page, view.custody);
        let signed = if view.signed { "" } else { " *" };
        let state = match view.state {
            ReceiptState::Counted if view.refunded.is_positive() => page.of(" partly refunded", " 部分退款"),
            ReceiptState::Counted => "",
            ReceiptState::Voided => page.of(" voided", " 作废"),
            ReceiptState::Refunded => page.of(" refunded", " 已退款"),
            ReceiptState::Disputed => page.of(" disputed", " 待核"),
        };
        format!(
            "{}  {}  {}  {:>9}  {}  {}{}{signed}\n",
            page.ink(Ink::Bold, view.ticket.to_string()),
            page.clock.moment(view.at),
            pad(&plain(&view.receipt.account), account),
            view.receipt.amount,
            pad(method(page, &view.receipt.method), 8),
            page.ink(ink, custody),
            page.ink(Ink::Warn, state),
        )
    };
    let unsigned = receipts.iter().any(|view| !view.signed);
    let note = page.of("* the signature follows when the key can be used", "* 密钥可用后补签");
    receipts.iter().map(line).collect::<String>() + &if unsigned { format!("{}\n", page.ink(Ink::Dim, note)) } else { String::new() }
}

/// The open session, or else the last one.
pub(crate) fn session(page: &Page, ledger: &Ledger) -> String {
    let last = || ledger.sessions.iter().max_by_key(|(_, session)| session.seq).map(|(id, session)| (*id, session));
    let Some((id, session)) = ledger.open_session().or_else(last) else {
        let none = page.of("No session yet: `linecrew-phone session open FLOAT`", "尚未开班：`linecrew-phone session open 备用金`");
        return format!("{}\n", page.ink(Ink::Dim, none));
    };
    let mut lines = facts(page, id, session);
    match &session.closing {
        None => lines.push((page.of("in hand", "应在手"), amounts(page, session.expected_in_hand()))),
        Some(closing) => lines.extend(closed(page, session, closing)),
    }
    let width = lines.iter().map(|(label, _)| columns(label)).max().unwrap_or(0);
    lines.into_iter().map(|(label, value)| format!("{}  {value}\n", page.ink(Ink::Dim, pad(label, width)))).collect()
}

fn facts(page: &Page, id: SessionId, session: &Session) -> Vec<(&'static str, String)> {
    let state = match (&session.closing, session.settled) {
        (_, true) => page.of("settled", "已结算"),
        (Some(_), false) => page.of("closed", "已交班"),
        (None, false) => page.of("open", "进行中"),
    };
    let tickets = page.of(
        format!("{} stand, {} voided", session.tickets.used, session.tickets.voided),
        format!("有效 {}，作废 {}", session.tickets.used, session.tickets.voided),
    );
    let mut lines = vec![
        (page.of("session", "班次"), format!("…{} · {state} · {}", id.short(), page.clock.moment(session.opened.wall))),
        (page.of("float", "备用金"), session.float.to_string()),
        (page.of("receipts", "票据"), tickets),
        (page.of("collected", "收款"), amounts(page, session.collected)),
    ];
    if session.voided.total().is_positive() {
        lines.push((page.of("voided", "作废"), amounts(page, session.voided)));
    }
    if session.refunded.is_positive() {
        lines.push((page.of("refunded", "退款"), session.refunded.to_string()));
    }
    for deposit in &session.deposits {
        let confirmed = if deposit.confirmed.is_some() { page.of(" · confirmed", " · 已确认") } else { "" };
        let amount = amounts(page, deposit.declared.or(deposit.confirmed).unwrap_or_default());
        lines.push((page.of("deposit", "解款"), format!("{}  {amount}{confirmed}", plain(&deposit.slip))));
    }
    lines
}

fn closed(page: &Page, session: &Session, closing: &Closing) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        (page.of("counted", "清点"), amounts(page, closing.counted)),
        (page.of("float left", "留备用金"), closing.float_left.to_string()),
    ];
    if closing.count_break() != Fen::ZERO {
        let reason = closing.reason.as_deref().map(plain).unwrap_or_default();
        lines.push((page.of("missing", "差额"), page.ink(Ink::Bad, format!("{}  {reason}", closing.count_break()))));
    }
    let left = closing.deposited + closing.counted - Amounts::cash(closing.float_left) - session.declared();
    if !session.settled && left.total().is_positive() {
        lines.push((page.of("to deposit", "待解款"), page.ink(Ink::Warn, amounts(page, left))));
    }
    lines
}

fn method(page: &Page, method: &Method) -> &'static str {
    match method {
        Method::Cash => page.of("cash", "现金"),
        Method::Cheque { .. } => page.of("cheque", "支票"),
        Method::Terminal { .. } => page.of("terminal", "终端"),
    }
}

/// `1250.00 cash, 86.40 cheques`.
fn amounts(page: &Page, amounts: Amounts) -> String {
    let parts = [
        (amounts.cash, page.of("cash", "现金")),
        (amounts.cheque, page.of("cheques", "支票")),
        (amounts.terminal, page.of("terminal", "终端")),
    ];
    let named: Vec<String> =
        parts.iter().filter(|(amount, _)| *amount != Fen::ZERO).map(|(amount, name)| format!("{amount} {name}")).collect();
    if named.is_empty() { Fen::ZERO.to_string() } else { named.join(", ") }
}
