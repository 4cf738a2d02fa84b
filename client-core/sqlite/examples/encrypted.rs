//! What a key costs: opening, a commit, a read of what no cache holds. `cargo run --release -p linecrew-sqlite --example encrypted`.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use linecrew_sqlite::{Database, Execution, KEY_BYTES, Key, Migration, Options};
use zeroize::Zeroizing;

const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "edit", sql: "CREATE TABLE edit (id INTEGER NOT NULL PRIMARY KEY, change BLOB NOT NULL) STRICT" }];
/// A phone's store after a season: 10 MB.
const ROWS: i64 = 2_000;
/// An edit with its projected row.
const BYTES: i64 = 5_000;
const ROUNDS: i64 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for (name, key) in [("plain", None), ("encrypted", Some(Key::new(Zeroizing::new([7; KEY_BYTES]))))] {
        let options = Options { execution: Execution::Inline, key, ..Options::default() };
        let figures = measured(&folder.path().join(name), &options)?;
        println!("{name}: open {:?}, commit {:?}, read {:?}", figures[0], figures[1], figures[2]);
    }
    Ok(())
}

fn measured(path: &Path, options: &Options) -> Result<[Duration; 3], Box<dyn Error>> {
    let open = || Database::open(path, options, MIGRATIONS);
    let database = open()?;
    database.write(|transaction| (0..ROWS).try_for_each(|id| insert(transaction, id)))?;
    database.close()?;
    let (mut opened, mut committed, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let begun = Instant::now();
        let database = open()?;
        opened.push(begun.elapsed());
        let begun = Instant::now();
        let id = (round * 7_919) % ROWS;
        let sql = "SELECT length(change) + unicode(hex(change)) AS bytes FROM edit WHERE id = ?1";
        let _: i64 = database.read(|connection| connection.query_row(sql, [id], |row| row.get("bytes")))?;
        read.push(begun.elapsed());
        let begun = Instant::now();
        database.write(move |transaction| insert(transaction, ROWS + round))?;
        committed.push(begun.elapsed());
        database.close()?;
    }
    Ok([opened, committed, read].map(median))
}

fn insert(transaction: &rusqlite::Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    transaction.execute("INSERT INTO edit (id, change) VALUES (?1, randomblob(?2))", (id, BYTES)).map(drop)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
