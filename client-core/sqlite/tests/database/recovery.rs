//! The log is tidied while writing goes on, also under readers that linger.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use linecrew_sqlite::{Database, Options};
use rusqlite::Connection;

use crate::support::{assert_sound, ids, open, open_with, write};

#[test]
fn the_log_is_moved_into_the_database_while_writing_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = open(&path);
    // 40 MB in commits of 800 KB: without tidying the log would hold all of it.
    for id in 0..50 {
        write(&database, id, 800_000).unwrap();
    }
    let log = fs::metadata(path.with_extension("db-wal")).unwrap().len();
    assert!(log < 12_000_000, "{log} bytes");
    assert_eq!(ids(&database), (0..50).collect());
    assert_sound(&database);
}

/// While a reader holds an old snapshot nothing is lost from it, however much is written.
#[test]
fn a_lingering_reader_keeps_its_snapshot_while_the_log_is_tidied() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    write(&database, 0, 10).unwrap();
    let counts = database.read(|connection| {
        let before = count(connection)?;
        for id in 1..=30 {
            write(&database, id, 400_000).unwrap();
        }
        Ok::<_, rusqlite::Error>((before, count(connection)?))
    });
    assert_eq!(counts, Ok((1, 1)));
    assert_eq!(ids(&database), (0..=30).collect());
    assert_sound(&database);
}

/// Two readers that take turns so that one is always inside: the log never has a moment without any.
#[test]
fn readers_that_overlap_without_end_do_not_let_the_log_grow_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = Options { readers: 2, ..Options::default() };
    let database = open_with(&path, &options);
    let done = AtomicBool::new(false);
    let entered = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    read_until_the_next_one_entered(&database, &entered, &done);
                }
            });
        }
        let written = (0..120).try_for_each(|id| write(&database, id, 400_000).map(drop));
        done.store(true, Ordering::SeqCst);
        written.unwrap();
    });
    let log = fs::metadata(path.with_extension("db-wal")).unwrap().len();
    assert!(log < 25_000_000, "{log} bytes");
    assert_sound(&database);
}

fn read_until_the_next_one_entered(database: &Database, entered: &AtomicU64, done: &AtomicBool) {
    let read = database.read(|connection| {
        count(connection)?;
        let mine = entered.fetch_add(1, Ordering::SeqCst) + 1;
        while entered.load(Ordering::SeqCst) == mine && !done.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        Ok::<_, rusqlite::Error>(())
    });
    read.unwrap();
}

fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) AS entries FROM entry", [], |row| row.get("entries"))
}
