//! Files that change while the server runs.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Instant,
};

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::{
    certificates::{Authority, Issued, put},
    server::{Caller, HEALTH, PATIENCE, Server, ask, certificate},
};

/// Connects anew, with a new session each time, until the server shows another certificate than `old` does.
async fn renewed(server: &Server, authority: &Authority, old: &TlsStream<TcpStream>) -> TlsStream<TcpStream> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let stream = Caller::trusting(authority).connect(server.address).await;
        if certificate(&stream) != certificate(old) {
            return stream;
        }
    }
    panic!("the renewed certificate was never shown");
}

/// What the server logs on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn watch(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || log.clone()).with_ansi(false).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    async fn says(&self, words: &str) {
        let begun = Instant::now();
        while !self.text().contains(words) {
            assert!(begun.elapsed() < PATIENCE, "{words:?} was not logged: {}", self.text());
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_connections_get_the_renewed_certificate_and_old_ones_live_on() {
    let authority = Authority::found();
    let server = Server::with(&authority.issue(), |config| config.http.header_timeout = PATIENCE).await;
    let mut old = Caller::trusting(&authority).connect(server.address).await;
    ask(&mut old, HEALTH).await;
    for _ in 0..2 {
        authority.issue().write(server.data.path());
        let mut new = renewed(&server, &authority, &old).await;
        assert!(ask(&mut new, HEALTH).await.starts_with("HTTP/1.1 200"));
        assert!(ask(&mut old, HEALTH).await.starts_with("HTTP/1.1 200"), "the old connection was cut");
    }
    server.stop().await;
}

/// On one thread, so that the server's log is this test's.
#[tokio::test]
async fn a_broken_renewal_is_reported_and_the_old_certificate_stays() {
    let log = Log::default();
    let _watched = log.watch();
    let authority = Authority::found();
    let first = authority.issue();
    let server = Server::with(&first, |_| {}).await;
    let old = Caller::trusting(&authority).connect(server.address).await;
    let stranger = Issued { certificate: authority.issue().certificate, ..authority.issue() };
    let cut = Issued { certificate: first.certificate[..200].to_owned(), ..first.clone() };
    for (broken, words) in [(stranger, "does not belong to the certificate"), (cut, "not in PEM form")] {
        broken.write(server.data.path());
        log.says(words).await;
        let stream = Caller::trusting(&authority).connect(server.address).await;
        assert_eq!(certificate(&stream), certificate(&old));
    }
    std::fs::remove_file(server.data.path().join("server.pem")).unwrap();
    log.says("failed to read").await;
    put(&server.data.path().join("server.key"), &first.key, 0o644);
    log.says("can be read by everybody").await;
    assert!(!log.text().contains("was renewed"), "{}", log.text());
    // Each is reported once, however often it is looked at.
    assert_eq!(log.text().matches("ERROR").count(), 4, "{}", log.text());
    authority.issue().write(server.data.path());
    renewed(&server, &authority, &old).await;
    server.stop().await;
}
