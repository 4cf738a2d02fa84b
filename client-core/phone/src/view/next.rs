//! What can be done now.

use crate::{
    next::Hint,
    page::{Ink, Page},
    width::{columns, pad},
};

/// One step a line: what it does, and what to type. On a narrow terminal the command stands below.
pub(crate) fn next(page: &Page, hints: &[Hint]) -> String {
    if hints.is_empty() {
        return format!("{}\n", page.ink(Ink::Dim, page.of("nothing is left to do here", "本工单没有可执行的步骤")));
    }
    let widest = hints.iter().map(|hint| columns(&hint.label)).max().unwrap_or(0);
    let fits = hints.iter().all(|hint| widest + 2 + columns(&hint.command) <= page.columns);
    let line = |hint: &Hint| {
        if fits {
            return format!("{}  {}\n", page.ink(Ink::Dim, pad(&hint.label, widest)), hint.command);
        }
        format!("{}\n    {}\n", page.ink(Ink::Dim, &hint.label), hint.command)
    };
    hints.iter().map(line).collect()
}
