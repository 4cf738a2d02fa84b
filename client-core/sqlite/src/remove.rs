//! Deleting a database, for who has decided that nobody is to have it any more.

use std::fs;
use std::io;
use std::path::Path;

use crate::encrypt;
use crate::identity::sibling;
use crate::limits;
use crate::set_aside::{self, sync_folder};

/// Deletes the closed database `path` with all that SQLite and this crate have put beside it, copies that were set aside included.
///
/// If it was interrupted, calling it again deletes the rest. That there is nothing is no error.
///
/// # Errors
///
/// The operating system refused. What was not deleted is where it was.
pub fn remove(path: &Path) -> io::Result<()> {
    remove_set(path)?;
    remove_set(&sibling(path, encrypt::COPY))?;
    for number in 1..=limits::SET_ASIDE_COPIES {
        let copy = set_aside::name(path, number);
        if !set_aside::is_taken(&copy)? {
            break;
        }
        remove_set(&copy)?;
    }
    sync_folder(path)
}

/// Removes one database's files.
pub(crate) fn remove_set(path: &Path) -> io::Result<()> {
    for suffix in set_aside::SUFFIXES {
        match fs::remove_file(sibling(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
