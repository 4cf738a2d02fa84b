use linecrew_protocol::{
    ids::{DocumentId, InstallationId},
    key::ChainLink,
    model::work::{Priority, WorkEvent},
};
use rusqlite::{Connection, types::Value};

use super::{
    super::{
        super::{LogAnchor, LogAudit, LogFinding, LogPlace, SqliteStore, second_look},
        world::{CREW_A, CREW_B, FEED_A, FEED_B, Phone, World, organisation, verdicts, visit, without_gate},
    },
    round::{Collector, bill},
};
use crate::store::Store as _;

fn audit(world: &World) -> LogAudit {
    audit_with(world, &[])
}

fn audit_with(world: &World, kept: &[LogAnchor]) -> LogAudit {
    LogAudit::of(&world.path(), kept, &mut |_, _| ()).unwrap()
}

/// Two crews' days: visits in several pushes, a refused edit and what builds on it, a reassignment, a ticket book, and an edit whose bytes got
/// lost.
async fn days() -> (World, Vec<Phone>) {
    let world = World::inline().await;
    let mut phones = Vec::new();
    for (number, feed) in [(2, FEED_A), (4, FEED_B)] {
        let mut phone = world.phone(number).await;
        for round in 0..3 {
            let item = world.report(Priority::Normal).await;
            world.assign(item, if number == 2 { CREW_A } else { CREW_B }).await;
            world.pull(&mut phone, feed).await;
            let first = phone.edits.len() as u64 + 1;
            visit(&mut phone, item);
            let acked = world.send(&phone, first).await;
            assert_eq!(verdicts(&acked), [None; 6], "round {round}");
            phone.store_acked(feed, &acked);
        }
        phones.push(phone);
    }
    let item = world.item().await;
    world.pull(&mut phones[0], FEED_A).await;
    refused(&world, &mut phones[0], item, &[WorkEvent::Accepted, WorkEvent::Departed]).await;
    let last = phones[0].edits.len() as u64 + 1;
    let mut gone = phones[0].edits[0].clone();
    gone.lost = Some(gone.content().into());
    gone.change = Vec::new().into();
    phones[0].edits.push(gone);
    assert!(verdicts(&world.send(&phones[0], last).await).iter().all(Option::is_some));
    let due = bill(&world, 3, "R1", 864_000).await;
    let mut collector = Collector::at_work(&world, 3, 50).await;
    for _ in 0..3 {
        collector.collect(3, &due, 8_640);
    }
    collector.deliver(&world).await;
    (world, phones)
}

/// Edits that come while their person works in no crew.
async fn refused(world: &World, phone: &mut Phone, item: DocumentId, events: &[WorkEvent]) {
    let first = phone.edits.len() as u64 + 1;
    for event in events {
        phone.record(item, event.clone());
    }
    let mut moved = organisation();
    moved.people[1].crew = None;
    world.store.import(moved).await.unwrap();
    assert!(verdicts(&world.send(phone, first).await).iter().all(Option::is_some));
    // Back in the crew behind the register's back: it would have them judged again.
    let crew = *CREW_A.as_bytes();
    let person = *phone.principal.person.as_bytes();
    let back =
        move |transaction: &rusqlite::Transaction<'_>| transaction.execute("UPDATE people SET crew = ?1 WHERE id = ?2", (crew, person));
    world.store.database.write(back).unwrap();
}

#[tokio::test]
async fn an_honest_history_has_no_finding_and_names_what_was_lost() {
    let (world, phones) = days().await;
    let found = audit(&world);
    assert_eq!(found.findings, []);
    let lost: Vec<(InstallationId, u64)> = found.lost.iter().map(|lost| (lost.installation, lost.device_seq)).collect();
    assert_eq!(lost, [(phones[0].principal.installation, phones[0].edits.len() as u64)]);
    assert_eq!(found.anchors.len(), 3);
    let anchor = found.anchors.iter().find(|anchor| anchor.installation == phones[1].principal.installation).unwrap();
    let link = phones[1].edits.iter().fold(ChainLink::START, |link, edit| link.then(&edit.content()));
    assert_eq!((anchor.seq, anchor.link, anchor.key), (18, link, phones[1].public_key()));
    assert_eq!(anchor.to_string().parse(), Ok(*anchor));
    assert_eq!(audit_with(&world, &found.anchors).findings, [], "and it is still what it was");
}

