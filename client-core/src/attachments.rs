//! Files beside the store: encrypted, each under a name that is nothing without the store's key.
//!
//! A file appears under its name only when it is whole and on stable storage: it is written under another name, synced, renamed, and the
//! folder synced. So a crash or a full disk leaves a part-written file that no name leads to, and never a wrong one. Nothing of a file is ever
//! written in the clear. Nothing is ever removed here but drafts, what was encrypted meanwhile, and everything by a wipe: whether somebody else has
//! the bytes is known only to who moves them.

mod convert;
mod reader;
mod seal;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use linecrew_protocol::model::work::field::is_hash;
use linecrew_sqlite::Key;

use crate::error::StoreError;
use seal::{FileKeys, SALT_BYTES, Salt, hexadecimal, seal};

pub use reader::AttachmentReader;

/// What the folder is called: the store's name with this behind it.
const SUFFIX: &str = "-files";
/// What a file is called while it is written.
const DRAFT: &str = ".draft";
/// What an older build called it, which wrote in the clear.
const PLAIN_DRAFT: &str = ".part";
/// A draft that nobody has written to for so long belongs to a process that is gone.
const DRAFT_IS_LEFT_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The files of one store.
#[derive(Debug, Clone)]
pub(crate) struct Attachments {
    folder: PathBuf,
    keys: FileKeys,
    /// Bytes that all files may take; beyond them the phone counts as full.
    max_bytes: Option<u64>,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

/// Why a file could not be given back. It says nothing about other files, and stops no other work.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// This phone is locked, or its store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What lies there is not what was kept: changed, cut off, another file, or written with another key.
    #[error("the file {hash} is damaged on this phone")]
    Damaged {
        /// The SHA-256 that it is known by.
        hash: String,
    },
    /// It cannot be read.
    #[error("failed to read the file {hash} on this phone")]
    Read {
        /// The SHA-256 that it is known by.
        hash: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Where a test stops the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Begun,
    Synced,
    Renamed,
    Removed,
}

/// Deletes all files of the store at `store`, whoever else has them or not. Only a wipe does this.
pub(crate) fn remove_beside(store: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder_beside(store)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Attachments {
    /// The files that belong to the store at `store`, which `key` opens.
    pub(crate) fn beside(store: &Path, key: &Key, max_bytes: Option<u64>) -> Self {
        Self { folder: folder_beside(store), keys: FileKeys::of(key), max_bytes }
    }

    /// Keeps what `source` gives. The same bytes twice are one file: the newer one, so that a damaged one is healed.
    pub(crate) fn keep(&self, source: &mut dyn Read) -> io::Result<Kept> {
        self.keep_watched(source, &mut |_| {})
    }

    fn keep_watched(&self, source: &mut dyn Read, reached: &mut dyn FnMut(Step)) -> io::Result<Kept> {
        self.have_folder()?;
        self.drafted(|draft, salt| {
            let kept = self.sealed(source, draft, salt, self.room()?, reached)?;
            fs::rename(draft, self.place_of(&kept.hash))?;
            reached(Step::Renamed);
            sync_folder(&self.folder)?;
            Ok(kept)
        })
    }

    /// The bytes of this SHA-256, to be read; `None` when they are not here.
    pub(crate) fn open(&self, hash: &str) -> Result<Option<AttachmentReader>, AttachmentError> {
        if !is_hash(hash) {
            return Ok(None);
        }
        let failed = |source| AttachmentError::Read { hash: hash.to_owned(), source };
        let mut found = find(&self.place_of(hash)).map_err(failed)?;
        // There was no space to encrypt it when the store was opened.
        if found.is_none() && self.convert(hash).map_err(failed)? {
            found = find(&self.place_of(hash)).map_err(failed)?;
        }
        found.map(|file| AttachmentReader::open(file, &self.keys, hash)).transpose()
    }

    /// Removes the drafts of writers that are gone. What cannot be removed takes space, and nothing else.
    pub(crate) fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_a = |ending: &str| name.to_string_lossy().ends_with(ending);
            let age = entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            // One in the clear goes at once: should its writer still be there, it is told, and has made no edit yet.
            if is_a(PLAIN_DRAFT) || (is_a(DRAFT) && age.is_some_and(|age| age > DRAFT_IS_LEFT_AFTER)) {
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    /// Where the file of this SHA-256 lies.
    fn place_of(&self, hash: &str) -> PathBuf {
        self.folder.join(self.keys.name_of(hash))
    }

    /// Lets a new draft be written, and leaves none behind.
    fn drafted<T>(&self, write: impl FnOnce(&Path, &Salt) -> io::Result<T>) -> io::Result<T> {
        let salt = seal::draw_salt()?;
        let name = hexadecimal(salt.get(..SALT_BYTES / 4).unwrap_or_default());
        let draft = self.folder.join(format!("{name}{DRAFT}"));
        let written = write(&draft, &salt);
        if written.is_err() {
            // One that cannot be removed now is swept later.
            drop(fs::remove_file(&draft));
        }
        written
    }

    /// Seals what `source` gives into the draft, up to stable storage.
    fn sealed(&self, source: &mut dyn Read, draft: &Path, salt: &Salt, room: u64, reached: &mut dyn FnMut(Step)) -> io::Result<Kept> {
        let mut file = File::create_new(draft)?;
        reached(Step::Begun);
        let kept = seal(source, &mut file, &self.keys, salt, room)?;
        file.sync_all()?;
        reached(Step::Synced);
        Ok(kept)
    }

    fn have_folder(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        match self.folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
            _ => sync_folder(Path::new(".")),
        }
    }

    /// How many bytes another file may take.
    fn room(&self) -> io::Result<u64> {
        let Some(max_bytes) = self.max_bytes else { return Ok(u64::MAX) };
        let sizes = fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.metadata()?.len()));
        Ok(max_bytes.saturating_sub(sizes.sum::<io::Result<u64>>()?))
    }
}

fn folder_beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(SUFFIX);
    PathBuf::from(name)
}

fn find(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// A name is durable once its folder is. Windows has no such call; there the rename itself is journalled.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
