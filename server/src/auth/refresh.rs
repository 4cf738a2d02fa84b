//! Refresh tokens: a family, a generation, and a code that only this server can make of them.
//!
//! A token is made of what the store keeps, so that the answer to a repeated question is the same, and a lost answer costs nothing. Whoever reads the
//! store could make tokens; they open nothing without the key of the phone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::store::register::{FamilyId, FamilySecret};

/// Bytes of family, generation and code.
const BYTES: usize = 16 + 4 + 32;

/// A refresh token, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Its family.
    pub family: FamilyId,
    /// The how manieth of it.
    pub generation: u32,
    code: [u8; 32],
}

impl RefreshToken {
    /// The token of this generation.
    #[must_use]
    pub fn new(family: FamilyId, generation: u32, secret: &FamilySecret) -> Self {
        let code = keyed(&family, generation, secret).finalize().into_bytes().into();
        Self { family, generation, code }
    }

    /// Reads what a phone sent; none when it is no token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (family, rest) = bytes.split_first_chunk()?;
        let (generation, code) = rest.split_first_chunk()?;
        Some(Self { family: *family, generation: u32::from_be_bytes(*generation), code: code.try_into().ok()? })
    }

    /// Whether this server has made it. Takes equally long for every code.
    #[must_use]
    pub fn is_genuine(&self, secret: &FamilySecret) -> bool {
        keyed(&self.family, self.generation, secret).verify(&self.code.into()).is_ok()
    }

    /// As it travels.
    #[must_use]
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.family[..], &self.generation.to_be_bytes(), &self.code].concat())
    }
}

/// Without the code.
impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RefreshToken").field("generation", &self.generation).finish_non_exhaustive()
    }
}

#[expect(clippy::expect_used, reason = "see the message")]
fn keyed(family: &FamilyId, generation: u32, secret: &FamilySecret) -> Hmac<Sha256> {
    let hmac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of every length (RFC 2104)");
    hmac.chain_update(b"linecrew refresh token 1\0").chain_update(family).chain_update(generation.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_genuine_as_it_was_made_and_in_no_other_way() {
        let (family, secret) = ([1; 16], [2; 32]);
        let token = RefreshToken::new(family, 7, &secret);
        let text = token.to_text();
        assert_eq!(text.len(), 70);
        assert_eq!(RefreshToken::new(family, 7, &secret).to_text(), text, "the same question has the same answer");
        let read = RefreshToken::parse(&text).unwrap();
        assert_eq!((read.family, read.generation), (family, 7));
        assert!(read.is_genuine(&secret));
        assert!(!read.is_genuine(&[3; 32]));
        assert!(!RefreshToken { generation: 8, ..read }.is_genuine(&secret));
        assert!(!RefreshToken { family: [9; 16], ..read }.is_genuine(&secret));
        assert!(!RefreshToken { code: [0; 32], ..read }.is_genuine(&secret));
        for wrong in ["", "x", text.get(1..).unwrap(), &format!("{text}A"), "密"] {
            assert!(RefreshToken::parse(wrong).is_none(), "{wrong}");
        }
    }
}
