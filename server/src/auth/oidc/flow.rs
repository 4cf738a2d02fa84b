//! A sign-in from its beginning to its end: sent to the provider, back with an answer.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use form_urlencoded::Serializer;
use linecrew_protocol::time::Timestamp;
use rand::{TryRngCore as _, rngs::OsRng};
use sha2::{Digest as _, Sha256};

use super::{
    Identity, KnownError, Oidc, OidcError, ProviderError, RefusedAnswer,
    claims::{self, Expected, TokenHeader},
    discovery::Provider,
    pending::Secrets,
};

/// Bytes of each secret: 43 characters, the fewest that RFC 7636 wants.
const SECRET_BYTES: usize = 32;
/// Bytes of a code. Those that are tokens themselves have 1 to 2 KiB.
const MAX_CODE_BYTES: usize = 4 * 1024;
/// Bytes of a query that is read at all.
const MAX_QUERY_BYTES: usize = 8 * 1024;

/// A sign-in that has begun.
pub(crate) struct Begun {
    /// Where the browser goes.
    pub(crate) url: String,
    /// What it keeps, out of reach of scripts, to show that it is the same one when it comes back.
    pub(crate) browser: String,
    /// How long it has for that.
    pub(crate) lasts: Duration,
}

/// What a browser brings back from the provider, as it stands in the address.
#[derive(Default)]
pub(crate) struct ProviderAnswer {
    state: Option<String>,
    code: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
}

impl ProviderAnswer {
    /// Reads a query; none when a parameter stands in it twice, or it is endless.
    pub(crate) fn parse(query: &str) -> Option<Self> {
        if query.len() > MAX_QUERY_BYTES {
            return None;
        }
        let mut answer = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "state" => &mut answer.state,
                "code" => &mut answer.code,
                "iss" => &mut answer.issuer,
                "error" => &mut answer.error,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(answer)
    }
}

impl Oidc {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`OidcError::Unavailable`] when the provider cannot be asked where to go.
    pub(crate) async fn begin(&self) -> Result<Begun, OidcError> {
        let provider = self.provider().await.map_err(OidcError::Unavailable)?;
        let (state, browser) = (drawn()?, drawn()?);
        let secrets = Secrets { nonce: drawn()?, verifier: drawn()? };
        let url = self.authorization_url(&provider, &state, &secrets);
        self.pending.begin(&state, &browser, secrets, Instant::now());
        Ok(Begun { url, browser, lasts: self.settings.limits.lasts })
    }

    fn authorization_url(&self, provider: &Provider, state: &str, secrets: &Secrets) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(secrets.verifier.as_bytes()));
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("scope", "openid")
            .append_pair("state", state)
            .append_pair("nonce", &secrets.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let address = provider.authorization.as_str();
        format!("{address}{}{query}", if address.contains('?') { '&' } else { '?' })
    }

    /// Ends a sign-in: who has come back. Whatever becomes of it, it was good this once.
    ///
    /// # Errors
    /// [`OidcError`].
    pub(crate) async fn finish(&self, answer: ProviderAnswer, browser: Option<&str>, now: Timestamp) -> Result<Identity, OidcError> {
        let under_way = answer.state.as_deref().zip(browser);
        let secrets = under_way.and_then(|(state, browser)| self.pending.take(state, browser, Instant::now()));
        let secrets = secrets.ok_or(OidcError::Over)?;
        let provider = self.provider().await.map_err(OidcError::Unavailable)?;
        // Before anything else in it is believed, an error included: another provider may have sent the browser here.
        let is_named = answer.issuer.as_ref().map_or(!provider.names_itself, |issuer| issuer == self.issuer());
        if !is_named {
            return Err(OidcError::Refused(RefusedAnswer::OtherIssuer));
        }
        let code = code(answer)?;
        let token = self.exchange(&provider, &code, &secrets.verifier).await?;
        let subject = self.subject(&provider, &token, &secrets.nonce, now).await?;
        Ok(Identity { issuer: self.issuer().to_owned(), subject })
    }

    async fn subject(&self, provider: &Provider, token: &str, nonce: &str, now: Timestamp) -> Result<String, OidcError> {
        let refused = |why| OidcError::Refused(RefusedAnswer::Token(why));
        let header = TokenHeader::of(token).map_err(refused)?;
        let keys = self.keys_for(provider, &header).await?;
        let key = keys.find(&header).ok_or(refused(claims::RefusedToken::UnknownKey))?;
        let expected = Expected { issuer: self.issuer(), client_id: &self.settings.client_id, nonce, now };
        claims::subject(token, key, &expected).map_err(refused)
    }
}

/// The code of an answer, or what it reports instead.
fn code(answer: ProviderAnswer) -> Result<String, OidcError> {
    match (answer.error.as_deref(), answer.code) {
        (None, Some(code)) if (1..=MAX_CODE_BYTES).contains(&code.len()) => Ok(code),
        (Some("access_denied" | "login_required" | "interaction_required" | "consent_required"), None) => Err(OidcError::Declined),
        (Some("server_error" | "temporarily_unavailable"), None) => {
            Err(OidcError::Unavailable(ProviderError::Unsupported { what: "sign-in at this moment" }))
        }
        (Some(error), None) => Err(OidcError::Refused(RefusedAnswer::Reported(KnownError::of(error)))),
        _ => Err(OidcError::Refused(RefusedAnswer::Malformed)),
    }
}

fn drawn() -> Result<String, OidcError> {
    let mut bytes = [0; SECRET_BYTES];
    OsRng.try_fill_bytes(&mut bytes).map_err(OidcError::Randomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
