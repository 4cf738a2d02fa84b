//! A crate that does not opt into the workspace's lints has none, not even the ban on `unsafe`.

use anyhow::Result;

use crate::{
    assert_none,
    sources::{Source, under},
};

#[test]
fn every_crate_keeps_the_lints_of_the_workspace() -> Result<()> {
    let manifests = under("", &["Cargo.toml"])?;
    assert!(manifests.len() > 7, "only {} manifests were found", manifests.len());
    assert_none(&without_lints(&manifests));
    Ok(())
}

/// A crate of tests keeps lints of its own, because its helpers may panic; `unsafe` stays forbidden.
const OWN_LINTS: (&str, &str) = ("tests/Cargo.toml", "unsafe_code = \"forbid\"");

fn without_lints(manifests: &[Source]) -> Vec<String> {
    let packages = manifests.iter().filter(|manifest| manifest.text.contains("[package]"));
    let has_lints = |manifest: &Source| {
        let (path, instead) = OWN_LINTS;
        manifest.text.contains("[lints]\nworkspace = true") || (manifest.path == path && manifest.text.contains(instead))
    };
    let without = packages.filter(|manifest| !has_lints(manifest));
    without.map(|manifest| format!("{} lacks `[lints] workspace = true`", manifest.path)).collect()
}

#[test]
fn a_crate_without_lints_is_found() {
    let manifests = [
        Source::new("Cargo.toml", "[workspace]"),
        Source::new("a/Cargo.toml", "[package]\n[lints]\nworkspace = true\n"),
        Source::new("b/Cargo.toml", "[package]\n[lints.rust]\nunsafe_code = \"forbid\"\n"),
        Source::new("tests/Cargo.toml", "[package]\n"),
    ];
    let expected = ["b/Cargo.toml lacks `[lints] workspace = true`", "tests/Cargo.toml lacks `[lints] workspace = true`"];
    assert_eq!(without_lints(&manifests), expected);
}
