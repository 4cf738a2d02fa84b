//! Files beside the store, named by the SHA-256 of their bytes.
//!
//! A file appears under its name only when it is whole and on stable storage: it is written under another name, synced, renamed, and the
//! folder synced. So a crash or a full disk leaves a part-written file that no name leads to, and never a wrong one. Nothing is ever removed
//! here but such parts, and everything by a wipe: whether somebody else has the bytes is known only to who moves them.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use linecrew_protocol::model::work::field::is_hash;
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// What the folder is called: the store's name with this behind it.
const SUFFIX: &str = "-files";
/// What a file is called while it is written.
const PART: &str = ".part";
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;
/// A part that nobody has written to for so long belongs to a process that is gone.
const PART_IS_LEFT_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The files of one store.
#[derive(Debug, Clone)]
pub(crate) struct Attachments {
    folder: PathBuf,
    /// Bytes that all files may take; beyond them the phone counts as full.
    max_bytes: Option<u64>,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

/// Why a file could not be given back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachmentError {
    /// This phone is locked, or its store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes are no longer those that were kept.
    #[error("the file {hash} is damaged on this phone")]
    Damaged {
        /// Its name.
        hash: String,
    },
    /// It cannot be read.
    #[error("failed to read the file {hash} on this phone")]
    Read {
        /// Its name.
        hash: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Attachments {
    /// The files that belong to the store at `store`.
    pub(crate) fn beside(store: &Path, max_bytes: Option<u64>) -> Self {
        let mut name = store.as_os_str().to_owned();
        name.push(SUFFIX);
        Self { folder: PathBuf::from(name), max_bytes }
    }

    /// Keeps what `source` gives. `part` makes the name of the file while it is written, and must be nobody else's. The same bytes twice
    /// are one file; a damaged one is healed.
    pub(crate) fn keep(&self, source: &mut dyn Read, part: u64) -> io::Result<Kept> {
        self.have_folder()?;
        let part = self.folder.join(format!("{part:016x}{PART}"));
        let kept = self.written(source, &part);
        if kept.is_err() {
            // A part that cannot be removed now is swept later.
            drop(fs::remove_file(&part));
        }
        kept
    }

    /// The bytes under a name, verified; `None` when they are not here.
    pub(crate) fn read(&self, hash: &str) -> Result<Option<Vec<u8>>, AttachmentError> {
        if !is_hash(hash) {
            return Ok(None);
        }
        match fs::read(self.folder.join(hash)) {
            Ok(bytes) if hexadecimal(&Sha256::digest(&bytes)) == hash => Ok(Some(bytes)),
            Ok(_) => Err(AttachmentError::Damaged { hash: hash.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(AttachmentError::Read { hash: hash.to_owned(), source }),
        }
    }

    /// Removes the parts of writers that are gone. What cannot be removed takes space, and nothing else.
    pub(crate) fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let is_part = entry.file_name().to_string_lossy().ends_with(PART);
            let age = entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            if is_part && age.is_some_and(|age| age > PART_IS_LEFT_AFTER) {
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    /// Deletes all files, whoever else has them or not. Only a wipe does this.
    pub(crate) fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
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

    fn written(&self, source: &mut dyn Read, part: &Path) -> io::Result<Kept> {
        let mut file = File::create_new(part)?;
        let kept = copy(source, &mut file, self.room()?)?;
        file.sync_all()?;
        drop(file);
        let whole = self.folder.join(&kept.hash);
        if matches!(self.read(&kept.hash), Ok(Some(_))) {
            fs::remove_file(part)?;
        } else {
            fs::rename(part, whole)?;
        }
        sync_folder(&self.folder)?;
        Ok(kept)
    }

    /// How many bytes another file may have.
    fn room(&self) -> io::Result<u64> {
        let Some(max_bytes) = self.max_bytes else { return Ok(u64::MAX) };
        let sizes = fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.metadata()?.len()));
        Ok(max_bytes.saturating_sub(sizes.sum::<io::Result<u64>>()?))
    }
}

fn copy(source: &mut dyn Read, file: &mut File, room: u64) -> io::Result<Kept> {
    let (mut hasher, mut bytes, mut chunk) = (Sha256::new(), 0_u64, vec![0; CHUNK]);
    loop {
        let count = source.read(&mut chunk)?;
        let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else { break };
        bytes = bytes.saturating_add(count as u64);
        if bytes > room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        hasher.update(read);
        file.write_all(read)?;
    }
    Ok(Kept { hash: hexadecimal(&hasher.finalize()), bytes })
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A name is durable once its folder is. Windows has no such call; there the rename itself is journalled.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(folder: &tempfile::TempDir, max_bytes: Option<u64>) -> Attachments {
        Attachments::beside(&folder.path().join("phone.db"), max_bytes)
    }

    #[test]
    fn the_name_is_the_sha_256_of_the_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let files = at(&folder, None);
        // FIPS 180-2, appendix B.1.
        let kept = files.keep(&mut b"abc".as_slice(), 1).unwrap();
        assert_eq!(kept.hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(files.read(&kept.hash).unwrap().unwrap(), b"abc");
        assert_eq!(files.keep(&mut b"abc".as_slice(), 2).unwrap(), kept);
        assert_eq!(fs::read_dir(&files.folder).unwrap().count(), 1);
    }

    #[test]
    fn a_source_that_breaks_off_leaves_nothing() {
        struct Broken(bool);
        impl Read for Broken {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) { Err(io::ErrorKind::TimedOut.into()) } else { Ok(into.len()) }
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let files = at(&folder, None);
        assert!(files.keep(&mut Broken(false), 1).is_err());
        assert_eq!(fs::read_dir(&files.folder).unwrap().count(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_is_full_is_known_as_full() {
        // Every write to it fails as on a full disk (full(4)).
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        let error = copy(&mut [7; 9].as_slice(), &mut full, u64::MAX).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "x").unwrap();
        let files = at(&folder, None);
        files.keep(&mut b"abc".as_slice(), 1).unwrap();
        for name in ["../secret", "", ".", "ABC"] {
            assert!(files.read(name).unwrap().is_none(), "{name}");
        }
    }

    #[test]
    fn a_file_that_rots_is_seen_and_healed_by_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let files = at(&folder, None);
        let kept = files.keep(&mut b"abc".as_slice(), 1).unwrap();
        fs::write(files.folder.join(&kept.hash), "abd").unwrap();
        assert!(matches!(files.read(&kept.hash), Err(AttachmentError::Damaged { .. })));
        files.keep(&mut b"abc".as_slice(), 2).unwrap();
        assert_eq!(files.read(&kept.hash).unwrap().unwrap(), b"abc");
    }

    #[test]
    fn only_parts_of_writers_that_are_gone_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let files = at(&folder, None);
        let kept = files.keep(&mut b"abc".as_slice(), 1).unwrap();
        let old = SystemTime::now() - PART_IS_LEFT_AFTER - Duration::from_secs(60);
        for (name, modified) in [("1.part", old), ("2.part", SystemTime::now()), (kept.hash.as_str(), old)] {
            let file = File::options().create(true).truncate(false).write(true).open(files.folder.join(name)).unwrap();
            file.set_modified(modified).unwrap();
        }
        files.sweep();
        let mut left: Vec<_> = fs::read_dir(&files.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["2.part", kept.hash.as_str()]);
    }
}
