//! Places at which a test ends the process: before and after each SQL statement.
//!
//! `LINECREW_PHONE_ABORT_AT` is how many such places a process passes, once it is armed, before it aborts at the next. Only builds with debug
//! assertions look at the variable: in a release build nothing is left of this module.

/// What looks at the connections of a store.
#[cfg(debug_assertions)]
pub(crate) const WATCH: Option<fn(&mut rusqlite::Connection)> = Some(watch);

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
pub(crate) const WATCH: Option<fn(&mut rusqlite::Connection)> = None;

/// From here on the statements of this process count.
#[cfg(debug_assertions)]
pub(crate) fn arm() {
    ARMED.store(true, std::sync::atomic::Ordering::SeqCst);
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
pub(crate) fn arm() {}

#[cfg(debug_assertions)]
static ARMED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

#[cfg(debug_assertions)]
static LEFT: std::sync::LazyLock<Option<std::sync::atomic::AtomicU64>> =
    std::sync::LazyLock::new(|| std::env::var("LINECREW_PHONE_ABORT_AT").ok()?.parse().ok().map(std::sync::atomic::AtomicU64::new));

#[cfg(debug_assertions)]
fn watch(connection: &mut rusqlite::Connection) {
    use rusqlite::trace::TraceEventCodes;
    if LEFT.is_some() {
        // One that cannot be watched makes the test fail, which looks for an abort.
        let events = TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_PROFILE;
        drop(connection.trace_v2(events, Some(|_: rusqlite::trace::TraceEvent<'_>| pass())));
    }
}

#[cfg(debug_assertions)]
fn pass() {
    use std::sync::atomic::Ordering;
    let Some(left) = LEFT.as_ref().filter(|_| ARMED.load(Ordering::SeqCst)) else { return };
    if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
        std::process::abort();
    }
}
