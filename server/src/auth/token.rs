//! Access tokens: short JWTs that say who somebody is and nothing about what they may do.
//!
//! A phone sends its token in every Hello, so it is kept short: ids are 22 characters (base64url of 16 bytes) and the moment of issue
//! stands in `nbf` alone. Exactly the headers that this server writes are accepted, one for each of its keys: `alg` and `typ` are fixed and
//! `kid` names the key, so a token can neither choose how it is verified nor bring a key along.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, Validation, decode};
use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    limits::MAX_TOKEN_BYTES,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::key::{KeyRing, PublicKeyView};

const ISSUER: &str = "linecrew";
/// How far clocks of two server machines may differ.
pub(super) const LEEWAY_MS: u64 = 30_000;

/// What a token is for. A token for one is worth nothing to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The board, in its cookie.
    Board,
    /// The sync endpoints, bound to an installation.
    Phone,
    /// The REST API, as a bearer token.
    Api,
}

impl Audience {
    /// Short: a phone's token travels in every hello, and the issuer says already whose audience it is.
    fn name(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Phone => "phone",
            Self::Api => "api",
        }
    }
}

/// How long tokens live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// Board and API: one shift.
    pub staff: Duration,
    /// A phone's access token: it renews it by itself.
    pub phone: Duration,
    /// A phone's refresh token, unless it is used: a phone that lay in a drawer for longer is enrolled anew.
    pub refresh: Duration,
}

impl Lifetimes {
    /// How long a token may verify after it was signed.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.staff.max(self.phone).saturating_add(Duration::from_millis(LEEWAY_MS))
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days.saturating_mul(24 * 3600));
        Self { staff: Duration::from_secs(12 * 3600), phone: Duration::from_secs(600), refresh: days(60) }
    }
}

/// Whom a token names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The person.
    pub person: PersonId,
    /// The installation, for phones.
    pub installation: Option<InstallationId>,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// A new token.
#[derive(Clone)]
pub struct Issued {
    /// The token.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Without the token.
impl std::fmt::Debug for Issued {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Issued").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Why no token could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The key refused to sign.
    #[error("failed to sign an access token")]
    Sign(#[source] jsonwebtoken::errors::Error),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dev: Option<String>,
    exp: i64,
    nbf: i64,
}

/// Issues and verifies tokens.
#[derive(Debug)]
pub struct Tokens {
    keys: RwLock<Arc<KeyRing>>,
    lifetimes: Lifetimes,
}

impl Tokens {
    /// Tokens signed with the current one of `keys`.
    #[must_use]
    pub fn new(keys: impl Into<KeyRing>, lifetimes: Lifetimes) -> Self {
        Self { keys: RwLock::new(Arc::new(keys.into())), lifetimes }
    }

    /// From now on these keys.
    pub fn use_keys(&self, keys: KeyRing) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// The public keys that verify at this moment.
    pub(crate) fn public_keys(&self, now: Timestamp) -> Vec<PublicKeyView> {
        self.keys().public(now, self.lifetimes.longest())
    }

    fn keys(&self) -> Arc<KeyRing> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// When a refresh token that is given now ends, unless it is used.
    #[must_use]
    pub fn refresh_expires_at(&self, now: Timestamp) -> Timestamp {
        now.plus_ms(u64::try_from(self.lifetimes.refresh.as_millis()).unwrap_or(u64::MAX))
    }

    /// A token for a person, and for an installation when it is a phone's.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn issue(
        &self,
        audience: Audience,
        person: PersonId,
        installation: Option<InstallationId>,
        now: Timestamp,
    ) -> Result<Issued, TokenError> {
        let lifetime = if audience == Audience::Phone { self.lifetimes.phone } else { self.lifetimes.staff };
        let issued = now.as_unix_millis().div_euclid(1000);
        let expires = issued.saturating_add_unsigned(lifetime.as_secs());
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: audience.name().to_owned(),
            sub: compact(person.as_bytes()),
            dev: installation.map(|installation| compact(installation.as_bytes())),
            exp: expires,
            nbf: issued,
        };
        let token = self.keys().sign(&claims).map_err(TokenError::Sign)?;
        Ok(Issued { token, expires_at: seconds(expires) })
    }

    /// Whom the token names, when it is one of ours, for this audience, and valid at `now`. Every other token is equally none: whoever
    /// sent it learns nothing about why.
    #[must_use]
    pub fn verify(&self, token: &str, audience: Audience, now: Timestamp) -> Option<Holder> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let keys = self.keys();
        let key = keys.verifying(token.split('.').next()?, now, self.lifetimes.longest())?;
        let Claims { iss, aud, sub, dev, exp, nbf } = decode::<Claims>(token, key, &validation(audience)).ok()?.claims;
        // The library takes an array where one of its members matches; `Claims` takes single strings only.
        if iss != ISSUER || aud != audience.name() {
            return None;
        }
        if now > seconds(exp).plus_ms(LEEWAY_MS) || now.plus_ms(LEEWAY_MS) < seconds(nbf) {
            return None;
        }
        let installation = match (audience, dev) {
            (Audience::Phone, Some(dev)) => Some(InstallationId::from_bytes(expand(&dev)?)),
            (Audience::Board | Audience::Api, None) => None,
            _ => return None,
        };
        Some(Holder { person: PersonId::from_bytes(expand(&sub)?), installation, expires_at: seconds(exp) })
    }
}

/// By default the library requires `exp` alone and skips a check whose claim is absent. `exp` and `nbf` are required here and compared in
/// [`Tokens::verify`] with the server's own clock, which a simulation moves; the library would ask the machine.
fn validation(audience: Audience) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[audience.name()]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

fn seconds(unix: i64) -> Timestamp {
    Timestamp::from_unix_millis(unix.saturating_mul(1000))
}

fn compact(id: &[u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

fn expand(text: &str) -> Option<[u8; 16]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
