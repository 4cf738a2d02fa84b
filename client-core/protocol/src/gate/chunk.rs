//! The envelope: magic, checksum, chunk type, length, body.
//!
//! Types 0 (document), 2 (deflated change) and 3 (bundle) never get further: they are how one MiB becomes a GiB before anything is counted.

use automerge::ChangeHash;
use sha2::{Digest as _, Sha256};

use super::cursor::Cursor;
use crate::refusal::{Reason, Refusal};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;

/// One change chunk whose checksum is right.
#[derive(Debug)]
pub(super) struct Chunk<'a> {
    /// The change's name: SHA-256 over type, length and body.
    pub(super) hash: ChangeHash,
    /// What follows the length.
    pub(super) body: &'a [u8],
}

/// Exactly one change chunk and nothing behind it.
pub(super) fn open(bytes: &[u8]) -> Result<Chunk<'_>, Refusal> {
    let mut cursor = Cursor::new(bytes, "chunk");
    if cursor.take(4).map_err(not_a_change)? != MAGIC {
        return Err(Refusal::new(Reason::NotAChange, "chunk: not Automerge's magic bytes"));
    }
    let checksum = cursor.take(4).map_err(not_a_change)?;
    let hashed_from = cursor.clone();
    let kind = cursor.byte().map_err(not_a_change)?;
    if kind != CHANGE {
        return Err(Refusal::new(Reason::NotAChange, format!("chunk: type {kind}, only type {CHANGE} is taken")));
    }
    let length = cursor.unsigned()?;
    let body = cursor.take(length)?;
    if !cursor.is_empty() {
        return Err(Refusal::new(Reason::NotAChange, format!("chunk: {} bytes behind the change", cursor.remaining())));
    }
    let hash: [u8; 32] = Sha256::digest(hashed_from.all()).into();
    if !hash.starts_with(checksum) {
        return Err(Refusal::new(Reason::Undecodable, "chunk: wrong checksum"));
    }
    Ok(Chunk { hash: ChangeHash(hash), body })
}

fn not_a_change(refusal: Refusal) -> Refusal {
    Refusal { reason: Reason::NotAChange, ..refusal }
}
