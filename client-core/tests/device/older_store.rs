//! A store that the build before all kinds has written: nothing that waits in it is lost.

use std::path::Path;

use linecrew_client::{Command, EditsFilter, InboxBody, Why};
use linecrew_protocol::{
    Reason,
    ids::DocumentId,
    model::work::{WorkCommand, WorkEvent},
    wire::LeaveReason,
};
use linecrew_sqlite::{Database, Migration, Options};
use rusqlite::Connection;
use serde_json::json;

use crate::{
    office::{CREW, Office},
    phone::{Phone, inline, report},
    raw::{plain_copy, raw},
};

const FIRST: &[Migration] = &[Migration { version: 1, name: "store", sql: include_str!("../../src/migrations/0001_store.sql") }];

/// What the old build kept of each command, by its number.
const COMMANDS: [&str; 5] = [
    r#"{"record":{"kind":"accepted"}}"#,
    r#"{"record":{"kind":"arrived"}}"#,
    r#"{"record":{"kind":"work_started"}}"#,
    r#"{"note":{"text":"pole 7 leans"}}"#,
    r#"{"record":{"kind":"completed","body":{"cause":"blown fuse","remedy":"replaced"}}}"#,
];
/// A row of its list, of which this build could read nothing.
const ROW: &str = r#"{"number":"20261123-0001","state":"completed","fault":{"category":"no_power","description":"no power"},
    "arrival":{"limit_ms":2700000,"due_at":0,"verdict":"met","arrived":null}}"#;
/// A refused edit in its inbox, and an item that had left.
const REFUSED: &str = r#"{"refused":{"device_seq":9,"command":{"record":{"kind":"restored","body":{"cause":"a","remedy":"b"}}},
    "evidence":{"wall":5,"monotonic_ms":1,"boot":"01010101-0101-0101-0101-010101010101"},
    "refusal":{"reason":"rule_violated","detail":"as it was"},"by_this_phone":false}}"#;
const WITHDRAWN: &str = r#"{"withdrawn":{"reason":"reassigned","by":"王芳","at":77,"to":"二班"}}"#;
const GONE: DocumentId = DocumentId::from_bytes([67; 16]);

/// A phone whose store the old build has written: five edits wait, one was refused, one item has left.
fn with_older_store(office: &mut Office) -> (Phone, DocumentId) {
    let item = office.dispatch(CREW);
    let mut phone = Phone::new(1);
    phone.sync(office);
    phone.client.accept(item).unwrap();
    phone.client.arrive(item).unwrap();
    phone.client.start_work(item).unwrap();
    phone.client.note(item, "pole 7 leans").unwrap();
    phone.client.complete_repair(item, report()).unwrap();
    let old = phone.folder.path().join("old.db");
    Database::open(&old, &Options::default(), FIRST).unwrap().close().unwrap();
    phone.client.clone().close().unwrap();
    write_as_the_old_build(&old, &phone.path(), item);
    phone.open(&old, inline());
    (phone, item)
}

