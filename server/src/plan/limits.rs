//! How much a plan may hold. Each limit is far above an honest file, and low enough that no file can exhaust the machine.

/// Bytes of a file. A meter takes about 150 bytes, so this is over half a million meters; the decoded text may take half as much again.
pub const MAX_FILE_BYTES: usize = 100 * 1024 * 1024;
/// Rows of a plan. A district rotates a few thousand meters a year.
pub const MAX_ROWS: usize = 200_000;
/// Problems of a file. Beyond that it is the mapping that is wrong, and nobody would read them.
pub const MAX_PROBLEMS: usize = 10_000;
/// Columns of a file; exports of billing systems have up to about 200.
pub const MAX_COLUMNS: usize = 1_000;
/// Registers of a meter: total and four tariffs, in both directions, active and reactive, leave room.
pub const MAX_REGISTERS: usize = 32;
/// Bytes of a mapping. One that translates all streets of a province takes about 60 KiB.
pub const MAX_MAPPING_BYTES: usize = 1024 * 1024;
/// Digits of a register: what MDFF leaves room for, and below 2^53, so a browser shows every index exactly.
pub const MAX_DIGITS: u8 = 15;
/// Characters of a serial, an account, a phone number, a street code, or the name of a register.
pub const MAX_CODE_CHARS: usize = 64;
/// Characters of a name or an address.
pub const MAX_TEXT_CHARS: usize = 500;
/// Characters of a file's own text that an error repeats.
pub(crate) const SHOWN_CHARS: usize = 40;
