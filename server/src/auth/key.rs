//! The server's signing key: Ed25519, made on first start, kept in the data directory and nowhere else.

mod files;
mod retired;
mod ring;
mod watch;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, EncodingKey,
    jwk::{AlgorithmParameters, Jwk},
};
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};

use self::ring::Verifying;
pub use self::ring::{KeyRing, Rotation, rotate_key};
pub(crate) use self::{retired::PublicKeyView, watch::keep_fresh};
use crate::exposed::{ALL_BUT_OWNER, is_exposed};

/// The file in the data directory.
const FILE: &str = "signing-key.p8";
/// PKCS#8 version 1 of an Ed25519 key is this, then the 32 bytes of the seed (RFC 8410 section 7).
const PKCS8_PREFIX: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// Bytes of the seed.
const SEED_BYTES: usize = 32;

/// Why there is no signing key. The server does not start without one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file could not be read.
    #[error("failed to read the signing key {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file could not be written.
    #[error("failed to write the signing key {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others than its owner may read the file.
    #[error("the signing key {path} can be read by others; run: chmod 600 {path}")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{path} is not an Ed25519 key in PKCS#8 form")]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// The file of retired keys holds something else, or something private.
    #[error("{path} is not a list of retired public keys")]
    NotRetiredKeys {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A retired key is none.
    #[error("the retired key {kid} in {path} is not an Ed25519 key")]
    NotARetiredKey {
        /// The file.
        path: PathBuf,
        /// Its name.
        kid: String,
    },
    /// The operating system gave no randomness.
    #[error("failed to draw a signing key")]
    Randomness(#[source] rand::rand_core::OsError),
}

/// The key that signs access tokens, and its public half.
pub struct SigningKey {
    signing: EncodingKey,
    verifying: Verifying,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("kid", &self.kid()).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads the key of this data directory, or makes it.
    ///
    /// # Errors
    /// [`KeyError`]; a key that exists is never replaced.
    pub fn open(data: &Path) -> Result<Self, KeyError> {
        let path = data.join(FILE);
        if !path.exists() {
            let made = files::create(data, FILE, &pkcs8(drawn_seed()?));
            made.map_err(|source| KeyError::Write { path: path.clone(), source })?;
        }
        Self::read(data)
    }

    /// Reads the key of this data directory.
    fn read(data: &Path) -> Result<Self, KeyError> {
        let path = data.join(FILE);
        refuse_if_exposed(&path)?;
        let der = fs::read(&path).map_err(|source| KeyError::Read { path: path.clone(), source })?;
        Self::of_pkcs8(&der).ok_or(KeyError::NotAKey { path })
    }

    /// A key from its seed, for tests.
    #[must_use]
    pub fn of_seed(seed: [u8; SEED_BYTES]) -> Option<Self> {
        Self::of_pkcs8(&pkcs8(seed))
    }

    fn of_pkcs8(der: &[u8]) -> Option<Self> {
        let signing = EncodingKey::from_ed_der(der);
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).ok()?;
        let AlgorithmParameters::OctetKeyPair(public) = &jwk.algorithm else { return None };
        let public = PublicKeyView::of(&kid_of(&public.x), &public.x);
        Some(Self { verifying: Verifying::of(public, None)?, signing })
    }

    /// Its name.
    fn kid(&self) -> &str {
        &self.verifying.public.kid
    }
}

/// Three bytes are enough to tell the keys of a ring apart, and every Hello carries them.
fn kid_of(public: &str) -> String {
    let kid = Sha256::digest(public.as_bytes()).iter().take(3).copied().collect::<Vec<u8>>();
    URL_SAFE_NO_PAD.encode(kid)
}

fn drawn_seed() -> Result<[u8; SEED_BYTES], KeyError> {
    let mut seed = [0; SEED_BYTES];
    OsRng.try_fill_bytes(&mut seed).map_err(KeyError::Randomness)?;
    Ok(seed)
}

fn pkcs8(seed: [u8; SEED_BYTES]) -> Vec<u8> {
    [&PKCS8_PREFIX[..], &seed].concat()
}

fn refuse_if_exposed(path: &Path) -> Result<(), KeyError> {
    match is_exposed(path, ALL_BUT_OWNER) {
        Ok(false) => Ok(()),
        Ok(true) => Err(KeyError::Exposed { path: path.to_owned() }),
        Err(source) => Err(KeyError::Read { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_belongs_to_its_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        let made = SigningKey::open(data.path()).unwrap();
        let read = SigningKey::open(data.path()).unwrap();
        assert_eq!(made.kid(), read.kid());
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1, "no draft is left behind");
        let path = data.path().join(FILE);
        assert_eq!(fs::read(&path).unwrap().len(), 48);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(SigningKey::open(data.path()), Err(KeyError::Exposed { .. })));
        }
    }

    #[test]
    fn another_file_is_not_taken_for_a_key() {
        let data = tempfile::tempdir().unwrap();
        SigningKey::open(data.path()).unwrap();
        fs::write(data.path().join(FILE), [0; 48]).unwrap();
        assert!(matches!(SigningKey::open(data.path()), Err(KeyError::NotAKey { .. })));
    }
}
