//! Limits of what an app is asked, in one place.

use std::time::Duration;

/// Questions to one app's hosts that may hang before nothing is asked any more. Each holds a thread.
pub(super) const MAX_STUCK: usize = 3;
/// The same for all stores of the process together: a store that is opened again and again begins anew with its own.
pub(super) const MAX_STUCK_IN_PROCESS: usize = 12;
/// Lines of the log that wait for the app. It is some 100 KB; a burst of more is a fault that its first lines tell.
pub(super) const LOG_LINES: usize = 256;

/// How long an app may take to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// A keystore works in hardware, and takes up to seconds when the phone was just switched on. Whoever has to be asked for a finger is asked
    /// before.
    pub(crate) keys: Duration,
    /// A clock has no reason to take any time.
    pub(crate) clock: Duration,
    /// Writing a line.
    pub(crate) log: Duration,
    /// From a request to the end of its answer: as long as our own connections get to open and to answer, for the same reasons (256 KiB at 2G's
    /// 5 KB/s take 52 s).
    pub(crate) reply: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { keys: Duration::from_secs(10), clock: Duration::from_secs(2), log: Duration::from_secs(2), reply: Duration::from_secs(70) }
    }
}
