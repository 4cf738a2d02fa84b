//! The arrows between crates.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::{
    assert_none,
    metadata::{Dependency, Kind, Package, behind, workspace},
};

/// Who may depend on which crates of ours. A crate that is not listed has no arrows yet: write them down here first.
const ARROWS: &[(&str, &[&str])] = &[
    ("linecrew-protocol", &[]),
    ("linecrew-sqlite", &[]),
    ("linecrew-client", &["linecrew-protocol", "linecrew-sqlite"]),
    ("linecrew-phone", &["linecrew-client"]),
    ("linecrew-server", &["linecrew-protocol", "linecrew-sqlite"]),
    ("linecrew-ffi", &["linecrew-client"]),
    ("linecrew-bindgen", &[]),
];

/// They may use everything, and nobody may use them.
const OUTSIDE: &[&str] = &["linecrew-tests", "xtask"];

/// Libraries with one room only; one of them with a generator beside it.
const ONE_ROOM: &[(&str, &[&str])] =
    &[("uniffi", &["linecrew-ffi", "linecrew-bindgen"]), ("warp", &["linecrew-server"]), ("jsonwebtoken", &["linecrew-server"])];

/// All that the contract is made of. Whoever wants more here first asks whether it is part of the contract at all.
const PROTOCOL: &[&str] = &["automerge", "minicbor", "p256", "serde", "serde_json", "sha2", "thiserror", "uuid", "zstd"];

/// What must not hide behind the contract either: runtimes, sockets, databases.
const NOT_BEHIND_PROTOCOL: &[&str] = &["tokio", "async-std", "smol", "mio", "socket2", "hyper", "reqwest", "rusqlite", "libsqlite3-sys"];

/// The server's libraries must not reach a phone.
const NOT_BEHIND_CLIENT: &[&str] = &["warp", "jsonwebtoken", "aws-lc-rs", "argon2", "rust-embed", "linecrew-server"];

#[test]
fn crates_keep_to_their_arrows() -> Result<()> {
    let house = workspace()?;
    assert!(house.iter().any(|package| package.name == "linecrew-protocol"), "cargo metadata does not show this workspace");
    assert_none(&strayed(&house));
    Ok(())
}

#[test]
fn some_libraries_have_one_room_only() -> Result<()> {
    assert_none(&trespassed(&workspace()?));
    Ok(())
}

#[test]
fn the_contract_stays_pure() -> Result<()> {
    let house = workspace()?;
    assert_none(&swollen(&house));
    assert_none(&found_behind("linecrew-protocol", &behind("linecrew-protocol")?, NOT_BEHIND_PROTOCOL));
    Ok(())
}

#[test]
fn nothing_of_the_server_reaches_a_phone() -> Result<()> {
    assert_none(&found_behind("linecrew-client", &behind("linecrew-client")?, NOT_BEHIND_CLIENT));
    Ok(())
}

fn strayed(house: &[Package]) -> Vec<String> {
    let ours: BTreeSet<&str> = house.iter().map(|package| package.name.as_str()).collect();
    let mut violations = Vec::new();
    for package in house.iter().filter(|package| !OUTSIDE.contains(&package.name.as_str())) {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            violations.push(format!("{} has no arrows in tests/tests/architecture/arrows.rs", package.name));
            continue;
        };
        let inside = package.dependencies.iter().filter(|dependency| ours.contains(dependency.name.as_str()));
        let forbidden = inside.filter(|dependency| !allowed.contains(&dependency.name.as_str()));
        violations.extend(forbidden.map(|dependency| format!("{} must not depend on {}", package.name, dependency.name)));
    }
    violations
}

/// Tests may use anything from anywhere: they prove what others do.
fn trespassed(house: &[Package]) -> Vec<String> {
    let rooms = house.iter().filter(|package| !OUTSIDE.contains(&package.name.as_str()));
    let uses = rooms.flat_map(|package| package.dependencies.iter().map(move |dependency| (package, dependency)));
    uses.filter_map(|(package, dependency)| {
        let (library, rooms) = ONE_ROOM.iter().find(|(library, _)| *library == dependency.name)?;
        (!rooms.contains(&package.name.as_str())).then(|| format!("{library} belongs in {}, not in {}", rooms.join(" and "), package.name))
    })
    .collect()
}

fn swollen(house: &[Package]) -> Vec<String> {
    let protocol = house.iter().filter(|package| package.name == "linecrew-protocol");
    let normal = protocol.flat_map(|package| &package.dependencies).filter(|dependency| dependency.kind != Kind::Dev);
    let new = normal.filter(|dependency: &&Dependency| !PROTOCOL.contains(&dependency.name.as_str()) || dependency.kind == Kind::Build);
    new.map(|dependency| format!("linecrew-protocol must not depend on {}", dependency.name)).collect()
}

fn found_behind(package: &str, behind: &BTreeSet<String>, forbidden: &[&str]) -> Vec<String> {
    forbidden.iter().filter(|name| behind.contains(**name)).map(|name| format!("{name} hides behind {package}")).collect()
}

mod bad_houses {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Kind)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: *kind }).collect();
        Package { name: name.to_owned(), dependencies }
    }

    #[test]
    fn an_arrow_the_wrong_way_is_found_even_for_tests() {
        let house = [
            package("linecrew-protocol", &[("linecrew-sqlite", Kind::Dev)]),
            package("linecrew-sqlite", &[]),
            package("linecrew-client", &[("linecrew-protocol", Kind::Normal), ("linecrew-tests", Kind::Dev)]),
            package("linecrew-tests", &[("linecrew-client", Kind::Normal)]),
            package("linecrew-common", &[]),
        ];
        let expected = [
            "linecrew-protocol must not depend on linecrew-sqlite",
            "linecrew-client must not depend on linecrew-tests",
            "linecrew-common has no arrows in tests/tests/architecture/arrows.rs",
        ];
        assert_eq!(strayed(&house), expected);
    }

    #[test]
    fn a_library_in_the_wrong_room_is_found() {
        let house = [
            package("linecrew-client", &[("uniffi", Kind::Normal), ("warp", Kind::Dev)]),
            package("linecrew-server", &[("warp", Kind::Normal), ("jsonwebtoken", Kind::Normal)]),
            package("linecrew-tests", &[("jsonwebtoken", Kind::Normal)]),
        ];
        let expected = [
            "uniffi belongs in linecrew-ffi and linecrew-bindgen, not in linecrew-client",
            "warp belongs in linecrew-server, not in linecrew-client",
        ];
        assert_eq!(trespassed(&house), expected);
    }

    #[test]
    fn a_new_dependency_of_the_contract_is_found() {
        let house = [package(
            "linecrew-protocol",
            &[("serde", Kind::Normal), ("rand", Kind::Normal), ("cc", Kind::Build), ("proptest", Kind::Dev)],
        )];
        assert_eq!(swollen(&house), ["linecrew-protocol must not depend on rand", "linecrew-protocol must not depend on cc"]);
        let behind = BTreeSet::from(["automerge".to_owned(), "mio".to_owned()]);
        assert_eq!(found_behind("linecrew-protocol", &behind, NOT_BEHIND_PROTOCOL), ["mio hides behind linecrew-protocol"]);
    }
}
