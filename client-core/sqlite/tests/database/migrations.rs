//! Migrations: once each, whole or not at all, never edited.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use linecrew_sqlite::{Database, Migration, OpenError, Options};

use crate::support::{CHILD_PATH, Seeded, child};

const BASE: Migration = Migration {
    version: 1,
    name: "meters",
    sql: "CREATE TABLE meter (id INTEGER NOT NULL PRIMARY KEY) STRICT;\nINSERT INTO meter (id) VALUES (1), (2)",
};
const READINGS: Migration = Migration {
    version: 2,
    name: "readings",
    sql: "CREATE TABLE reading (meter INTEGER NOT NULL REFERENCES meter) STRICT; INSERT INTO reading (meter) VALUES (2)",
};
/// Rebuilds a table that others refer to, the way SQLite recommends.
const REBUILD: Migration = Migration {
    version: 3,
    name: "meter numbers",
    sql: "CREATE TABLE new_meter (id INTEGER NOT NULL PRIMARY KEY, number TEXT NOT NULL) STRICT;
          INSERT INTO new_meter (id, number) SELECT id, 'M' || id FROM meter;
          DROP TABLE meter;
          ALTER TABLE new_meter RENAME TO meter",
};
/// Slow enough to be killed inside.
const SLOW: Migration = Migration {
    version: 2,
    name: "many rows",
    sql: "CREATE TABLE many (id INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT;
          INSERT INTO many (id, body)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
          SELECT i, randomblob(200) FROM n;
          CREATE TABLE last (id INTEGER NOT NULL PRIMARY KEY) STRICT",
};

fn open(path: &Path, migrations: &[Migration]) -> Result<Database, OpenError> {
    Database::open(path, &Options::default(), migrations)
}

fn number(database: &Database, sql: &str) -> i64 {
    database.read(|connection| connection.query_row(sql, [], |row| row.get::<_, i64>(0))).unwrap()
}

fn version(database: &Database) -> i64 {
    number(database, "PRAGMA user_version")
}

/// The database as it is on disk, without opening it.
fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

#[test]
fn a_fresh_file_gets_all_and_an_old_one_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = open(&path, &[BASE]).unwrap();
    assert_eq!(version(&database), 1);
    database.write(|transaction| transaction.execute("INSERT INTO meter (id) VALUES (7)", [])).unwrap();
    database.close().unwrap();
    let database = open(&path, &[BASE, READINGS, REBUILD]).unwrap();
    assert_eq!(version(&database), 3);
    assert_eq!(number(&database, "SELECT count(*) FROM meter WHERE number LIKE 'M%'"), 3);
    assert_eq!(number(&database, "SELECT count(*) FROM reading JOIN meter ON meter.id = reading.meter"), 1);
    assert_eq!(number(&database, "SELECT count(*) FROM schema_history"), 3);
    database.close().unwrap();
    let fresh = open(&folder.path().join("fresh.db"), &[BASE, READINGS, REBUILD]).unwrap();
    assert_eq!(version(&fresh), 3);
    let orphan = fresh.write(|transaction| transaction.execute("INSERT INTO reading (meter) VALUES (99)", []));
    assert!(orphan.is_err(), "foreign keys are on again after migrating");
}

#[test]
fn a_newer_schema_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    open(&path, &[BASE, READINGS]).unwrap().close().unwrap();
    let before = bytes(&path);
    let opened = open(&path, &[BASE]);
    assert!(matches!(opened, Err(OpenError::NewerSchema { found: 2, known: 1 })), "{opened:?}");
    assert_eq!(bytes(&path), before);
}

/// Closing the last connection would move the log into the database.
#[test]
fn a_newer_schema_whose_log_is_not_moved_yet_is_untouched_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let killed = folder.path().join("killed.db");
    let database = open(&path, &[BASE, READINGS]).unwrap();
    let log = |path: &Path| path.with_extension("db-wal");
    fs::copy(&path, &killed).unwrap();
    fs::copy(log(&path), log(&killed)).unwrap();
    drop(database);
    let before = (bytes(&killed), bytes(&log(&killed)));
    let opened = open(&killed, &[BASE]);
    assert!(matches!(opened, Err(OpenError::NewerSchema { found: 2, known: 1 })), "{opened:?}");
    assert_eq!((bytes(&killed), bytes(&log(&killed))), before);
    assert_eq!(version(&open(&killed, &[BASE, READINGS]).unwrap()), 2);
}

