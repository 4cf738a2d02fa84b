//! Stores without the library.

use std::{
    fs,
    path::{Path, PathBuf},
};

use linecrew_client::DatabaseKey;
use rusqlite::Connection;

use crate::phone::key_of;

/// The store at `path` without the library: what a test looks into or breaks.
pub(crate) fn raw(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    key_of(path).find().unwrap().unwrap().unlock(&connection).unwrap();
    connection
}

/// A backup of the store and its key, both under another name.
pub(crate) fn copy_store(path: &Path, copy: &Path) {
    raw(path).execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    fs::copy(path.with_file_name("store.key"), copy.with_file_name("store.key")).unwrap();
}

/// The same in the clear, as older builds kept it.
pub(crate) fn plain_copy(path: &Path) -> PathBuf {
    let copy = path.with_extension("plain");
    let store = raw(path);
    store.execute("ATTACH ?1 AS plain KEY ''", [copy.to_str().unwrap()]).unwrap();
    store.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
    for name in ["application_id", "user_version"] {
        let number: i64 = store.query_row(&format!("PRAGMA main.{name}"), [], |row| row.get(0)).unwrap();
        store.pragma_update(Some("plain"), name, number).unwrap();
    }
    copy
}
