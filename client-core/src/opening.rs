//! Opening the store: with its key, or not at all.

use std::path::Path;

use linecrew_sqlite::{Database, Form, Key, Options, encrypt, form};

use crate::{client::OpenError, database_key::DatabaseKey, store};

/// Opens the database at `path`, and gives the key that opened it. A new one gets a new key; one in the clear, which an older build has written,
/// is encrypted first.
pub(crate) fn open(path: &Path, key: &dyn DatabaseKey, settings: Options) -> Result<(Database, Key), OpenError> {
    let found = form(path)?;
    let key = key_for(found, key)?;
    let settings = Options { key: Some(key.clone()), ..settings };
    if found == Form::Plain {
        encrypt(path, &settings)?;
    }
    Ok((Database::open(path, &settings, store::MIGRATIONS)?, key))
}

/// An encrypted store needs the key that it was made with: a new one would open nothing, and hide that the old one is lost.
fn key_for(found: Form, key: &dyn DatabaseKey) -> Result<Key, OpenError> {
    if let Some(key) = key.find()? {
        return Ok(key);
    }
    if found == Form::Encrypted {
        return Err(OpenError::KeyLost);
    }
    Ok(key.create()?)
}
