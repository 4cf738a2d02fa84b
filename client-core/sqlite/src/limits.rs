//! Every bound of this crate, with the reason for its number.

use std::time::Duration;

/// The first SQLite release without the WAL-reset race, which could corrupt a database with two writing or checkpointing
/// connections (3.7.0 to 3.51.2, <https://sqlite.org/wal.html#walresetbug>).
pub const OLDEST_SQLITE: i32 = 3_051_003;

/// Jobs that may wait for the writer. At the 4 to 64 KiB of a typical push that is at most some 256 MiB; whoever comes
/// later waits for room.
pub const QUEUED_JOBS: usize = 4_096;

/// Default of jobs per commit: enough to spread one `fsync` over a busy moment, few enough that a lost group is a small loss.
pub const GROUP_JOBS: usize = 256;

/// Default of pooled reading connections.
pub const READERS: usize = 4;

/// Default of how long a lock that another process holds is waited for.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause between two attempts to take the write lock. SQLite's own busy handler backs off to 100 ms and starves beside a
/// process that commits without a pause, because the lock is free for some 50 µs only.
pub const LOCK_POLL: Duration = Duration::from_millis(1);

/// Default page cache of one connection, in KiB: SQLite's own default, five connections stay at 10 MiB on a phone.
pub const PAGE_CACHE_KIB: u32 = 2_048;

/// Pages in the log from which the writer copies them into the database (SQLite's own default).
pub const CHECKPOINT_PAGES: i64 = 1_000;

/// Pages in the log (16 MiB) from which the writer waits for older readers, so that the log can start anew. Readers that
/// overlap without a pause would otherwise let it grow without end.
pub const RESTART_PAGES: i64 = 4_096;

/// How long it waits for them, after a group and when closing. Callers were answered already; this throttles the next ones.
pub const RESTART_WAIT: Duration = Duration::from_millis(100);

/// Bytes that the log file keeps after it was emptied.
pub const LOG_FILE_BYTES: i64 = 16 * 1_024 * 1_024;

/// Copies of a damaged database that may lie beside each other; more than that is a loop, not an accident.
pub const SET_ASIDE_COPIES: u32 = 1_000;
