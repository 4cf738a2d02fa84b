//! The list of items.

use linecrew_client::{ItemRow, StatusView, protocol::model::repair::Priority};

use super::{arrival::verdict, safety::safety};
use crate::{
    page::{Ink, Page},
    width::{clip, columns, pad, plain},
    words,
};

/// Columns that an address gets at least, however narrow the terminal.
const MIN_PLACE: usize = 12;

/// One row before it is aligned.
struct Line {
    mark: (Ink, &'static str),
    number: String,
    state: String,
    clock: (Ink, String),
    place: String,
    edits: (Ink, String),
}

/// The items, one line each, and what is safe.
pub(crate) fn list(page: &Page, rows: &[ItemRow], status: &StatusView) -> String {
    let lines: Vec<Line> = rows.iter().map(|row| line(page, row)).collect();
    let widest = |of: fn(&Line) -> &str| lines.iter().map(|line| columns(of(line))).max().unwrap_or(0);
    let (number, state, clock) = (widest(|line| &line.number), widest(|line| &line.state), widest(|line| &line.clock.1));
    let edits = widest(|line| &line.edits.1);
    let place = page.columns.saturating_sub(2 + number + state + clock + edits + 8).max(MIN_PLACE);
    let mut text = String::new();
    for line in &lines {
        let cells = [
            page.ink(line.mark.0, line.mark.1),
            page.ink(Ink::Bold, pad(&line.number, number)),
            format!(" {}", pad(&line.state, state)),
            format!(" {}", page.ink(line.clock.0, pad(&line.clock.1, clock))),
            format!(" {}", pad(&clip(&line.place, place), if line.edits.1.is_empty() { 0 } else { place })),
            format!(" {}", page.ink(line.edits.0, &line.edits.1)),
        ];
        text.push_str(cells.join(" ").trim_end());
        text.push('\n');
    }
    if rows.is_empty() {
        let nothing = page.of("No items on this phone.", "本机没有工单。");
        text.push_str(&page.ink(Ink::Dim, nothing));
        text.push('\n');
    }
    text + "\n" + &safety(page, status)
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
    let place = format!("{}  {}", plain(&row.site.address), words::fault(page.lang, row.fault.category));
    let state = match &item.withdrawn {
        Some(_) => page.of("taken away", "已收回"),
        None => words::state(page.lang, row.state),
    };
    Line { mark, number: plain(&row.number), state: state.to_owned(), clock: verdict(page, &row.arrival), place, edits: edits(page, item) }
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
