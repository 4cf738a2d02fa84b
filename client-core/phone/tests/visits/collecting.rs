//! A collector's round in the terminal, in the order that `--help` teaches.

use linecrew_client::{EditsFilter, collection::Custody};

use crate::{office::Office, phone::Phone, terminal::Terminal};

fn on_a_round() -> (Office, Terminal) {
    let mut office = Office::new();
    let phone = Phone::new(1);
    office.lease(&phone, 50);
    for n in 1..=3 {
        office.bill(&phone, n, 8_640);
    }
    phone.sync(&mut office);
    (office, Terminal::of(phone))
}

#[test]
fn a_round_from_the_book_to_the_bank() {
    let (mut office, terminal) = on_a_round();
    terminal.types("book").is(0, &["FZ-00000001 – FZ-00000050", "not drawn yet"]);
    terminal.types("collect 3501000001 86.40").is(3, &["no cash session is open"]);
    terminal.types("book take").is(0, &["✓ Book drawn · saved on this phone"]);
    terminal.types("session open 200").is(0, &["✓ Session opened", "in hand: 200.00 cash"]);
    terminal.types("due").is(0, &["3501000001  陈秀英  2026-10      86.40  鼓楼区东街 001 号", "3 amounts, 259.20 open"]);
    let issued = terminal.types("collect 3501000001 100");
    issued.is(0, &["✓ FZ-00000001 · 100.00 · saved on this phone", "13.60 of it is paid ahead", "linecrew-phone print FZ-00000001"]);
    issued.is(0, &["will be sent when there is a connection"]);
    terminal.types("collect 3501000002 50 --terminal T-7").is(0, &["FZ-00000002", "36.40 is still open"]);
    terminal.types("collect 3501000003 86.4 --cheque 0017,ICBC,2026-11-28").is(0, &["FZ-00000003"]);
    terminal.types("due").is(0, &["36.40", "partly paid", "1 amounts, 36.40 open"]);
    terminal.types("due --all 东街").is(0, &["paid", "3 amounts"]);
    terminal.types("void 3 --reason 'wrong cheque'").is(0, &["✓ Receipt voided", "in hand: 300.00 cash, 50.00 terminal"]);
    terminal.types("refund 1 5 --reason asked").is(3, &["only a cashier does this"]);
    terminal.types("receipts").is(0, &["FZ-00000001", "saved here", "FZ-00000003", "voided"]);
    terminal.types("deposit S-1 cash=100,terminal=50 --bank ICBC").is(0, &["✓ Money deposited", "in hand: 200.00 cash"]);
    terminal.types("session").is(0, &["open", "100.00 cash, 86.40 cheques, 50.00 terminal", "S-1", "in hand", "200.00 cash"]);
    terminal.types("session close 195 --float-left 195").is(3, &["5.00 is missing", "say why"]);
    terminal.types("session close 195 --float-left 195 --reason 'dropped a note'").is(0, &["✓ Session closed"]);
    terminal.types("session show").is(0, &["closed", "missing", "5.00  dropped a note"]);
    terminal.types("book return").is(0, &["✓ Book returned"]);
    terminal.types("book").is(0, &["47 returned", "2 used, 1 voided"]);
    terminal.types("status").is(0, &["ticket books 1 · amounts due 3", "9 entries about money are on this phone only"]);
    let phone = terminal.syncs(&mut office);
    assert!(office.is_equal_to(&phone));
    let receipts = phone.client.receipts().unwrap();
    assert!(receipts.iter().all(|receipt| receipt.signed && receipt.custody == Custody::SafeOnServer), "{receipts:?}");
    Terminal::of(phone).types("receipts").is(0, &["safe on the server"]);
}

#[test]
fn what_cannot_be_done_says_what_can() {
    let (_, terminal) = on_a_round();
    terminal.types("collect 9 1").is(4, &["nothing on this phone is due for account \"9\"", "linecrew-phone due"]);
    terminal.types("collect 3501000001 1,5").is(2, &["not an amount in yuan"]);
    terminal.types("collect 3501000001 1 --cash --terminal T").is(2, &["cannot be used with"]);
    terminal.types("print 7").is(4, &["no receipt on this phone"]);
    terminal.types("print FZ-00000007").is(4, &["no receipt FZ-00000007 was issued"]);
    terminal.types("book return FZ-00000099").is(4, &["no ticket book"]);
    terminal.types("void 1 --reason x").is(4, &["no receipt on this phone has the number \"1\""]);
    terminal.types("deposit S-1 gold=1 --bank ICBC").is(2, &["none of cash, cheque and terminal"]);
    terminal.types("book 7").is(2, &["<TIME>"]);
    terminal.types("book 7 14:00").is(4, &["no item on this phone"]);
    terminal.does(&["session open 0", "collect 3501000001 86.40"]);
    terminal.types("collect 3501000001 1").is(3, &["nothing is open for account 3501000001, 2026-10"]);
    let key = terminal.path("device.key");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).unwrap().permissions()) & 0o777, 0o600);
    std::fs::write(&key, [0; 7]).unwrap();
    terminal.types("collect 3501000002 1").is(1, &["holds no key"]);
}

#[test]
fn paper_pictures_and_scripts() {
    let (_, terminal) = on_a_round();
    terminal.does(&["session open 0"]);
    let issued: serde_json::Value = serde_json::from_str(&terminal.types("collect 3501000001 86.40 --json").text).unwrap();
    assert_eq!((issued["ticket"].as_str(), issued["receipt"]["amount"].as_i64()), (Some("FZ-00000001"), Some(8_640)));
    terminal.types("print 1").is(0, &["RECEIPT", "CNY 86.40", "Code ", issued["code"].as_str().unwrap()]);
    terminal.does(&["print FZ-00000001 --png code.png"]);
    assert!(std::fs::read(terminal.path("code.png")).unwrap().starts_with(b"\x89PNG"));
    let json = |line: &str| serde_json::from_str::<serde_json::Value>(&terminal.types(line).text).unwrap();
    assert_eq!(json("due --json")["due"].as_array().unwrap().len(), 2);
    assert_eq!(json("receipts --json")["receipts"][0]["custody"], "saved_here");
    assert_eq!(json("book --json")["books"][0]["book"]["used"], 1);
    assert!(json("session show --json")["open"].is_string());
    let terminal = terminal.lang("zh");
    terminal.types("print 1").is(0, &["收费收据", "捌拾陆元肆角整"]);
    terminal.types("receipts").is(0, &["仅存本机", "现金"]);
    terminal.types("session").is(0, &["应在手", "86.40 现金"]);
    terminal.types("collect 3501000001 1").is(3, &["户号 3501000001 账期 2026-10 无欠费"]);
    terminal.types("book").is(0, &["剩 49/50 张"]);
}

#[test]
fn a_refused_receipt_shows_in_the_inbox_with_everything_on_it() {
    let (mut office, terminal) = on_a_round();
    terminal.does(&["session open 0", "collect 3501000001 86.40"]);
    let phone = terminal.opens();
    let receipt = phone.client.edits(EditsFilter::default()).unwrap().last().unwrap().device_seq;
    office.refuse.insert((phone.client.installation(), receipt), linecrew_client::protocol::Reason::TicketTaken);
    phone.sync(&mut office);
    let terminal = Terminal::of(phone);
    terminal.types("inbox").is(0, &["not taken", "Receipt", "FZ-00000001", "8640"]);
    terminal.types("receipts").is(0, &["not taken: see inbox"]);
    terminal.types("status").is(0, &["1 entries about money were not taken"]);
}
