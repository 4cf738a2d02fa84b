//! Signing in with OpenID Connect: authorization code flow with PKCE, against one provider that the operator has chosen.
//!
//! What holds, whoever is at the other end:
//! 1. A sign-in belongs to the browser that began it, is good once and for ten minutes. State, nonce and verifier stay in this process.
//! 2. Of the provider only a signed ID token is believed, by a key that the provider publishes, with the one algorithm of that key.
//! 3. Who somebody is, is the pair of issuer and subject. Names and addresses in a token are never read: they change hands.
//! 4. Nothing here makes a session: it ends with an [`Identity`], and the caller decides what that is worth.
//!
//! No error says more outside than that it failed, and none holds a code, a token or a subject.

mod cached;
mod claims;
mod discovery;
mod exchange;
mod flow;
mod keys;
mod pending;
mod settings;
#[cfg(test)]
mod tests;

use crate::{
    outgoing::{Outgoing, OutgoingError, WebAddressError},
    store::register::Identity,
    tls::TrustError,
};

pub(crate) use self::flow::{Begun, ProviderAnswer};
pub use self::settings::{ClientSecret, OidcLimits, OidcSettings, OidcSettingsError};
use self::{cached::Cached, claims::RefusedToken, discovery::Provider, keys::KeySet, pending::Pending};

/// Where the provider sends browsers back to, under the public address.
const CALLBACK: &str = "/v1/oidc/callback";

/// Why nobody was recognised.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider is down, or says what cannot be used.
    #[error("the provider cannot be used")]
    Unavailable(#[source] ProviderError),
    /// This browser has no such sign-in under way, or no longer.
    #[error("no such sign-in is under way in this browser")]
    Over,
    /// The person, or the provider, does not want to.
    #[error("the provider declined")]
    Declined,
    /// The answer is not to be believed.
    #[error("the provider's answer was refused")]
    Refused(#[source] RefusedAnswer),
    /// The operating system gave no randomness.
    #[error("failed to draw the secrets of a sign-in")]
    Randomness(#[source] rand::rand_core::OsError),
}

/// Why a provider cannot be used. The operator finds it in the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    /// It does not answer.
    #[error("failed to ask for the provider's {what}")]
    Ask {
        /// What was asked for.
        what: &'static str,
        /// Why.
        #[source]
        source: OutgoingError,
    },
    /// It was asked a moment ago and did not answer.
    #[error("the provider did not answer a moment ago")]
    Resting,
    /// It answers with an error.
    #[error("asked for its {what}, the provider answered with status {status}")]
    Status {
        /// What was asked for.
        what: &'static str,
        /// The status.
        status: u16,
    },
    /// Its answer is not what the standard says.
    #[error("the provider's {what} cannot be read")]
    Unreadable {
        /// What was asked for.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// It calls itself otherwise than the operator does.
    #[error("the provider calls itself {said:?}, which is not the issuer that was configured")]
    OtherIssuer {
        /// What it calls itself.
        said: String,
    },
    /// An address that it names must not be used.
    #[error("the provider's {what} is not an address that may be used")]
    Address {
        /// Which.
        what: &'static str,
        /// Why.
        #[source]
        source: WebAddressError,
    },
    /// It offers nothing that this server wants to do.
    #[error("the provider offers no {what}")]
    Unsupported {
        /// What is missing.
        what: &'static str,
    },
}

/// Why an answer is not to be believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefusedAnswer {
    /// Parameters are missing, repeated or too long.
    #[error("its parameters are missing, repeated or too long")]
    Malformed,
    /// It comes from another provider (RFC 9207).
    #[error("it names another issuer, or none although this provider always names itself")]
    OtherIssuer,
    /// The provider reports an error.
    #[error("it reports the error {0}")]
    Reported(KnownError),
    /// The provider did not take the code.
    #[error("the code was not taken: status {status}, error {error}")]
    Code {
        /// The status.
        status: u16,
        /// Its error.
        error: KnownError,
    },
    /// There is no ID token.
    #[error("there is no ID token in it")]
    NoToken,
    /// The ID token is not good.
    #[error("its ID token was refused")]
    Token(#[source] RefusedToken),
}

/// The name of an error, if it is one of the standard's: what a stranger writes does not get into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownError(&'static str);

impl KnownError {
    /// RFC 6749 sections 4.1.2.1 and 5.2, OpenID Connect Core section 3.1.2.6.
    const NAMES: [&str; 16] = [
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "login_required",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "request_not_supported",
        "request_uri_not_supported",
    ];

    fn of(name: &str) -> Self {
        Self(Self::NAMES.into_iter().find(|known| *known == name).unwrap_or("of another name"))
    }
}

impl std::fmt::Display for KnownError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

/// The provider, and the sign-ins that are under way.
#[derive(Debug)]
pub(crate) struct Oidc {
    settings: OidcSettings,
    outgoing: Outgoing,
    provider: Cached<Provider>,
    keys: Cached<KeySet>,
    pending: Pending,
}

impl Oidc {
    /// Nobody is asked yet: a server starts, and passwords work, whether or not the provider does.
    ///
    /// # Errors
    /// [`TrustError`] when its certificate authorities cannot be read.
    pub(crate) fn new(settings: OidcSettings) -> Result<Self, TrustError> {
        let outgoing = Outgoing::new(settings.authorities.as_deref(), settings.limits.outgoing)?;
        let pending = Pending::new(settings.limits.pending, settings.limits.lasts);
        Ok(Self { settings, outgoing, provider: Cached::default(), keys: Cached::default(), pending })
    }

    /// What people call the provider.
    pub(crate) fn label(&self) -> &str {
        &self.settings.label
    }

    /// The provider's name for itself.
    pub(crate) fn issuer(&self) -> &str {
        self.settings.issuer.as_str()
    }

    fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.settings.public_origin)
    }
}
