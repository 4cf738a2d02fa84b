//! Whatever ends the process, one good database is left.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::*;
use crate::{Database, Migration, StorageError};

const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "note", sql: "CREATE TABLE note (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT" }];
const STEPS: [Step; 5] = [Step::Locked, Step::Exported, Step::Compared, Step::Synced, Step::Renamed];
/// Where a child finds its database, and at which step it ends.
const CHILD_PATH: &str = "LINECREW_ENCRYPT_CHILD_PATH";
const CHILD_STEP: &str = "LINECREW_ENCRYPT_CHILD_STEP";

fn with_key() -> Options {
    Options { key: Some(Key::new(Zeroizing::new([7; 32]))), ..Options::default() }
}

/// A database in the clear. Its log is not copied: the process that wrote it was killed.
fn plain(folder: &Path) -> PathBuf {
    let path = folder.join("store.db");
    let database = Database::open(&path, &Options::default(), MIGRATIONS).unwrap();
    database.write(|transaction| transaction.execute("INSERT INTO note VALUES (1, '陈秀英, 鼓楼区东街 1 号')", [])).unwrap();
    let log = fs::read(sibling(&path, "-wal")).unwrap();
    let file = fs::read(&path).unwrap();
    database.close().unwrap();
    fs::write(&path, file).unwrap();
    fs::write(sibling(&path, "-wal"), log).unwrap();
    path
}

fn note(database: &Database) -> String {
    database.read(|connection| connection.query_row("SELECT text FROM note", [], |row| row.get(0))).unwrap()
}

#[test]
fn what_stood_in_the_clear_and_in_its_log_is_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    let path = plain(folder.path());
    assert!(matches!(Database::open(&path, &with_key(), MIGRATIONS), Err(OpenError::NotEncrypted { .. })));
    encrypt(&path, &with_key()).unwrap();
    encrypt(&path, &with_key()).unwrap();
    let database = Database::open(&path, &with_key(), MIGRATIONS).unwrap();
    assert!(note(&database).contains("陈秀英"));
    database.close().unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["store.db"], "nothing is left beside it");
}

#[test]
fn a_process_that_ends_at_any_step_leaves_one_good_database() {
    for (number, step) in STEPS.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let path = plain(folder.path());
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "encrypt::tests::child_ends_at_a_step", "--nocapture"]).stdout(Stdio::null()).stderr(Stdio::null());
        let ended = child.env(CHILD_PATH, &path).env(CHILD_STEP, number.to_string()).status().unwrap();
        assert!(!ended.success(), "{step:?} was not reached");
        let form = if step == Step::Renamed { Form::Encrypted } else { Form::Plain };
        assert_eq!(identity::form(&path).unwrap(), form, "{step:?}");
        encrypt(&path, &with_key()).unwrap();
        let database = Database::open(&path, &with_key(), MIGRATIONS).unwrap();
        assert!(note(&database).contains("陈秀英"), "{step:?}");
        assert!(!sibling(&path, COPY).exists(), "{step:?}");
    }
}

#[test]
fn child_ends_at_a_step() {
    let Some(path) = std::env::var_os(CHILD_PATH).map(PathBuf::from) else { return };
    let last = STEPS[std::env::var(CHILD_STEP).unwrap().parse::<usize>().unwrap()];
    let ended = encrypt_watched(&path, &with_key(), &mut |step| {
        if step == last {
            std::process::abort();
        }
    });
    panic!("{ended:?}");
}

#[test]
fn nobody_is_in_it_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = plain(folder.path());
    let short = Options { busy_timeout: std::time::Duration::from_millis(50), ..with_key() };
    let other = Database::open(&path, &Options::default(), MIGRATIONS).unwrap();
    let refused = encrypt(&path, &short);
    assert!(matches!(refused, Err(OpenError::Storage { source: StorageError::Busy { .. }, .. })), "{refused:?}");
    assert!(note(&other).contains("陈秀英"));
}

#[test]
fn a_difference_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = plain(folder.path());
    let site = Site { path, options: Options::default() };
    let connection = site.connect_bare().unwrap();
    let copy = folder.path().join("copy.db");
    File::create_new(&copy).unwrap();
    export(&connection, &copy, &Key::new(Zeroizing::new([7; 32]))).unwrap();
    assert!(is_equal(&connection).unwrap());
    for (break_it, heal_it) in [
        ("UPDATE encrypted.note SET text = 'x'", "UPDATE encrypted.note SET text = (SELECT text FROM main.note)"),
        ("INSERT INTO encrypted.note VALUES (2, 'y')", "DELETE FROM encrypted.note WHERE id = 2"),
        ("CREATE TABLE encrypted.other (id)", "DROP TABLE encrypted.other"),
    ] {
        connection.execute_batch(break_it).unwrap();
        assert!(!is_equal(&connection).unwrap(), "{break_it}");
        connection.execute_batch(heal_it).unwrap();
        assert!(is_equal(&connection).unwrap(), "{heal_it}");
    }
}
