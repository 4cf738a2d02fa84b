//! What `cargo metadata` says about the workspace.

use std::{collections::BTreeSet, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// A crate of the workspace and what its Cargo.toml asks for.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
    Build,
}

/// The crates of this workspace.
pub(crate) fn workspace() -> Result<Vec<Package>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    packages(&serde_json::from_slice(&output.stdout)?)
}

/// Every crate behind `package`, however far (normal and build dependencies, on this platform).
pub(crate) fn behind(package: &str) -> Result<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout)?;
    Ok(lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

fn packages(metadata: &Value) -> Result<Vec<Package>> {
    let list = metadata["packages"].as_array().context("no packages in the metadata")?;
    list.iter()
        .map(|package| Ok(Package { name: text(&package["name"])?, dependencies: dependencies(&package["dependencies"])? }))
        .collect()
}

fn dependencies(list: &Value) -> Result<Vec<Dependency>> {
    let list = list.as_array().context("no dependencies in the metadata")?;
    let kind = |value: &Value| match value.as_str() {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    };
    list.iter().map(|one| Ok(Dependency { name: text(&one["name"])?, kind: kind(&one["kind"]) })).collect()
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("a name is not a text")
}
