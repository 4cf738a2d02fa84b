//! Limits of the driver, in one place.

use std::time::Duration;

/// A live connection that was asked something (a push, a ping) and stays silent for this long is dead. 256 KiB at 2G's 5 KB/s take 52 s.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Requests of one `sync_once`. A page brings up to 256 documents: this is 128,000 of them, and an end to any loop.
pub(super) const MAX_ROUNDS: usize = 500;
/// Change bytes that one request of `sync_once` carries: two largest pushes, half of what a message may hold.
pub(super) const MAX_REQUEST_CHANGE_BYTES: usize = 512 * 1024;
/// How long to wait before asking a server again that waits for people: to bring one end to the other's version, or to let this phone's person
/// work again. That takes longer than a back-off.
pub(super) const PEOPLE_PAUSE: Duration = Duration::from_secs(15 * 60);
/// How long the end of a session may take: the server learns it anyway.
pub(super) const FAREWELL: Duration = Duration::from_secs(1);
