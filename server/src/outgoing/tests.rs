//! Those who are asked, at their worst.

use std::{future::Future, path::PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;

const SHORT: OutgoingLimits = OutgoingLimits { timeout: Duration::from_millis(300), body_bytes: 1_000 };
const PATIENT: OutgoingLimits = OutgoingLimits { timeout: Duration::from_secs(20), body_bytes: 1_000 };

/// Somebody on this machine who does this with each connection.
async fn somebody<F: Future<Output = ()> + Send + 'static>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    port
}

/// Answers with these bytes and closes.
async fn says(bytes: impl Into<Vec<u8>>) -> WebAddress {
    let bytes = bytes.into();
    let port = somebody(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            let _question = stream.read(&mut [0; 4_096]).await;
            stream.write_all(&bytes).await.ok();
        }
    })
    .await;
    format!("http://127.0.0.1:{port}/x").parse().unwrap()
}

fn asking(limits: OutgoingLimits) -> Outgoing {
    Outgoing::new(None, limits).unwrap()
}

#[tokio::test]
async fn an_answer_is_read_whole() {
    let address = says("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nwell").await;
    let answered = asking(PATIENT).get(&address).await.unwrap();
    assert_eq!((answered.status, &answered.body[..]), (201, &b"well"[..]));
    let until_the_end = says("HTTP/1.1 200 OK\r\n\r\nto the end").await;
    assert_eq!(&asking(PATIENT).get(&until_the_end).await.unwrap().body[..], b"to the end");
}

#[tokio::test]
async fn who_never_ends_is_cut_off() {
    let large = says(format!("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n{}", "x".repeat(10_000_000))).await;
    assert!(matches!(asking(PATIENT).get(&large).await, Err(OutgoingError::TooLarge)));
    let without_length = says(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(10_000_000))).await;
    assert!(matches!(asking(PATIENT).get(&without_length).await, Err(OutgoingError::TooLarge)));
    let header = says(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(1_000_000))).await;
    assert!(matches!(asking(PATIENT).get(&header).await, Err(OutgoingError::Answer(_))));
}

#[tokio::test]
async fn who_is_silent_or_drips_is_left() {
    let silent = somebody(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let dripping = somebody(|mut stream| async move {
        // An answer before the question would be no HTTP.
        let _question = stream.read(&mut [0; 4_096]).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n").await.ok();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    for port in [silent, dripping] {
        let address = format!("http://127.0.0.1:{port}").parse().unwrap();
        assert!(matches!(asking(SHORT).get(&address).await, Err(OutgoingError::Timeout)));
    }
}

#[tokio::test]
async fn nothing_leads_anywhere_else() {
    let elsewhere = somebody(|_| async { panic!("somebody followed a redirect") }).await;
    let address = says(format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{elsewhere}/\r\nContent-Length: 0\r\n\r\n")).await;
    assert_eq!(asking(PATIENT).get(&address).await.unwrap().status, 302);
    let nobody: WebAddress = "http://127.0.0.1:1".parse().unwrap();
    assert!(matches!(asking(PATIENT).get(&nobody).await, Err(OutgoingError::Connect(_))));
    assert!(matches!(asking(PATIENT).get(&says("SSH-2.0\r\n").await).await, Err(OutgoingError::Answer(_))));
}

#[tokio::test]
async fn more_than_a_few_at_once_are_turned_away() {
    let silent = somebody(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let asking = std::sync::Arc::new(asking(PATIENT));
    let address: WebAddress = format!("http://127.0.0.1:{silent}").parse().unwrap();
    let waiting: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (asking, address) = (std::sync::Arc::clone(&asking), address.clone());
            tokio::spawn(async move { asking.get(&address).await })
        })
        .collect();
    let begun = std::time::Instant::now();
    while asking.places.available_permits() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(10), "there is room for more than {AT_ONCE}");
        tokio::task::yield_now().await;
    }
    assert!(matches!(asking.get(&address).await, Err(OutgoingError::Busy)));
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

struct Encrypted {
    address: WebAddress,
    by_another_name: WebAddress,
    folder: TempDir,
}

impl Encrypted {
    fn authorities(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// Somebody who speaks TLS with a certificate for `localhost` of an authority of their own.
async fn encrypted() -> Encrypted {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let builder = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into()).with_safe_default_protocol_versions().unwrap();
    let chain = vec![certificate.der().clone()];
    let config = builder.with_no_client_auth().with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap()).unwrap();
    let acceptor = TlsAcceptor::from(std::sync::Arc::new(config));
    let port = somebody(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let _question = stream.read(&mut [0; 4_096]).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret").await.ok();
            stream.shutdown().await.ok();
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
    let of = |host: &str| format!("https://{host}:{port}/").parse().unwrap();
    Encrypted { address: of("localhost"), by_another_name: of("127.0.0.1"), folder }
}

#[tokio::test]
async fn only_who_proves_to_be_it_is_asked() {
    let other = encrypted().await;
    let trusting = Outgoing::new(Some(&other.authorities()), PATIENT).unwrap();
    assert_eq!(&trusting.get(&other.address).await.unwrap().body[..], b"secret");
    assert!(matches!(trusting.get(&other.by_another_name).await, Err(OutgoingError::Handshake(_))), "another name");
    assert!(matches!(asking(PATIENT).get(&other.address).await, Err(OutgoingError::Handshake(_))), "an authority that nobody named");
    let stranger = encrypted().await;
    assert!(matches!(trusting.get(&stranger.address).await, Err(OutgoingError::Handshake(_))), "another authority");
    std::fs::write(other.authorities(), "nothing").unwrap();
    assert!(Outgoing::new(Some(&other.authorities()), PATIENT).is_err());
}
