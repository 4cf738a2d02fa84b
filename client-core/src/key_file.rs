//! Keys in files of their owner's alone, for phones without a keystore: written whole or not at all, and never over another.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Why a key file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read, or a new one not be written.
    #[error("failed to use the key file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Others on this machine can read it.
    #[error("the key file {} can be read by others: make it its owner's alone (chmod 600)", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// It is no key.
    #[error("the file {} holds no key", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// The host's randomness gave no key.
    #[error("no key could be drawn")]
    NoRandomness,
}

/// The bytes of a key file that nobody else can read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, KeyFileError> {
    let failed = |source| KeyFileError::File { path: path.to_owned(), source };
    if is_exposed(path).map_err(failed)? {
        return Err(KeyFileError::Exposed { path: path.to_owned() });
    }
    fs::read(path).map_err(failed)
}

/// Writes the whole file or nothing, and never over a key that another process made meanwhile. `draft` names it while it is written.
pub(crate) fn create(path: &Path, bytes: &[u8], draft: u64) -> Result<(), KeyFileError> {
    let failed = |source| KeyFileError::File { path: path.to_owned(), source };
    let draft = path.with_extension(format!("{draft:016x}.new"));
    let written = write(&draft, bytes).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft).map_err(failed)?;
    match written {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => {}
    }
    sync_folder_of(path).map_err(failed)
}

/// Makes what happened to the file's name durable, where folders can be synced.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn write(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> io::Result<bool> {
    Ok(false)
}
