//! Files that are whole or not there, whatever happens in between.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Makes a file, and never over one that another process made meanwhile.
pub(super) fn create(data: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let draft = draft(data, name, bytes)?;
    let linked = fs::hard_link(&draft, data.join(name));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(data)?.sync_all()
}

/// Puts these bytes in the place of a file, durably.
pub(super) fn replace(data: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::rename(draft(data, name, bytes)?, data.join(name))?;
    File::open(data)?.sync_all()
}

/// Only one process at a time turns keys. It ends with the file.
pub(super) fn lock(data: &Path) -> io::Result<File> {
    let directory = File::open(data)?;
    directory.lock()?;
    Ok(directory)
}

/// A whole file beside it, readable by its owner alone.
fn draft(data: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let draft = data.join(format!("{name}.{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(draft)
}