#[tokio::test]
async fn a_restore_a_move_and_a_second_judgement_leave_no_finding() {
    let (world, mut phones) = days().await;
    let copy = world.beside("backup.db");
    Connection::open(world.path()).unwrap().execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    let item = world.item().await;
    world.pull(&mut phones[0], FEED_A).await;
    // What an older build could not judge, and this one can.
    refused(&world, &mut phones[0], item, &[WorkEvent::Accepted]).await;
    let unread = linecrew_protocol::Reason::UnreadableEvent.number();
    let as_unread = move |transaction: &rusqlite::Transaction<'_>| {
        transaction.execute("UPDATE quarantine SET reason = ?1 WHERE rowid = (SELECT max(rowid) FROM quarantine)", [unread])?;
        let newest = "device_seq = (SELECT max(device_seq) FROM edits AS all_edits WHERE all_edits.installation = edits.installation)";
        transaction.execute(&format!("UPDATE edits SET refused = ?1 WHERE refused IS NOT NULL AND {newest}"), [unread])
    };
    world.store.database.write(as_unread).unwrap();
    assert_eq!(audit(&world).findings, []);
    let (desk, now) = (std::sync::Arc::clone(&world.store.desk), world.tick());
    let look = move |transaction: &rusqlite::Transaction<'_>| second_look::take(transaction, &desk, "the next build", now);
    assert_eq!(world.store.database.write(look).unwrap(), 1);
    assert_eq!(audit(&world).findings, []);

    let options = linecrew_sqlite::Options { execution: linecrew_sqlite::Execution::Inline, ..Default::default() };
    let restored = SqliteStore::open_restored(&copy, options, without_gate()).unwrap();
    let report = world
        .new_order(linecrew_protocol::model::kinds::REPAIR, serde_json::json!({"fault": {"category": "no_power", "description": "x"}}));
    restored.take_order(report).await.unwrap();
    let found = LogAudit::of(&copy, &[], &mut |_, _| ()).unwrap();
    assert_eq!(found.findings, [], "a life of the store more");
}

/// Every cell of these tables, and how a row of each is named.
const TABLES: [(&str, &str); 3] =
    [("edits", "hex(installation) || '/' || device_seq"), ("batches", "hex(installation) || '/' || last_seq"), ("changes", "commit_seq")];

struct Tampering {
    connection: Connection,
    tried: usize,
}

impl Tampering {
    /// Does something to one row, and gives what is found then; nothing of it stays.
    fn find(&mut self, sql: &str, params: &[&dyn rusqlite::ToSql], what: &str) -> Vec<LogFinding> {
        self.connection.execute_batch("SAVEPOINT tampering").unwrap();
        let changed = self.connection.execute(sql, params).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(changed > 0, "{what}");
        let findings = LogAudit::on(&self.connection).unwrap().findings;
        self.connection.execute_batch("ROLLBACK TO tampering; RELEASE tampering").unwrap();
        self.tried += 1;
        assert!(!findings.is_empty(), "{what} was not found");
        findings
    }
}

fn values(connection: &Connection, sql: &str) -> Vec<Value> {
    connection.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn other(value: &Value, column: &str) -> Vec<Value> {
    match value {
        Value::Integer(number) => vec![Value::Integer(number + FAR.cast_signed())],
        Value::Text(text) => vec![Value::Text(format!("{text}X"))],
        Value::Blob(bytes) => {
            let mut changed = bytes.clone();
            *changed.last_mut().expect("no empty blob") ^= 1;
            vec![Value::Blob(changed)]
        }
        Value::Null if column == "refused" => vec![Value::Integer(1)],
        Value::Null => vec![Value::Blob(vec![2; 32])],
        Value::Real(_) => panic!("no column is real"),
    }
}

/// The row that was touched.
struct Touched {
    installation: InstallationId,
    number: u64,
    /// Of a change.
    commit_seq: Option<u64>,
}

impl Touched {
    /// Whether a finding is at this row, or at the next of its chain, its push, or its place in the order of commits.
    fn is_named_by(&self, findings: &[LogFinding]) -> bool {
        findings.iter().any(|finding| {
            let by_commit = match (finding.place, self.commit_seq) {
                (LogPlace::Change { commit_seq, .. }, Some(own)) => [own, own + 1, own + FAR].contains(&commit_seq),
                _ => false,
            };
            let (installation, number) = named(&finding.place);
            by_commit || (installation == Some(self.installation) && number.is_none_or(|number| number.abs_diff(self.number) <= PUSH))
        })
    }
}

/// By how much a number is changed.
const FAR: u64 = 1_000_000;
/// Edits of a push in these stories.
const PUSH: u64 = 6;

/// The phone and the number of a row, as its history names it.
fn named(place: &LogPlace) -> (Option<InstallationId>, Option<u64>) {
    let number = match place {
        LogPlace::Edit { device_seq, .. } | LogPlace::Change { device_seq, .. } => Some(*device_seq),
        LogPlace::Signature { last_seq, .. } => Some(*last_seq),
        _ => None,
    };
    (place.installation(), number)
}

#[tokio::test]
async fn every_single_change_is_found_and_named_at_its_place() {
    let (world, _) = days().await;
    world.store.close().unwrap();
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let mut tampering = Tampering { connection, tried: 0 };
    for (table, key) in TABLES {
        let keys = values(&tampering.connection, &format!("SELECT {key} FROM {table} ORDER BY installation, {}", order_of(table)));
        let columns = values(&tampering.connection, &format!("SELECT name FROM pragma_table_info('{table}')"));
        for place in [0, keys.len() / 2, keys.len() - 1] {
            let row = &keys[place];
            let number = if table == "batches" { "last_seq" } else { "device_seq" };
            let of = |column: &str| -> Value {
                let sql = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
                tampering.connection.query_row(&sql, [row], |row| row.get(0)).unwrap()
            };
            let (Value::Blob(installation), Value::Integer(number)) = (of("installation"), of(number)) else { panic!("{row:?}") };
            let commit_seq = (table == "changes").then(|| if let Value::Integer(at) = of("commit_seq") { at.cast_unsigned() } else { 0 });
            let installation = InstallationId::from_bytes(installation.try_into().unwrap());
            let touched = Touched { installation, number: number.cast_unsigned(), commit_seq };
            for column in &columns {
                let Value::Text(column) = column else { panic!("{column:?}") };
                let sql = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
                let before: Value = tampering.connection.query_row(&sql, [row], |row| row.get(0)).unwrap();
                for after in other(&before, column) {
                    let what = format!("{table}.{column} of {row:?}: {before:?} to {after:?}");
                    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2");
                    let findings = tampering.find(&sql, &[&after, row], &what);
                    assert!(touched.is_named_by(&findings), "{what}: {findings:?}");
                }
            }
            let what = format!("{table} without {row:?}");
            let findings = tampering.find(&format!("DELETE FROM {table} WHERE {key} = ?1"), &[row], &what);
            assert!(touched.is_named_by(&findings), "{what}: {findings:?}");
        }
    }
    assert!(tampering.tried > 60, "{}", tampering.tried);
}

fn order_of(table: &str) -> &'static str {
    match table {
        "edits" => "device_seq",
        "batches" => "last_seq",
        _ => "commit_seq",
    }
}

