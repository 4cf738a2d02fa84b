//! What comes from others: from where, under which licence, and not older than the version that closed a known hole.
//!
//! `cargo deny check` (`.cargo/deny.toml`) does the same and asks the advisory database besides, which cannot be reached everywhere. What is
//! here needs nothing but the lock file and the sources that were built, so that it runs wherever the tests run.

mod licence;
mod lock;

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use self::{
    licence::{ALLOWED, EXCEPTIONS, is_allowed},
    lock::{Locked, locked, version},
};
use crate::assert_none;

/// The only place from where we take crates.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Crates with holes below a version, whether they are in the tree today or come in tomorrow.
const AT_LEAST: &[(&str, &str, &str)] = &[
    ("jsonwebtoken", "10.3.0", "CVE-2026-25537: a claim of the wrong type was taken as absent"),
    ("tokio-postgres", "0.7.18", "a panic on hostile answers"),
    ("h2", "0.4.16", "endless resets"),
    ("rustls", "0.23.18", "RUSTSEC-2024-0399: a panic on a fragmented hello"),
    ("ring", "0.17.12", "RUSTSEC-2025-0009: a panic with overflow checks"),
    ("zstd-sys", "2.0.9", "a decoder before 1.5.5"),
];

/// Crates that we do not want behind anything.
const BANNED: &[(&str, &str)] = &[
    ("rsa", "RUSTSEC-2023-0071: timing of private keys"),
    ("openssl-sys", "a second TLS library, and no cross-compilation for phones"),
    ("native-tls", "another TLS on every system"),
    ("chrono", "one clock is enough: linecrew_protocol::time"),
];

#[test]
fn crates_come_from_one_registry_and_none_is_banned_or_known_to_have_holes() -> Result<()> {
    let crates = locked()?;
    assert!(crates.len() > 100, "the lock file shows {} crates", crates.len());
    assert_none(&complaints(&crates));
    Ok(())
}

#[test]
fn every_licence_is_one_that_we_may_ship() -> Result<()> {
    let licences = licences()?;
    assert!(licences.len() > 100, "cargo metadata shows {} crates", licences.len());
    assert_none(&unlicensed(&licences));
    Ok(())
}

fn complaints(crates: &[Locked]) -> Vec<String> {
    let mut complaints = Vec::new();
    for Locked { name, version: used, source } in crates {
        if source.as_deref().is_some_and(|source| source != REGISTRY) {
            complaints.push(format!("{name} comes from {}", source.as_deref().unwrap_or_default()));
        }
        let old = AT_LEAST.iter().filter(|(known, least, _)| known == name && version(used) < version(least));
        complaints.extend(old.map(|(_, least, why)| format!("{name} {used} is older than {least}: {why}")));
        complaints.extend(BANNED.iter().filter(|(banned, _)| banned == name).map(|(_, why)| format!("{name} is banned: {why}")));
    }
    complaints
}

/// Name and licence of every crate that is built for this machine.
fn licences() -> Result<Vec<(String, String)>> {
    let host = Command::new(env!("CARGO")).arg("-vV").output().context("cannot start cargo")?.stdout;
    let host = String::from_utf8(host)?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).context("cargo does not say for what it builds")?;
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages in the metadata")?;
    let read = |package: &Value| {
        let text = |field: &str| package[field].as_str().unwrap_or_default().to_owned();
        (text("name"), text("license"))
    };
    Ok(packages.iter().map(read).collect())
}

fn unlicensed(licences: &[(String, String)]) -> Vec<String> {
    let is_excepted = |name: &str, licence: &str| EXCEPTIONS.contains(&(name, licence));
    let refused = licences.iter().filter(|(name, licence)| !is_allowed(licence) && !is_excepted(name, licence));
    refused.map(|(name, licence)| format!("{name}: {licence:?} needs one of {}", ALLOWED.join(", "))).collect()
}

/// Two tools, one rule.
#[test]
fn cargo_deny_is_told_the_same() -> Result<()> {
    let told = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cargo/deny.toml")).context("cannot read deny.toml")?;
    let licences = ALLOWED.iter().map(|licence| format!("    \"{licence}\","));
    let banned = BANNED.iter().map(|(name, _)| format!("crate = \"{name}\""));
    let excepted = EXCEPTIONS.iter().map(|(name, licence)| format!("{{ crate = \"{name}\", allow = [\"{licence}\"] }}"));
    let missing: Vec<String> = licences.chain(banned).chain(excepted).filter(|line| !told.contains(line.as_str())).collect();
    assert_none(&missing);
    Ok(())
}

#[test]
fn bad_supplies_are_seen() {
    let of = |name: &str, version: &str, source: Option<&str>| Locked {
        name: name.to_owned(),
        version: version.to_owned(),
        source: source.map(str::to_owned),
    };
    let bad = [
        of("jsonwebtoken", "10.2.9", Some(REGISTRY)),
        of("rsa", "0.9.0", Some(REGISTRY)),
        of("mine", "1.0.0", Some("git+https://example.com/mine")),
        of("h2", "0.4.16", Some(REGISTRY)),
        of("linecrew-server", "0.1.0", None),
    ];
    let complaints = complaints(&bad);
    assert_eq!(complaints.len(), 3, "{complaints:?}");
    let licences = [("a".to_owned(), "GPL-3.0-only".to_owned()), ("b".to_owned(), String::new()), ("c".to_owned(), "MIT".to_owned())];
    assert_eq!(unlicensed(&licences).len(), 2);
}
