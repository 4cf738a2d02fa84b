//! What travels: messages of frames, version 1 (docs/protocol.md is the reference).
//!
//! A message is one flag byte and a CBOR sequence of frames; a frame is `[type, map]` with integer keys. Unknown keys are skipped, unknown
//! frame types decode to [`Frame::Unknown`] so that the session can refuse them politely. Decoding is bounded by `limits.rs` before it
//! allocates. This module never does IO.

mod codec;
mod feed;
mod frame;
mod session_frames;
mod sync_frames;

pub use codec::{DecodeError, EncodeError, decode_message, encode_message};
pub use feed::{Feed, ParseFeedError};
pub use frame::Frame;
pub use session_frames::{Farewell, FeedHead, Goodbye, HandIn, Health, Hello, Ping, Pong, Position, Welcome};
pub use sync_frames::{
    Acked, CaughtUp, ChangeRecord, Edit, Entries, Entry, EntryKind, FeedDigest, Holding, Inventory, LeaveReason, Outcome, Push, Stored,
    Verdict, Withdrawal,
};

/// Protocol versions that this build speaks. The log of versions stands in docs/protocol.md.
pub const VERSIONS: (u32, u32) = (1, 1);
