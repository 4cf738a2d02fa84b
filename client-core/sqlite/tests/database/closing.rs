//! Closing drains, empties the log, and leaves nobody waiting.

use std::fs;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use linecrew_sqlite::{CloseError, Database, Execution, Options, StorageError, WriteError};

use crate::support::{HeldWriter, ids, insert, open, open_with, write};

fn inline() -> Options {
    Options { execution: Execution::Inline, ..Options::default() }
}

#[test]
fn closing_runs_what_is_queued_and_empties_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = open(&path);
    let held = HeldWriter::hold(&database);
    let mut tasks = Vec::new();
    for id in 0..20 {
        let mut write = Box::pin({
            let database = database.clone();
            async move { database.write_async(move |transaction| insert(transaction, id, 10)).await }
        });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(write.as_mut().poll(&mut context).is_pending());
        tasks.push(write);
    }
    let clone = database.clone();
    let closing = thread::spawn(move || database.close());
    while !is_closed(&clone) {
        thread::yield_now();
    }
    held.release();
    closing.join().unwrap().unwrap();
    drop(tasks);
    assert!(!path.with_extension("db-wal").exists());
    assert_eq!(ids(&open(&path)), (0..20).collect());
}

fn is_closed(database: &Database) -> bool {
    let write = std::pin::pin!(database.write_async(|_| Ok::<_, rusqlite::Error>(())));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = Future::poll(write, &mut context);
    matches!(polled, Poll::Ready(Err(WriteError::Storage(StorageError::Closed))))
}

#[test]
fn closing_empties_the_log_also_while_another_process_has_the_file_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let other = open(&path);
    let database = open(&path);
    write(&database, 1, 10).unwrap();
    database.close().unwrap();
    assert_eq!(fs::metadata(path.with_extension("db-wal")).unwrap().len(), 0);
    write(&other, 2, 10).unwrap();
    assert_eq!(ids(&other), [1, 2].into());
}

#[test]
fn a_clone_of_a_closed_database_answers_closed() {
    for options in [Options::default(), inline()] {
        let folder = tempfile::tempdir().unwrap();
        let database = open_with(&folder.path().join("store.db"), &options);
        let clone = database.clone();
        database.close().unwrap();
        let written = write(&clone, 1, 10);
        assert!(matches!(written, Err(WriteError::Storage(StorageError::Closed))), "{written:?}");
        assert!(clone.read(|_| Ok::<_, rusqlite::Error>(())).is_err());
        assert!(clone.data_version().is_err());
        clone.close().unwrap();
    }
}

#[test]
fn a_write_or_close_inside_a_write_is_refused_instead_of_waiting_for_itself() {
    for options in [Options::default(), inline()] {
        let folder = tempfile::tempdir().unwrap();
        let database = open_with(&folder.path().join("store.db"), &options);
        let inner = database.clone();
        let nested = database.write(move |_| {
            let written = write(&inner, 1, 10);
            Ok::<_, rusqlite::Error>((written, inner.close()))
        });
        let (written, closed) = nested.unwrap();
        assert!(matches!(written, Err(WriteError::Storage(StorageError::NestedWrite))), "{written:?}");
        assert!(matches!(closed, Err(CloseError::NestedClose)), "{closed:?}");
        write(&database, 2, 10).unwrap();
    }
}

#[test]
fn the_last_handle_may_be_dropped_inside_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = open(&path);
    let inner = database.clone();
    let (dropped, was_dropped) = mpsc::channel();
    let mut write = Box::pin(async move {
        let job = move |transaction: &rusqlite::Transaction<'_>| {
            was_dropped.recv().unwrap();
            drop(inner);
            insert(transaction, 1, 10)
        };
        database.write_async(job).await
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(write.as_mut().poll(&mut context).is_pending());
    drop(write);
    dropped.send(()).unwrap();
    let stored = || ids(&open(&path)) == [1].into();
    let waited = (0..1_000).any(|_| {
        thread::sleep(Duration::from_millis(5));
        stored()
    });
    assert!(waited, "the job was lost or its thread waits for itself");
}
