//! The bounds of the embedded store.

/// Rows of one list, whatever the caller asks for (docs/api.md).
pub(super) const MAX_ROWS: usize = 500;
/// Estimated bytes of documents that the writer keeps loaded. Loading one costs 75 to 400 µs, so a small cache is enough: it serves the
/// items that are being worked on now.
pub(super) const CACHE_BYTES: usize = 48 * 1024 * 1024;
/// Estimated bytes of a loaded document besides its changes (17 to 24 KiB measured with Automerge 0.12).
pub(super) const LOADED_DOCUMENT_BYTES: usize = 24 * 1024;
/// Estimated bytes in memory of one byte of changes.
pub(super) const LOADED_BYTES_PER_CHANGE_BYTE: usize = 4;
/// Refused edits of one document that its details show.
pub(super) const MAX_QUARANTINED_SHOWN: usize = 200;
/// Entries of a feed that one page looks at: many entries of few documents collapse into one page.
pub(super) const MAX_WINDOW_ENTRIES: usize = 2_048;
/// Other items that a new claim of the same meter is held against (rule 10). More than a few mean a number that is nobody's serial.
pub(super) const MAX_RIVAL_CLAIMS: usize = 8;
/// Refused edits of one list, whatever the caller asks for (docs/api.md).
pub(super) const MAX_QUARANTINE_LISTED: usize = 500;
/// Receivables that are taken in before their documents are given back: each takes about 24 KiB until then.
pub(super) const BILLS_AT_ONCE: usize = 500;
/// Refused edits that one decision covers: what follows is the next batch. Judging one takes about a millisecond, and nobody else writes meanwhile.
pub(super) const MAX_BATCH_EDITS: usize = 500;
/// Refused edits that are judged again because somebody's access changed. The rest stays open, and the office decides.
pub(super) const MAX_RETRIED_EDITS: usize = 2_000;
