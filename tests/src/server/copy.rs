//! Copying a folder.

use std::{fs, io, path::Path};

pub(super) fn folder(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            folder(&entry.path(), &target)?;
        } else {
            // `fs::copy` takes the permissions along: the signing key stays private.
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
