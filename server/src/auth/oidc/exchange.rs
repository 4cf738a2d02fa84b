//! Exchanging a code for an ID token, from server to server (RFC 6749 section 4.1.3).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use form_urlencoded::{Serializer, byte_serialize};
use serde::Deserialize;

use super::{
    KnownError, Oidc, OidcError, ProviderError, RefusedAnswer,
    discovery::{ClientProof, Provider},
};

const WHAT: &str = "token";

/// What else comes with it, an access token foremost, is not read: nobody here has a use for it.
#[derive(Deserialize)]
struct TokenResponse {
    id_token: String,
}

#[derive(Deserialize)]
struct ErrorResponse {
    error: String,
}

impl Oidc {
    /// The ID token for a code.
    pub(super) async fn exchange(&self, provider: &Provider, code: &str, verifier: &str) -> Result<String, OidcError> {
        let (form, authorization) = self.question(provider, code, verifier);
        let asked = self.outgoing.post_form(&provider.token, form, authorization).await;
        let answered = asked.map_err(|source| OidcError::Unavailable(ProviderError::Ask { what: WHAT, source }))?;
        if answered.status >= 500 {
            return Err(OidcError::Unavailable(ProviderError::Status { what: WHAT, status: answered.status }));
        }
        if answered.status != 200 {
            let error = serde_json::from_slice::<ErrorResponse>(&answered.body).map_or_else(|_| String::new(), |response| response.error);
            return Err(OidcError::Refused(RefusedAnswer::Code { status: answered.status, error: KnownError::of(&error) }));
        }
        // The reader's own words may quote a token.
        let response = serde_json::from_slice::<TokenResponse>(&answered.body);
        response.map(|response| response.id_token).map_err(|_| OidcError::Refused(RefusedAnswer::NoToken))
    }

    fn question(&self, provider: &Provider, code: &str, verifier: &str) -> (String, Option<String>) {
        let (id, redirect_uri) = (&self.settings.client_id, self.redirect_uri());
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code);
        form.append_pair("redirect_uri", &redirect_uri).append_pair("code_verifier", verifier);
        match (&self.settings.secret, provider.client) {
            (Some(secret), ClientProof::Basic) => (form.finish(), Some(basic(id, &secret.0))),
            (Some(secret), _) => (form.append_pair("client_id", id).append_pair("client_secret", &secret.0).finish(), None),
            (None, _) => (form.append_pair("client_id", id).finish(), None),
        }
    }
}

/// Both are encoded as in a form before they are joined (RFC 6749 section 2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let [id, secret] = [id, secret].map(|text| byte_serialize(text.as_bytes()).collect::<String>());
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_secret_with_signs_in_them_are_told_apart() {
        assert_eq!(basic("line:crew", "a+b %"), format!("Basic {}", STANDARD.encode("line%3Acrew:a%2Bb+%25")));
    }
}
