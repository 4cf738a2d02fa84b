//! A table of entries, and a second process of this very test binary.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use linecrew_sqlite::{Database, Migration, Options, WriteError};
use rusqlite::Transaction;

pub(crate) const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "entry", sql: "CREATE TABLE entry (id INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT" }];

/// Where a child process finds its database.
pub(crate) const CHILD_PATH: &str = "LINECREW_SQLITE_CHILD_PATH";

pub(crate) fn open(path: &Path) -> Database {
    open_with(path, &Options::default())
}

pub(crate) fn open_with(path: &Path, options: &Options) -> Database {
    Database::open(path, options, MIGRATIONS).unwrap()
}

pub(crate) fn insert(transaction: &Transaction<'_>, id: i64, bytes: usize) -> rusqlite::Result<usize> {
    let sql = "INSERT INTO entry (id, body) VALUES (?1, zeroblob(?2))";
    transaction.execute(sql, (id, i64::try_from(bytes).unwrap()))
}

pub(crate) fn write(database: &Database, id: i64, bytes: usize) -> Result<usize, WriteError<rusqlite::Error>> {
    database.write(move |transaction| insert(transaction, id, bytes))
}

pub(crate) fn ids(database: &Database) -> BTreeSet<i64> {
    let read = database.read(|connection| {
        let mut statement = connection.prepare("SELECT id FROM entry")?;
        let rows = statement.query_map([], |row| row.get("id"))?;
        rows.collect::<rusqlite::Result<_>>()
    });
    read.unwrap()
}

pub(crate) fn assert_sound(database: &Database) {
    let verdict = database.read(|connection| connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)));
    assert_eq!(verdict, Ok("ok".to_owned()));
}

/// Holds the writer inside a job, so that what is queued meanwhile becomes one group.
pub(crate) struct HeldWriter {
    release: mpsc::Sender<()>,
    job: thread::JoinHandle<Result<(), WriteError<rusqlite::Error>>>,
}

impl HeldWriter {
    pub(crate) fn hold(database: &Database) -> Self {
        let (release, released) = mpsc::channel::<()>();
        let (report, started) = mpsc::channel();
        let database = database.clone();
        let job = thread::spawn(move || {
            database.write(move |_| {
                report.send(()).unwrap();
                released.recv().unwrap();
                Ok(())
            })
        });
        started.recv().unwrap();
        Self { release, job }
    }

    pub(crate) fn release(self) {
        self.release.send(()).unwrap();
        self.job.join().unwrap().unwrap();
    }
}

/// Runs the one test `name` of this binary in another process, which then finds `path` in its environment.
pub(crate) fn child(name: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(CHILD_PATH, path).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// The ids in lines of the form `acked 17`.
pub(crate) fn acked<'l>(lines: impl Iterator<Item = &'l str>) -> BTreeSet<i64> {
    let ids = lines.filter_map(|line| line.strip_prefix("acked "));
    ids.map(|id| id.parse().unwrap()).collect()
}

/// Numbers from a seed (SplitMix64), since the order of kills must be repeatable.
pub(crate) struct Seeded(u64);

impl Seeded {
    /// Takes the seed from `LINECREW_SEED`, or a new one, and prints it.
    pub(crate) fn from_environment() -> Self {
        let given = std::env::var("LINECREW_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().hash_one("seed"));
        println!("LINECREW_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
