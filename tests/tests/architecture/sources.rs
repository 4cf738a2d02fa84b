//! The source files of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// Folders that hold what somebody else wrote, or a build.
const NOT_OURS: &[&str] = &["vendor", "target", "node_modules", "dist", ".git", "test-results", "playwright-report", "demo-data"];

/// A source file.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// From the root of the repository, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// Every file under `folder` (from the root of the repository) with one of these endings.
pub(crate) fn under(folder: &str, endings: &[&str]) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    walk(&root().join(folder), endings, &mut files)?;
    files.sort();
    files.iter().map(|file| read(root(), file)).collect()
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

fn walk(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !NOT_OURS.contains(&name) {
            walk(&path, endings, files)?;
        } else if path.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
            files.push(path);
        }
    }
    Ok(())
}

fn read(root: &Path, file: &Path) -> Result<Source> {
    let path = file.strip_prefix(root)?.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    Ok(Source { path, text: fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))? })
}
