//! The envelope of a chunk.

use sha2::{Digest as _, Sha256};

/// A chunk around a body, with the right length and checksum.
pub(crate) fn seal(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    let mut length = body.len();
    while length > 0x7f {
        hashed.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    hashed.push(u8::try_from(length).unwrap());
    hashed.extend(body);
    [&[0x85, 0x6f, 0x4a, 0x83], &Sha256::digest(&hashed)[..4], &hashed].concat()
}

/// What follows the length in a change chunk.
pub(crate) fn body(change: &[u8]) -> &[u8] {
    let length_bytes = change[9..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    &change[9 + length_bytes..]
}
