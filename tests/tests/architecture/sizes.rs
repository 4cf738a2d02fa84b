//! How large a file may get.

use anyhow::Result;

use crate::{
    assert_none,
    sources::{Source, under},
};

/// Well-liked houses in this field have a 95th percentile of 250 to 400 lines; a god file starts here.
const MAX_LINES: usize = 700;

#[test]
fn no_source_file_is_a_god_file() -> Result<()> {
    let sources = under("", &[".rs", ".ts", ".svelte", ".css", ".js", ".mjs", ".kt", ".swift", ".sql"])?;
    assert!(sources.len() > 100, "only {} source files were found", sources.len());
    assert_none(&too_large(&sources));
    Ok(())
}

fn too_large(sources: &[Source]) -> Vec<String> {
    let sized = sources.iter().map(|source| (&source.path, source.text.lines().count()));
    sized.filter(|(_, lines)| *lines > MAX_LINES).map(|(path, lines)| format!("{path} has {lines} lines, at most {MAX_LINES}")).collect()
}

#[test]
fn a_god_file_is_found() {
    let sources = [Source::new("good.rs", &"line\n".repeat(700)), Source::new("bad.rs", &"line\n".repeat(701))];
    assert_eq!(too_large(&sources), ["bad.rs has 701 lines, at most 700"]);
}
