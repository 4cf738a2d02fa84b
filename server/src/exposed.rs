//! Whether a file with a secret in it can be read by more people than it may. Where a system has no such modes, nobody can tell.

use std::{io, path::Path};

/// Whoever is neither its owner nor of its group.
pub(crate) const OTHERS: u32 = 0o007;
/// Everybody but its owner.
pub(crate) const ALL_BUT_OWNER: u32 = 0o077;

/// Whether any of these may do anything with the file.
///
/// # Errors
/// It cannot be looked at.
#[cfg(unix)]
pub(crate) fn is_exposed(path: &Path, to: u32) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & to != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_exposed(_path: &Path, _to: u32) -> io::Result<bool> {
    Ok(false)
}
