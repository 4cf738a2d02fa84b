//! The keys in force: one that signs, and those that have signed tokens which are still out.

use std::{path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use linecrew_protocol::time::Timestamp;

use super::{
    FILE, KeyError, SigningKey, drawn_seed, files, pkcs8,
    retired::{self, PublicKeyView, RetiredKey},
};

/// What every token of this server says it is (RFC 9068 section 2.1).
const TYPE: &str = "at+jwt";
/// A server notices a rotation some seconds after it, and clocks differ: for as long the old key has signed on.
const SLACK_MS: u64 = 60_000;

/// The keys of a server.
pub struct KeyRing {
    signing: EncodingKey,
    pub(in super::super) header: Header,
    /// The current key first.
    keys: Vec<Verifying>,
}

/// A key that verifies.
pub(super) struct Verifying {
    key: DecodingKey,
    /// The one header that its tokens have, as it stands in them.
    header: String,
    pub(super) public: PublicKeyView,
    /// None for the current key.
    retired_at: Option<Timestamp>,
}

/// What a rotation has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The name of the key that signed until now.
    pub retired: String,
    /// The name of the new one.
    pub current: String,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kids: Vec<&str> = self.keys.iter().map(|key| key.public.kid.as_str()).collect();
        formatter.debug_struct("KeyRing").field("kids", &kids).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// The keys of this data directory; the first is made if there is none. What no token can need any more is forgotten.
    ///
    /// # Errors
    /// [`KeyError`]; a key that exists is never replaced.
    pub fn open(data: &Path, now: Timestamp, longest: Duration) -> Result<Self, KeyError> {
        SigningKey::open(data)?;
        let _turn = files::lock(data).map_err(|source| KeyError::Read { path: data.to_owned(), source })?;
        let retired = retired::read(data)?;
        let needed: Vec<RetiredKey> = retired.iter().filter(|key| is_needed(key.retired_at, now, longest)).cloned().collect();
        if needed.len() != retired.len() {
            retired::write(data, needed)?;
        }
        Self::read(data)
    }

    /// The keys of this data directory as they are.
    pub(super) fn read(data: &Path) -> Result<Self, KeyError> {
        // In this order: a rotation writes the retired keys first, so that whoever sees its new key sees the old one among them.
        let current = SigningKey::read(data)?;
        let retired = retired::read(data)?;
        let mut ring = Self::from(current);
        for key in retired {
            let public = key.public();
            if ring.keys.iter().any(|known| known.public.kid == public.kid) {
                // A rotation that was cut off after its first step.
                continue;
            }
            let kid = public.kid.clone();
            let verifying = Verifying::of(public, Some(key.retired_at));
            ring.keys.push(verifying.ok_or_else(|| KeyError::NotARetiredKey { path: data.join(retired::FILE), kid })?);
        }
        Ok(ring)
    }

    /// A signed token.
    pub(in super::super) fn sign(&self, claims: &impl serde::Serialize) -> jsonwebtoken::errors::Result<String> {
        encode(&self.header, claims, &self.signing)
    }

    /// The key for a token with this header, exactly as it was written: so no token can choose how it is verified, or bring a key along.
    pub(in super::super) fn verifying(&self, header: &str, now: Timestamp, longest: Duration) -> Option<&DecodingKey> {
        let found = self.keys.iter().find(|key| key.header == header)?;
        found.is_needed(now, longest).then_some(&found.key)
    }

    /// The public halves that verify at this moment, the current one first.
    pub(in super::super) fn public(&self, now: Timestamp, longest: Duration) -> Vec<PublicKeyView> {
        self.keys.iter().filter(|key| key.is_needed(now, longest)).map(|key| key.public.clone()).collect()
    }
}

/// A ring of one key.
impl From<SigningKey> for KeyRing {
    fn from(key: SigningKey) -> Self {
        let SigningKey { signing, verifying } = key;
        Self { signing, header: header(&verifying.public.kid), keys: vec![verifying] }
    }
}

impl Verifying {
    /// None when it is no Ed25519 key.
    pub(super) fn of(public: PublicKeyView, retired_at: Option<Timestamp>) -> Option<Self> {
        // As the library writes it (RFC 7515 section 3.1).
        let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header(&public.kid)).ok()?);
        let key = DecodingKey::from_ed_components(&public.x).ok()?;
        // 32 bytes, or it is no Ed25519 key: the library looks only when it verifies.
        (key.try_get_as_bytes().ok()?.len() == super::SEED_BYTES).then_some(())?;
        Some(Self { key, header, public, retired_at })
    }

    fn is_needed(&self, now: Timestamp, longest: Duration) -> bool {
        self.retired_at.is_none_or(|retired_at| is_needed(retired_at, now, longest))
    }
}

/// Whether a token may be out that a key signed which was retired then.
fn is_needed(retired_at: Timestamp, now: Timestamp, longest: Duration) -> bool {
    let longest_ms = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
    now <= retired_at.plus_ms(longest_ms).plus_ms(SLACK_MS)
}

fn header(kid: &str) -> Header {
    Header { typ: Some(TYPE.to_owned()), kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) }
}

/// Makes a new key; of the one before only the public half stays, for as long as its tokens may live, or not at all when it is to be forgotten.
///
/// Whatever interrupts it, there is a key that signs, and every token that was signed verifies: the old public half is durable before the new
/// private one takes its place, in one step.
///
/// # Errors
/// [`KeyError`]; then the old key goes on.
pub fn rotate_key(data: &Path, now: Timestamp, longest: Duration, forget: bool) -> Result<Rotation, KeyError> {
    let _turn = files::lock(data).map_err(|source| KeyError::Read { path: data.to_owned(), source })?;
    let old = SigningKey::read(data)?;
    let mut retired = retired::read(data)?;
    retired.retain(|key| key.public().kid != old.kid() && is_needed(key.retired_at, now, longest));
    retired.push(RetiredKey::of(&old, now));
    if forget {
        retired.clear();
    }
    let (seed, new) = fresh(&old, &retired)?;
    retired::write(data, retired)?;
    files::replace(data, FILE, &pkcs8(seed)).map_err(|source| KeyError::Write { path: data.join(FILE), source })?;
    Ok(Rotation { retired: old.kid().to_owned(), current: new.kid().to_owned() })
}

/// A key whose name is not taken: names are short.
fn fresh(old: &SigningKey, retired: &[RetiredKey]) -> Result<([u8; super::SEED_BYTES], SigningKey), KeyError> {
    loop {
        let seed = drawn_seed()?;
        let new = SigningKey::of_seed(seed).ok_or_else(|| KeyError::NotAKey { path: FILE.into() })?;
        if new.kid() != old.kid() && retired.iter().all(|key| key.public().kid != new.kid()) {
            return Ok((seed, new));
        }
    }
}

#[cfg(test)]
mod tests;
