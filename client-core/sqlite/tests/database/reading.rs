//! A read sees one moment.

use std::thread;

use linecrew_sqlite::Options;
use rusqlite::Connection;

use crate::support::{ids, open, open_with, write};

fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) AS entries FROM entry", [], |row| row.get("entries"))
}

#[test]
fn a_read_keeps_its_snapshot_while_others_commit() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    write(&database, 1, 10).unwrap();
    let counts = database.read(|connection| {
        let before = count(connection)?;
        write(&database, 2, 10).unwrap();
        Ok::<_, rusqlite::Error>((before, count(connection)?))
    });
    assert_eq!(counts, Ok((1, 1)));
    assert_eq!(ids(&database), [1, 2].into());
}

#[test]
fn more_threads_than_readers_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { readers: 2, ..Options::default() };
    let database = open_with(&folder.path().join("store.db"), &options);
    write(&database, 1, 10).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(ids(&database), [1].into())));
        }
    });
}

#[test]
fn a_read_that_fails_or_panics_gives_its_connection_back() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { readers: 1, ..Options::default() };
    let database = open_with(&folder.path().join("store.db"), &options);
    let failed = database.read(|connection| connection.execute_batch("SELECT no_such_function()"));
    assert!(failed.is_err());
    thread::scope(|scope| {
        let panicked = scope.spawn(|| database.read(|_| -> rusqlite::Result<()> { panic!("a read of this test panics") }));
        panicked.join().unwrap_err();
    });
    write(&database, 1, 10).unwrap();
    assert_eq!(ids(&database), [1].into());
}
