//! The key of a phone: ECDSA on P-256 with SHA-256 (ES256), the one curve that the keystores of both systems have. The private key never comes
//! here.
//!
//! A phone has one key. It signs [statements](Statement) to the server, and the entries of its [journal](crate::model::collection). Whatever is
//! signed is first made a hash of 32 bytes, and what is hashed begins differently for each kind, so that no signature can stand for another thing.

mod chain;
mod statement;

use p256::ecdsa::{VerifyingKey, signature::Verifier};

pub use chain::{ChainLink, content_of};
pub use statement::Statement;

/// A text or bytes that are no key or signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a {0}")]
pub struct ParseKeyError(pub(crate) &'static str);

macro_rules! hex_bytes {
    ($(#[$doc:meta])* $name:ident, $size:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $size]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::key::ParseKeyError;
            fn from_str(text: &str) -> Result<Self, $crate::key::ParseKeyError> {
                $crate::key::from_hex(text).map(Self).ok_or($crate::key::ParseKeyError($what))
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::key::ParseKeyError;
            fn try_from(text: String) -> Result<Self, $crate::key::ParseKeyError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(bytes: $name) -> Self {
                bytes.to_string()
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                out: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                out.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(input: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let bytes = input.bytes()?.try_into();
                bytes.map(Self).map_err(|_| minicbor::decode::Error::message(concat!("not a ", $what)))
            }
        }
    };
}
pub(crate) use hex_bytes;

hex_bytes! {
    /// A public key: a compressed SEC1 point of 33 bytes. In text, lower-case hexadecimal.
    PublicKey, 33, "public key (66 hexadecimal digits)"
}
hex_bytes! {
    /// A signature: r and s, 64 bytes. In text, lower-case hexadecimal.
    Signature, 64, "signature (128 hexadecimal digits)"
}

impl PublicKey {
    /// From a point of the curve, compressed or not, as SEC 1 (section 2.3.3) and X9.63 write it: what keystores give out.
    ///
    /// # Errors
    /// It is no point of the curve.
    pub fn of_point(point: &[u8]) -> Result<Self, ParseKeyError> {
        let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| ParseKeyError("point of P-256"))?;
        key.to_encoded_point(true).as_bytes().try_into().map(Self).map_err(|_| ParseKeyError("point of P-256"))
    }

    /// Whether `signature` was made with the key's other half over this hash.
    #[must_use]
    pub fn has_signed(&self, hash: &[u8; 32], signature: &Signature) -> bool {
        let key = VerifyingKey::from_sec1_bytes(&self.0);
        let signature = p256::ecdsa::Signature::from_slice(&signature.0);
        matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(hash, &signature).is_ok())
    }
}

impl Signature {
    /// From an ECDSA signature in either of the forms that keystores give out: r and s, or the DER of RFC 3279 (section 2.2.3).
    ///
    /// # Errors
    /// It is none of P-256.
    pub fn of_ecdsa(signature: &[u8]) -> Result<Self, ParseKeyError> {
        let read = p256::ecdsa::Signature::from_slice(signature).or_else(|_| p256::ecdsa::Signature::from_der(signature));
        read.map(|read| Self(read.to_bytes().into())).map_err(|_| ParseKeyError("signature of P-256"))
    }
}

/// Lower-case hexadecimal digits only: one text for one value.
pub(crate) fn from_hex<const SIZE: usize>(text: &str) -> Option<[u8; SIZE]> {
    let digits = text.as_bytes();
    if digits.len() != SIZE * 2 {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; SIZE];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{SigningKey, signature::Signer};

    use super::*;

    #[test]
    fn a_signature_fits_one_key_and_one_hash() {
        let private = SigningKey::from_slice(&[7; 32]).unwrap();
        let public = PublicKey::from_bytes(private.verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap());
        let hash = [3; 32];
        let signature: p256::ecdsa::Signature = private.sign(&hash);
        let signature = Signature::from_bytes(signature.to_bytes().into());
        assert!(public.has_signed(&hash, &signature));
        assert!(!public.has_signed(&[4; 32], &signature));
        let other = SigningKey::from_slice(&[8; 32]).unwrap();
        let other = PublicKey::from_bytes(other.verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap());
        assert!(!other.has_signed(&hash, &signature));
        assert!(!PublicKey::from_bytes([0; 33]).has_signed(&hash, &signature));
        assert_eq!(signature.to_string().parse(), Ok(signature));
        assert!(signature.to_string().to_uppercase().parse::<Signature>().is_err());
    }

    #[test]
    fn keystores_write_points_and_signatures_in_two_ways_each() {
        let private = SigningKey::from_slice(&[7; 32]).unwrap();
        let point = |compressed| private.verifying_key().to_encoded_point(compressed);
        let public = PublicKey::of_point(point(true).as_bytes()).unwrap();
        assert_eq!(public.as_bytes(), point(true).as_bytes());
        assert_eq!(PublicKey::of_point(point(false).as_bytes()), Ok(public), "65 bytes");
        for wrong in [&[0; 33][..], &[4; 65], &[], &point(true).as_bytes()[..32]] {
            assert!(PublicKey::of_point(wrong).is_err(), "{wrong:?}");
        }
        let signature: p256::ecdsa::Signature = private.sign(&[3; 32]);
        let (plain, der) = (signature.to_bytes(), signature.to_der());
        let read = Signature::of_ecdsa(&plain).unwrap();
        assert!(public.has_signed(&[3; 32], &read));
        assert_eq!(Signature::of_ecdsa(der.as_bytes()), Ok(read));
        for wrong in [&[0; 64][..], &[], &plain[..63], &der.as_bytes()[1..]] {
            assert!(Signature::of_ecdsa(wrong).is_err(), "{wrong:?}");
        }
    }
}
