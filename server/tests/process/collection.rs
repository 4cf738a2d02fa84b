//! Field collection on the command line.

use std::{fmt::Write as _, path::PathBuf, time::Duration, time::Instant};

use linecrew_protocol::ids::{InstallationId, PersonId};
use linecrew_server::{
    UtcOffset, open_store,
    store::{Store, collection::ReceivableFilter, register::Enrolled},
};
use tempfile::TempDir;

use crate::{
    child::{linecrew, linecrew_unread},
    phones::enrolled,
};

const ORGANISATION: &str = r#"{
    "districts": [{"id": "01931c6e-7d00-7000-8000-0000000000d1", "name": "鼓楼"}],
    "people": [
        {"id": "01931c6e-7d00-7000-8000-000000000001", "name": "陈梅", "username": "mei", "password": "a long password",
         "roles": [{"role": "collector", "district": "01931c6e-7d00-7000-8000-0000000000d1"}]},
        {"id": "01931c6e-7d00-7000-8000-000000000002", "name": "林芳", "username": "lin", "password": "a long password",
         "roles": [{"role": "dispatcher"}]}]}"#;
const MEI: &str = "01931c6e-7d00-7000-8000-000000000001";
const PHONE: &str = "01931c6e-7d00-7000-8000-0000000000f1";
const HEADING: &str = "凭证号,户号,户名,地址,电费年月,应收金额,收费员\n";

fn organised() -> TempDir {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("people.json");
    std::fs::write(&file, ORGANISATION).unwrap();
    linecrew(&["admin", "import", file.to_str().unwrap()], data.path(), "").unwrap();
    data
}

fn written(data: &TempDir, text: &str) -> PathBuf {
    let file = data.path().join("receivables.csv");
    std::fs::write(&file, text).unwrap();
    file
}

fn import(data: &TempDir, file: &std::path::Path) -> Result<String, String> {
    linecrew(&["receivables", "import", "--district", "鼓楼", file.to_str().unwrap()], data.path(), "")
}

/// Every amount in the store, by reference.
async fn billed(data: &TempDir) -> Vec<(String, i64)> {
    let store = open_store(data.path(), UtcOffset::CHINA).unwrap();
    let due = store.receivables(ReceivableFilter::default()).await.unwrap();
    store.close().unwrap();
    let mut due: Vec<(String, i64)> = due.into_iter().map(|due| (due.due.reference, due.due.amount.0)).collect();
    due.sort_unstable();
    due
}

