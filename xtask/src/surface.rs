//! `bindings/surface.txt`: what apps see of the library, as it was agreed. A library that shows something else has to be told of in CHANGELOG.md.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};

use crate::{binaries::Build, house, shell::Line};

/// The listing that is agreed.
const AGREED: &str = "bindings/surface.txt";
/// Where a change of it is told.
const TOLD: &str = "CHANGELOG.md";
/// Differences that are shown.
const SHOWN: usize = 20;

/// What the built library shows.
fn listing(library: &Path) -> Result<String> {
    let generator = Build::Dev.program("linecrew-bindgen")?;
    Line::of([&*generator.to_string_lossy(), "surface", &library.to_string_lossy()]).read()
}

/// Writes the listing of the built library, and says whether it still has to be told.
pub(crate) fn agree(library: &Path) -> Result<()> {
    let listing = listing(library)?;
    let place = house::root().join(AGREED);
    if fs::read_to_string(&place).unwrap_or_default() == listing {
        return Ok(());
    }
    fs::write(&place, &listing).with_context(|| format!("cannot write {AGREED}"))?;
    println!("{AGREED} has changed: say in {TOLD} what apps have to do about it, with the words ({})", name_of(&listing));
    Ok(())
}

/// Whether the library shows what was agreed, and whether that was told.
pub(crate) fn check(library: &Path) -> Result<()> {
    let root = house::root();
    let (built, agreed) = (listing(library)?, fs::read_to_string(root.join(AGREED)).with_context(|| format!("cannot read {AGREED}"))?);
    if built != agreed {
        bail!("the library shows something else than {AGREED}; `cargo xtask bindgen` writes it\n{}", differences(&agreed, &built));
    }
    let told = fs::read_to_string(root.join(TOLD)).with_context(|| format!("cannot read {TOLD}"))?;
    if !told.contains(&format!("({})", name_of(&agreed))) {
        bail!("no line of {TOLD} ends with ({}): say there what has changed for apps", name_of(&agreed));
    }
    Ok(())
}

/// Its first line: its hash.
fn name_of(listing: &str) -> &str {
    listing.lines().next().unwrap_or_default()
}

fn differences(agreed: &str, built: &str) -> String {
    let only = |sign: char, one: &str, other: &str| -> Vec<String> {
        one.lines().skip(1).filter(|line| !other.lines().any(|known| known == *line)).map(|line| format!("{sign} {line}")).collect()
    };
    let all = [only('-', agreed, built), only('+', built, agreed)].concat();
    let rest = all.len().saturating_sub(SHOWN);
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    if rest == 0 { shown } else { format!("{shown}\n… and {rest} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_shown_from_both_sides() {
        let (agreed, built) = ("surface 1\nfn a()\nfn b()\n", "surface 2\nfn a()\nfn b(x: String)\n");
        assert_eq!(differences(agreed, built), "- fn b()\n+ fn b(x: String)");
        assert_eq!(name_of(built), "surface 2");
    }
}
