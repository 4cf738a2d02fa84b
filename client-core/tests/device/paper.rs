//! What a customer holds.

use linecrew_client::collection::{Paper, PaperLanguage, PrintError};
use linecrew_protocol::model::collection::{Fen, Method};

use crate::{collecting::on_a_round, phone::Mood};

const ENGLISH: Paper = Paper { language: PaperLanguage::English, offset: linecrew_protocol::calendar::UtcOffset::CHINA };

#[test]
fn a_receipt_in_chinese() {
    let (phone, _, _, bills) = on_a_round(10, 1);
    phone.keystore.set(Mood::Works);
    let issued = phone.client.collect(bills[0], Fen(10_000), Method::Cash).unwrap();
    let (code, (start, end)) = (&issued.code, issued.code.split_at(4));
    let expected = format!(
        "            收费收据
--------------------------------
票号 FZ-00000001
时间 2026-09-21 22:13
户号 3501000001
户名 陈秀英
账期 2026-10
应收 86.40
实收 ￥100.00
大写 壹佰元整
其中预存 13.60
方式 现金
收费员 林强
--------------------------------
验证码 {code}
扫码或登录以下网址核验
http://localhost/v1/receipts/ver
ify?number=FZ-00000001&code={start}
{end}
--------------------------------
           请妥善保管
"
    );
    assert_eq!(phone.client.print_text(&issued.ticket, Paper::default()).unwrap(), expected);
}

#[test]
fn a_receipt_in_english_that_is_not_signed_yet_ends_with_an_asterisk() {
    let (phone, _, _, bills) = on_a_round(10, 1);
    let method =
        Method::Cheque { number: "0017".to_owned(), bank: "Industrial Bank, Gulou branch".to_owned(), date: "2026-11-28".to_owned() };
    let issued = phone.client.collect(bills[0], Fen(5_000), method).unwrap();
    let text = phone.client.print_text(&issued.ticket, ENGLISH).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let body = [
        "            RECEIPT",
        "--------------------------------",
        "No. FZ-00000001",
        "Time 2026-09-21 22:13",
        "Account 3501000001",
        "Customer 陈秀英",
        "Period 2026-10",
        "Due 86.40",
        "Paid CNY 50.00",
        "Still due 36.40",
        "By cheque 0017 Industrial Bank, ",
        "   Gulou branch 2026-11-28",
        "Collector 林强",
    ];
    assert_eq!(lines[..body.len()], body);
    assert_eq!(lines.last(), Some(&"*"), "{text}");
    assert!(!text.to_lowercase().contains("sign"));
    phone.keystore.set(Mood::Works);
    phone.client.attest().unwrap();
    assert!(!phone.client.print_text(&issued.ticket, ENGLISH).unwrap().contains("*"));
}

#[test]
fn a_voided_receipt_says_so() {
    let (phone, _, _, bills) = on_a_round(10, 1);
    phone.keystore.set(Mood::Works);
    let issued = phone.client.collect(bills[0], Fen(8_640), Method::Cash).unwrap();
    phone.client.void_receipt(&issued.ticket, "户号有误").unwrap();
    let text = phone.client.print_text(&issued.ticket, Paper::default()).unwrap();
    let void = "--------------------------------
作废时间 2026-09-21 22:13
退还 ￥86.40
大写 捌拾陆元肆角整
原因 户号有误
--------------------------------
";
    assert!(text.starts_with("            收费收据\n         ＊＊ 作废 ＊＊\n---"), "{text}");
    assert!(text.contains(void), "{text}");
    assert!(phone.client.print_text(&issued.ticket, ENGLISH).unwrap().contains("** VOID **"));
}

#[test]
fn only_what_was_issued_here_is_printed() {
    let (phone, _, _, bills) = on_a_round(10, 1);
    let unknown = "FZ-00000007".parse().unwrap();
    assert!(matches!(phone.client.print_text(&unknown, Paper::default()), Err(PrintError::UnknownTicket { .. })));
    assert!(matches!(phone.client.print_png(&unknown), Err(PrintError::UnknownTicket { .. })));
    let issued = phone.client.collect(bills[0], Fen(1), Method::Cash).unwrap();
    let png = phone.client.print_png(&issued.ticket).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
}
