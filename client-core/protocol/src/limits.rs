//! Every limit of the contract, in one place. Both ends enforce them; the server also announces the ones a phone must respect.

/// Bytes of one raw Automerge change. An honest visit's largest change (a completion with its report) is under 2 KiB.
pub const MAX_CHANGE_BYTES: usize = 64 * 1024;
/// Operations in one change, counted before Automerge decodes it.
pub const MAX_CHANGE_OPS: u64 = 10_000;
/// Dependencies of one change. A crew of 12 phones that all edit offline makes at most 12 heads.
pub const MAX_CHANGE_DEPS: usize = 64;
/// Other actors that one change names.
pub const MAX_CHANGE_ACTORS: usize = 64;
/// How far a change's first operation number may lie beyond the last one in the document.
pub const MAX_START_OP_AHEAD: u64 = 0;
/// The greatest operation number and sequence number: Automerge keeps them in 32 bits and panics beyond.
pub const MAX_COUNTER: u64 = u32::MAX as u64;
/// How far a change's time may lie from 1970, in whatever unit: what JavaScript can count exactly, 285,000 years in milliseconds. Automerge
/// keeps the differences between the times of neighbouring changes in 64 bits and panics beyond, so that one change of the year `i64::MIN`
/// would close its document to every change after it.
pub const MAX_CHANGE_TIME: u64 = 1 << 53;
/// Bytes of a change's commit message. Ours write none; a foreign tool's short one does no harm.
pub const MAX_COMMIT_MESSAGE_BYTES: u64 = 256;
/// Bytes of all keys (or mark names) of a change when each operation has a copy of its own, as it has inside Automerge. Without this bound
/// one key of 60 KiB in a run of 10,000 rows becomes 600 MiB. An honest change of 10,000 operations on keys of 36 characters needs 360 kB.
pub const MAX_EXPANDED_TEXT_BYTES: u64 = 16 * MAX_CHANGE_BYTES as u64;
/// Bytes of an actor id.
pub const ACTOR_BYTES: usize = 16;
/// Nesting of objects in a document.
pub const MAX_DEPTH: usize = 32;
/// Changes in one document; a busy repair has under 100. Folding costs the square of the events, so this bounds what one document can cost.
pub const MAX_DOCUMENT_CHANGES: usize = 2_000;
/// Bytes of all changes of one document. A whole document must fit one message, with its frame around every change; a busy repair has 50 KiB.
pub const MAX_DOCUMENT_BYTES: usize = 512 * 1024;
/// Bytes of one event's JSON text.
pub const MAX_EVENT_BYTES: usize = 16 * 1024;
/// Characters of one string inside a command (reason, note, cause …).
pub const MAX_TEXT_CHARS: usize = 4_000;
/// Bytes of the notes of one document.
pub const MAX_NOTES_BYTES: usize = 256 * 1024;
/// Lines of material in one document.
pub const MAX_MATERIALS: usize = 500;

/// Bytes of one message after inflation: the bound of the inflater.
pub const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// Bytes of one message on the wire.
pub const MAX_WIRE_BYTES: usize = 1024 * 1024;
/// Messages above this many bytes are compressed.
pub const COMPRESS_ABOVE_BYTES: usize = 512;
/// Frames in one message.
pub const MAX_FRAMES: usize = 64;
/// Edits in one `Push`.
pub const MAX_PUSH_EDITS: usize = 256;
/// Change bytes in one `Push`.
pub const MAX_PUSH_BYTES: usize = 256 * 1024;
/// Pushes that a phone sends before it waits for an acknowledgement.
pub const MAX_PUSHES_IN_FLIGHT: usize = 4;
/// Documents in one `Entries`.
pub const MAX_ENTRIES: usize = 256;
/// Change bytes in one `Entries` (a single larger document still travels alone).
pub const MAX_ENTRIES_BYTES: usize = 256 * 1024;
/// Feeds that one phone follows.
pub const MAX_FEEDS: usize = 8;
/// Refused edits that one `Hello` names, the newest first: a phone has none on most days.
pub const MAX_REFUSED_NAMED: usize = 256;
/// Bytes of a token.
pub const MAX_TOKEN_BYTES: usize = 4 * 1024;
/// Documents in one `Inventory`.
pub const MAX_INVENTORY: usize = 20_000;

/// How often a live phone reports its health.
pub const PING_EVERY_MS: u64 = 120_000;
/// A connection that said nothing for this long is dead.
pub const IDLE_TIMEOUT_MS: u64 = 300_000;
/// From accepting a sync socket to a valid `Hello`.
pub const HELLO_TIMEOUT_MS: u64 = 10_000;
/// First back-off of a phone; it doubles up to [`BACKOFF_CAP_MS`], each with full jitter.
pub const BACKOFF_BASE_MS: u64 = 500;
/// Longest back-off of a phone.
pub const BACKOFF_CAP_MS: u64 = 60_000;

/// Bytes of one attachment: a photo of a recent phone has 3 to 12 MB.
pub const MAX_ATTACHMENT_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of a signature's strokes as JSON.
pub const MAX_SIGNATURE_BYTES: usize = 4 * 1024;
/// Bytes of one journal entry. A receipt has about 900.
pub const MAX_ENTRY_BYTES: usize = 8 * 1024;

/// Characters of a value's path.
pub const MAX_PATH_CHARS: usize = 200;
