//! What makes the same row twice one piece of work.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Sets these hashes apart from all others of the system, and this way of making them from a later one.
const PURPOSE: &[u8] = b"linecrew plan row 1\0";

/// The key of a meter in a plan: 64 hexadecimal digits. It holds for ever: on it rests that importing a file again changes nothing.
///
/// Neither name nor serial can hold a NUL, so no two pairs hash the same bytes.
pub(crate) fn key(plan: &str, serial: &str) -> String {
    let hash = Sha256::new().chain_update(PURPOSE).chain_update(plan).chain_update([0]).chain_update(serial).finalize();
    hash.iter().fold(String::with_capacity(64), |mut key, byte| {
        let _infallible = write!(key, "{byte:02x}");
        key
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_the_same_for_ever() {
        assert_eq!(key("2026-Q4", "350102600001"), "619afc684acee79caa0a02e4196e76c5bd04b70712924e7db80dd91a238c9b38");
        assert_ne!(key("2026-Q4", "350102600001"), key("2026-Q43", "50102600001"));
        assert_ne!(key("2026-Q4", "350102600001"), key("2027-Q1", "350102600001"));
    }
}
