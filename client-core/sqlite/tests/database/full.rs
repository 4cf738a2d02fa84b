//! A full disk at every size: no acknowledged write is missing, no refused one is there, and a later try succeeds.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use linecrew_sqlite::{Database, ErrorClass, OpenError, Options, StorageError, WriteError, class};

use crate::support::{MIGRATIONS, assert_sound, ids, insert, open, write};

const THREADS: i64 = 4;
const WRITES: i64 = 12;

/// Writes small rows and rows of several pages from several threads, and returns which were acknowledged.
fn fill(database: &Database) -> BTreeSet<i64> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || fill_from_one_thread(database, thread * WRITES))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn fill_from_one_thread(database: &Database, first: i64) -> BTreeSet<i64> {
    let sizes = [300, 9_000, 40, 2_000].into_iter().cycle();
    let writes = (first..first + WRITES).zip(sizes);
    writes.filter(|(id, bytes)| was_acknowledged(write(database, *id, *bytes))).map(|(id, _)| id).collect()
}

fn was_acknowledged(answer: Result<usize, WriteError<rusqlite::Error>>) -> bool {
    match answer {
        Ok(_) => true,
        Err(WriteError::Job(error)) if class(&error) == ErrorClass::Full => false,
        Err(WriteError::Storage(StorageError::Full { .. })) => false,
        Err(other) => panic!("not reported as full: {other:?}"),
    }
}

/// How many writes were refused at this size; `None` if not even the schema fitted.
fn refused_at(path: &Path, pages: u32) -> Option<usize> {
    let options = Options { max_pages: Some(pages), ..Options::default() };
    let limited = match Database::open(path, &options, MIGRATIONS) {
        Ok(limited) => limited,
        Err(OpenError::Migration { source: StorageError::Full { .. }, .. }) => return None,
        Err(OpenError::Storage { source: StorageError::Full { .. }, .. }) => return None,
        Err(other) => panic!("not reported as full: {other:?}"),
    };
    let acknowledged = fill(&limited);
    assert_eq!(ids(&limited), acknowledged);
    limited.close().unwrap();

    let all: BTreeSet<i64> = (0..THREADS * WRITES).collect();
    let roomy = open(path);
    assert_eq!(ids(&roomy), acknowledged);
    for id in all.difference(&acknowledged) {
        write(&roomy, *id, 9_000).unwrap();
    }
    assert_eq!(ids(&roomy), all);
    assert_sound(&roomy);
    Some(all.len() - acknowledged.len())
}

#[test]
fn every_size_of_disk_keeps_what_was_acknowledged() {
    let mut refusals = BTreeSet::new();
    for pages in 1..90 {
        let folder = tempfile::tempdir().unwrap();
        refusals.insert(refused_at(&folder.path().join("store.db"), pages));
    }
    // The sizes did range from too small for the schema to large enough for all.
    assert!(refusals.contains(&None) && refusals.contains(&Some(0)) && refusals.len() > 20, "{refusals:?}");
}

#[test]
fn a_job_that_ignores_the_full_disk_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { max_pages: Some(8), ..Options::default() };
    let database = Database::open(&folder.path().join("store.db"), &options, MIGRATIONS).unwrap();
    let careless = database.write(|transaction| {
        insert(transaction, 1, 10)?;
        // Several rows in one statement with a unique index need a statement journal or lose the transaction; either way
        // the last insert must not count as done without the first.
        let large = "INSERT INTO entry (id, body) SELECT value, zeroblob(9000) FROM json_each('[2,3,4,5,6,7,8,9]')";
        transaction.execute(large, []).unwrap_err();
        insert(transaction, 10, 10).ok();
        Ok::<_, rusqlite::Error>(())
    });
    let stored = ids(&database);
    match careless {
        Ok(()) => assert_eq!(stored, [1, 10].into()),
        Err(_) => assert_eq!(stored, [].into()),
    }
}
