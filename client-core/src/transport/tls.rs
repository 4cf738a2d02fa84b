//! Encrypting a connection, and saying why not.

use std::{io, sync::Arc};

use rustls::{CertificateError, ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{Distrust, ServerAddress, TransportError};

/// An open connection, encrypted or not.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Duplex for S {}

/// Makes sure that it is the server, and that nobody listens.
pub(super) async fn encrypt(
    stream: TcpStream,
    name: &ServerName<'static>,
    address: &ServerAddress,
    config: Arc<ClientConfig>,
) -> Result<Box<dyn Duplex>, TransportError> {
    match TlsConnector::from(config).connect(name.clone(), stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(of_handshake(error, address)),
    }
}

fn of_handshake(error: io::Error, address: &ServerAddress) -> TransportError {
    let server = address.to_string();
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        // The connection itself broke off, which says nothing about who is there.
        None => TransportError::Connect { server, source: error },
        Some(rustls::Error::InvalidCertificate(why)) => TransportError::Untrusted { server, why: distrust(why), source: error },
        Some(_) => TransportError::NotEncrypted { server, source: error },
    }
}

fn distrust(error: &CertificateError) -> Distrust {
    use CertificateError as E;
    match error {
        // A bad signature is somebody who calls themselves like a CA that is trusted.
        E::UnknownIssuer | E::BadSignature => Distrust::UnknownIssuer,
        E::Expired | E::ExpiredContext { .. } => Distrust::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => Distrust::NotYetValid,
        E::NotValidForName | E::NotValidForNameContext { .. } => Distrust::OtherName,
        _ => Distrust::Unusable,
    }
}
