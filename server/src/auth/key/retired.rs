//! Keys that sign no more: of each only the public half is left, for as long as a token may be out that it has signed.

use std::{fs, io, path::Path};

use linecrew_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{KeyError, SigningKey, files, kid_of};

/// The file in the data directory: a JWK set (RFC 7517 section 5), with the moment of retirement in each key.
pub(super) const FILE: &str = "retired-keys.json";

/// A public key as the world sees it (RFC 8037 section 2). There is no member that could hold a private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublicKeyView {
    kty: KeyType,
    crv: Curve,
    alg: Algorithm,
    r#use: Use,
    pub(super) kid: String,
    pub(super) x: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum KeyType {
    #[serde(rename = "OKP")]
    OctetKeyPair,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Curve {
    Ed25519,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Algorithm {
    #[serde(rename = "EdDSA")]
    EdDsa,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Use {
    #[serde(rename = "sig")]
    Signatures,
}

/// A key that was retired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetiredKey {
    kty: KeyType,
    crv: Curve,
    alg: Algorithm,
    r#use: Use,
    kid: String,
    x: String,
    pub(super) retired_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetiredKeys {
    keys: Vec<RetiredKey>,
}

impl PublicKeyView {
    pub(super) fn of(kid: &str, x: &str) -> Self {
        Self {
            kty: KeyType::OctetKeyPair,
            crv: Curve::Ed25519,
            alg: Algorithm::EdDsa,
            r#use: Use::Signatures,
            kid: kid.to_owned(),
            x: x.to_owned(),
        }
    }
}

impl RetiredKey {
    pub(super) fn of(key: &SigningKey, retired_at: Timestamp) -> Self {
        let PublicKeyView { kty, crv, alg, r#use, kid, x } = key.verifying.public.clone();
        Self { kty, crv, alg, r#use, kid, x, retired_at }
    }

    pub(super) fn public(&self) -> PublicKeyView {
        PublicKeyView::of(&self.kid, &self.x)
    }
}

/// The retired keys of a data directory; none when there is no such file.
pub(super) fn read(data: &Path) -> Result<Vec<RetiredKey>, KeyError> {
    let path = data.join(FILE);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(KeyError::Read { path, source }),
    };
    let RetiredKeys { keys } = serde_json::from_slice(&text).map_err(|source| KeyError::NotRetiredKeys { path: path.clone(), source })?;
    // A name that does not fit its key was not written here.
    match keys.iter().find(|key| kid_of(&key.x) != key.kid) {
        Some(wrong) => Err(KeyError::NotARetiredKey { path, kid: wrong.kid.clone() }),
        None => Ok(keys),
    }
}

/// Writes them down, durably.
pub(super) fn write(data: &Path, keys: Vec<RetiredKey>) -> Result<(), KeyError> {
    let path = data.join(FILE);
    let text =
        serde_json::to_vec_pretty(&RetiredKeys { keys }).map_err(|source| KeyError::NotRetiredKeys { path: path.clone(), source })?;
    files::replace(data, FILE, &text).map_err(|source| KeyError::Write { path, source })
}
