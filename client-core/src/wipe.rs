//! Wiping this phone: nobody is to have what is on it any more.
//!
//! Nothing that the server has not answered is ever wiped. What is left is emptied in the same transaction that finds this out, so that no other
//! process can save an edit that would go with it. Then a marker is written, the key destroyed, and last the files deleted. From the marker on
//! there is no way back: whoever opens the store after a kill finishes the wipe.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use rusqlite::Transaction;

use crate::{
    attachments,
    client::Client,
    database_key::{DatabaseKey, DatabaseKeyUnavailable},
    error::{StoreError, flatten},
    host,
    key_file::sync_folder_of,
    store::{
        installation,
        journal::{self, Kept},
        outbox,
    },
};

/// What the marker is called: the store's name with this behind it.
const MARKER: &str = "-wiped";
/// What whoever looks into it reads.
const MARKED: &[u8] = b"This phone was wiped. What is left here is deleted when the app is opened.\n";

/// Why this phone was not wiped, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum WipeError {
    /// Edits, or entries about money, that only this phone has. Nothing was wiped.
    #[error("{pending} edits on this phone are not on the server yet: it is not wiped")]
    Unanswered {
        /// How many.
        pending: u64,
    },
    /// The store failed. Nothing was wiped.
    #[error("failed to empty the store of this phone")]
    Store(#[from] StoreError),
    /// The store is empty, and its key may still be there. Opening it goes on from here.
    #[error("failed to destroy the key of this phone's store")]
    Key(#[source] DatabaseKeyUnavailable),
    /// Some files may still be there; unless it was the marker that could not be written, nobody can read them. Opening the store goes on from
    /// here.
    #[error("failed to delete the files of this phone's store")]
    Files(#[source] io::Error),
}

impl From<rusqlite::Error> for WipeError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl Client {
    /// Destroys the key of the store and deletes its files, those of attachments included, for all clones: they answer errors from then on. The
    /// next [`open`](Self::open) begins with an empty phone.
    ///
    /// Store, key and files are asked on the calling thread, except for the one transaction.
    ///
    /// # Errors
    /// See [`WipeError`]. Calling it again, or opening the store, goes on from where it failed.
    ///
    /// # Cancellation
    /// There is one await, before anything is wiped: a future that is dropped there leaves the store as it was, or empty.
    pub async fn wipe(&self) -> Result<(), WipeError> {
        // Whoever wipes again goes on from where it failed: what was to be emptied is empty, and closed.
        if !self.is_wiped() {
            let fresh = host::new_installation(self.host().as_ref());
            let emptied = self.database().write_async(move |transaction| empty(transaction, fresh)).await;
            emptied.map_err(flatten)?;
            mark(self.database().path()).map_err(WipeError::Files)?;
            self.note_wiped();
            // What could not be copied from the log goes with it.
            drop(self.clone().close());
        }
        let path = self.database().path();
        if has_begun(path).map_err(WipeError::Files)? { finish(path, self.database_key()) } else { Ok(()) }
    }
}

/// Whether a wipe has begun here.
pub(crate) fn has_begun(path: &Path) -> io::Result<bool> {
    marker(path).try_exists()
}

/// Everything from the marker on. May be repeated.
pub(crate) fn finish(path: &Path, key: &dyn DatabaseKey) -> Result<(), WipeError> {
    key.destroy().map_err(WipeError::Key)?;
    attachments::remove_beside(path).and_then(|()| linecrew_sqlite::remove(path)).map_err(WipeError::Files)?;
    fs::remove_file(marker(path)).and_then(|()| sync_folder_of(path)).map_err(WipeError::Files)
}

/// Takes everything out of the store, unless the server lacks some of it.
fn empty(transaction: &Transaction<'_>, fresh: linecrew_protocol::ids::InstallationId) -> Result<(), WipeError> {
    // An entry about money is done with only when the server has named its hash, whatever else it has answered.
    let pending = outbox::count_unanswered(transaction)?.max(journal::count(transaction, Kept::Here)?);
    if pending > 0 {
        return Err(WipeError::Unanswered { pending });
    }
    Ok(installation::forget_everything(transaction, fresh)?)
}

fn mark(path: &Path) -> io::Result<()> {
    let mut file = File::create(marker(path))?;
    file.write_all(MARKED)?;
    file.sync_all()?;
    sync_folder_of(path)
}

fn marker(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(MARKER);
    PathBuf::from(name)
}
