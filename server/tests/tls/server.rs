//! A server that speaks TLS, and whoever calls it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use linecrew_server::{Config, UtcOffset, clock::SystemClock, open_store, run_with};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::certificates::{Authority, Issued};

/// Nothing in these tests takes this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const HEALTH: &str = "GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n";

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) data: TempDir,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn with(issued: &Issued, change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut files = issued.write(data.path());
        files.check_every = Duration::from_millis(20);
        let mut config = Config { tls: Some(files), ..Config::new(data.path()) };
        change(&mut config);
        let store = open_store(data.path(), UtcOffset::CHINA).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let shutdown = async { stopped.await.unwrap_or_default() };
            run_with(config, store, Arc::new(SystemClock), listener, shutdown).await.unwrap();
        });
        Self { address, data, stop: Some(stop), task }
    }

    pub(crate) async fn stop(mut self) {
        self.stop.take().unwrap().send(()).ok();
        timeout(PATIENCE, self.task).await.expect("the server did not stop").unwrap();
    }
}

/// Somebody who trusts an authority. Sessions are resumed as long as it lives.
pub(crate) struct Caller(TlsConnector);

impl Caller {
    pub(crate) fn trusting(authority: &Authority) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let mut config = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self(TlsConnector::from(Arc::new(config)))
    }

    pub(crate) async fn connect(&self, address: SocketAddr) -> TlsStream<TcpStream> {
        self.over(TcpStream::connect(address).await.unwrap()).await
    }

    pub(crate) async fn over(&self, stream: TcpStream) -> TlsStream<TcpStream> {
        let shaking = self.0.connect(ServerName::try_from("localhost").unwrap(), stream);
        timeout(PATIENCE, shaking).await.expect("the handshake hangs").unwrap()
    }
}

impl Caller {
    /// The same, none when the server closes.
    pub(crate) async fn attempt(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let shaking = self.0.connect(ServerName::try_from("localhost").unwrap(), stream);
        timeout(PATIENCE, shaking).await.expect("the handshake hangs").ok()
    }
}

/// What the server says next, once it says something.
pub(crate) async fn hear(stream: &mut TlsStream<TcpStream>) -> String {
    let mut buffer = vec![0; 16 * 1024];
    let read = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("no answer").unwrap();
    String::from_utf8_lossy(&buffer[..read]).into_owned()
}

/// Asks and reads the answer.
pub(crate) async fn ask(stream: &mut TlsStream<TcpStream>, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    hear(stream).await
}

/// The server's own certificate on this connection.
pub(crate) fn certificate(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}
