//! Installing what a folder's lock file names.

use anyhow::Result;

use crate::{fingerprint::Stamp, house, shell::Line};

/// `npm ci`, unless it was done for this very lock file.
pub(crate) fn install(folder: &'static str) -> Result<()> {
    let path = house::root().join(folder);
    let stamp =
        Stamp::over(&format!("npm-{}", folder.replace('/', "-")), &[path.join("package-lock.json"), path.join("package.json")], &[])?;
    if stamp.is_current() && path.join("node_modules").is_dir() {
        return Ok(());
    }
    Line::new("npm ci --no-audit --no-fund").within(folder).prepare()?;
    stamp.write()
}
