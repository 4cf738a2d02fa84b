//! The board's stream of server-sent events, as a browser reads it.

use std::{collections::VecDeque, net::SocketAddr};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use linecrew_server::store::{BoardRow, PhoneRecord};
use serde_json::Value;

use super::http::{Call, CallError, read, send};

/// One message of the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Everything, at the beginning or after falling behind.
    Snapshot(Value),
    /// An item as it is now.
    Item(Box<BoardRow>),
    /// A phone as it is now.
    Phone(Box<PhoneRecord>),
    /// A sign of life.
    Tick,
}

/// An open stream.
#[derive(Debug)]
pub struct BoardStream {
    body: Incoming,
    unread: Vec<u8>,
    messages: VecDeque<News>,
}

impl BoardStream {
    pub(super) async fn open(server: SocketAddr, token: &str) -> Result<Self, CallError> {
        let call = Call { method: "GET", path: "/v1/board/stream", token: Some(token), key: None, body: None };
        let response = send(server, &call).await?;
        if !response.status().is_success() {
            return Err(read::<Value>(response).await.err().unwrap_or_else(|| CallError::Unexpected("no stream".to_owned())));
        }
        Ok(Self { body: response.into_body(), unread: Vec::new(), messages: VecDeque::new() })
    }

    /// The next message; none when the stream has ended.
    ///
    /// # Cancellation
    /// Safe: what has arrived is kept.
    ///
    /// # Panics
    /// The server sent something that docs/api.md does not know.
    pub async fn next(&mut self) -> Option<News> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Some(message);
            }
            let frame = self.body.frame().await?.ok()?;
            let Ok(data) = frame.into_data() else { continue };
            self.unread.extend_from_slice(&data);
            while let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let message: Vec<u8> = self.unread.drain(..end + 2).collect();
                self.messages.extend(parse(std::str::from_utf8(&message).expect("a message is UTF-8")));
            }
        }
    }

    /// The next row that fits.
    ///
    /// # Panics
    /// As [`next`](Self::next).
    pub async fn item(&mut self, fits: impl Fn(&BoardRow) -> bool) -> Option<BoardRow> {
        loop {
            if let News::Item(row) = self.next().await?
                && fits(&row)
            {
                return Some(*row);
            }
        }
    }
}

fn parse(message: &str) -> Option<News> {
    let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let (event, data) = (field("event")?, field("data")?);
    Some(match event {
        "snapshot" => News::Snapshot(serde_json::from_str(data).expect("a snapshot is JSON")),
        "item" => News::Item(serde_json::from_str(data).expect("an item is a row")),
        "phone" => News::Phone(serde_json::from_str(data).expect("a phone is a phone")),
        "tick" => News::Tick,
        other => panic!("the stream sent {other:?}"),
    })
}
