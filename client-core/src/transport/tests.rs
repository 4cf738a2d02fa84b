//! The transport against servers that behave badly, each a few lines on a real socket.

mod answers;
mod sockets;
mod tls;

use std::{future::Future, time::Duration};

use linecrew_protocol::{
    ids::{PersonId, StoreEpoch},
    time::Timestamp,
    wire::{Acked, CaughtUp, Feed, FeedHead, Frame, Welcome, encode_message},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{Cleartext, ServerAddress, TcpTransport, Timeouts};

const PATIENCE: Duration = Duration::from_millis(200);

/// What a server says in the shortest session with one acknowledgement.
fn short_session() -> Vec<Frame> {
    let feed = Feed::Person(PersonId::from_bytes([3; 16]));
    let welcome = Welcome {
        admitted: Vec::new(),
        version: 1,
        server_time: Timestamp::from_unix_millis(1_790_000_000_000),
        store: StoreEpoch::from_bytes([9; 16]),
        next_device_seq: 2,
        feeds: vec![FeedHead { feed, seq: 4 }],
        hand_in: None,
    };
    vec![
        Frame::Welcome(welcome),
        Frame::Acked(Acked { outcomes: Vec::new(), next_seq: 2 }),
        Frame::CaughtUp(CaughtUp { feeds: Vec::new() }),
    ]
}

fn message() -> Vec<u8> {
    encode_message(&short_session()).unwrap()
}

/// A server that handles each connection with `handle`.
async fn server<F, H>(handle: H) -> (TcpTransport, JoinHandle<()>)
where
    F: Future<Output = ()> + Send + 'static,
    H: Fn(TcpStream) -> F + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    let address = ServerAddress::parse(&address, Cleartext::LoopbackOnly).unwrap();
    let patient = Timeouts { connect: PATIENCE, reply: PATIENCE };
    (TcpTransport::with_timeouts(address, patient), serving)
}

/// Reads the request's header, says `reply` and hangs up.
async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, reply: Vec<u8>) {
    let mut seen = Vec::new();
    while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut seen).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let _cut = stream.write_all(&reply).await;
    let _gone = stream.shutdown().await;
    // Closing with unread bytes would reset the connection and take the reply with it.
    let _rest = stream.read_to_end(&mut seen).await;
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