#[test]
fn an_edited_migration_is_refused_but_line_endings_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    open(&path, &[BASE, READINGS]).unwrap().close().unwrap();
    let edited = Migration { sql: "CREATE TABLE meter (id INTEGER NOT NULL PRIMARY KEY) STRICT", ..BASE };
    for migrations in [&[edited, READINGS][..], &[edited, READINGS, REBUILD]] {
        let opened = open(&path, migrations);
        assert!(matches!(opened, Err(OpenError::EditedMigration { version: 1, name: "meters" })), "{opened:?}");
    }
    let from_windows = Migration { sql: BASE.sql.replace('\n', "\r\n").leak(), ..BASE };
    assert_ne!(from_windows.sql, BASE.sql);
    open(&path, &[from_windows, READINGS]).unwrap();
}

#[test]
fn a_gap_in_the_list_is_refused_before_the_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let opened = open(&path, &[BASE, REBUILD]);
    assert!(matches!(opened, Err(OpenError::MigrationOrder { expected: 2, found: 3 })), "{opened:?}");
    assert!(!path.exists());
}

#[test]
fn a_migration_that_fails_leaves_the_schema_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    open(&path, &[BASE]).unwrap().close().unwrap();
    let broken_midway = "CREATE TABLE half (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1)";
    let commits_midway = "CREATE TABLE half (id INTEGER) STRICT; COMMIT; CREATE TABLE other (id INTEGER) STRICT";
    for sql in [broken_midway, commits_midway] {
        let opened = open(&path, &[BASE, Migration { sql, ..READINGS }]);
        assert!(matches!(opened, Err(OpenError::Migration { version: 2, .. })), "{opened:?}");
        let database = open(&path, &[BASE]).unwrap();
        assert_eq!(number(&database, "SELECT count(*) FROM sqlite_schema WHERE name IN ('half', 'other')"), 0);
        database.close().unwrap();
    }
    let orphans = "CREATE TABLE reading (meter INTEGER NOT NULL REFERENCES meter) STRICT; INSERT INTO reading (meter) VALUES (99)";
    let opened = open(&path, &[BASE, Migration { sql: orphans, ..READINGS }]);
    assert!(matches!(opened, Err(OpenError::MigrationForeignKey { version: 2, .. })), "{opened:?}");
    assert_eq!(version(&open(&path, &[BASE]).unwrap()), 1);
}

#[test]
fn many_openers_at_once_migrate_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let database = open(&path, &[BASE, READINGS, REBUILD]).unwrap();
                    assert_eq!(version(&database), 3);
                });
            }
        });
        assert_eq!(number(&open(&path, &[BASE, READINGS, REBUILD]).unwrap(), "SELECT count(*) FROM meter"), 2);
    }
}

#[test]
fn a_kill_inside_a_migration_leaves_the_old_schema_or_the_new_one() {
    let mut seeded = Seeded::from_environment();
    let mut seen = [0, 0];
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        open(&path, &[BASE]).unwrap().close().unwrap();
        let mut child = child("migrations::child_migrates", &path).spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        output.read_exact(&mut [0]).unwrap();
        thread::sleep(Duration::from_micros(seeded.below(250_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = old_or_new(&path);
        seen[usize::try_from(found - 1).unwrap()] += 1;
        assert_eq!(version(&open(&path, &[BASE, SLOW]).unwrap()), 2);
    }
    println!("{} old, {} new", seen[0], seen[1]);
    assert!(seen[0] > 0, "no kill met the migration: {seen:?}");
}

fn old_or_new(path: &Path) -> i64 {
    match open(path, &[BASE]) {
        Ok(old) => {
            assert_eq!(number(&old, "SELECT count(*) FROM sqlite_schema WHERE name IN ('many', 'last')"), 0);
            1
        }
        Err(OpenError::NewerSchema { found: 2, .. }) => {
            let new = open(path, &[BASE, SLOW]).unwrap();
            assert_eq!(number(&new, "SELECT count(*) FROM many"), 60_000);
            assert_eq!(number(&new, "SELECT count(*) FROM last"), 0);
            2
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn child_migrates() {
    let Some(path) = std::env::var_os(CHILD_PATH).map(PathBuf::from) else {
        return;
    };
    println!("starting");
    open(&path, &[BASE, SLOW]).unwrap();
}
