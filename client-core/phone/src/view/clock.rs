//! The arrival clock: due time and verdict.

use linecrew_client::protocol::{
    model::repair::view::ArrivalClock,
    time::{Interval, Verdict},
};

use crate::page::{Ink, Page};

/// Less than this left shows as a warning.
const SOON_MS: u64 = 15 * 60_000;

/// The verdict in a few words, with its colour. Overdue is not yet breached: a crew mate may have arrived offline.
pub(super) fn verdict(page: &Page, clock: &ArrivalClock) -> (Ink, String) {
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
pub(super) fn interval(page: &Page, interval: Interval) -> String {
    let text = |time| page.clock.moment(time);
    match (interval.earliest.map(text), interval.latest.map(text)) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => page.of(format!("{from} to {to}"), format!("{from} 至 {to}")),
        (Some(from), None) => page.of(format!("{from} or later"), format!("{from} 之后")),
        (None, Some(to)) => page.of(format!("{to} or earlier"), format!("{to} 之前")),
        (None, None) => page.of("not provable".to_owned(), "无法证明".to_owned()),
    }
}
