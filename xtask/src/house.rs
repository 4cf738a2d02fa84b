//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// The repository.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable when it runs us; the built-in path serves whoever starts the binary by hand.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// Cargo's target folder: the one that this very program was built into, whatever the configuration says.
pub(crate) fn target() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot find out where xtask was built")?;
    own.ancestors().nth(2).map(Path::to_path_buf).context("xtask does not lie in a target folder")
}
