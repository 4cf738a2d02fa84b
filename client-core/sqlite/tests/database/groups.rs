//! Jobs that share a commit do not share their failures.

use std::fs;
use std::path::Path;

use linecrew_sqlite::{Database, GroupLimits, Options, StorageError, WriteError};
use tokio::task::JoinHandle;

use crate::support::{HeldWriter, ids, insert, open, open_with, write};

type Answer = Result<usize, WriteError<rusqlite::Error>>;

/// Commits in the log, from its frames: a frame that ends a commit names the database's size (sqlite.org/fileformat2.html#walformat).
fn commits_in_log(database: &Path) -> usize {
    let log = fs::read(database.with_extension("db-wal")).unwrap();
    let (header, frames) = log.split_at(32);
    let page = usize::try_from(u32::from_be_bytes(header[8..12].try_into().unwrap())).unwrap();
    let frames = frames.chunks_exact(24 + page);
    let current = frames.filter(|frame| frame[8..16] == header[16..24]);
    current.filter(|frame| frame[4..8] != [0; 4]).count()
}

/// Queues `write` and returns once it is in the queue.
async fn queue(
    database: &Database,
    write: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<usize> + Send + 'static,
) -> JoinHandle<Answer> {
    let database = database.clone();
    let (polled, was_polled) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        let mut answer = std::pin::pin!(database.write_async(write));
        let mut polled = Some(polled);
        std::future::poll_fn(|context| {
            let state = answer.as_mut().poll(context);
            if let Some(polled) = polled.take() {
                polled.send(()).unwrap();
            }
            state
        })
        .await
    });
    was_polled.await.unwrap();
    task
}

#[tokio::test]
async fn queued_jobs_share_one_commit_and_fail_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = open(&path);
    let held = HeldWriter::hold(&database);
    let mut answers = Vec::new();
    for id in 0..60 {
        let job = move |transaction: &rusqlite::Transaction<'_>| {
            insert(transaction, id, 10)?;
            match id % 3 {
                0 => Ok(1),
                1 => Err(rusqlite::Error::QueryReturnedNoRows),
                _ => panic!("a job of this test panics"),
            }
        };
        answers.push((id, queue(&database, job).await));
    }
    let before = commits_in_log(&path);
    held.release();
    for (id, answer) in answers {
        match (id % 3, answer.await.unwrap()) {
            (0, Ok(1))
            | (1, Err(WriteError::Job(rusqlite::Error::QueryReturnedNoRows)))
            | (2, Err(WriteError::Storage(StorageError::JobPanicked))) => {}
            (_, answer) => panic!("{id}: {answer:?}"),
        }
    }
    assert_eq!(ids(&database), (0..60).step_by(3).collect());
    assert_eq!(commits_in_log(&path) - before, 1);
}

#[tokio::test]
async fn a_group_is_no_larger_than_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let options = Options { group: GroupLimits { max_jobs: 10 }, ..Options::default() };
    let database = open_with(&path, &options);
    let held = HeldWriter::hold(&database);
    let mut answers = Vec::new();
    for id in 0..95 {
        answers.push(queue(&database, move |transaction| insert(transaction, id, 10)).await);
    }
    let before = commits_in_log(&path);
    held.release();
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(commits_in_log(&path) - before, 10);
}

/// The third job destroys the transaction. The first was never acknowledged, and the second's refusal rested on the first.
#[tokio::test]
async fn nothing_of_a_lost_group_is_acknowledged_and_later_jobs_still_run() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    let held = HeldWriter::hold(&database);
    let refused = queue(&database, |_| Err(rusqlite::Error::QueryReturnedNoRows)).await;
    let first = queue(&database, |transaction| insert(transaction, 1, 10)).await;
    let duplicate = queue(&database, |transaction| insert(transaction, 1, 10)).await;
    let destroyer = queue(&database, |transaction| transaction.execute("ROLLBACK", [])).await;
    let later = queue(&database, |transaction| insert(transaction, 2, 10)).await;
    held.release();
    let refused = refused.await.unwrap();
    assert!(matches!(refused, Err(WriteError::Job(_))), "{refused:?}");
    for lost in [first, duplicate, destroyer] {
        let lost = lost.await.unwrap();
        let expected = matches!(lost, Err(WriteError::Storage(StorageError::GroupRolledBack)));
        assert!(expected, "{lost:?}");
    }
    later.await.unwrap().unwrap();
    assert_eq!(ids(&database), [2].into());
}

#[test]
fn a_job_cannot_commit_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    let committed = database.write(|transaction| {
        insert(transaction, 1, 10)?;
        transaction.execute_batch("COMMIT")
    });
    assert!(committed.is_err(), "{committed:?}");
    let carried_on = database.write(|transaction| {
        transaction.execute_batch("ROLLBACK")?;
        insert(transaction, 2, 10)
    });
    assert!(carried_on.is_err(), "{carried_on:?}");
    assert_eq!(ids(&database), [].into());
    write(&database, 3, 10).unwrap();
}

#[test]
fn a_commit_that_fails_acknowledges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    let deferred = "CREATE TABLE child (parent INTEGER NOT NULL REFERENCES entry DEFERRABLE INITIALLY DEFERRED) STRICT";
    database.write(|transaction| transaction.execute_batch(deferred)).unwrap();
    let orphan = database.write(|transaction| {
        insert(transaction, 1, 10)?;
        transaction.execute("INSERT INTO child (parent) VALUES (99)", [])
    });
    assert!(matches!(orphan, Err(WriteError::Storage(StorageError::Other { .. }))), "{orphan:?}");
    assert_eq!(ids(&database), [].into());
    write(&database, 2, 10).unwrap();
}

#[tokio::test]
async fn more_jobs_than_the_queue_holds_wait_for_room() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    let held = HeldWriter::hold(&database);
    let count = i64::try_from(linecrew_sqlite::limits::QUEUED_JOBS).unwrap() + 500;
    let mut answers = Vec::new();
    for id in 0..count {
        answers.push(queue(&database, move |transaction| insert(transaction, id, 1)).await);
    }
    let blocked = {
        let database = database.clone();
        std::thread::spawn(move || write(&database, count, 1))
    };
    held.release();
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    blocked.join().unwrap().unwrap();
    assert_eq!(ids(&database), (0..=count).collect());
}

#[tokio::test]
async fn a_job_runs_although_its_future_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    let held = HeldWriter::hold(&database);
    let dropped = queue(&database, |transaction| insert(transaction, 1, 10)).await;
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    held.release();
    write(&database, 2, 10).unwrap();
    assert_eq!(ids(&database), [1, 2].into());
}

#[tokio::test]
async fn an_answer_that_panics_when_dropped_does_not_stop_the_writer() {
    struct Explosive;
    impl Drop for Explosive {
        fn drop(&mut self) {
            panic!("a value of this test panics when dropped");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("store.db"));
    let held = HeldWriter::hold(&database);
    {
        let mut unheard = Box::pin(database.write_async(|_| Ok::<_, ()>(Explosive)));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(unheard.as_mut().poll(&mut context).is_pending());
    }
    held.release();
    write(&database, 1, 10).unwrap();
}
