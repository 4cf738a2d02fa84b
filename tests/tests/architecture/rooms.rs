//! The arrows between the modules of a crate, and what the contract must never touch.

use anyhow::Result;

use crate::{
    assert_none,
    paths::{mentioned, module_of},
    sources::{Source, under},
};

/// In the module on the left nobody mentions anything that begins like the paths on the right.
type Wall = (&'static str, &'static [&'static str]);

/// `protocol` is deterministic: time and randomness are arguments, and it does no input or output.
const PURE: &[Wall] = &[(
    "crate",
    &[
        "std::time::Instant",
        "std::time::SystemTime",
        "std::time::UNIX_EPOCH",
        "std::fs",
        "std::net",
        "std::thread",
        "std::process",
        "std::env",
        "std::io::stdin",
        "std::io::stdout",
        "rand",
        "getrandom",
        "tokio",
        "Uuid::now_v7",
        "Uuid::new_v4",
        "uuid::Uuid::now_v7",
        "uuid::Uuid::new_v4",
        "ActorId::random",
        "automerge::ActorId::random",
    ],
)];

/// `sync ▶ wire`, `model ▶ gate ▶ ids, time`: who judges documents knows no frames, who frames knows no documents.
const PROTOCOL: &[Wall] = &[
    ("crate::ids", &["crate::gate", "crate::model", "crate::wire", "crate::sync"]),
    ("crate::time", &["crate::gate", "crate::model", "crate::wire", "crate::sync"]),
    ("crate::gate", &["crate::model", "crate::wire", "crate::sync"]),
    ("crate::model", &["crate::wire", "crate::sync"]),
    ("crate::wire", &["crate::gate", "crate::model", "crate::sync"]),
    ("crate::sync", &["crate::gate", "crate::model"]),
];

/// `http ▶ sync_session, live ▶ store`: who answers requests reaches the data through the `Store` trait only, and no store knows who asks.
const SERVER: &[Wall] = &[
    ("crate::http", &["crate::store::sqlite"]),
    ("crate::sync_session", &["crate::http", "crate::auth", "crate::store::sqlite"]),
    ("crate::live", &["crate::http", "crate::auth", "crate::sync_session", "crate::store::sqlite"]),
    ("crate::auth", &["crate::http", "crate::live", "crate::sync_session", "crate::store::sqlite"]),
    ("crate::outgoing", &["crate::http", "crate::auth", "crate::live", "crate::sync_session", "crate::store"]),
    ("crate::tls", &["crate::auth", "crate::live", "crate::sync_session", "crate::store"]),
    ("crate::store", &["crate::http", "crate::auth", "crate::live", "crate::sync_session"]),
];

/// The modules of the server that know a library.
const HOMES: &[(&str, &[&str])] = &[
    ("warp", &["crate::http"]),
    ("hyper", &["crate::http", "crate::outgoing"]),
    ("tokio_tungstenite", &["crate::http"]),
    ("rustls", &["crate::tls"]),
    ("webpki", &["crate::tls"]),
    ("webpki_roots", &["crate::tls"]),
    ("tokio_rustls", &["crate::tls", "crate::http"]),
    ("jsonwebtoken", &["crate::auth"]),
    ("argon2", &["crate::auth"]),
    ("rusqlite", &["crate::store"]),
    // `run` opens the store and closes it.
    ("linecrew_sqlite", &["crate::store", "crate::run"]),
];

#[test]
fn the_contract_reads_no_clock_and_does_no_io() -> Result<()> {
    let sources = protocol()?;
    assert_none(&breaches(&sources, PURE));
    Ok(())
}

#[test]
fn modules_of_the_contract_keep_to_their_arrows() -> Result<()> {
    assert_none(&breaches(&protocol()?, PROTOCOL));
    Ok(())
}

#[test]
fn modules_of_the_server_keep_to_their_arrows() -> Result<()> {
    let sources = server()?;
    assert_none(&breaches(&sources, SERVER));
    assert_none(&strays(&sources, HOMES));
    Ok(())
}

fn server() -> Result<Vec<Source>> {
    let mut sources = under("server/src", &[".rs"])?;
    // Walls are for what ships: a module's own tests may use the world that another's tests have built.
    sources.retain(|source| !source.path.ends_with("/tests.rs") && !source.path.contains("/tests/"));
    assert!(sources.len() > 20, "only {} sources of the server were found", sources.len());
    Ok(sources)
}

fn protocol() -> Result<Vec<Source>> {
    let sources = under("client-core/protocol/src", &[".rs"])?;
    assert!(sources.len() > 20, "only {} sources of the contract were found", sources.len());
    Ok(sources)
}

fn breaches(sources: &[Source], walls: &[Wall]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        let module = module_of(&source.path).join("::");
        let paths = mentioned(source);
        for (_, forbidden) in walls.iter().filter(|(inside, _)| begins(&module, inside)) {
            let crossing = paths.iter().filter(|path| forbidden.iter().any(|outside| begins(path, outside)));
            violations.extend(crossing.map(|path| format!("{} must not mention {path}", source.path)));
        }
    }
    violations
}

fn strays(sources: &[Source], homes: &[(&str, &[&str])]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        let module = module_of(&source.path).join("::");
        let paths = mentioned(source);
        for (library, homes) in homes.iter().filter(|(_, homes)| !homes.iter().any(|home| begins(&module, home))) {
            if paths.iter().any(|path| begins(path, library)) {
                violations.push(format!("{} must not mention {library}, which lives in {}", source.path, homes.join(", ")));
            }
        }
    }
    violations
}

