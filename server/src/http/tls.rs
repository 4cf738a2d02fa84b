//! The handshake of a connection, before HTTP begins on it.

use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{App, Chain, stall::StallGuard};

/// Encrypts a connection. None when the peer speaks something else, takes too long, or the server goes down: the connection is closed.
///
/// # Cancellation
/// Dropping it closes the connection.
pub(super) async fn handshake(
    acceptor: &TlsAcceptor,
    stream: StallGuard<TcpStream>,
    app: &App,
) -> Option<Box<TlsStream<StallGuard<TcpStream>>>> {
    let shaking = timeout(app.limits.handshake_timeout, acceptor.accept(stream));
    let shaken = tokio::select! {
        shaken = shaking => shaken,
        () = app.going_down() => return None,
    };
    match shaken {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(error = %Chain(&error), "a handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!("a handshake took too long");
            None
        }
    }
}
