//! Several handles and several processes on one file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use linecrew_sqlite::{Database, Execution, Options, StorageError, WriteError};
use rusqlite::{Connection, TransactionBehavior};

use crate::support::{CHILD_PATH, acked, assert_sound, child, ids, open, open_with, write};

const ROWS: i64 = 1_000;
const ROWS_PER_PROCESS: i64 = 300;

fn inline() -> Options {
    Options { execution: Execution::Inline, ..Options::default() }
}

#[test]
fn two_handles_write_at_the_same_time_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    // Opened at the same time, too: both may find the file empty.
    thread::scope(|scope| {
        for (first, options) in [(0, Options::default()), (ROWS, inline())] {
            let path: &Path = &path;
            scope.spawn(move || {
                let database = open_with(path, &options);
                for id in first..first + ROWS {
                    write(&database, id, 100).unwrap();
                }
                database.close().unwrap();
            });
        }
    });
    let database = open(&path);
    assert_eq!(ids(&database), (0..2 * ROWS).collect());
    assert_sound(&database);
}

#[test]
fn two_processes_write_at_the_same_time_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let child = child("sharing::child_writes_odd_rows", &path).spawn().unwrap();
    let database = open(&path);
    let mut expected = BTreeSet::new();
    for id in (0..ROWS_PER_PROCESS).map(|step| step * 2) {
        write(&database, id, 100).unwrap();
        expected.insert(id);
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    expected.extend(acked(String::from_utf8(output.stdout).unwrap().lines()));
    assert_eq!(expected.len(), 2 * usize::try_from(ROWS_PER_PROCESS).unwrap());
    assert_eq!(ids(&database), expected);
    assert_sound(&database);
}

#[test]
fn child_writes_odd_rows() {
    let Some(path) = std::env::var_os(CHILD_PATH).map(PathBuf::from) else {
        return;
    };
    let database = open_with(&path, &inline());
    println!();
    for id in (0..ROWS_PER_PROCESS).map(|step| step * 2 + 1) {
        write(&database, id, 100).unwrap();
        println!("acked {id}");
    }
    database.close().unwrap();
}

#[test]
fn a_lock_that_is_held_too_long_is_reported_and_then_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let busy_timeout = Duration::from_millis(30);
    let database = open_with(&path, &Options { busy_timeout, ..Options::default() });
    let mut other = Connection::open(&path).unwrap();
    let lock = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let busy = write(&database, 1, 10);
    assert!(matches!(busy, Err(WriteError::Storage(StorageError::Busy { .. }))), "{busy:?}");
    drop(lock);
    write(&database, 1, 10).unwrap();
}

#[test]
fn the_data_version_changes_when_anyone_commits_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let watching = open(&path);
    let foreign = open_with(&path, &inline());
    let version = || watching.data_version().unwrap();

    let at_first = version();
    ids(&watching);
    watching.write(|_| Err::<(), _>(rusqlite::Error::QueryReturnedNoRows)).unwrap_err();
    assert_eq!(version(), at_first);
    write(&foreign, 1, 10).unwrap();
    let after_foreign = version();
    assert_ne!(after_foreign, at_first);
    assert_eq!(version(), after_foreign);
    write(&watching, 2, 10).unwrap();
    assert_ne!(version(), after_foreign);
}

#[test]
fn handles_are_sent_and_shared() {
    fn is_shareable<T: Send + Sync + Clone>() {}
    is_shareable::<Database>();
}