#[tokio::test]
async fn receivables_are_taken_in_once_and_bad_rows_are_named() {
    let data = organised();
    let good = format!("{HEADING}B-1,3501-1,陈秀英,东街口 12 号,2026-10,86.40,mei\nB-2,3501-2,林,,2026-10,0.05,mei\n");
    let file = written(&data, &good);
    assert_eq!(import(&data, &file).unwrap(), "2 new, 0 there already; 0 problems\n");
    assert_eq!(import(&data, &file).unwrap(), "0 new, 2 there already; 0 problems\n");
    let more =
        format!("{good}B-3,3501-3,黄,,2026-10,八十,lin\nB-1,3501-1,陈秀英,东街口 12 号,2026-10,99.00,mei\nB-4,3501-4,周,,2026-10,7,mei\n");
    let said = import(&data, &written(&data, &more)).unwrap_err();
    for words in [
        "line 4, column 6 (应收金额)",
        "line 4, column 7 (收费员): is nobody who collects money",
        "line 5, reference B-1",
        "not everything was taken in",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let expected = [("B-1", 8_640), ("B-2", 5), ("B-4", 700)].map(|(reference, fen)| (reference.to_owned(), fen));
    assert_eq!(billed(&data).await, expected, "the neighbours are there, and what was due stays");
    let nowhere = linecrew(&["receivables", "import", "--district", "月球", file.to_str().unwrap()], data.path(), "").unwrap_err();
    assert!(nowhere.contains("鼓楼"), "{nowhere}");
    let said = import(&data, &written(&data, "户号,户名\n1,陈\n")).unwrap_err();
    assert!(said.contains("凭证号") && said.contains("电费年月"), "{said}");
}

#[tokio::test]
async fn a_spreadsheets_encoding_changes_nothing() {
    let data = organised();
    let text = format!("\u{FEFF}{HEADING}B-1,3501-1,陈秀英,东街口 12 号,2026-10,86.40,mei\r\n");
    assert_eq!(import(&data, &written(&data, &text)).unwrap(), "1 new, 0 there already; 0 problems\n");
    let file = data.path().join("gb18030.csv");
    // 凭证号, 户号 and so on, as a Chinese spreadsheet writes them.
    let (bytes, _, _) = encoding_rs::GB18030.encode(text.trim_start_matches('\u{FEFF}'));
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(import(&data, &file).unwrap(), "0 new, 1 there already; 0 problems\n");
}

/// So long may 10,000 rows take, on a machine that does other things too.
const TEN_THOUSAND: Duration = Duration::from_secs(60);

#[tokio::test]
async fn ten_thousand_receivables_take_seconds() {
    let data = organised();
    let mut text = HEADING.to_owned();
    for number in 0..10_000 {
        writeln!(text, "B-{number},3501-{number},客户{number},东街口 {number} 号,2026-10,{number}.50,mei").unwrap();
    }
    let file = written(&data, &text);
    let begun = Instant::now();
    assert_eq!(import(&data, &file).unwrap(), "10000 new, 0 there already; 0 problems\n");
    println!("10,000 receivables: {:?}", begun.elapsed());
    assert!(begun.elapsed() < TEN_THOUSAND, "{:?}", begun.elapsed());
    let begun = Instant::now();
    assert_eq!(import(&data, &file).unwrap(), "0 new, 10000 there already; 0 problems\n");
    println!("again: {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_book_is_leased_to_a_collectors_own_phone() {
    let data = organised();
    let lease = |collector: &str, device: &str, count: &str| {
        linecrew(&["book", "lease", "--collector", collector, "--device", device, "--count", count], data.path(), "")
    };
    assert!(lease("mei", PHONE, "20").unwrap_err().contains("phone"), "nobody has signed in on it");
    let store = open_store(data.path(), UtcOffset::CHINA).unwrap();
    let (phone, mei): (InstallationId, PersonId) = (PHONE.parse().unwrap(), MEI.parse().unwrap());
    assert_eq!(enrolled(&*store, phone, mei, "梅的手机").await, Enrolled::Done(mei));
    store.close().unwrap();
    let first = lease("mei", PHONE, "20").unwrap();
    let series = first.split('-').next().unwrap();
    assert_eq!(first, format!("{series}-00000001 to {series}-00000020: leased to 陈梅 on 梅的手机 ({PHONE})\n"));
    assert!(lease("mei", PHONE, "5").unwrap().starts_with(&format!("{series}-00000021 to {series}-00000025: ")));
    assert!(lease("nobody", PHONE, "5").unwrap_err().contains("nobody is called nobody"));
    assert!(lease("lin", PHONE, "5").is_err());
    assert!(lease("mei", PHONE, "201").unwrap_err().contains("200"));
}

#[test]
fn a_listing_that_nobody_reads_to_its_end_is_no_failure() {
    let data = organised();
    let file = data.path().join("people.json");
    for arguments in [&["form", "list"][..], &["admin", "people"], &["admin", "import", file.to_str().unwrap()]] {
        assert_eq!(linecrew_unread(arguments, data.path()), (true, String::new()), "{arguments:?}");
    }
    let wrong = written(&data, &format!("{HEADING}B-1,,,,,,\n"));
    let (well, said) = linecrew_unread(&["receivables", "import", "--district", "鼓楼", wrong.to_str().unwrap()], data.path());
    assert!(!well && said.contains("line 2, column 2") && !said.contains("panicked"), "{said}");
}
