use crate::child::linecrew;

const PEOPLE: &str = r#"{"districts": [{"id": "01931c6e-7d00-7000-8000-0000000000d1", "name": "鼓楼"}], "crews": [], "people": []}"#;

#[test]
fn receipts_are_verified_and_exported_and_a_change_ends_with_an_error() {
    let data = tempfile::tempdir().unwrap();
    let [people, csv, json] = ["people.json", "receipts.csv", "receipts.json"].map(|name| data.path().join(name));
    std::fs::write(&people, PEOPLE).unwrap();
    linecrew(&["admin", "import", people.to_str().unwrap()], data.path(), "").unwrap();
    let audit = ["audit", "receipts", "--csv", csv.to_str().unwrap(), "--json", json.to_str().unwrap()];
    let report = linecrew(&audit, data.path(), "").unwrap();
    assert_eq!(report, "0 entries, 0 receipts: 0 findings, 0 without a signature yet\n");
    assert!(std::fs::read_to_string(&csv).unwrap().starts_with("\u{feff}position,device,seq,act,"));
    let exported: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(exported, serde_json::json!({"entries": [], "findings": []}));

    let connection = rusqlite::Connection::open(data.path().join("linecrew.db")).unwrap();
    connection.execute_batch("UPDATE journal_tail SET count = 1").unwrap();
    assert!(linecrew(&audit, data.path(), "").unwrap_err().contains("not everything is as it was"));
    let exported: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(exported["findings"][0]["store"]["place"], "tail");
}

#[test]
fn a_directory_without_a_store_is_left_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    assert!(linecrew(&["audit", "receipts"], data.path(), "").unwrap_err().contains("failed to open"));
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}
