//! Answers for scripts. Field names never change; times are milliseconds since 1970-01-01 UTC.

use linecrew_client::{AccountView, ItemRow, ItemView, StatusView, Why};
use serde_json::{Value, json};

use crate::{failure::Failure, next::Hint};

/// `list --json`.
pub(crate) fn list(rows: &[ItemRow], status: &StatusView) -> Result<Value, Failure> {
    Ok(json!({ "items": serde_json::to_value(rows)?, "edits": safety(status) }))
}

/// `show --json`.
pub(crate) fn item(item: &ItemView) -> Result<Value, Failure> {
    Ok(serde_json::to_value(item)?)
}

/// `next --json`.
pub(crate) fn next(hints: &[Hint]) -> Value {
    let step = |hint: &Hint| json!({ "step": hint.step, "label": hint.label, "command": hint.command });
    json!({ "next": hints.iter().map(step).collect::<Vec<_>>() })
}

/// `why --json`.
pub(crate) fn why(why: &Why) -> Result<Value, Failure> {
    Ok(serde_json::to_value(why)?)
}

/// `status --json`.
pub(crate) fn status(account: Option<&AccountView>, status: &StatusView) -> Value {
    let feeds = status.feeds.iter().map(|feed| {
        json!({
            "feed": feed.feed.to_string(), "cursor": feed.cursor, "documents": feed.documents,
            "digest": feed.digest.to_string(), "transferring": feed.transferring,
        })
    });
    json!({
        "account": account, "edits": safety(status), "feeds": feeds.collect::<Vec<_>>(),
        "damaged": status.damaged, "store_bytes": status.store_bytes, "locked": status.locked,
    })
}

fn safety(status: &StatusView) -> Value {
    json!({
        "pending": status.pending(), "saved_here": status.saved_here, "sent": status.sent,
        "oldest_pending_at": status.oldest_pending_at, "safe": status.safe, "safe_since": status.safe_since,
        "needs_attention": status.needs_attention, "last_contact": status.last_contact,
        "documents": status.documents, "forms": status.forms, "unreadable": status.unreadable,
        "books": status.books, "receivables": status.receivables,
        "entries_here": status.entries_here, "entries_refused": status.entries_refused,
    })
}