#[tokio::test]
async fn what_is_swapped_or_doubled_or_cut_is_found() {
    let (world, phones) = days().await;
    let kept = audit(&world).anchors;
    world.store.close().unwrap();
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let mut tampering = Tampering { connection, tried: 0 };
    let (one, two) = (phones[0].principal.installation, phones[1].principal.installation);
    let id = one.as_bytes();
    let swap = |table: &str, column: &str, key: &str, (a, b): (u64, u64)| {
        format!(
            "UPDATE {table} SET {column} = (SELECT {column} FROM {table} AS other WHERE other.installation = ?1
                 AND other.{key} = CASE {table}.{key} WHEN {a} THEN {b} ELSE {a} END) WHERE installation = ?1 AND {key} IN ({a}, {b})"
        )
    };
    for (a, b) in [(1, 2), (7, 8), (17, 18)] {
        for (table, column, key) in [("edits", "content", "device_seq"), ("edits", "link", "device_seq")] {
            let found = tampering.find(&swap(table, column, key, (a, b)), &[id], &format!("{table}.{column} of {a} and {b}"));
            let first = found.iter().map(|finding| named(&finding.place)).find(|(of, _)| *of == Some(one)).unwrap();
            assert_eq!(first.1, Some(a), "{found:?}");
        }
    }
    tampering.find(&swap("batches", "signature", "last_seq", (6, 12)), &[id], "two signatures");
    let double = "INSERT INTO edits SELECT installation, device_seq + 100, content, refused, detail, received_at, entry, link FROM edits
                  WHERE installation = ?1 AND device_seq = 5";
    let found = tampering.find(double, &[id], "an edit twice");
    assert!(found.iter().any(|finding| named(&finding.place) == (Some(one), Some(105))), "{found:?}");
    let double =
        "INSERT INTO batches SELECT installation, 11, signature, received_at FROM batches WHERE installation = ?1 AND last_seq = 12";
    tampering.find(double, &[id], "a signature twice");
    // Numbers of two commits, of two documents and of two phones.
    let commits = "UPDATE changes SET commit_seq = -commit_seq WHERE commit_seq IN (SELECT max(commit_seq) FROM changes GROUP BY installation LIMIT 2)";
    tampering.find(commits, &[], "places in the order of commits");
    let key = "UPDATE installations SET public_key = ?2 WHERE id = ?1";
    let found = tampering.find(key, &[id, phones[1].public_key().as_bytes()], "another key");
    assert_eq!(named(&found[0].place), (Some(one), Some(6)), "from the first signature on: {found:?}");
    tampering.find("UPDATE installations SET public_key = NULL WHERE id = ?1", &[id], "no key");
    tampering.find("DELETE FROM installations WHERE id = ?1", &[id], "no phone");

    // Cut at the end with everything that belongs to it: only an anchor tells.
    let id = two.as_bytes();
    for sql in [
        "DELETE FROM edits WHERE installation = ?1 AND device_seq > 12",
        "DELETE FROM batches WHERE installation = ?1 AND last_seq > 12",
        "UPDATE installations SET next_device_seq = 13 WHERE id = ?1",
    ] {
        tampering.connection.execute(sql, [id]).unwrap();
    }
    let of_two = |findings: Vec<LogFinding>| {
        findings.into_iter().filter(|finding| matches!(finding.place, LogPlace::Edit { installation, .. } if installation == two)).count()
    };
    drop(tampering);
    assert_eq!(of_two(audit(&world).findings), 0, "its chain is whole and signed");
    let found = audit_with(&world, &kept).findings;
    let place = LogPlace::Edit { installation: two, device_seq: 18 };
    assert!(found.iter().any(|finding| finding.place == place), "{found:?}");
}
