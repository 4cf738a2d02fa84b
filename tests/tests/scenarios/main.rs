//! The scenarios of bindings/scenarios, played in Rust: what every other language has to see, too.
//!
//! `LINECREW_BLESS=1` writes what was seen as what is expected; `LINECREW_SCENARIO=name` plays one.

mod asked;
mod kinds;
mod labels;
mod money;
mod phone;
mod player;
mod records;
mod stage;
mod value;
mod verbs;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use tokio::task::JoinSet;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/scenarios");
    let files = fs::read_dir(folder).expect("the scenarios").map(|entry| entry.expect("a file").path());
    let mut files: Vec<PathBuf> = files.filter(|file| file.with_extension("txt") == *file).collect();
    files.sort();
    files
}

fn name(file: &Path) -> String {
    file.file_stem().expect("a name").to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_gives_what_is_expected() {
    let one = env::var("LINECREW_SCENARIO").ok();
    let mut playing = JoinSet::new();
    for file in files().into_iter().filter(|file| one.as_ref().is_none_or(|one| name(file) == *one)) {
        playing.spawn(async move { judged(&file, player::play(&file).await) });
    }
    assert!(one.is_some() || playing.len() >= 3, "only {} scenarios were found", playing.len());
    let failed: Vec<String> = playing.join_all().await.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Whether what was seen is what is expected; else the first line that differs.
fn judged(file: &Path, played: anyhow::Result<String>) -> Result<(), String> {
    let name = name(file);
    let seen = played.map_err(|error| format!("{name}: {error:#}"))?;
    println!("{name} sha256={}", player::sha256(&seen));
    let expectation = file.with_extension("expected");
    if env::var_os("LINECREW_BLESS").is_some() {
        fs::write(&expectation, &seen).expect("the expectation can be written");
    }
    let expected = fs::read_to_string(&expectation).unwrap_or_default();
    let lines = expected.lines().chain(["(the end)"]).zip(seen.lines().chain(["(the end)"]));
    match lines.enumerate().find(|(_, (expected, seen))| expected != seen) {
        Some((at, (expected, seen))) => Err(format!("{name}.expected:{}\n  expected {expected}\n  seen     {seen}", at + 1)),
        None if expected == seen => Ok(()),
        None => Err(format!("{name}.expected has another end")),
    }
}
