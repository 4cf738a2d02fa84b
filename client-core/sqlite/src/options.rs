//! How a database is to be opened.

use std::time::Duration;

use rusqlite::Connection;

use crate::key::Key;
use crate::limits;

/// Where the writer's work runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Execution {
    /// On a thread of its own; queued jobs share commits. For the server and the apps.
    Thread,
    /// On the thread that calls, one job per commit. For simulations, which must be deterministic, and the terminal phone.
    Inline,
}

/// Bounds of one group commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupLimits {
    /// Jobs that may share one commit; at least 1 is taken.
    pub max_jobs: usize,
}

/// How a [`Database`](crate::Database) is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Reading connections that may be open at once; they open when first needed. At least 1 is taken.
    pub readers: usize,
    /// Where the writer's work runs.
    pub execution: Execution,
    /// Bounds of one group commit.
    pub group: GroupLimits,
    /// What marks the file as ours (`PRAGMA application_id`); a file that carries another mark is refused.
    pub application_id: u32,
    /// How long a lock that another process holds is waited for.
    pub busy_timeout: Duration,
    /// Page cache of each connection, in KiB.
    pub page_cache_kib: u32,
    /// Pages that the database may have; a write beyond them fails as if the disk were full. `None`: as many as SQLite allows.
    pub max_pages: Option<u32>,
    /// What the file is encrypted with; `None`: it is not. Kept in memory, since connections open when they are needed.
    pub key: Option<Key>,
    /// Looks at every connection before it is used: how tests count statements.
    pub on_connect: Option<fn(&mut Connection)>,
}

impl Default for GroupLimits {
    fn default() -> Self {
        Self { max_jobs: limits::GROUP_JOBS }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: limits::READERS,
            execution: Execution::Thread,
            group: GroupLimits::default(),
            application_id: u32::from_be_bytes(*b"LnCr"),
            busy_timeout: limits::BUSY_TIMEOUT,
            page_cache_kib: limits::PAGE_CACHE_KIB,
            max_pages: None,
            key: None,
            on_connect: None,
        }
    }
}
