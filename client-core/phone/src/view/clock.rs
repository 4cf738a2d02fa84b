//! The clocks: due times and verdicts.

use linecrew_client::protocol::{
    model::work::{WorkRow, clocks::ClockView},
    time::{Interval, Verdict},
};

use crate::{
    described,
    page::{Ink, Page},
};

/// Less than this left shows as a warning.
const SOON_MS: u64 = 15 * 60_000;

/// The clock that matters most in a list: the first that still runs, or else the last one; without any, the appointment.
pub(super) fn of_row(page: &Page, row: &WorkRow) -> (Ink, String) {
    let running = row.clocks.iter().find(|clock| clock.verdict == Verdict::Awaiting);
    match (running.or(row.clocks.last()), row.appointment) {
        (Some(clock), _) => verdict(page, clock),
        (None, Some(at)) => {
            let when = page.clock.moment(at);
            (Ink::Bold, page.of(format!("booked {when}"), format!("预约 {when}")))
        }
        (None, None) => (Ink::Dim, String::new()),
    }
}

/// Every clock with its name, for the page of one item.
pub(super) fn named<'a>(page: &'a Page, row: &'a WorkRow) -> impl Iterator<Item = (&'a str, String)> {
    row.clocks.iter().map(|clock| {
        let (ink, words) = verdict(page, clock);
        let stopped = clock.stopped.map(|stopped| format!(" · {}", interval(page, stopped))).unwrap_or_default();
        (described::clock(page.lang, &row.kind, &clock.name), format!("{}{stopped}", page.ink(ink, words)))
    })
}

/// The verdict in a few words, with its colour. Overdue is not yet breached: a crew mate may have arrived offline.
fn verdict(page: &Page, clock: &ClockView) -> (Ink, String) {
    let due = page.clock.moment(clock.due_at);
    let (now, due_at) = (page.clock.now, clock.due_at);
    match clock.verdict {
        Verdict::Awaiting if now <= due_at => {
            let left = due_at.since_ms(now);
            let ink = if left < SOON_MS { Ink::Warn } else { Ink::Bold };
            let span = page.span(left);
            (ink, page.of(format!("due {due}, {span} left"), format!("限 {due}，剩 {span}")))
        }
        Verdict::Awaiting => {
            let span = page.span(now.since_ms(due_at));
            (Ink::Bad, page.of(format!("due {due}, {span} over"), format!("限 {due}，超 {span}")))
        }
        Verdict::Met => (Ink::Good, page.of(format!("due {due} ✓ met"), format!("限 {due} ✓ 达标"))),
        Verdict::Breached => (Ink::Bad, page.of(format!("due {due} ✗ missed"), format!("限 {due} ✗ 超时"))),
        Verdict::Undecidable => (Ink::Warn, page.of(format!("due {due} ? unclear"), format!("限 {due} ? 待定"))),
    }
}

/// What can be proven about a moment.
fn interval(page: &Page, interval: Interval) -> String {
    let text = |time| page.clock.moment(time);
    match (interval.earliest.map(text), interval.latest.map(text)) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => page.of(format!("{from} to {to}"), format!("{from} 至 {to}")),
        (Some(from), None) => page.of(format!("{from} or later"), format!("{from} 之后")),
        (None, Some(to)) => page.of(format!("{to} or earlier"), format!("{to} 之前")),
        (None, None) => page.of("not provable".to_owned(), "无法证明".to_owned()),
    }
}
