//! Entries as a table for spreadsheets.

use linecrew_protocol::model::collection::ledger::ReceiptState;
use linecrew_server::store::sqlite::AuditedEntry;

const HEADER: [&str; 18] = [
    "position",
    "device",
    "seq",
    "act",
    "collector",
    "collector_name",
    "number",
    "account",
    "period",
    "amount_yuan",
    "amount_fen",
    "method",
    "session",
    "day",
    "state",
    "received_at_ms",
    "signature",
    "hash",
];

/// The whole table: UTF-8 with the mark that spreadsheets need to see that it is, and line ends as RFC 4180 has them.
pub(super) fn of(entries: &[AuditedEntry]) -> String {
    let rows = entries.iter().map(|entry| line(cells(entry).iter().map(String::as_str)));
    let mut text = format!("\u{feff}{}", line(HEADER));
    text.extend(rows);
    text
}

fn cells(entry: &AuditedEntry) -> [String; 18] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let shown = |value: Option<String>| value.unwrap_or_default();
    [
        entry.position.to_string(),
        entry.device.to_string(),
        entry.seq.to_string(),
        entry.act.clone(),
        entry.collector.to_string(),
        text(&entry.collector_name),
        shown(entry.ticket.as_ref().map(ToString::to_string)),
        text(&entry.account),
        text(&entry.period),
        entry.amount.to_string(),
        entry.amount.0.to_string(),
        entry.method.unwrap_or_default().to_owned(),
        shown(entry.session.map(|session| session.to_string())),
        text(&entry.day),
        entry.state.map(state).unwrap_or_default().to_owned(),
        entry.received_at.as_unix_millis().to_string(),
        shown(entry.signature.map(|signature| signature.to_string())),
        entry.hash.to_string(),
    ]
}

fn state(state: ReceiptState) -> &'static str {
    match state {
        ReceiptState::Counted => "counted",
        ReceiptState::Voided => "voided",
        ReceiptState::Refunded => "refunded",
        ReceiptState::Disputed => "disputed",
    }
}

fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// A text that a spreadsheet would take for a formula begins with an apostrophe instead; a number, which may begin with a minus, stays one.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(text);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.split('.').count() <= 2
        && digits.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+86 591", "'+86 591"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("-86.40", "-86.40"),
            ("-8640", "-8640"),
            ("-", "'-"),
            ("陈, 亮", "\"陈, 亮\""),
            ("35-1", "35-1"),
        ] {
            assert_eq!(cell(text), written, "{text}");
        }
    }

    #[test]
    fn the_table_begins_with_the_mark_of_its_encoding() {
        assert!(of(&[]).starts_with("\u{feff}position,device,seq,"));
        assert!(of(&[]).ends_with("signature,hash\r\n"));
    }
}
