//! The chain of a phone's edits: each link holds the one before, so that one signature over the newest vouches for everything up to it.
//!
//! It is a chain of edits and not of pushes: a push that is sent again after a lost answer may hold more edits than before, and its links are the
//! same all the same.

use sha2::{Digest, Sha256};

use super::hex_bytes;
use crate::ids::DocumentId;

hex_bytes! {
    /// A link: SHA-256 over the link before and the content of an edit. In text, lower-case hexadecimal.
    ChainLink, 32, "link of a chain (64 hexadecimal digits)"
}

impl ChainLink {
    /// Before the first edit of an installation.
    pub const START: Self = Self([0; 32]);

    /// The link of the edit that comes next.
    #[must_use]
    pub fn then(&self, content: &[u8; 32]) -> Self {
        let hash = Sha256::new().chain_update(b"linecrew chain 1\0").chain_update(self.0).chain_update(content);
        Self(hash.finalize().into())
    }
}

/// What an edit is, in 32 bytes: its document, its generation, and every byte of its change.
#[must_use]
pub fn content_of(document: DocumentId, generation: u32, change: &[u8]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(document.as_bytes()).chain_update(generation.to_be_bytes());
    hash.chain_update(change).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_everything_before_it() {
        let contents = [[1; 32], [2; 32], [3; 32]];
        let chain = |contents: &[[u8; 32]]| contents.iter().fold(ChainLink::START, |link, content| link.then(content));
        let whole = chain(&contents);
        assert_eq!(whole, chain(&contents[..2]).then(&contents[2]), "wherever it is cut");
        assert_ne!(whole, chain(&[[2; 32], [1; 32], [3; 32]]), "the order");
        assert_ne!(whole, chain(&contents[..2]), "the end");
        assert_ne!(whole, chain(&contents[1..]), "the beginning");
    }

    #[test]
    fn an_edit_is_its_document_its_generation_and_its_bytes() {
        let document = DocumentId::from_bytes([1; 16]);
        let content = content_of(document, 1, b"change");
        assert_ne!(content, content_of(DocumentId::from_bytes([2; 16]), 1, b"change"));
        assert_ne!(content, content_of(document, 2, b"change"));
        assert_ne!(content, content_of(document, 1, b"chang"));
    }
}
