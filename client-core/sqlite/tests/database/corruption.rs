//! A damaged file is reported, left in place, and moved as a whole when asked.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use linecrew_sqlite::{Database, OpenError, Options, StorageError, WriteError, set_aside};
use rusqlite::Connection;

use crate::support::{MIGRATIONS, ids, open, write};

fn try_open(path: &Path) -> Result<Database, OpenError> {
    Database::open(path, &Options::default(), MIGRATIONS)
}

fn filled(folder: &Path) -> PathBuf {
    let path = folder.join("store.db");
    let database = open(&path);
    for id in 0..50 {
        write(&database, id, 2_000).unwrap();
    }
    database.close().unwrap();
    path
}

fn assert_reported_and_untouched(path: &Path) {
    let before = fs::read(path).ok();
    let opened = try_open(path);
    assert!(matches!(&opened, Err(OpenError::Corrupt { path: reported, .. }) if reported == path), "{opened:?}");
    assert_eq!(fs::read(path).ok(), before);
}

fn overwrite(path: &Path, offset: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn a_broken_header_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    overwrite(&path, 0, b"SQLight");
    assert_reported_and_untouched(&path);
}

#[test]
fn a_truncated_file_is_reported() {
    for keep in [4_096 * 10, 4_096 * 3 + 17, 4_096, 700, 60] {
        let folder = tempfile::tempdir().unwrap();
        let path = filled(folder.path());
        OpenOptions::new().write(true).open(&path).unwrap().set_len(keep).unwrap();
        assert_reported_and_untouched(&path);
    }
}

/// SQLite itself would delete the log and start empty.
#[test]
fn a_log_without_its_database_is_reported_and_kept() {
    for emptied in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = filled(folder.path());
        let log = path.with_extension("db-wal");
        fs::write(&log, b"committed but not yet moved").unwrap();
        if emptied {
            OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        assert_reported_and_untouched(&path);
        assert!(log.exists());
    }
}

#[test]
fn a_file_of_another_application_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    for (name, application_id) in [("unmarked.db", 0), ("marked.db", 77)] {
        let path = folder.path().join(name);
        let other = Connection::open(&path).unwrap();
        other.execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
        other.pragma_update(None, "application_id", application_id).unwrap();
        drop(other);
        let before = fs::read(&path).unwrap();
        let opened = try_open(&path);
        assert!(matches!(opened, Err(OpenError::Foreign { found, .. }) if found == application_id), "{opened:?}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

/// The transaction is lost for an unknown reason, and the file turns out to be damaged: no write is taken any more.
#[test]
fn damage_that_is_found_after_a_failure_stops_all_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let whole = fs::read(&path).unwrap();
    let database = open(&path);
    overwrite(&path, 4_096 * 4, &[0xff; 4_096 * 30]);
    database.write(|transaction| transaction.execute_batch("ROLLBACK")).unwrap_err();
    assert_damaged(&database);
    // Not even if the damage seems to be gone: only opening anew looks at the whole file.
    overwrite(&path, 0, &whole);
    assert_damaged(&database);
    database.close().unwrap();
    write(&open(&path), 1_000, 10).unwrap();
}

fn assert_damaged(database: &Database) {
    let refused = write(database, 1_000, 10);
    assert!(matches!(refused, Err(WriteError::Storage(StorageError::Corrupt { .. }))), "{refused:?}");
}

#[test]
fn setting_aside_moves_the_whole_set_to_the_next_free_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    for number in 1..=2 {
        for suffix in ["", "-wal", "-shm"] {
            fs::write(folder.path().join(format!("store.db{suffix}")), format!("{number}{suffix}")).unwrap();
        }
        let target = set_aside(&path).unwrap();
        assert_eq!(target, folder.path().join(format!("store.db.set-aside-{number}")));
        for suffix in ["", "-wal", "-shm"] {
            assert!(!folder.path().join(format!("store.db{suffix}")).exists());
            let moved = fs::read_to_string(format!("{}{suffix}", target.display())).unwrap();
            assert_eq!(moved, format!("{number}{suffix}"));
        }
    }
    assert_eq!(set_aside(&path).unwrap_err().kind(), ErrorKind::NotFound);
    write(&open(&path), 1, 10).unwrap();
}

#[test]
fn setting_aside_goes_on_where_it_was_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let path = filled(folder.path());
    let log = path.with_extension("db-wal");
    fs::write(&log, b"log").unwrap();
    fs::rename(&path, folder.path().join("store.db.set-aside-1")).unwrap();
    assert_reported_and_untouched(&path);
    let target = set_aside(&path).unwrap();
    assert_eq!(target, folder.path().join("store.db.set-aside-1"));
    assert_eq!(fs::read(folder.path().join("store.db.set-aside-1-wal")).unwrap(), b"log");
    assert!(!log.exists());
    assert_eq!(ids(&open(&path)), [].into());
}
