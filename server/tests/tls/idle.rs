//! What TLS adds to a phone that says nothing.

#![cfg(target_os = "linux")]

use std::net::SocketAddr;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    certificates::Authority,
    program::{Serving, serve},
    server::Caller,
};

const SOCKETS: u32 = 500;
/// The first ones pay for what all share.
const BEFORE: u32 = 20;
const UPGRADE: &str = "GET /v1/sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

trait Duplex: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Duplex for S {}

/// KiB that one open socket costs, resident.
async fn cost(serving: &Serving, caller: Option<&Caller>) -> f64 {
    let address = SocketAddr::from(([127, 0, 0, 1], serving.port()));
    let (mut held, mut before) = (Vec::new(), 0);
    for number in 0..BEFORE + SOCKETS {
        if number == BEFORE {
            before = serving.resident_kib();
        }
        let stream = TcpStream::connect(address).await.unwrap();
        let mut stream: Box<dyn Duplex> = match caller {
            Some(caller) => Box::new(caller.over(stream).await),
            None => Box::new(stream),
        };
        stream.write_all(UPGRADE.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 101");
        held.push(stream);
    }
    f64::from(serving.resident_kib().saturating_sub(before)) / f64::from(SOCKETS)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_phone_costs_little_more_through_tls() {
    let [plain, secured] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let authority = Authority::found();
    let files = authority.issue().write(secured.path());
    let [certificate, key] = [&files.certificate, &files.key].map(|path| path.to_str().unwrap());
    let without = cost(&serve(plain.path(), &["--listen", "127.0.0.1:0"]), None).await;
    let serving = serve(secured.path(), &["--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key]);
    let with = cost(&serving, Some(&Caller::trusting(&authority))).await;
    println!("{SOCKETS} open sockets: {without:.1} KiB each in the clear, {with:.1} KiB through TLS");
    assert!(with < without + 16.0, "{with:.1} KiB, {without:.1} in the clear");
}
