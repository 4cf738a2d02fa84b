//! What an operator says about the provider, and how much it may take.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    exposed::{OTHERS, is_exposed},
    outgoing::{Outgoing, OutgoingLimits, WebAddress},
    tls::TrustError,
};

/// Characters of the label on a button.
const MAX_LABEL_CHARS: usize = 40;
/// Bytes of a secret. Providers make some of 64.
const MAX_SECRET_BYTES: u64 = 1024;

/// A provider, and who this server is to it.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    pub(super) issuer: WebAddress,
    pub(super) client_id: String,
    pub(super) secret: Option<ClientSecret>,
    pub(super) label: String,
    pub(super) authorities: Option<PathBuf>,
    pub(super) public_origin: String,
    /// How much it may take.
    pub limits: OidcLimits,
}

/// Limits on what the provider and strangers may take.
#[derive(Debug, Clone, Copy)]
pub struct OidcLimits {
    /// Of each question to the provider.
    pub outgoing: OutgoingLimits,
    /// How long a sign-in may take, with a password, a second factor and a telephone call.
    pub lasts: Duration,
    /// Sign-ins under way, about 300 bytes each; then the oldest makes room.
    pub pending: usize,
    /// How old the provider's description and its keys may be. A key that was withdrawn is worth something for so long.
    pub refresh_every: Duration,
    /// How old the keys may be when a token names one that is not among them.
    pub keys_again_after: Duration,
    /// After a question without an answer nobody asks again for so long.
    pub rest: Duration,
}

impl Default for OidcLimits {
    fn default() -> Self {
        Self {
            outgoing: OutgoingLimits::default(),
            lasts: Duration::from_secs(600),
            pending: 10_000,
            refresh_every: Duration::from_secs(3_600),
            keys_again_after: Duration::from_secs(60),
            rest: Duration::from_secs(5),
        }
    }
}

/// Why a provider cannot be set up so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OidcSettingsError {
    /// The issuer has a query.
    #[error("the issuer {0} has a query, which no issuer has")]
    Issuer(String),
    /// The board lies at the root of its address.
    #[error("the public address {0} is not of the form https://linecrew.example, without a path")]
    PublicUrl(String),
    /// There is no client id in it.
    #[error("the client id is empty")]
    ClientId,
    /// It does not fit on a button.
    #[error("the label is empty, has more than {MAX_LABEL_CHARS} characters, or control characters")]
    Label,
    /// The secret could not be read.
    #[error("failed to read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It holds no secret.
    #[error("{path} does not hold a secret: one line of visible characters")]
    NotASecret {
        /// The file.
        path: PathBuf,
    },
    /// Everybody on this machine can read it.
    #[error("the secret {path} can be read by everybody on this machine; run: chmod 600 {path}")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
}

impl OidcSettings {
    /// A provider by its issuer, to which this server is `client_id`, without a secret; browsers reach this server at `public_url`.
    ///
    /// # Errors
    /// [`OidcSettingsError`].
    pub fn new(issuer: WebAddress, client_id: String, public_url: WebAddress) -> Result<Self, OidcSettingsError> {
        if issuer.as_str().contains('?') {
            return Err(OidcSettingsError::Issuer(issuer.to_string()));
        }
        if client_id.trim().is_empty() {
            return Err(OidcSettingsError::ClientId);
        }
        let Some(public_origin) = public_url.origin() else { return Err(OidcSettingsError::PublicUrl(public_url.to_string())) };
        let label = issuer.host().to_owned();
        Ok(Self { issuer, client_id, secret: None, label, authorities: None, public_origin, limits: OidcLimits::default() })
    }

    /// With a secret.
    #[must_use]
    pub fn with_secret(self, secret: ClientSecret) -> Self {
        Self { secret: Some(secret), ..self }
    }

    /// With what people call the provider; else that is its host.
    ///
    /// # Errors
    /// [`OidcSettingsError::Label`].
    pub fn with_label(self, label: &str) -> Result<Self, OidcSettingsError> {
        let label = label.trim();
        if label.is_empty() || label.chars().count() > MAX_LABEL_CHARS || label.chars().any(char::is_control) {
            return Err(OidcSettingsError::Label);
        }
        Ok(Self { label: label.to_owned(), ..self })
    }

