//! What a thousand phones that say nothing cost the server.

use std::net::SocketAddr;

use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    wire::{Frame, Health, Hello, encode_message},
};
use linecrew_server::{
    UtcOffset,
    auth::{Audience, Lifetimes, SigningKey, Tokens},
    clock::{Clock, SystemClock},
    open_store,
    store::{NewPerson, Organisation, Store, register::Enrolled},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    child::Server,
    phones::{enrolled, proof},
};

const SOCKETS: u16 = 1_000;

/// Shakes hands, and says hello when there is one to say; returns after the welcome.
async fn open(address: SocketAddr, hello: Option<Vec<u8>>) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let handshake = "GET /v1/sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(handshake.as_bytes()).await.unwrap();
    let mut buffer = [0; 4096];
    let read = stream.read(&mut buffer).await.unwrap();
    assert!(buffer[..read].starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&buffer[..read]));
    if let Some(hello) = hello {
        // A masked binary frame (RFC 6455 section 5.2); a mask of zeros leaves the bytes as they are.
        let length = u16::try_from(hello.len()).unwrap().to_be_bytes();
        let frame = [&[0x82, 0x80 | 126, length[0], length[1], 0, 0, 0, 0][..], &hello].concat();
        stream.write_all(&frame).await.unwrap();
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 2 && buffer[0] & 0x0f == 2, "no welcome");
    }
    stream
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_idle_phones_cost_little() {
    let data = tempfile::tempdir().unwrap();
    let person = PersonId::from_bytes([1; 16]);
    let store = open_store(data.path(), UtcOffset::CHINA).unwrap();
    let chen = NewPerson {
        id: person,
        name: "陈".into(),
        username: "chen".into(),
        password_hash: "x".into(),
        roles: vec![],
        crew: None,
        qualifications: vec![],
    };
    store.import(Organisation { people: vec![chen], ..Organisation::default() }).await.unwrap();
    let tokens = Tokens::new(SigningKey::open(data.path()).unwrap(), Lifetimes::default());
    let mut hellos = Vec::new();
    for number in 0..SOCKETS + 20 {
        let [high, low] = number.to_be_bytes();
        let installation = InstallationId::from_bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, high, low]);
        let now = SystemClock.now();
        assert_eq!(enrolled(&*store, installation, person, "a phone").await, Enrolled::Done(person));
        let token = tokens.issue(Audience::Phone, person, Some(installation), now).unwrap().token;
        let health = Health { app_version: "0.1.0".into(), ..Health::default() };
        let proof = proof(installation, &token);
        let hello = Hello {
            version_min: 1,
            version_max: 1,
            installation,
            token,
            store: None,
            positions: Vec::new(),
            health,
            proof,
            refused: Vec::new(),
        };
        hellos.push(encode_message(&[Frame::Hello(hello)]).unwrap());
    }
    store.close().unwrap();

    let server = Server::start(data.path());
    let mut held = Vec::new();
    for hello in hellos.split_off(usize::from(SOCKETS)) {
        held.push(open(server.address, Some(hello)).await);
    }
    let before = server.resident_kib();
    for hello in hellos {
        held.push(open(server.address, Some(hello)).await);
    }
    let grown = server.resident_kib().saturating_sub(before);
    println!("{SOCKETS} idle phones: {grown} KiB resident, {:.1} KiB each", f64::from(u32::try_from(grown).unwrap()) / f64::from(SOCKETS));
    assert!(grown < u64::from(SOCKETS) * 24, "{grown} KiB");
}
