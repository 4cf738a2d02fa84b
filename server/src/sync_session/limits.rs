//! The bounds of a session that are the server's own affair. The contract's are in `linecrew_protocol::limits`.

/// A phone that does not take a message for this long is gone, or as good as gone. A message of 1 MiB takes 30 s at 280 kbit/s.
pub(super) const SEND_TIMEOUT_MS: u64 = 30_000;
/// When to come back after the store's disk was full: somebody has to act first.
pub(super) const RETRY_WHEN_FULL_MS: u64 = 30_000;
/// When to come back after the store was busy.
pub(super) const RETRY_WHEN_BUSY_MS: u64 = 2_000;
/// When to come back after the store failed.
pub(super) const RETRY_AFTER_FAILURE_MS: u64 = 10_000;
/// Estimated bytes that one message is filled up to; the rest of a message's 1 MiB is room for the estimate to be wrong.
pub(super) const MESSAGE_FILL_BYTES: usize = 768 * 1024;
/// Estimated CBOR bytes around one change, one outcome, and one entry.
pub(super) const RECORD_OVERHEAD_BYTES: usize = 64;
/// Phones whose shares are remembered at once; a full one needs no memory.
pub(super) const MAX_SHARES: usize = 20_000;
