//! What the provider says about itself (OpenID Connect Discovery 1.0).

use std::sync::Arc;

use serde::Deserialize;

use super::{Oidc, ProviderError};
use crate::outgoing::WebAddress;

const WHAT: &str = "description";

/// A provider as it describes itself, checked.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) authorization: WebAddress,
    pub(super) token: WebAddress,
    pub(super) keys: WebAddress,
    pub(super) client: ClientProof,
    /// Whether every answer names its issuer (RFC 9207).
    pub(super) names_itself: bool,
}

/// How this server proves to the token endpoint who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientProof {
    /// Not at all: a public client.
    None,
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl Oidc {
    /// The provider's description, asked for when it is needed.
    pub(super) async fn provider(&self) -> Result<Arc<Provider>, ProviderError> {
        let limits = &self.settings.limits;
        self.provider.no_older_than(limits.refresh_every, limits.rest, self.ask_for_provider()).await
    }

    async fn ask_for_provider(&self) -> Result<Provider, ProviderError> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer().trim_end_matches('/'));
        let address = address.parse().map_err(|source| ProviderError::Address { what: "issuer", source })?;
        let body = self.read(WHAT, &address).await?;
        let document: Document = serde_json::from_slice(&body).map_err(|source| ProviderError::Unreadable { what: WHAT, source })?;
        self.check(document)
    }

    /// What stands at an address of the provider.
    pub(super) async fn read(&self, what: &'static str, address: &WebAddress) -> Result<bytes::Bytes, ProviderError> {
        let answered = self.outgoing.get(address).await.map_err(|source| ProviderError::Ask { what, source })?;
        if answered.status != 200 {
            return Err(ProviderError::Status { what, status: answered.status });
        }
        Ok(answered.body)
    }

    fn check(&self, document: Document) -> Result<Provider, ProviderError> {
        if document.issuer != self.issuer() {
            return Err(ProviderError::OtherIssuer { said: document.issuer });
        }
        let lists = |list: &Option<Vec<String>>, name: &str| list.as_ref().map(|names| names.iter().any(|listed| listed == name));
        if lists(&document.code_challenge_methods_supported, "S256") == Some(false) {
            return Err(ProviderError::Unsupported { what: "PKCE with S256" });
        }
        let methods = &document.token_endpoint_auth_methods_supported;
        let client = match &self.settings.secret {
            None => ClientProof::None,
            // The standard's default when the provider lists nothing.
            Some(_) if lists(methods, "client_secret_basic").unwrap_or(true) => ClientProof::Basic,
            Some(_) if lists(methods, "client_secret_post") == Some(true) => ClientProof::Post,
            Some(_) => return Err(ProviderError::Unsupported { what: "way to use a client secret" }),
        };
        Ok(Provider {
            authorization: self.endpoint("authorization endpoint", &document.authorization_endpoint)?,
            token: self.endpoint("token endpoint", &document.token_endpoint)?,
            keys: self.endpoint("key set", &document.jwks_uri)?,
            client,
            names_itself: document.authorization_response_iss_parameter_supported.unwrap_or(false),
        })
    }

    /// An address that the provider names: encrypted, unless the provider itself is on this machine and is not.
    fn endpoint(&self, what: &'static str, text: &str) -> Result<WebAddress, ProviderError> {
        let address: WebAddress = text.parse().map_err(|source| ProviderError::Address { what, source })?;
        if self.settings.issuer.is_encrypted() && !address.is_encrypted() {
            return Err(ProviderError::Address { what, source: crate::outgoing::WebAddressError::Readable });
        }
        Ok(address)
    }
}
