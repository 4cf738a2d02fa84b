//! The list of items.

use linecrew_client::{
    ItemRow, StatusView,
    protocol::model::work::{Priority, WorkRow},
};
use serde_json::Value;

use super::{body, clock, safety::safety};
use crate::{
    described,
    page::{Ink, Page},
    width::{clip, columns, pad, plain},
};

/// Columns that an address gets at least in one line; with fewer, an item takes two.
const MIN_PLACE: usize = 12;

/// One row before it is aligned.
struct Line {
    mark: (Ink, &'static str),
    number: String,
    kind: String,
    state: String,
    clock: (Ink, String),
    place: String,
    edits: (Ink, String),
}

/// The items, one line each where the terminal is wide enough, and what is safe.
pub(crate) fn list(page: &Page, rows: &[ItemRow], status: &StatusView) -> String {
    let lines: Vec<Line> = rows.iter().map(|row| line(page, row)).collect();
    let mut text = table(page, &lines).unwrap_or_else(|| lines.iter().map(|line| stacked(page, line)).collect());
    if rows.is_empty() {
        let nothing = page.of("No items on this phone.", "本机没有工单。");
        text.push_str(&page.ink(Ink::Dim, nothing));
        text.push('\n');
    }
    text + "\n" + &safety(page, status)
}

/// Everything in columns; `None` when the terminal is too narrow.
fn table(page: &Page, lines: &[Line]) -> Option<String> {
    let widest = |of: fn(&Line) -> &str| lines.iter().map(|line| columns(of(line))).max().unwrap_or(0);
    let (number, state, clock) = (widest(|line| &line.number), widest(|line| &line.state), widest(|line| &line.clock.1));
    let edits = widest(|line| &line.edits.1);
    // On a phone of one kind, nobody has to be told which.
    let differ = lines.windows(2).any(|pair| matches!(pair, [one, other] if one.kind != other.kind));
    let kind = if differ { widest(|line| &line.kind) + 2 } else { 0 };
    let place = page.columns.checked_sub(2 + number + kind + state + clock + edits + 8).filter(|place| *place >= MIN_PLACE)?;
    let mut text = String::new();
    for line in lines {
        let cells = [
            page.ink(line.mark.0, line.mark.1),
            page.ink(Ink::Bold, pad(&line.number, number)),
            format!(" {}{}", if differ { pad(&line.kind, kind) } else { String::new() }, pad(&line.state, state)),
            format!(" {}", page.ink(line.clock.0, pad(&line.clock.1, clock))),
            format!(" {}", pad(&clip(&line.place, place), if line.edits.1.is_empty() { 0 } else { place })),
            format!(" {}", page.ink(line.edits.0, &line.edits.1)),
        ];
        text.push_str(cells.join(" ").trim_end());
        text.push('\n');
    }
    Some(text)
}

/// The same in several lines, each no wider than the terminal.
fn stacked(page: &Page, line: &Line) -> String {
    let width = page.columns.saturating_sub(2);
    let head = clip(&format!("{}  {}  {}", line.number, line.state, line.kind), width);
    let mut text = format!("{} {}\n", page.ink(line.mark.0, line.mark.1), page.ink(Ink::Bold, head));
    for (ink, words) in [&line.clock, &(Ink::Dim, line.place.clone()), &line.edits] {
        if !words.is_empty() {
            text += &format!("  {}\n", page.ink(*ink, clip(words, width)));
        }
    }
    text
}

fn line(page: &Page, item: &ItemRow) -> Line {
    let row = &item.row;
    let urgent = row.priority == Priority::Urgent;
    let attention = !row.attention.is_empty() || item.edits.needs_attention > 0 || item.withdrawn.is_some() || item.damage.is_some();
    let mark = match (attention, urgent) {
        (true, _) => (Ink::Bad, "!"),
        (false, true) => (Ink::Warn, "●"),
        (false, false) => (Ink::Dim, "·"),
    };
    let place = plain(&format!("{}  {}", row.site.address, about(page, row)));
    let kind = plain(described::kind_label(page.lang, &row.kind));
    let state = match &item.withdrawn {
        Some(_) => page.of("Taken away", "已收回"),
        None => described::state(page.lang, &row.kind, &row.state),
    };
    Line { mark, number: plain(&row.number), kind, state: plain(state), clock: clock::of_row(page, row), place, edits: edits(page, item) }
}

/// What is to be done: the first thing that the kind's order says.
fn about(page: &Page, row: &WorkRow) -> String {
    let about = described::kind(&row.kind).map(|kind| kind.about).unwrap_or_default();
    let first = body::lines(page, about, &Value::Object(row.about.clone())).into_iter().next();
    first.map(|(_, value)| value).unwrap_or_default()
}

/// What of this phone's edits is not safe; nothing to say when all are.
fn edits(page: &Page, item: &ItemRow) -> (Ink, String) {
    let counts = item.edits;
    let waiting = counts.saved_here.saturating_add(counts.sent);
    if counts.needs_attention > 0 {
        let count = counts.needs_attention;
        return (Ink::Bad, page.of(format!("{count} not taken"), format!("{count} 项未被接受")));
    }
    if waiting > 0 {
        return (Ink::Warn, page.of(format!("{waiting} not safe"), format!("{waiting} 项未上传")));
    }
    (Ink::Dim, String::new())
}
