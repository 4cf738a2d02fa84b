//! What a phone says under its signature.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{ChainLink, PublicKey, Signature};
use crate::ids::InstallationId;

/// A statement of a phone. Its hash is what the key signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Statement<'a> {
    /// *I enrol with this code, and this is my key.*
    Enrolment {
        /// The phone.
        installation: InstallationId,
        /// Its key.
        key: &'a PublicKey,
        /// The one-time code, as the server wrote it.
        code: &'a str,
    },
    /// *This refresh token is in my hands.*
    Refresh {
        /// The phone.
        installation: InstallationId,
        /// The token.
        token: &'a str,
    },
    /// *This access token is in my hands*: opens a session.
    Hello {
        /// The phone.
        installation: InstallationId,
        /// The token.
        token: &'a str,
    },
    /// *These are my edits, up to this number.*
    Batch {
        /// The phone.
        installation: InstallationId,
        /// The number of the last edit.
        last_seq: u64,
        /// Its link.
        link: &'a ChainLink,
    },
}

/// Its name alone: most of them are about a secret.
impl fmt::Debug for Statement<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, installation) = match self {
            Self::Enrolment { installation, .. } => ("Enrolment", installation),
            Self::Refresh { installation, .. } => ("Refresh", installation),
            Self::Hello { installation, .. } => ("Hello", installation),
            Self::Batch { installation, .. } => ("Batch", installation),
        };
        formatter.debug_struct(name).field("installation", installation).finish_non_exhaustive()
    }
}

impl Statement<'_> {
    /// What the key signs: SHA-256 over `linecrew `, the statement's name, a zero byte, the installation, and the rest: numbers as 8 bytes big-endian, keys
    /// and links as their bytes, one text at the end. No journal entry begins like that: it is a JSON text.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let begun = |name: &str, installation: &InstallationId| {
            let hash = Sha256::new().chain_update(b"linecrew ").chain_update(name).chain_update([0]);
            hash.chain_update(installation.as_bytes())
        };
        let hash = match self {
            Self::Enrolment { installation, key, code } => {
                begun("enrolment 1", installation).chain_update(key.as_bytes()).chain_update(code)
            }
            Self::Refresh { installation, token } => begun("refresh 1", installation).chain_update(token),
            Self::Hello { installation, token } => begun("hello 1", installation).chain_update(token),
            Self::Batch { installation, last_seq, link } => {
                begun("batch 1", installation).chain_update(last_seq.to_be_bytes()).chain_update(link.as_bytes())
            }
        };
        hash.finalize().into()
    }

    /// Whether the phone with this key has said it.
    #[must_use]
    pub fn is_signed(&self, key: &PublicKey, signature: &Signature) -> bool {
        key.has_signed(&self.hash(), signature)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_statement_stands_for_another() {
        let (one, two) = (InstallationId::from_bytes([1; 16]), InstallationId::from_bytes([2; 16]));
        let (key, link) = (PublicKey::from_bytes([3; 33]), ChainLink::START);
        let mut hashes = BTreeSet::new();
        for installation in [one, two] {
            for token in ["a", "b"] {
                assert!(hashes.insert(Statement::Refresh { installation, token }.hash()));
                assert!(hashes.insert(Statement::Hello { installation, token }.hash()));
                assert!(hashes.insert(Statement::Enrolment { installation, key: &key, code: token }.hash()));
            }
            for last_seq in [1, 2] {
                assert!(hashes.insert(Statement::Batch { installation, last_seq, link: &link }.hash()));
            }
        }
        assert_eq!(hashes.len(), 16);
    }

    #[test]
    fn what_a_statement_is_about_is_never_shown() {
        let (installation, key) = (InstallationId::from_bytes([1; 16]), PublicKey::from_bytes([3; 33]));
        let said = [
            Statement::Hello { installation, token: "s3cret" },
            Statement::Refresh { installation, token: "s3cret" },
            Statement::Enrolment { installation, key: &key, code: "s3cret" },
        ];
        assert!(!format!("{said:?}").contains("s3cret"));
    }

    #[test]
    fn the_bytes_are_those_that_the_protocol_page_names() {
        let statement = Statement::Hello { installation: InstallationId::from_bytes([7; 16]), token: "t.o.k" };
        let bytes = [&b"linecrew hello 1\0"[..], &[7; 16], b"t.o.k"].concat();
        assert_eq!(statement.hash(), <[u8; 32]>::from(Sha256::digest(bytes)));
    }
}
