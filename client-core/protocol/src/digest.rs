//! Proof of equality: an order-free 128-bit sum over the documents of a feed, kept incrementally on both ends.

use std::fmt;

use automerge::ChangeHash;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use sha2::{Digest as _, Sha256};

use crate::ids::DocumentId;

/// The sum, modulo 2^128, of [`fingerprint`]s. Equal sets of (document, heads) have equal digests; unequal ones differ but for a chance of 2^-128.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Digest(u128);

impl Digest {
    /// The digest of an empty feed.
    pub const EMPTY: Self = Self(0);

    /// With one document more.
    #[must_use]
    pub fn plus(self, fingerprint: u128) -> Self {
        Self(self.0.wrapping_add(fingerprint))
    }

    /// With one document less.
    #[must_use]
    pub fn minus(self, fingerprint: u128) -> Self {
        Self(self.0.wrapping_sub(fingerprint))
    }

    /// 16 bytes, big-endian: how it travels and is stored.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The digest with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

/// `H(document, heads)`: the first 16 bytes, big-endian, of SHA-256 over the document id and its heads in ascending order.
#[must_use]
pub fn fingerprint(document: DocumentId, heads: &[ChangeHash]) -> u128 {
    let mut heads: Vec<&ChangeHash> = heads.iter().collect();
    heads.sort();
    let mut hash = Sha256::new().chain_update(document.as_bytes());
    for head in heads {
        hash.update(head.0);
    }
    hash.finalize().iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl<C> Encode<C> for Digest {
    fn encode<W: encode::Write>(&self, out: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        out.bytes(&self.to_bytes())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Digest {
    fn decode(input: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bytes = input.bytes()?.try_into().map_err(|_| decode::Error::message("a digest has 16 bytes"))?;
        Ok(Self::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_documents_and_heads_does_not_matter() {
        let (one, two) = (DocumentId::from_bytes([1; 16]), DocumentId::from_bytes([2; 16]));
        let (a, b) = (ChangeHash([7; 32]), ChangeHash([8; 32]));
        assert_eq!(fingerprint(one, &[a, b]), fingerprint(one, &[b, a]));
        let sum = Digest::EMPTY.plus(fingerprint(one, &[a])).plus(fingerprint(two, &[b]));
        assert_eq!(sum, Digest::EMPTY.plus(fingerprint(two, &[b])).plus(fingerprint(one, &[a])));
        assert_ne!(sum, Digest::EMPTY.plus(fingerprint(one, &[b])).plus(fingerprint(two, &[a])));
        assert_eq!(sum.minus(fingerprint(two, &[b])), Digest::EMPTY.plus(fingerprint(one, &[a])));
    }
}
