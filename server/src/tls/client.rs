//! The other direction: whom this server believes when it asks somebody itself.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::ServerName,
    version::{TLS12, TLS13},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    pair::{PairError, chain},
    provider,
};

/// Why it is not clear whom to believe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The file cannot be used.
    #[error("failed to read the certificate authorities")]
    Read(#[source] PairError),
    /// A certificate in it cannot stand for others.
    #[error("certificate {number} in {path} is not one of an authority")]
    NotAnAuthority {
        /// The file.
        path: PathBuf,
        /// Which one, from 1.
        number: usize,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// The library refused its own versions.
    #[error("failed to set up TLS")]
    SetUp(#[source] rustls::Error),
}

/// Opens encrypted connections.
pub(crate) struct TlsClient(TlsConnector);

impl std::fmt::Debug for TlsClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TlsClient").finish_non_exhaustive()
    }
}

impl TlsClient {
    /// Believes the authorities of Mozilla, or those in the file and nobody else: whoever names one of their own wants no other to open a way in.
    ///
    /// # Errors
    /// [`TrustError`].
    pub(crate) fn new(authorities: Option<&Path>) -> Result<Self, TrustError> {
        let roots = match authorities {
            Some(path) => roots_in(path)?,
            None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
        };
        let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13, &TLS12]);
        let mut config = builder.map_err(TrustError::SetUp)?.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// Encrypts a connection to the machine of this name or address, once it has proven to be that.
    pub(crate) async fn connect(&self, host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        self.0.connect(name, stream).await
    }
}

fn roots_in(path: &Path) -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    for (at, certificate) in chain(path).map_err(TrustError::Read)?.into_iter().enumerate() {
        let no_authority = |source| TrustError::NotAnAuthority { path: path.to_owned(), number: at.saturating_add(1), source };
        roots.add(certificate).map_err(no_authority)?;
    }
    Ok(roots)
}
