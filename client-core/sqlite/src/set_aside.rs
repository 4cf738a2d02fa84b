//! Moving a damaged database out of the way, whole, for whoever may still rescue something.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::identity::sibling;
use crate::limits;

/// The database last to be missed: without it, its log is recognised as left over; without its log, it would open with
/// commits missing. So it moves first.
pub(crate) const SUFFIXES: [&str; 4] = ["", "-wal", "-journal", "-shm"];

/// Renames the closed database `path`, with its log and index, to the first free `path.set-aside-N`, and returns that name.
///
/// If it was interrupted, calling it again moves the rest to the same place.
///
/// # Errors
///
/// The operating system refused, or there is nothing at `path`. What was not renamed is where it was.
pub fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let target = free_name(path)?;
    let mut moved = false;
    for suffix in SUFFIXES {
        moved |= rename(&sibling(path, suffix), &sibling(&target, suffix))?;
    }
    if !moved {
        return Err(io::ErrorKind::NotFound.into());
    }
    sync_folder(path)?;
    Ok(target)
}

/// What the `number`-th copy is called.
pub(crate) fn name(path: &Path, number: u32) -> PathBuf {
    sibling(path, &format!(".set-aside-{number}"))
}

fn free_name(path: &Path) -> io::Result<PathBuf> {
    let unfinished = !path.try_exists()?;
    let mut previous = None;
    for number in 1..=limits::SET_ASIDE_COPIES {
        let candidate = name(path, number);
        if !is_taken(&candidate)? {
            let resumed = previous.filter(|_| unfinished);
            return Ok(resumed.unwrap_or(candidate));
        }
        previous = Some(candidate);
    }
    Err(io::ErrorKind::QuotaExceeded.into())
}

pub(crate) fn is_taken(candidate: &Path) -> io::Result<bool> {
    for suffix in SUFFIXES {
        if sibling(candidate, suffix).try_exists()? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn rename(from: &Path, to: &Path) -> io::Result<bool> {
    if !from.try_exists()? {
        return Ok(false);
    }
    if to.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to).map(|()| true)
}

/// Makes the new names durable, where folders can be synced.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if cfg!(unix) {
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