    /// Whether a server could start with them, before anybody is told that there is one.
    ///
    /// # Errors
    /// [`TrustError`] when the certificate authorities cannot be used.
    pub fn check(&self) -> Result<(), TrustError> {
        Outgoing::new(self.authorities.as_deref(), self.limits.outgoing).map(drop)
    }

    /// With certificate authorities that are believed instead of the public ones.
    #[must_use]
    pub fn with_authorities(self, file: PathBuf) -> Self {
        Self { authorities: Some(file), ..self }
    }
}

/// What proves to the provider that it is this server that asks.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(pub(super) String);

/// Without the secret.
impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientSecret")
    }
}

impl ClientSecret {
    /// Reads the one line of a file.
    ///
    /// # Errors
    /// [`OidcSettingsError`] when it is not there, holds something else, or is for everybody to read.
    pub fn read(path: &Path) -> Result<Self, OidcSettingsError> {
        refuse_if_exposed(path)?;
        let failed = |source| OidcSettingsError::Read { path: path.to_owned(), source };
        let mut text = String::new();
        File::open(path).map_err(failed)?.take(MAX_SECRET_BYTES.saturating_add(1)).read_to_string(&mut text).map_err(failed)?;
        let secret = text.trim_end_matches(['\r', '\n']);
        let is_whole = u64::try_from(text.len()).is_ok_and(|bytes| bytes <= MAX_SECRET_BYTES);
        if !is_whole || secret.is_empty() || secret.contains(char::is_control) {
            return Err(OidcSettingsError::NotASecret { path: path.to_owned() });
        }
        Ok(Self(secret.to_owned()))
    }
}

/// Its owner's group may read it, as it may a certificate's key.
fn refuse_if_exposed(path: &Path) -> Result<(), OidcSettingsError> {
    match is_exposed(path, OTHERS) {
        Ok(false) => Ok(()),
        Ok(true) => Err(OidcSettingsError::Exposed { path: path.to_owned() }),
        Err(source) => Err(OidcSettingsError::Read { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(issuer: &str, public_url: &str) -> Result<OidcSettings, OidcSettingsError> {
        OidcSettings::new(issuer.parse().unwrap(), "linecrew".to_owned(), public_url.parse().unwrap())
    }

    #[test]
    fn what_does_not_fit_is_refused_before_anybody_signs_in() {
        let good = settings("https://login.example/realms/grid", "https://crews.example/").unwrap();
        assert_eq!((good.label.as_str(), good.public_origin.as_str()), ("login.example", "https://crews.example"));
        assert_eq!(good.clone().with_label(" 统一认证 ").unwrap().label, "统一认证");
        assert!(
            good.clone().with_label("").is_err() && good.clone().with_label("a\nb").is_err() && good.with_label(&"x".repeat(41)).is_err()
        );
        assert!(matches!(settings("https://login.example/?realm=1", "https://crews.example"), Err(OidcSettingsError::Issuer(_))));
        for public in ["https://crews.example/board", "https://crews.example/?x"] {
            assert!(matches!(settings("https://login.example", public), Err(OidcSettingsError::PublicUrl(_))), "{public}");
        }
    }

    #[test]
    fn a_secret_is_one_line_that_not_everybody_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let write = |text: &str, mode: u32| {
            std::fs::write(&path, text).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        };
        write("s3cret +:\n", 0o640);
        let secret = ClientSecret::read(&path).unwrap();
        assert_eq!((secret.0.as_str(), format!("{secret:?}").as_str()), ("s3cret +:", "ClientSecret"));
        for wrong in ["", "\n", "a\nb\n", &"x".repeat(2_000)] {
            write(wrong, 0o600);
            assert!(matches!(ClientSecret::read(&path), Err(OidcSettingsError::NotASecret { .. })), "{wrong:?}");
        }
        #[cfg(unix)]
        {
            write("secret", 0o644);
            assert!(matches!(ClientSecret::read(&path), Err(OidcSettingsError::Exposed { .. })));
        }
    }
}
