//! Who is believed to be the server, on real sockets.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::{HandshakeKind, ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_tungstenite::{accept_async, tungstenite::Message};

use super::{PATIENCE, message, reply, say, server};
use crate::transport::{
    Cleartext, Distrust, Endpoint, PrivateCa, ServerAddress, Stage, TcpTransport, Timeouts, Transport, TransportError, Trust,
};

type Ca = CertifiedIssuer<'static, KeyPair>;

fn ca() -> Ca {
    ca_called("Linecrew CA")
}

fn ca_called(name: &str) -> Ca {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn pinned(ca: &Ca) -> Trust {
    Trust::Pinned(PrivateCa::from_pem(ca.pem().as_bytes()).unwrap())
}

/// What a server says of itself, signed by `ca`.
fn identity(ca: &Ca, change: impl FnOnce(&mut CertificateParams)) -> Arc<ServerConfig> {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, ca).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap())
}

/// What a server does with a connection that is encrypted.
#[derive(Debug, Clone, Copy)]
enum Serves {
    Requests,
    Sockets,
}

/// A server of that identity. It tells of each handshake that succeeds.
async fn secured(identity: Arc<ServerConfig>, serves: Serves) -> (u16, mpsc::UnboundedReceiver<HandshakeKind>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, shaken) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, told) = (TlsAcceptor::from(Arc::clone(&identity)), told.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                // A test that waits for no handshake has ended already.
                let _told = told.send(stream.get_ref().1.handshake_kind().unwrap());
                match serves {
                    Serves::Requests => say(stream, reply("200 OK", "", &message())).await,
                    Serves::Sockets => echo(stream).await,
                }
            });
        }
    });
    (port, shaken)
}

async fn echo(stream: TlsStream<TcpStream>) {
    let mut socket = accept_async(stream).await.unwrap();
    while let Some(Ok(Message::Binary(message))) = socket.next().await {
        socket.send(Message::Binary(message)).await.unwrap();
    }
}

fn to(address: &str, port: u16, trust: &Trust) -> TcpTransport {
    let address = ServerAddress::parse(&format!("https://{address}:{port}"), Cleartext::LoopbackOnly).unwrap();
    TcpTransport::with_timeouts(address, Timeouts { connect: PATIENCE * 10, reply: PATIENCE * 10 }).trusting(trust)
}

async fn post(transport: &TcpTransport) -> Result<Vec<u8>, TransportError> {
    transport.post(Endpoint::Sync, vec![1, 2, 3]).await
}

/// Why the transport does not believe whoever answers, said in the same way for both ways in.
async fn distrust(transport: &TcpTransport) -> Distrust {
    let (once, live) = (post(transport).await.unwrap_err(), transport.connect().await.err().unwrap());
    match (&once, &live) {
        (TransportError::Untrusted { why, .. }, TransportError::Untrusted { why: also, .. }) if why == also => *why,
        _ => panic!("{once:?}, {live:?}"),
    }
}

#[tokio::test]
async fn a_private_ca_is_believed_when_it_was_given() {
    let ca = ca();
    let (port, _) = secured(identity(&ca, |_| {}), Serves::Requests).await;
    for host in ["127.0.0.1", "localhost"] {
        assert_eq!(post(&to(host, port, &pinned(&ca))).await.unwrap(), message());
    }
}

#[tokio::test]
async fn the_sync_socket_goes_through_tls() {
    let ca = ca();
    let (port, _) = secured(identity(&ca, |_| {}), Serves::Sockets).await;
    let mut socket = to("localhost", port, &pinned(&ca)).connect().await.unwrap();
    for length in [0, 1, 100_000, 1_000_000] {
        socket.queue(vec![7; length]);
        assert_eq!(socket.receive().await.unwrap(), Some(vec![7; length]));
    }
    socket.close().await;
}

#[tokio::test]
async fn another_ca_is_not_believed_and_neither_is_a_private_one_that_was_not_given() {
    let (port, mut shaken) = secured(identity(&ca(), |_| {}), Serves::Requests).await;
    assert_eq!(distrust(&to("127.0.0.1", port, &pinned(&ca_called("Another CA")))).await, Distrust::UnknownIssuer);
    assert_eq!(distrust(&to("127.0.0.1", port, &pinned(&ca()))).await, Distrust::UnknownIssuer, "the same name, another key");
    assert_eq!(distrust(&to("127.0.0.1", port, &Trust::PublicCas)).await, Distrust::UnknownIssuer);
    assert!(shaken.try_recv().is_err(), "the server thinks that it was believed");
}

#[tokio::test]
async fn dates_and_names_are_looked_at() {
    let ca = ca();
    let expired = identity(&ca, |params| params.not_after = date_time_ymd(2020, 1, 1));
    let early = identity(&ca, |params| params.not_before = date_time_ymd(2090, 1, 1));
    let other = identity(&ca, |params| params.subject_alt_names = vec![rcgen::SanType::DnsName("crews.example".try_into().unwrap())]);
    for (identity, expected) in [(expired, Distrust::Expired), (early, Distrust::NotYetValid), (other, Distrust::OtherName)] {
        let (port, _) = secured(identity, Serves::Requests).await;
        assert_eq!(distrust(&to("localhost", port, &pinned(&ca))).await, expected);
    }
}

#[tokio::test]
async fn an_authority_is_no_server() {
    let ca = ca();
    let own = identity(&ca, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let (port, _) = secured(own, Serves::Requests).await;
    assert_eq!(distrust(&to("localhost", port, &pinned(&ca))).await, Distrust::Unusable);
}

#[tokio::test]
async fn a_reconnect_resumes_the_session_under_the_same_trust_only() {
    let ca = ca();
    let (port, mut shaken) = secured(identity(&ca, |_| {}), Serves::Requests).await;
    let transport = to("localhost", port, &pinned(&ca));
    for expected in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed] {
        post(&transport).await.unwrap();
        assert_eq!(shaken.recv().await, Some(expected));
    }
    let other = transport.clone().trusting(&Trust::PublicCas);
    assert_eq!(distrust(&other).await, Distrust::UnknownIssuer, "a session was resumed under another trust");
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_apart_from_nobody() {
    let (plain, serving) = server(|stream| say(stream, reply("200 OK", "", b"<html>"))).await;
    let port: u16 = plain.address().to_string().rsplit(':').next().unwrap().parse().unwrap();
    serving.abort();
    // A portal that answers in the clear before it has read anything.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let talking = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(&reply("511 Network Authentication Required", "", b"<html>")).await.unwrap();
            let _rest = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    let error = post(&to("127.0.0.1", talking, &Trust::PublicCas)).await.unwrap_err();
    assert!(matches!(error, TransportError::NotEncrypted { .. }), "{error:?}");
    let _gone = serving.await;
    let error = post(&to("127.0.0.1", port, &Trust::PublicCas)).await.unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
}

#[tokio::test]
async fn a_handshake_into_a_black_hole_times_out() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = ServerAddress::parse(&format!("https://{}", listener.local_addr().unwrap()), Cleartext::LoopbackOnly).unwrap();
    let transport = TcpTransport::with_timeouts(address, Timeouts { connect: PATIENCE, reply: PATIENCE });
    let error = timeout(PATIENCE * 100, post(&transport)).await.expect("the handshake has no limit").unwrap_err();
    assert!(matches!(error, TransportError::TimedOut(Stage::Encrypting)), "{error:?}");
}
