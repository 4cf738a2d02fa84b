//! With a key nothing stands in the clear, and another key changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use linecrew_sqlite::{Database, Execution, Form, KEY_BYTES, Key, OpenError, Options, form};
use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::support::MIGRATIONS;

const SECRET: &[u8] = "陈秀英, 鼓楼区东街 1 号".as_bytes();

fn with_key(byte: u8) -> Options {
    Options { key: Some(Key::new(Zeroizing::new([byte; KEY_BYTES]))), execution: Execution::Inline, ..Options::default() }
}

fn try_open(path: &Path, options: &Options) -> Result<Database, OpenError> {
    Database::open(path, options, MIGRATIONS)
}

fn write_secret(database: &Database) {
    let sql = "INSERT INTO entry (id, body) VALUES (1, ?1)";
    database.write(move |transaction| transaction.execute(sql, [SECRET])).unwrap();
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

/// The files in which the secret can be read.
fn exposed(folder: &Path) -> Vec<String> {
    let shows = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET);
    contents(folder).into_iter().filter(|(_, bytes)| shows(bytes)).map(|(name, _)| name).collect()
}

#[test]
fn nothing_stands_in_the_clear_neither_in_the_log_nor_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    for (options, in_log, in_file) in [(Options { key: None, ..with_key(1) }, 1, 1), (with_key(1), 0, 0)] {
        let database = try_open(&path, &options).unwrap();
        write_secret(&database);
        let log = contents(folder.path())["store.db-wal"].clone();
        assert!(log.len() > 4_096, "the secret was written to the log");
        assert_eq!(exposed(folder.path()).len(), in_log);
        database.close().unwrap();
        assert_eq!(exposed(folder.path()).len(), in_file);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn another_key_is_told_from_damage_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = try_open(&path, &with_key(1)).unwrap();
    write_secret(&database);
    // As after a kill: the log holds what was confirmed.
    let copy = tempfile::tempdir().unwrap();
    contents(folder.path()).iter().for_each(|(name, bytes)| fs::write(copy.path().join(name), bytes).unwrap());
    let (path, before) = (copy.path().join("store.db"), contents(copy.path()));
    assert!(before["store.db-wal"].len() > 4_096);
    let refused = try_open(&path, &with_key(2));
    assert!(matches!(&refused, Err(OpenError::WrongKey { path: named }) if *named == path), "{refused:?}");
    assert_eq!(contents(copy.path()), before);
    assert_eq!(form(&path).unwrap(), Form::Encrypted);
    let database = try_open(&path, &with_key(1)).unwrap();
    let kept: Vec<u8> = database.read(|connection| connection.query_row("SELECT body FROM entry", [], |row| row.get(0))).unwrap();
    assert_eq!(kept, SECRET);
}

#[test]
fn damage_under_the_right_key_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = try_open(&path, &with_key(1)).unwrap();
    write_secret(&database);
    database.close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[2_000] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let refused = try_open(&path, &with_key(1));
    assert!(matches!(refused, Err(OpenError::Corrupt { .. })), "a page that was changed has another seal: {refused:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_reader_and_another_process_use_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (one, other) = (try_open(&path, &with_key(1)).unwrap(), try_open(&path, &with_key(1)).unwrap());
    write_secret(&one);
    let count = |database: &Database| database.read(|connection| connection.query_row("SELECT count(*) FROM entry", [], |row| row.get(0)));
    assert_eq!((count(&one), count(&other)), (Ok(1_i64), Ok(1_i64)));
    let bare = Connection::open(&path).unwrap();
    bare.query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0)).unwrap_err();
}

#[test]
fn no_error_names_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("store.db")).unwrap();
    let key = Key::new(Zeroizing::new([0xab; KEY_BYTES]));
    key.unlock(&connection).unwrap();
    let said = format!("{:?} {:?}", with_key(0xab), try_open(folder.path(), &with_key(0xab)).unwrap_err());
    assert!(!said.to_lowercase().contains("abab") && !said.contains("171, 171"), "{said}");
}
