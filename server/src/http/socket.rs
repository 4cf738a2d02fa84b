//! The WebSocket under a sync session, small while it is idle.
//!
//! `warp::ws` costs 128 KiB for each idle connection (tungstenite's default read buffer). Here the read buffer has 2 KiB, and what is sent goes
//! out in fragments of 16 KiB, because tungstenite keeps a write buffer as large as the largest frame it ever sent.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use linecrew_protocol::limits::MAX_WIRE_BYTES;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::{
                Frame,
                coding::{CloseCode, Data, OpCode},
            },
        },
    },
};

use crate::sync_session::{MessageStream, PhoneGone};

/// An idle phone costs 8.0 KiB with 2 KiB here and 9.9 KiB with 4 KiB (1,000 open sessions, resident memory, 2026-11-23, 2 cores).
/// Larger messages are read in several pieces; a Hello fits.
const READ_BUFFER_BYTES: usize = 2 * 1024;
const FRAGMENT_BYTES: usize = 16 * 1024;
/// One fragment, and the pongs and close frames that may wait with it.
const MAX_WRITE_BUFFER_BYTES: usize = 256 * 1024;

/// A phone's socket.
pub(super) struct PhoneSocket(WebSocketStream<TokioIo<Upgraded>>);

impl PhoneSocket {
    /// The socket of a connection that was upgraded.
    pub(super) async fn of(upgraded: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_WRITE_BUFFER_BYTES)
            .max_message_size(Some(MAX_WIRE_BYTES))
            .max_frame_size(Some(MAX_WIRE_BYTES));
        Self(WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await)
    }

    async fn refuse(&mut self, code: CloseCode, reason: &'static str) {
        self.0.close(Some(CloseFrame { code, reason: reason.into() })).await.ok();
    }
}

impl MessageStream for PhoneSocket {
    async fn receive(&mut self) -> Option<Bytes> {
        loop {
            match self.0.next().await? {
                Ok(Message::Binary(message)) => return Some(message),
                // tungstenite answers pings by itself while it reads.
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
                Ok(Message::Text(_)) => {
                    self.refuse(CloseCode::Unsupported, "binary messages only").await;
                    return None;
                }
                Ok(Message::Close(_)) => return None,
                Err(Error::Capacity(_)) => {
                    self.refuse(CloseCode::Size, "a message has at most 1 MiB").await;
                    return None;
                }
                Err(_) => return None,
            }
        }
    }

    async fn send(&mut self, message: Bytes) -> Result<(), PhoneGone> {
        for fragment in fragments(message) {
            self.0.send(Message::Frame(fragment)).await.map_err(|_| PhoneGone)?;
        }
        Ok(())
    }

    async fn close(&mut self) {
        // The phone may not read any more: what cannot be said at once is not said.
        self.0.close(None).await.ok();
    }
}

fn fragments(mut message: Bytes) -> impl Iterator<Item = Frame> {
    let mut kind = Some(Data::Binary);
    std::iter::from_fn(move || {
        let opcode = kind?;
        let piece = message.split_to(message.len().min(FRAGMENT_BYTES));
        let last = message.is_empty();
        kind = (!last).then_some(Data::Continue);
        Some(Frame::message(piece, OpCode::Data(opcode), last))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_travels_in_fragments_that_make_it_up() {
        for length in [0, 1, FRAGMENT_BYTES, FRAGMENT_BYTES + 1, MAX_WIRE_BYTES] {
            let message = Bytes::from(vec![7; length]);
            let frames: Vec<Frame> = fragments(message.clone()).collect();
            assert_eq!(frames.iter().map(|frame| frame.payload().len()).sum::<usize>(), length);
            assert!(frames.iter().all(|frame| frame.payload().len() <= FRAGMENT_BYTES));
            for (place, frame) in frames.iter().enumerate() {
                let header = frame.header();
                assert_eq!(header.is_final, place + 1 == frames.len());
                assert_eq!(header.opcode, OpCode::Data(if place == 0 { Data::Binary } else { Data::Continue }));
            }
        }
    }
}
