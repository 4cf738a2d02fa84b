use std::collections::HashMap;

use linecrew_protocol::{
    key::{PublicKey, Signature},
    model::collection::{Act, EntryHash},
};
use rand::{SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use rusqlite::{Connection, types::Value};

use super::{
    super::{
        super::{Irregularity, ReceiptAudit, collection::audit::testing::Books},
        world::World,
    },
    round::{Collector, bill, confirm, lease, settle},
};
use crate::store::Store as _;

const CHINA: i32 = 480;

/// A thousand receipts on three phones, in books of 100 tickets and a session for each book. Each phone signs the first of a book; for the rest
/// it vouches at the end.
async fn thousand_receipts() -> World {
    let world = World::inline().await;
    for (number, receipts) in [(2, 334), (3, 333), (4, 333)] {
        let due = bill(&world, number, &format!("R{number}"), 9_000_000_000).await;
        let mut collector = Collector::with_book(&world, number, 100).await;
        let mut books = vec![collector.book.clone()];
        for _ in 0..3 {
            books.push(lease(&world, number, 100).await);
        }
        collector.pull(&world).await;
        let mut rest = receipts;
        for (place, book) in (0_u8..).zip(books) {
            let of = number * 10 + place;
            collector.signs = true;
            collector.go_on_with(book);
            collector.signs = false;
            collector.open(of);
            let now: i32 = rest.min(100);
            for _ in 0..now {
                collector.collect(of, &due, 8_640);
            }
            rest -= now;
            collector.close(of, 10_000 + 8_640 * i64::from(now), 10_000, (u64::from(now.unsigned_abs()), 0), None);
        }
        collector.signs = true;
        // Of each book the first entry is signed; an attestation goes from the first without a signature to the last.
        let (from, through) = (2, collector.head.seq);
        collector.act(Act::Attested { from, through });
        collector.deliver(&world).await;
        confirm(&world, number * 10, "S", 864_000).await;
        settle(&world, number * 10, None).await;
    }
    assert!(world.store.flags(true, None).await.unwrap().is_empty(), "{:?}", world.store.flags(true, None).await.unwrap());
    world
}

/// Remembers which signatures are right: checking one takes longer than all the rest.
#[derive(Default)]
struct Memory(HashMap<(PublicKey, EntryHash, Signature), bool>);

impl Memory {
    fn check(&mut self, key: &PublicKey, hash: &EntryHash, signature: &Signature) -> bool {
        *self.0.entry((*key, *hash, *signature)).or_insert_with(|| key.has_signed(hash.as_bytes(), signature))
    }

    fn first(&mut self, books: &Books, connection: &Connection) -> Option<Irregularity> {
        books.first(connection, &mut |key, hash, signature| self.check(key, hash, signature)).unwrap()
    }
}

/// A table and what names a row of it.
const TABLES: [(&str, &str); 4] = [("journal", "position"), ("journal_heads", "device"), ("journal_tail", "rowid"), ("books", "document")];

fn values(connection: &Connection, sql: &str) -> Vec<Value> {
    connection.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn columns(connection: &Connection, table: &str) -> Vec<(String, bool)> {
    let sql = format!("SELECT name, \"notnull\" FROM pragma_table_info('{table}')");
    let read = |row: &rusqlite::Row<'_>| Ok((row.get("name")?, row.get("notnull")?));
    connection.prepare(&sql).unwrap().query_map([], read).unwrap().map(Result::unwrap).collect()
}

/// First, middle, last, and 20 more; all of them when asked to look deep.
fn sample(keys: &[Value], random: &mut StdRng) -> Vec<Value> {
    if std::env::var_os("LINECREW_DEEP").is_some() || keys.len() < 24 {
        return keys.to_vec();
    }
    let mut rest = keys.to_vec();
    rest.shuffle(random);
    rest.truncate(20);
    rest.extend([0, keys.len() / 2, keys.len() - 1].map(|place| keys[place].clone()));
    rest
}

/// Other values of the same type, and none where there may be none.
fn others(column: &str, value: &Value, required: bool) -> Vec<Value> {
    let mut others = match value {
        Value::Integer(number) => vec![Value::Integer(number + 1_000_000)],
        Value::Text(text) => vec![Value::Text(format!("{text}X"))],
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            *bytes.last_mut().expect("no empty blob") ^= 1;
            vec![Value::Blob(bytes)]
        }
        Value::Null => match column {
            "number" => vec![Value::Integer(7)],
            "series" => vec![Value::Text("ZZ".into())],
            "key" => vec![Value::Blob(vec![2; 33])],
            "signature" => vec![Value::Blob(vec![2; 64])],
            _ => vec![Value::Blob(vec![2; 16])],
        },
        Value::Real(_) => panic!("no column is real"),
    };
    if !required && *value != Value::Null {
        others.push(Value::Null);
    }
    others
}

#[tokio::test]
async fn every_single_change_of_a_row_is_found() {
    let world = thousand_receipts().await;
    world.store.close().unwrap();
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let books = Books::read(&connection).unwrap();
    let mut memory = Memory::default();
    assert_eq!(memory.first(&books, &connection), None, "nothing was changed yet");
    let mut random = StdRng::seed_from_u64(16);
    let mut changes = 0;
    let mut find = |sql: &str, params: &[&dyn rusqlite::ToSql], what: &str| {
        connection.execute_batch("BEGIN").unwrap();
        let changed = connection.execute(sql, params).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(changed, 1, "{what}");
        assert!(memory.first(&books, &connection).is_some(), "{what} was not found");
        connection.execute_batch("ROLLBACK").unwrap();
        changes += 1;
    };
    for (table, key) in TABLES {
        let keys = values(&connection, &format!("SELECT {key} FROM {table} ORDER BY {key}"));
        for (column, required) in columns(&connection, table) {
            for key_value in sample(&keys, &mut random) {
                let sql = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
                let value: Value = connection.query_row(&sql, [&key_value], |row| row.get(0)).unwrap();
                for other in others(&column, &value, required) {
                    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2");
                    find(&sql, &[&other, &key_value], &format!("{table}.{column} of {key_value:?}: {value:?} to {other:?}"));
                }
            }
        }
        for key_value in sample(&keys, &mut random) {
            find(&format!("DELETE FROM {table} WHERE {key} = ?1"), &[&key_value], &format!("{table} without {key_value:?}"));
        }
    }
    assert!(changes > 500, "{changes}");
}

#[tokio::test]
async fn an_honest_store_is_exported_without_a_finding() {
    let world = thousand_receipts().await;
    // Beside a running server.
    let audit = ReceiptAudit::of(&world.path(), CHINA).unwrap();
    assert_eq!(audit.findings, []);
    let receipts: Vec<_> = audit.entries.iter().filter(|entry| entry.act == "receipt").collect();
    assert_eq!(receipts.len(), 1_000);
    let first = receipts[0];
    assert_eq!((first.account.as_deref(), first.period.as_deref(), first.method), (Some("35-R2"), Some("2026-10"), Some("cash")));
    assert_eq!((first.day.as_deref(), first.collector_name.as_deref()), (Some("2026-11-23"), Some("张伟")));
    assert!(receipts.iter().all(|entry| entry.state.is_some() && entry.amount.0 == 8_640));
}

#[tokio::test]
async fn an_entry_that_only_the_document_has_is_found() {
    let world = World::inline().await;
    let mut collector = Collector::at_work(&world, 2, 50).await;
    let due = bill(&world, 2, "R1", 8_640).await;
    collector.collect(2, &due, 8_640);
    collector.deliver(&world).await;
    assert_eq!(ReceiptAudit::of(&world.path(), CHINA).unwrap().findings, []);
    // Somebody takes a receipt away and makes everything after it fit again: the links, their end, and the head of the journal.
    let connection = Connection::open(world.path()).unwrap();
    connection
        .execute_batch(
            "DELETE FROM journal WHERE position = 3;
             UPDATE journal_tail SET count = 2, link = (SELECT link FROM journal WHERE position = 2);
             UPDATE journal_heads SET seq = 2, turnover = 0, hash = (SELECT hash FROM journal WHERE position = 2)",
        )
        .unwrap();
    let found = ReceiptAudit::of(&world.path(), CHINA).unwrap().findings;
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    let hash = collector.sealed[2].hash();
    assert_eq!(texts, [format!("store: book {}: entry {hash} is not in the table", collector.book.book)]);
}

#[tokio::test]
async fn a_store_of_another_schema_is_not_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE x (y); PRAGMA user_version = 2").unwrap();
    let error = ReceiptAudit::of(&path, CHINA).unwrap_err();
    assert_eq!(error.to_string(), "the store is of schema 2, and this version verifies schema 6");
    assert!(ReceiptAudit::of(&folder.path().join("none.db"), CHINA).is_err());
    assert!(!folder.path().join("none.db").exists(), "nothing is made");
}
