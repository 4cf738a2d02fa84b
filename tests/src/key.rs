//! The keys of a phone and of its store, in files beside it: what a keystore is to a real phone.

use std::{path::Path, sync::Arc};

use linecrew_client::{Client, DatabaseKey, FileDatabaseKey, FileKey, Host};
use rusqlite::{Connection, OpenFlags};

/// Gives the phone with this store its key; a new one the first time.
///
/// # Panics
/// The file cannot be used.
pub fn hand_over(client: &Client, store: &Path, host: &dyn Host) {
    let key = FileKey::open(&store.with_extension("key"), host).expect("the phone's key");
    client.set_device_key(Arc::new(key));
}

/// The key of the store.
#[must_use]
pub fn of_store(store: &Path) -> Arc<FileDatabaseKey> {
    Arc::new(FileDatabaseKey::at(&store.with_extension("dbkey")))
}

/// A store without the library: what a test looks into or breaks.
///
/// # Panics
/// It cannot be opened with its key.
#[must_use]
pub fn opened(store: &Path, flags: OpenFlags) -> Connection {
    let connection = Connection::open_with_flags(store, flags).expect("the store opens");
    let key = of_store(store).find().expect("the key can be read").expect("the store has a key");
    key.unlock(&connection).expect("the store has this key");
    connection
}
