//! What generated Kotlin still needs before it is compiled.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

/// The folder of its package.
const PACKAGE: &str = "dev/linecrew";
/// How the surface's documentation names an error, and how Kotlin does.
const LINKS: (&str, &str) = ("[`LinecrewError::", "[LinecrewException.");

/// Finishes what was generated into `folder`: links that Kotlin finds, and the version that it compares with the library's when it loads it.
pub(crate) fn finish(folder: &Path) -> Result<()> {
    let code = folder.join(PACKAGE).join("linecrew.kt");
    let text = fs::read_to_string(&code).with_context(|| format!("cannot read {}", code.display()))?;
    fs::write(&code, linked(&text)).with_context(|| format!("cannot write {}", code.display()))?;
    let version = folder.join(PACKAGE).join("Version.kt");
    fs::write(&version, version_constant()).with_context(|| format!("cannot write {}", version.display()))
}

/// All crates of this workspace have one version.
fn version_constant() -> &'static str {
    concat!(
        "package dev.linecrew\n\n/** The version of the native library that this code was generated from. */\ninternal const val VERSION = \"",
        env!("CARGO_PKG_VERSION"),
        "\"\n"
    )
}

/// With Rust's links to errors as Kotlin's.
fn linked(text: &str) -> String {
    let mut parts = text.split(LINKS.0);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + LINKS.1 + &part.replacen("`]", "]", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_errors_are_kotlins() {
        let documented = "[`LinecrewError::Locked`], [`LinecrewError::Store`] and `text`]";
        assert_eq!(linked(documented), "[LinecrewException.Locked], [LinecrewException.Store] and `text`]");
        assert_eq!(linked("none"), "none");
    }

    #[test]
    fn the_version_is_a_constant_of_kotlin() {
        assert!(version_constant().ends_with(&format!("const val VERSION = \"{}\"\n", env!("CARGO_PKG_VERSION"))));
    }
}
