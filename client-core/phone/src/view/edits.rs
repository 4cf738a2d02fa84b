//! The edits of this phone.

use linecrew_client::EditView;

use crate::{
    described,
    page::{Ink, Page},
    width::{columns, pad, plain},
    words,
};

/// The edits, in the order in which they were made.
pub(crate) fn edits(page: &Page, edits: &[EditView]) -> String {
    if edits.is_empty() {
        return format!("{}\n", page.ink(Ink::Dim, page.of("no edits to show", "没有可显示的修改")));
    }
    let number = |edit: &EditView| plain(&edit.number.clone().unwrap_or_else(|| format!("…{}", edit.document.short())));
    let kind = |edit: &EditView| plain(described::event(page.lang, None, &edit.kind));
    let when = |edit: &EditView| page.clock.moment(edit.saved_at);
    let widest = |of: &dyn Fn(&EditView) -> String| edits.iter().map(|edit| columns(&of(edit))).max().unwrap_or(0);
    let (numbers, kinds, times) = (widest(&number), widest(&kind), widest(&when));
    let line = |edit: &EditView| {
        let (ink, place) = words::whereabouts(page, &edit.status);
        format!(
            "{:>4}  {}  {}  {}  {}\n",
            edit.device_seq,
            pad(&when(edit), times),
            pad(&number(edit), numbers),
            pad(&kind(edit), kinds),
            page.ink(ink, place)
        )
    };
    edits.iter().map(line).collect()
}
