//! `cargo xtask board`: the dispatchers' web app, as the server embeds it.

use anyhow::Result;

use crate::{fingerprint::Stamp, house, npm, shell::Line, tools};

/// The board's folder.
pub(crate) const FOLDER: &str = "server/board";

/// What lies in the folder but does not go into the build.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "tests", "test-results", "playwright-report", "shots"];

/// Builds the board, unless it was built from these very sources.
pub(crate) fn build() -> Result<()> {
    tools::require(&[tools::NODE, tools::NPM])?;
    npm::install(FOLDER)?;
    let folder = house::root().join(FOLDER);
    let stamp = Stamp::over("board", std::slice::from_ref(&folder), NOT_SOURCES)?;
    if stamp.is_current() && folder.join("dist/index.html").is_file() {
        return Ok(());
    }
    Line::new("npm run build").within(FOLDER).prepare()?;
    stamp.write()
}
