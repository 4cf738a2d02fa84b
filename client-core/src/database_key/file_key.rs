//! A store's key in a file of its owner's alone: for the terminal phone, and for tests. It keeps out who has the store's files without it; a
//! real phone has a keystore.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use linecrew_sqlite::{KEY_BYTES, Key};
use rand::{TryRngCore, rngs::OsRng};
use zeroize::Zeroizing;

use super::{DatabaseKey, DatabaseKeyUnavailable};
use crate::key_file::{self, KeyFileError, sync_folder_of};

/// A key in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDatabaseKey {
    path: PathBuf,
}

impl FileDatabaseKey {
    /// The key in the file at `path`, which need not be there yet.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn read(&self) -> Result<Option<Key>, KeyFileError> {
        let bytes = match key_file::read(&self.path) {
            Err(KeyFileError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            bytes => Zeroizing::new(bytes?),
        };
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return Err(KeyFileError::NotAKey { path: self.path.clone() });
        }
        key.copy_from_slice(&bytes);
        Ok(Some(Key::new(key)))
    }

    fn make(&self) -> Result<Key, KeyFileError> {
        if let Some(key) = self.read()? {
            return Ok(key);
        }
        let (mut key, mut draft) = (Zeroizing::new([0; KEY_BYTES]), [0; 8]);
        let drawn = OsRng.try_fill_bytes(key.as_mut_slice()).and_then(|()| OsRng.try_fill_bytes(&mut draft));
        drawn.map_err(|_| KeyFileError::NoRandomness)?;
        key_file::create(&self.path, key.as_slice(), u64::from_le_bytes(draft))?;
        // Another process may have been faster: its key is the one.
        self.read()?.ok_or_else(|| KeyFileError::NotAKey { path: self.path.clone() })
    }
}

impl DatabaseKey for FileDatabaseKey {
    fn find(&self) -> Result<Option<Key>, DatabaseKeyUnavailable> {
        self.read().map_err(DatabaseKeyUnavailable::because)
    }

    fn create(&self) -> Result<Key, DatabaseKeyUnavailable> {
        self.make().map_err(DatabaseKeyUnavailable::because)
    }

    fn destroy(&self) -> Result<(), DatabaseKeyUnavailable> {
        let removed = match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        removed.and_then(|()| sync_folder_of(&self.path)).map_err(DatabaseKeyUnavailable::because)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_drawn_once_and_stays_until_it_is_destroyed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.key");
        let key = FileDatabaseKey::at(&path);
        assert!(key.find().unwrap().is_none());
        key.create().unwrap();
        let bytes = fs::read(&path).unwrap();
        key.create().unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes);
        assert!(bytes.len() == KEY_BYTES && bytes != [0; KEY_BYTES]);
        assert!(key.find().unwrap().is_some());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
        key.destroy().unwrap();
        key.destroy().unwrap();
        assert!(key.find().unwrap().is_none() && !path.exists());
        key.create().unwrap();
        assert_ne!(fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn a_file_that_is_no_key_is_never_taken_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.key");
        let key = FileDatabaseKey::at(&path);
        key.create().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(key.find().is_err());
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(&path, [1; 31]).unwrap();
        assert!(key.find().is_err() && key.create().is_err());
        assert_eq!(fs::read(&path).unwrap(), [1; 31], "it is not written over");
    }
}
