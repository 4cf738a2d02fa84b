//! The key of an encrypted database.

use std::fmt;

use rusqlite::{Connection, ffi};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a key: AES-256.
pub const KEY_BYTES: usize = 32;
/// Bytes of a salt, which are the first of an encrypted file.
pub(crate) const SALT_BYTES: usize = 16;
/// What the salt is hashed from, before the key.
const SALT_OF: &[u8] = b"linecrew database salt 1";

/// A key of 256 random bits, which SQLCipher uses as it is. Wiped from memory when it is dropped; its [`Debug`](fmt::Debug) says nothing.
///
/// The salt that stands in the clear at the beginning of a file is derived from the key, one way. So a file tells whether it was made with this
/// key before SQLite opens it, and a wrong key is never taken for damage.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl Key {
    /// The key of these bytes.
    #[must_use]
    pub fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(bytes)
    }

    /// Its bytes, for who derives the keys of what lies beside the database. They go into no error and no log.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Unlocks a connection that has done nothing yet.
    ///
    /// # Errors
    /// This build's SQLite knows no encryption: then nothing may be written, since it would be written in the clear. The error never
    /// names the key.
    pub fn unlock(&self, connection: &Connection) -> rusqlite::Result<()> {
        let statement = Zeroizing::new(format!("PRAGMA key = \"{}\"", self.spelled().as_str()));
        // What SQLite says of a statement holds its text.
        connection.execute_batch(&statement).map_err(|_| no_cipher())?;
        let cipher = connection.query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0));
        cipher.map(drop).map_err(|_| no_cipher())
    }

    /// What a file that was made with this key begins with.
    pub(crate) fn salt(&self) -> [u8; SALT_BYTES] {
        let hash = Sha256::new().chain_update(SALT_OF).chain_update(self.0.as_slice()).finalize();
        let mut salt = [0; SALT_BYTES];
        salt.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
        salt
    }

    /// As SQLCipher reads it: the key and the salt in hexadecimal digits.
    pub(crate) fn spelled(&self) -> Zeroizing<String> {
        // As long as it gets: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(3 + 2 * (KEY_BYTES + SALT_BYTES)));
        text.push_str("x'");
        for byte in self.0.iter().chain(&self.salt()) {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text.push('\'');
        text
    }
}

/// Without the key.
impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key")
    }
}

fn no_cipher() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_MISUSE), Some("this SQLite cannot encrypt".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_spelled_for_sqlcipher_and_for_nobody_else() {
        let key = Key::new(Zeroizing::new([0xa7; KEY_BYTES]));
        let spelled = key.spelled();
        assert!(spelled.starts_with(&format!("x'{}", "a7".repeat(KEY_BYTES))) && spelled.len() == 99, "{}", spelled.as_str());
        assert_eq!(format!("{key:?}"), "Key");
        assert_ne!(key.salt(), Key::new(Zeroizing::new([0xa8; KEY_BYTES])).salt());
    }
}
