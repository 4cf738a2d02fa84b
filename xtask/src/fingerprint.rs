//! Has anything changed since the last time? Answered from the contents of files, because a checkout gives old contents new times.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::house;

/// What a chore was last done for.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// The stamp of the chore `name` over these files and folders; entries called like one of `except` are left out.
    pub(crate) fn over(name: &str, paths: &[PathBuf], except: &[&str]) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for path in paths {
            hash(path, except, &mut hasher)?;
        }
        let file = house::target()?.join("stamps").join(format!("{name}.stamp"));
        Ok(Self { file, fingerprint: format!("{:016x}", hasher.finish()) })
    }

    /// Whether the chore was done for exactly these contents.
    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|done| done == self.fingerprint)
    }

    /// Remembers that it was.
    pub(crate) fn write(&self) -> Result<()> {
        let folder = self.file.parent().context("a stamp lies in a folder")?;
        fs::create_dir_all(folder).and_then(|()| fs::write(&self.file, &self.fingerprint)).context("cannot write a stamp")
    }
}

fn hash(path: &Path, except: &[&str], hasher: &mut DefaultHasher) -> Result<()> {
    let name = path.file_name().unwrap_or_default();
    if except.iter().any(|left_out| name == *left_out) {
        return Ok(());
    }
    name.hash(hasher);
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        entries.sort();
        entries.len().hash(hasher);
        return entries.iter().try_for_each(|entry| hash(entry, except, hasher));
    }
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))?.hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_contents_count() -> Result<()> {
        let folder = house::target()?.join("xtask-fingerprint-test");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("dist"))?;
        fs::write(folder.join("a.ts"), "one")?;
        let stamp = || Stamp::over("fingerprint-test", std::slice::from_ref(&folder), &["dist"]);
        let first = stamp()?;
        let _ = fs::remove_file(&first.file);
        assert!(!first.is_current());
        first.write()?;
        fs::write(folder.join("dist/b.js"), "left out")?;
        fs::write(folder.join("a.ts"), "one")?;
        assert!(stamp()?.is_current(), "a new time and a left-out folder do not count");
        fs::write(folder.join("a.ts"), "two")?;
        assert!(!stamp()?.is_current(), "a new content does");
        fs::remove_dir_all(&folder)?;
        fs::remove_file(&first.file)?;
        Ok(())
    }
}
