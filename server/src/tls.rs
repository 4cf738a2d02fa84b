//! TLS in front of the accept loop: who the server is, and taking a renewed certificate without a restart.
//!
//! TLS 1.3 and 1.2 with the suites of aws-lc, nothing older. The provider is named at every place: a process may hold several, and none of
//! them is installed for all. A session is resumed by a ticket that the server does not have to remember, so that 20,000 phones which come
//! back cost no memory; its key lives for hours and in this process only. Early data (0-RTT) is never taken: it can be replayed.

mod client;
mod pair;
mod renewal;

use std::{path::PathBuf, sync::Arc, time::Duration};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    version::{TLS12, TLS13},
};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

pub(crate) use client::TlsClient;
pub use client::TrustError;
pub use pair::PairError;

use pair::Pair;
use renewal::{Current, Stamp, keep_fresh};

/// How often the files are looked at. Two looks cost nothing, and whoever renews by hand wants to see it.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// The files that say who this server is, both in PEM form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, then those between it and the root.
    pub certificate: PathBuf,
    /// The private key of the first certificate.
    pub key: PathBuf,
    /// How often to look whether they have changed. New connections get a renewed certificate after twice this time at most.
    pub check_every: Duration,
}

impl TlsFiles {
    /// These two, looked at every five seconds.
    #[must_use]
    pub fn new(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self { certificate: certificate.into(), key: key.into(), check_every: CHECK_EVERY }
    }

    /// Whether a server could start with them, before anybody is told that there is one.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn check(&self) -> Result<(), TlsError> {
        Pair::read(self, &provider()).map(|_| ()).map_err(TlsError::Pair)
    }
}

/// Why there is no TLS. A server that was told to speak it does not start without.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// Certificate and key cannot be used.
    #[error("failed to read the certificate and its key")]
    Pair(#[source] PairError),
    /// The library refused its own versions, or has no randomness for tickets.
    #[error("failed to set up TLS")]
    SetUp(#[source] rustls::Error),
}

/// Opens the files and gives what turns a connection into an encrypted one. Until `closing` says true the files are watched.
///
/// # Errors
/// [`TlsError`].
pub(crate) fn open(files: TlsFiles, closing: watch::Receiver<bool>) -> Result<TlsAcceptor, TlsError> {
    let provider = provider();
    // Before the files are read: what changes meanwhile is seen as a change.
    let stamp = Stamp::of(&files);
    let pair = Pair::read(&files, &provider).map_err(TlsError::Pair)?;
    pair.warn_of_its_dates();
    let current = Arc::new(Current::new(pair));
    let config = config(&provider, &current).map_err(TlsError::SetUp)?;
    tokio::spawn(keep_fresh(files, stamp, current, provider, closing));
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn config(provider: &Arc<CryptoProvider>, current: &Arc<Current>) -> Result<ServerConfig, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::clone(provider)).with_protocol_versions(&[&TLS13, &TLS12])?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::clone(current) as Arc<dyn rustls::server::ResolvesServerCert>);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.ticketer = aws_lc_rs::Ticketer::new()?;
    // A phone comes back on one connection: a second ticket would be 100 bytes that nobody uses.
    config.send_tls13_tickets = 1;
    Ok(config)
}
