//! Killing the process at any moment loses nothing that was acknowledged.

use std::io::Read;
use std::path::PathBuf;
use std::process::Child;
use std::thread;
use std::time::Duration;

use crate::support::{CHILD_PATH, Seeded, acked, assert_sound, child, ids, open, write};

const ROUNDS: i64 = 20;
const WRITERS: i64 = 3;

/// Lets `child` run for `delay` after its first line, kills it (SIGKILL on Unix), and returns all that it had printed.
fn kill_after(mut child: Child, delay: Duration) -> String {
    let mut output = child.stdout.take().unwrap();
    let mut first = [0];
    output.read_exact(&mut first).unwrap();
    thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut printed = Vec::from(first);
    output.read_to_end(&mut printed).unwrap();
    // The last line may be torn: its write was acknowledged, but nobody was told.
    let whole = printed.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    String::from_utf8(printed[..whole].to_vec()).unwrap()
}

#[test]
fn every_acknowledged_write_survives_a_kill() {
    let mut seeded = Seeded::from_environment();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut expected = std::collections::BTreeSet::new();
    for _ in 0..ROUNDS {
        let child = child("kill::child_writes_until_killed", &path).spawn().unwrap();
        let printed = kill_after(child, Duration::from_millis(seeded.below(120)));
        expected.extend(acked(printed.lines()));
        let database = open(&path);
        let stored = ids(&database);
        let missing: Vec<_> = expected.difference(&stored).collect();
        assert!(missing.is_empty(), "acknowledged but gone: {missing:?}");
        assert_sound(&database);
        // Half of the rounds leave the log to the next process.
        if seeded.below(2) == 0 {
            database.close().unwrap();
        }
    }
    println!("{} acknowledged writes survived {ROUNDS} kills", expected.len());
    assert!(expected.len() > 100, "only {} writes were tried", expected.len());
}

#[test]
fn child_writes_until_killed() {
    let Some(path) = std::env::var_os(CHILD_PATH).map(PathBuf::from) else {
        return;
    };
    let database = open(&path);
    let next = ids(&database).last().map_or(0, |last| last + 1);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let database = &database;
            scope.spawn(move || {
                for step in 0.. {
                    let id = next + writer + step * WRITERS;
                    write(database, id, 700).unwrap();
                    println!("\nacked {id}");
                }
            });
        }
    });
}
