//! Measures acknowledged writes per second of 1 KiB each: `cargo run --release -p linecrew-sqlite --example commit_rate [folder]`.
//! With several writers at once the group commit shows: more writes, hardly more commits.

use std::error::Error;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use linecrew_sqlite::{Database, Migration, Options};

const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "entry", sql: "CREATE TABLE entry (id INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT" }];
const DURATION: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    for writers in [1, 8, 64, 256] {
        let path = folder.join(format!("commit-rate-{}-{writers}.db", std::process::id()));
        let database = Database::open(&path, &Options::default(), MIGRATIONS)?;
        let written = thread::scope(|scope| {
            let threads: Vec<_> = (0..writers).map(|_| scope.spawn(|| write_for(&database))).collect();
            let counts = threads.into_iter().filter_map(|thread| thread.join().ok());
            counts.sum::<u64>()
        });
        database.close()?;
        std::fs::remove_file(&path)?;
        println!("{writers} writers: {} writes/s", written / DURATION.as_secs());
    }
    Ok(())
}

fn write_for(database: &Database) -> u64 {
    let started = Instant::now();
    let mut written = 0;
    while started.elapsed() < DURATION {
        let answer = database.write(|transaction| {
            let sql = "INSERT INTO entry (body) VALUES (zeroblob(1024))";
            transaction.prepare_cached(sql)?.execute([])
        });
        written += u64::from(answer.is_ok());
    }
    written
}