/// Whether the path lies in `module`, name by name.
fn begins(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

mod bad_houses {
    use super::*;

    #[test]
    fn a_clock_in_the_contract_is_found() {
        let sources = [
            Source::new("p/src/time.rs", "use std::{fmt, time::{Duration, SystemTime}};"),
            Source::new("p/src/ids.rs", "fn new() -> Self { Self(Uuid::now_v7()) }"),
            Source::new("p/src/gate/decode.rs", "fn f() { std::thread::spawn(|| ()); } // std::fs"),
            Source::new("p/src/wire.rs", "use std::{io, sync::Arc};\nconst A: &str = \"std::net\";"),
        ];
        let expected = [
            "p/src/time.rs must not mention std::time::SystemTime",
            "p/src/ids.rs must not mention Uuid::now_v7",
            "p/src/gate/decode.rs must not mention std::thread::spawn",
        ];
        assert_eq!(breaches(&sources, PURE), expected);
    }

    #[test]
    fn a_module_that_reaches_up_is_found() {
        let sources = [
            Source::new("p/src/wire/frame.rs", "use super::super::sync::phone::Phone;"),
            Source::new("p/src/model/repair/fold.rs", "use crate::{ids::CrewId, wire::Frame};"),
            Source::new("p/src/gate.rs", "fn f() { crate::model::repair::fold::fold() }"),
            Source::new("p/src/sync/server.rs", "use crate::{wire::Frame, synchronous::Thing};"),
        ];
        let expected = [
            "p/src/wire/frame.rs must not mention crate::sync::phone::Phone",
            "p/src/model/repair/fold.rs must not mention crate::wire::Frame",
            "p/src/gate.rs must not mention crate::model::repair::fold::fold",
        ];
        assert_eq!(breaches(&sources, PROTOCOL), expected);
    }

    #[test]
    fn a_server_that_mixes_its_rooms_is_found() {
        let sources = [
            Source::new("server/src/http/login.rs", "use warp::Filter;\nuse crate::store::{Store, sqlite::SqliteStore};"),
            Source::new("server/src/store/sqlite.rs", "use rusqlite::Connection;\nuse super::super::live::Live;"),
            Source::new("server/src/live.rs", "use warp::Filter; use crate::store::Store;"),
        ];
        let expected = [
            "server/src/http/login.rs must not mention crate::store::sqlite::SqliteStore",
            "server/src/store/sqlite.rs must not mention crate::live::Live",
        ];
        assert_eq!(breaches(&sources, SERVER), expected);
        assert_eq!(strays(&sources, HOMES), ["server/src/live.rs must not mention warp, which lives in crate::http"]);
    }
}
