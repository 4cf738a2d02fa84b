//! The provider's public keys (RFC 7517): which of them may have signed a token, and with which one algorithm.

use std::sync::Arc;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Oidc, OidcError, ProviderError, RefusedAnswer,
    claims::{RefusedToken, TokenHeader},
    discovery::Provider,
};

const WHAT: &str = "key set";
/// Keys of a set that are looked at. Providers have two to five.
const MAX_KEYS: usize = 64;

/// A key set, as far as this server can use it.
#[derive(Debug)]
pub(super) struct KeySet(Vec<ProviderKey>);

/// A key with the one algorithm that it is used with.
pub(super) struct ProviderKey {
    kid: Option<String>,
    /// Its algorithm.
    pub(super) algorithm: Algorithm,
    /// Itself.
    pub(super) key: DecodingKey,
}

impl std::fmt::Debug for ProviderKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ProviderKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl Oidc {
    /// The key set with the key that a token's header names. A key that is not known may be new: then the set is asked for once more, unless that was
    /// done a moment ago, so that tokens with invented keys cost the provider one question a minute.
    pub(super) async fn keys_for(&self, provider: &Provider, header: &TokenHeader) -> Result<Arc<KeySet>, OidcError> {
        let limits = self.settings.limits;
        for age in [limits.refresh_every, limits.keys_again_after] {
            let set = self.keys.no_older_than(age, limits.rest, self.ask_for_keys(provider)).await.map_err(OidcError::Unavailable)?;
            if set.find(header).is_some() {
                return Ok(set);
            }
        }
        Err(OidcError::Refused(RefusedAnswer::Token(RefusedToken::UnknownKey)))
    }

    async fn ask_for_keys(&self, provider: &Provider) -> Result<KeySet, ProviderError> {
        let body = self.read(WHAT, &provider.keys).await?;
        KeySet::parse(&body).map_err(|source| ProviderError::Unreadable { what: WHAT, source })
    }
}

impl KeySet {
    /// Reads a set. A member that cannot be used here, for its kind or its purpose, is left out: others may use it.
    pub(super) fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        let Document { keys } = serde_json::from_slice(body)?;
        Ok(Self(keys.into_iter().take(MAX_KEYS).filter_map(ProviderKey::of).collect()))
    }

    /// The one key that a header can mean. A header without a name means the only key there is for its algorithm.
    pub(super) fn find(&self, header: &TokenHeader) -> Option<&ProviderKey> {
        let is_meant = |key: &&ProviderKey| key.algorithm == header.algorithm && (header.kid.is_none() || key.kid == header.kid);
        let mut meant = self.0.iter().filter(is_meant);
        let first = meant.next()?;
        meant.next().is_none().then_some(first)
    }
}

impl ProviderKey {
    fn of(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        if jwk.common.key_operations.as_ref().is_some_and(|uses| !uses.contains(&KeyOperations::Verify)) {
            return None;
        }
        let algorithm = algorithm(&jwk)?;
        Some(Self { key: DecodingKey::from_jwk(&jwk).ok()?, algorithm, kid: jwk.common.key_id })
    }
}

/// The allow list, and what fixes an algorithm: the key's own word, or its kind. Nothing symmetric is in it.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    match (&jwk.algorithm, jwk.common.key_algorithm) {
        // What the standard has a token signed with unless somebody agreed otherwise (OpenID Connect Core section 2).
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Some(Algorithm::RS256),
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS256)) => Some(Algorithm::PS256),
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES256)) if key.curve == EllipticCurve::P256 => {
            Some(Algorithm::ES256)
        }
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES384)) if key.curve == EllipticCurve::P384 => {
            Some(Algorithm::ES384)
        }
        (AlgorithmParameters::OctetKeyPair(key), None | Some(KeyAlgorithm::EdDSA)) if key.curve == EllipticCurve::Ed25519 => {
            Some(Algorithm::EdDSA)
        }
        _ => None,
    }
}
