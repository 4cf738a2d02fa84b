use super::*;
use linecrew_protocol::model::collection::Fen;

const WANG: PersonId = PersonId::from_bytes([7; 16]);
const HEADING: &str = "reference,account,customer,address,period,amount_yuan,collector\n";

fn read_text(text: &str) -> Result<List, PlanError> {
    read(text.as_bytes(), &Collectors(BTreeMap::from([("wang".to_owned(), WANG)])))
}

fn complaints(list: &List) -> Vec<String> {
    list.bad.iter().map(ToString::to_string).collect()
}

#[test]
fn a_list_is_read_in_english_and_in_chinese_in_any_order_and_encoding() {
    let chinese = "收费员,应收金额,电费年月,地址,户名,户号,凭证号,备注\nwang,86.40,2026-10,东街口 12 号,陈秀英,3501-1,B-1,\n";
    let english = format!("{HEADING}B-1,3501-1,陈秀英,东街口 12 号,2026-10,８６.４,wang\n");
    let list = read_text(chinese).unwrap();
    assert_eq!(list.bad, []);
    let ListRow { line, item } = &list.rows[0];
    assert_eq!((*line, item.collector, item.receivable.amount), (2, WANG, Fen(8_640)));
    assert_eq!((item.receivable.reference.as_str(), item.receivable.account.as_str()), ("B-1", "3501-1"));
    assert_eq!(read_text(&english).unwrap(), list);
    assert_eq!(read_text(&format!("\u{FEFF}{chinese}")).unwrap(), list);
    let (gb18030, _, _) = encoding_rs::GB18030.encode(chinese);
    assert_eq!(read(&gb18030, &Collectors(BTreeMap::from([("wang".to_owned(), WANG)]))).unwrap(), list);
}

#[test]
fn a_bad_row_is_named_by_line_and_column_and_its_neighbours_are_read() {
    let rows = "B-1,1,陈,,2026-10,86.40,wang\nB-2,2,林,,2026-10,1.005,li\nB-3,3,黄\n,4,周,,2026-10,0,wang\nB-5,5,吴,,2026-10,0.01,wang\n";
    let list = read_text(&format!("{HEADING}{rows}")).unwrap();
    let references: Vec<&str> = list.rows.iter().map(|row| row.item.receivable.reference.as_str()).collect();
    assert_eq!(references, ["B-1", "B-5"]);
    let expected = [
        "line 3, column 6 (amount_yuan): is not an amount in yuan above zero, such as 86.40",
        "line 3, column 7 (collector): is nobody who collects money in this district",
        "line 4, column 4 (address): the row ends here: 3 fields under 7 headings",
        "line 5, column 1 (reference): is empty, but every row needs it",
        "line 5, column 6 (amount_yuan): is not an amount in yuan above zero, such as 86.40",
    ];
    assert_eq!(complaints(&list), expected);
}

#[test]
fn no_amount_is_guessed() {
    for wrong in ["1,234.50", "1e3", "-5", "0.001", "100000000.01", "八十六", "¥86", "NaN", "=1+1"] {
        let list = read_text(&format!("{HEADING}B-1,1,陈,,2026-10,\"{wrong}\",wang\n")).unwrap();
        assert_eq!((list.rows.len(), list.bad.len()), (0, 1), "{wrong}");
        assert_eq!(list.bad[0].column.number, 6, "{wrong}");
    }
}

#[test]
fn a_file_without_the_headings_is_refused_with_all_that_are_missing() {
    let error = read_text("凭证号,户号,户名,地址,金额,收费员\n").unwrap_err().to_string();
    assert!(error.contains("period / 电费年月, amount_yuan / 应收金额") && error.contains("金额"), "{error}");
    let twice = read_text(&HEADING.replace("address", "凭证号")).unwrap_err();
    assert!(matches!(twice, PlanError::HeadingTwice { first: 1, second: 4, .. }), "{twice}");
}

#[test]
fn a_collector_is_one_of_the_district() {
    use linecrew_protocol::model::person::Grant;
    let district = DistrictId::from_bytes([1; 16]);
    let account = |number: u8, username: &str, role, district| Account {
        id: PersonId::from_bytes([number; 16]),
        name: String::new(),
        username: username.to_owned(),
        roles: vec![Grant { role, district }],
        crew: None,
        qualifications: Vec::new(),
    };
    let people = [
        account(1, "here", Role::Collector, Some(district)),
        account(2, "everywhere", Role::Collector, None),
        account(3, "elsewhere", Role::Collector, Some(DistrictId::from_bytes([2; 16]))),
        account(4, "cashier", Role::Cashier, Some(district)),
    ];
    let collectors = Collectors::of(&people, district);
    let found = ["here", "everywhere", "elsewhere", "cashier"].map(|username| collectors.find(username).is_some());
    assert_eq!(found, [true, true, false, false]);
}
