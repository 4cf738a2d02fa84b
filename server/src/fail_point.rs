//! Places at which a test holds the server, to kill it exactly there.
//!
//! `LINECREW_FAIL_POINT` names the place; whatever reaches it waits for ever, and the rest of the server goes on. Only builds with debug
//! assertions look at the variable: in a release build nothing is left of this module.

/// A push is on disk and nobody has been told: neither its phone nor anybody else.
pub(crate) const AFTER_COMMIT_BEFORE_ACK: &str = "after_commit_before_ack";

/// Waits for ever when the variable names this place.
#[cfg(debug_assertions)]
pub(crate) async fn reached(place: &str) {
    static HELD: std::sync::LazyLock<Option<String>> = std::sync::LazyLock::new(|| std::env::var("LINECREW_FAIL_POINT").ok());
    if HELD.as_deref() == Some(place) {
        tracing::warn!(fail_point = place, "held");
        std::future::pending::<()>().await;
    }
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
#[expect(clippy::unused_async, reason = "the same call as in a build with fail points")]
pub(crate) async fn reached(_: &str) {}
