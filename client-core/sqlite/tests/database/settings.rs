//! The settings that durability and distrust rest on, read back from live connections.

use std::thread;

use linecrew_sqlite::{Execution, Options};
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::support::{insert, open, open_with, write};

type Setting = (&'static str, i64);

const EVERYWHERE: [Setting; 4] = [("foreign_keys", 1), ("trusted_schema", 0), ("cell_size_check", 1), ("temp_store", 2)];
const WRITER: [Setting; 5] =
    [("synchronous", 2), ("fullfsync", 1), ("checkpoint_fullfsync", 1), ("wal_autocheckpoint", 0), ("query_only", 0)];

fn number(connection: &Connection, pragma: &str) -> i64 {
    connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap()
}

fn assert_settings(connection: &Connection, settings: &[Setting]) {
    for (pragma, expected) in settings.iter().chain(&EVERYWHERE) {
        assert_eq!(number(connection, pragma), *expected, "{pragma}");
    }
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE).unwrap());
}

fn assert_writer(database: &linecrew_sqlite::Database) {
    let checked = database.write(|transaction| {
        assert_settings(transaction, &WRITER);
        Ok::<_, rusqlite::Error>(())
    });
    checked.unwrap();
}

#[test]
fn the_writer_is_durable_and_distrustful_also_after_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    assert_writer(&database);
    database.write(|transaction| transaction.execute_batch("ROLLBACK")).unwrap_err();
    assert_writer(&database);
    write(&database, 1, 1).unwrap();
}

#[test]
fn a_reader_can_only_read_and_never_checkpoints() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    let checked = database.read(|connection| {
        assert_settings(connection, &[("query_only", 1)]);
        assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE).unwrap());
        connection.execute("INSERT INTO entry (id, body) VALUES (1, x'00')", [])
    });
    let class = linecrew_sqlite::class(&checked.unwrap_err());
    assert_eq!(class, linecrew_sqlite::ErrorClass::ReadOnly);
}

#[test]
fn inline_work_runs_on_the_calling_thread_and_threaded_work_does_not() {
    for (execution, here) in [(Execution::Inline, true), (Execution::Thread, false)] {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { execution, ..Options::default() };
        let database = open_with(&folder.path().join("store.db"), &options);
        let thread_of_job = database.write(|transaction| {
            insert(transaction, 1, 1)?;
            Ok::<_, rusqlite::Error>(thread::current().id())
        });
        assert_eq!(thread_of_job.unwrap() == thread::current().id(), here);
    }
}

#[test]
fn inline_asynchronous_work_is_done_at_the_first_poll() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { execution: Execution::Inline, ..Options::default() };
    let database = open_with(&folder.path().join("store.db"), &options);
    let write = std::pin::pin!(database.write_async(|transaction| insert(transaction, 1, 1)));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = Future::poll(write, &mut context);
    assert!(matches!(polled, std::task::Poll::Ready(Ok(1))), "{polled:?}");
}
