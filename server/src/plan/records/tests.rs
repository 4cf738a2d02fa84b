use super::*;

fn all(text: &str) -> Vec<(u64, Vec<String>, bool)> {
    let owned = |record: Record<'_>| (record.line, record.fields.iter().map(ToString::to_string).collect(), record.misquoted);
    Records::new(text, ',').map(owned).collect()
}

fn record(line: u64, fields: &[&str]) -> (u64, Vec<String>, bool) {
    (line, fields.iter().map(ToString::to_string).collect(), false)
}

#[test]
fn fields_are_split_and_unquoted() {
    assert_eq!(all("a,,c\n,\n"), [record(1, &["a", "", "c"]), record(2, &["", ""])]);
    assert_eq!(all("\"a,b\",\"c\"\"d\", \"e\" ,\"\""), [record(1, &["a,b", "c\"d", "e", ""])]);
    assert_eq!(all("a\"b,5\" pipe"), [record(1, &["a\"b", "5\" pipe"])], "a mark inside a field is a mark");
    assert_eq!(all("a,"), [record(1, &["a", ""])]);
    assert_eq!(all(""), []);
}

#[test]
fn every_kind_of_line_break_ends_a_line_and_counts_once() {
    assert_eq!(all("a\r\nb\rc\nd"), [record(1, &["a"]), record(2, &["b"]), record(3, &["c"]), record(4, &["d"])]);
    assert_eq!(all("\"a\r\nb\rc\n\"\nd"), [record(1, &["a\r\nb\rc\n"]), record(5, &["d"])]);
    assert_eq!(all("a\n\n\nb"), [record(1, &["a"]), record(2, &[""]), record(3, &[""]), record(4, &["b"])]);
}

#[test]
fn a_wrong_mark_costs_one_line() {
    let bad = |line, fields: &[&str]| (line, fields.iter().map(ToString::to_string).collect(), true);
    assert_eq!(all("a,\"b\nc"), [bad(1, &["a"]), record(2, &["c"])]);
    assert_eq!(all("\"a\"b\nc"), [bad(1, &[]), record(2, &["c"])]);
    assert_eq!(all("\"a\nb\"x,\nc"), [bad(1, &[]), record(2, &["b\"x", ""]), record(3, &["c"])]);
}

#[test]
fn a_delimiter_may_be_a_blank() {
    let records: Vec<Record<'_>> = Records::new("a\t\t\"b\"\t\n", '\t').collect();
    assert_eq!(records, [Record { line: 1, fields: vec!["a".into(), "".into(), "b".into(), "".into()], misquoted: false }]);
}
