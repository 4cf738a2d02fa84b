//! The house's walls: who may depend on whom, what the contract must never do, how large a file may get.
//!
//! `arrows` reads `cargo metadata`, `rooms` and `sizes` the sources, `lints` the manifests, `documents` the pages. Each check is a function
//! from what it reads to the violations it finds, and is shown bad houses in its own tests, so that none of them can pass by looking away.

mod arrows;
mod documents;
mod lints;
mod metadata;
mod paths;
mod rooms;
mod sizes;
mod sources;
mod supply;

/// Fails with all violations at once, one a line.
fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}
