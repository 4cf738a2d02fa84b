//! The log is tidied while writing goes on, also under readers that linger.

use std::fs;

use linecrew_sqlite::Options;

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

/// While a reader holds an old snapshot nothing may be lost, and once it is gone the log starts anew.
#[test]
fn a_lingering_reader_delays_the_log_but_does_not_stop_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = Options {
        readers: 2,
        ..Options::default()
    };
    let database = open_with(&path, &options);
    write(&database, 0, 10).unwrap();
    let grown = database.read(|connection| {
        let before: i64 =
            connection.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?;
        for id in 1..=30 {
            write(&database, id, 400_000).unwrap();
        }
        let after: i64 =
            connection.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?;
        assert_eq!((before, after), (1, 1));
        Ok::<_, rusqlite::Error>(fs::metadata(path.with_extension("db-wal")).unwrap().len())
    });
    let grown = grown.unwrap();
    for id in 31..=60 {
        write(&database, id, 400_000).unwrap();
    }
    let settled = fs::metadata(path.with_extension("db-wal")).unwrap().len();
    assert!(
        settled <= grown + 1_000_000,
        "{settled} bytes after {grown}"
    );
    assert_eq!(ids(&database), (0..=60).collect());
    assert_sound(&database);
}
