//! What Cargo.lock says.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

/// A crate in the lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locked {
    pub(super) name: String,
    pub(super) version: String,
    /// Absent for our own.
    pub(super) source: Option<String>,
}

/// Every crate, for every platform.
pub(super) fn locked() -> Result<Vec<Locked>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    Ok(read(&fs::read_to_string(path).context("cannot read Cargo.lock")?))
}

fn read(text: &str) -> Vec<Locked> {
    text.split("[[package]]").skip(1).filter_map(package).collect()
}

fn package(block: &str) -> Option<Locked> {
    let value = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix('='));
        line.map(|value| value.trim().trim_matches('"').to_owned())
    };
    Some(Locked { name: value("name")?, version: value("version")?, source: value("source") })
}

/// A version that can be compared. What comes after a hyphen or a plus does not count.
pub(super) fn version(text: &str) -> Vec<u64> {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    numbers.split('.').map(|number| number.parse().unwrap_or(0)).collect()
}

#[test]
fn blocks_and_versions_are_read() {
    let text = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\nsource = \"registry\"\n\n[[package]]\nname = \"b\"\nversion = \"0.1.0\"\n";
    let [a, b] = &read(text)[..] else { panic!("two crates") };
    assert_eq!((a.name.as_str(), a.version.as_str(), a.source.as_deref()), ("a", "1.2.3", Some("registry")));
    assert_eq!((b.name.as_str(), b.source.as_deref()), ("b", None));
    assert!(version("0.4.9") < version("0.4.16") && version("10.3.0+x") == version("10.3.0") && version("11.1.0") > version("10.3.0"));
}
