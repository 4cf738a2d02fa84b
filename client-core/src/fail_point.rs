//! Places at which a test ends the process: before and after each SQL statement.
//!
//! `LINECREW_PHONE_ABORT_AT` is how many such places a process passes, on the connections that are watched, before it aborts at the next. Only
//! builds with debug assertions look at the variable: in a release build nothing is left of this module.

use rusqlite::Connection;

/// From here on the statements of this connection count.
#[cfg(debug_assertions)]
pub(crate) fn watch(connection: &Connection) {
    use rusqlite::trace::TraceEventCodes;
    if LEFT.is_some() {
        connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_PROFILE, Some(|_| pass()));
    }
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
pub(crate) fn watch(_: &Connection) {}

#[cfg(debug_assertions)]
static LEFT: std::sync::LazyLock<Option<std::sync::atomic::AtomicU64>> =
    std::sync::LazyLock::new(|| std::env::var("LINECREW_PHONE_ABORT_AT").ok()?.parse().ok().map(std::sync::atomic::AtomicU64::new));

#[cfg(debug_assertions)]
fn pass() {
    use std::sync::atomic::Ordering;
    let Some(left) = LEFT.as_ref() else { return };
    if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
        std::process::abort();
    }
}