fn write_as_the_old_build(old: &Path, new: &Path, item: DocumentId) {
    let store = Connection::open(old).unwrap();
    let new = plain_copy(new);
    store.execute("ATTACH ?1 AS new", [new.to_str().unwrap()]).unwrap();
    store.execute_batch("INSERT INTO installation SELECT one, id, next_device_seq, revision, store_epoch FROM new.installation").unwrap();
    for table in ["account", "sighting", "document", "change", "outbox", "feed", "feed_member"] {
        // What came later stands behind.
        let columns: String = store.query_row("SELECT group_concat(name) FROM pragma_table_info(?1)", [table], |row| row.get(0)).unwrap();
        store.execute(&format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM new.{table}"), []).unwrap();
    }
    for (device_seq, command) in (1..).zip(COMMANDS) {
        store.execute("UPDATE outbox SET command = ?2 WHERE device_seq = ?1", (device_seq, command)).unwrap();
    }
    let row = "INSERT INTO item (document, number, open, urgent, reported_at, row) VALUES (?1, '20261123-0001', 1, 0, 0, ?2)";
    store.execute(row, (item.as_bytes(), ROW)).unwrap();
    let note = "INSERT INTO inbox (document, number, noted_at, kind, device_seq, body, dismissed) VALUES (?1, ?2, 7, ?3, ?4, ?5, ?6)";
    store.execute(note, (item.as_bytes(), "20261123-0001", "refused", 9, REFUSED, false)).unwrap();
    store.execute(note, (GONE.as_bytes(), "20261122-0004", "withdrawn", None::<i64>, WITHDRAWN, true)).unwrap();
}

#[test]
fn its_rows_are_derived_anew_and_its_edits_go_out() {
    let mut office = Office::new();
    let (phone, item) = with_older_store(&mut office);
    let row = &phone.rows()[&item];
    assert_eq!((row.state.as_str(), row.kind.as_str()), ("completed", "repair_dispatch"));
    assert_eq!(row.about["fault"]["description"], json!("no power"));
    assert_eq!(phone.client.status().unwrap().pending(), 5);
    phone.sync(&mut office);
    assert_eq!(phone.client.status().unwrap().safe, 5);
    assert_eq!(office.row(item).state, "completed");
    phone.assert_equal_to(&office, "from an older store");
}

#[test]
fn its_commands_can_be_carried_out_again() {
    let mut office = Office::new();
    let (phone, item) = with_older_store(&mut office);
    // The note is refused: work started before it, the completion after it.
    office.refuse.insert((phone.client.installation(), 4), Reason::RuleViolated);
    phone.sync(&mut office);
    let kinds: Vec<_> = phone.client.edits(EditsFilter::default()).unwrap().into_iter().map(|edit| (edit.device_seq, edit.kind)).collect();
    assert_eq!(kinds.last().unwrap(), &(6, "completed".to_owned()), "{kinds:?}");
    let view = phone.client.item(item).unwrap().unwrap().view;
    assert_eq!((view.row.state.as_str(), &view.reports[0].body["cause"]), ("completed", &json!("blown fuse")));
    phone.assert_equal_to(&office, "made again");
}

#[test]
fn what_was_refused_keeps_its_values_and_what_left_its_reason() {
    let mut office = Office::new();
    let (mut phone, _) = with_older_store(&mut office);
    let inbox = phone.client.inbox().unwrap();
    let [refused] = inbox.as_slice() else { panic!("{inbox:?}") };
    let InboxBody::Refused { command: Command::Work(WorkCommand::Record(event)), refusal, .. } = &refused.body else {
        panic!("{refused:?}")
    };
    assert_eq!(*event, WorkEvent::own("restored", json!({ "cause": "a", "remedy": "b" })));
    assert_eq!(refusal.detail, "as it was");
    match phone.client.why(GONE).unwrap() {
        Why::Left { number, withdrawal, waits: false } => {
            assert_eq!((number.as_deref(), withdrawal.reason), (Some("20261122-0004"), LeaveReason::Reassigned));
        }
        other => panic!("{other:?}"),
    }
    // Once and for all.
    phone.client.clone().close().unwrap();
    phone.open(&phone.folder.path().join("old.db"), inline());
    assert_eq!(phone.client.inbox().unwrap(), inbox);
}

#[test]
fn books_and_amounts_that_an_older_build_could_not_read_are_there_after_the_upgrade() {
    let mut office = Office::new();
    let mut phone = Phone::new(1);
    let (book, bill) = (office.lease(&phone, 5), office.bill(&phone, 1, 8_640));
    phone.sync(&mut office);
    // The build before field collection kept the documents and had no rows for them.
    phone.client.clone().close().unwrap();
    let store = raw(&phone.path());
    store.execute_batch("DELETE FROM book; DELETE FROM receivable; UPDATE installation SET layout = 2").unwrap();
    drop(store);
    phone.open(&phone.path(), inline());
    let status = phone.client.status().unwrap();
    assert_eq!((status.books, status.receivables, status.unreadable), (1, 1, 0));
    assert_eq!(phone.client.books().unwrap()[0].document, book);
    assert_eq!(phone.client.due(&Default::default()).unwrap()[0].receivable, bill);
}

#[test]
fn a_document_that_rotted_meanwhile_does_not_keep_the_store_shut() {
    let mut office = Office::new();
    let (mut phone, item) = with_older_store(&mut office);
    let old = phone.folder.path().join("old.db");
    phone.client.clone().close().unwrap();
    let store = raw(&old);
    store.execute("UPDATE installation SET layout = 1", []).unwrap();
    store.execute("UPDATE change SET bytes = x'00' WHERE position = (SELECT min(position) FROM change)", []).unwrap();
    drop(store);
    phone.open(&old, inline());
    assert_eq!(phone.client.status().unwrap().damaged[0].document, item);
    assert_eq!((phone.rows().len(), phone.client.status().unwrap().pending()), (0, 5), "the edits still wait");
}
