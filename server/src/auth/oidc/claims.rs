//! ID tokens: what one has to be and to say before it is believed (OpenID Connect Core section 3.1.3.7).
//!
//! Every claim that is looked at is required and of its type, whatever the library would let pass. Times are compared with the server's own clock.

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use linecrew_protocol::time::Timestamp;
use serde::Deserialize;

use super::{Identity, keys::ProviderKey};
use crate::auth::token::LEEWAY_MS;

/// Bytes of an ID token. With a dozen groups in it one has 4 KiB.
const MAX_TOKEN_BYTES: usize = 32 * 1024;
/// How long ago a token may have been made. It comes straight from the provider, for a sign-in that lasts ten minutes.
const MAX_AGE_MS: u64 = 600_000;

/// Why an ID token is not believed. What it says is not in it.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusedToken {
    /// It is no token, or one with extensions that are not understood.
    #[error("it is no token, or one with extensions that are not understood")]
    Malformed,
    /// It is signed with something that is not on the list, or not with its key's algorithm.
    #[error("its algorithm is not one of its key")]
    Algorithm,
    /// The provider publishes no such key.
    #[error("the provider publishes no such key")]
    UnknownKey,
    /// The signature is not its key's.
    #[error("its signature is wrong")]
    Signature,
    /// A claim is missing or of another type.
    #[error("a claim is missing or of another type")]
    Claims,
    /// Another provider has made it.
    #[error("another issuer has made it")]
    Issuer,
    /// It is for somebody else.
    #[error("it is for another audience")]
    Audience,
    /// It is over, not valid yet, or of another time.
    #[error("it is of another time")]
    Time,
    /// It belongs to another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// Its subject is empty, too long or not to be written.
    #[error("its subject is empty, too long or not to be written")]
    Subject,
}

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// Which key a token names. Nothing of it is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenHeader {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audiences,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Several(Vec<String>),
}

impl TokenHeader {
    /// Reads the header of a token.
    ///
    /// # Errors
    /// [`RefusedToken`] for what is no signed token, and for algorithms that are never believed: `none`, and those whose key is a secret.
    pub(super) fn of(token: &str) -> Result<Self, RefusedToken> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(RefusedToken::Malformed);
        }
        let header = decode_header(token).map_err(|_| RefusedToken::Malformed)?;
        let is_typed = header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"));
        if !is_typed || header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
            return Err(RefusedToken::Malformed);
        }
        match header.alg {
            Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA => {}
            _ => return Err(RefusedToken::Algorithm),
        }
        Ok(Self { algorithm: header.alg, kid: header.kid })
    }
}

/// The subject of a token that this key has signed and that says what it has to.
///
/// # Errors
/// [`RefusedToken`].
pub(super) fn subject(token: &str, key: &ProviderKey, expected: &Expected<'_>) -> Result<String, RefusedToken> {
    let claims = decode::<Claims>(token, &key.key, &validation(key.algorithm, expected)).map_err(|error| why(&error))?.claims;
    if claims.iss != expected.issuer {
        return Err(RefusedToken::Issuer);
    }
    if !is_for(&claims, expected.client_id) {
        return Err(RefusedToken::Audience);
    }
    if !is_of_now(&claims, expected.now) {
        return Err(RefusedToken::Time);
    }
    if claims.nonce != expected.nonce {
        return Err(RefusedToken::Nonce);
    }
    Identity::is_name(&claims.sub).then_some(claims.sub).ok_or(RefusedToken::Subject)
}

/// Several audiences are several parties that could pass the token on: then it says for which of them it was made.
fn is_for(claims: &Claims, client_id: &str) -> bool {
    let (is_meant, is_alone) = match &claims.aud {
        Audiences::One(audience) => (audience == client_id, true),
        Audiences::Several(audiences) => (audiences.iter().any(|audience| audience == client_id), audiences.len() == 1),
    };
    is_meant && claims.azp.as_ref().map_or(is_alone, |party| party == client_id)
}

fn is_of_now(claims: &Claims, now: Timestamp) -> bool {
    let at = |seconds: i64| Timestamp::from_unix_millis(seconds.saturating_mul(1000));
    let (soon, issued) = (now.plus_ms(LEEWAY_MS), at(claims.iat));
    let is_over = now > at(claims.exp).plus_ms(LEEWAY_MS);
    let is_old = now > issued.plus_ms(MAX_AGE_MS.saturating_add(LEEWAY_MS));
    !is_over && !is_old && issued <= soon && claims.nbf.is_none_or(|begins| at(begins) <= soon)
}

/// The library verifies the signature with the one algorithm of the key. It would take an array for the issuer, skip claims that are absent and ask the
/// machine for the time: what it leaves out is looked at above.
fn validation(algorithm: Algorithm, expected: &Expected<'_>) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

/// The library's own words may quote the token.
fn why(error: &jsonwebtoken::errors::Error) -> RefusedToken {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature => RefusedToken::Signature,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::InvalidKeyFormat => RefusedToken::Algorithm,
        ErrorKind::InvalidIssuer => RefusedToken::Issuer,
        ErrorKind::InvalidAudience => RefusedToken::Audience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::Json(_) => RefusedToken::Claims,
        _ => RefusedToken::Malformed,
    }
}
