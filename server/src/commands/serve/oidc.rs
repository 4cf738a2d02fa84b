//! The options of `linecrew serve` about OpenID Connect.

use std::path::PathBuf;

use clap::Args;
use linecrew_server::{
    WebAddress,
    auth::{ClientSecret, OidcSettings},
};

#[derive(Debug, Args)]
#[command(next_help_heading = "Sign-in with OpenID Connect, beside passwords (docs/operations.md)")]
pub(super) struct OidcArgs {
    /// The provider's issuer, exactly as its own description names it. https://, unless it is on this machine.
    #[arg(long, env = "LINECREW_OIDC_ISSUER", value_name = "URL", requires = "oidc_client_id", requires = "public_url")]
    oidc_issuer: Option<WebAddress>,
    /// What this server is called there. Its redirect address there is PUBLIC-URL/v1/oidc/callback.
    #[arg(long, env = "LINECREW_OIDC_CLIENT_ID", value_name = "ID", requires = "oidc_issuer")]
    oidc_client_id: Option<String>,
    /// A file with the secret that the provider has given it, readable by its owner (and group) only. Without one it is a public client.
    #[arg(long, env = "LINECREW_OIDC_CLIENT_SECRET_FILE", value_name = "FILE", requires = "oidc_issuer")]
    oidc_client_secret_file: Option<PathBuf>,
    /// What people call the provider: it stands on the button. Its host, when nothing is said.
    #[arg(long, env = "LINECREW_OIDC_LABEL", value_name = "TEXT", requires = "oidc_issuer")]
    oidc_label: Option<String>,
    /// Certificate authorities that are believed about the provider instead of the public ones, in PEM form.
    #[arg(long, env = "LINECREW_OIDC_CA", value_name = "FILE", requires = "oidc_issuer")]
    oidc_ca: Option<PathBuf>,
    /// Where browsers reach this server, such as `https://linecrew.example`: without a path.
    #[arg(long, env = "LINECREW_PUBLIC_URL", value_name = "URL")]
    public_url: Option<WebAddress>,
}

impl OidcArgs {
    /// What they say, looked through; nobody is asked yet.
    pub(super) fn settings(self) -> anyhow::Result<Option<OidcSettings>> {
        let (Some(issuer), Some(client_id), Some(public_url)) = (self.oidc_issuer, self.oidc_client_id, self.public_url) else {
            return Ok(None);
        };
        let mut settings = OidcSettings::new(issuer, client_id, public_url)?;
        if let Some(file) = &self.oidc_client_secret_file {
            settings = settings.with_secret(ClientSecret::read(file)?);
        }
        if let Some(label) = &self.oidc_label {
            settings = settings.with_label(label)?;
        }
        if let Some(file) = self.oidc_ca {
            settings = settings.with_authorities(file);
        }
        settings.check()?;
        Ok(Some(settings))
    }
}
