//! What has arrived, before anybody has looked at it: who is at the other end, the header, and a body that is not read yet.

use std::{
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{
        HeaderMap, HeaderName, Method,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
};

use super::{
    connections::{Slot, household},
    problem::{Code, Problem},
};
use crate::unreadable::Unreadable;

/// The other end of the connection. Whoever holds it keeps the connection's place taken, also after an upgrade.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Where it is.
    pub(crate) address: SocketAddr,
    /// Whether the connection is encrypted from here to there; behind a proxy it may be and this is false.
    pub(crate) encrypted: bool,
    /// Its place among the connections.
    pub(super) _slot: Arc<Slot>,
}

/// A body in pieces.
type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, warp::Error>> + Send + Sync>>;

/// A request whose body is not read yet.
pub(crate) struct Arrival {
    /// The other end.
    pub(crate) peer: Peer,
    /// Its method.
    pub(crate) method: Method,
    /// Its header.
    pub(crate) headers: HeaderMap,
    pieces: Pieces,
}

fn unreadable(error: &serde_json::Error) -> Problem {
    let words = Unreadable::of(error).to_string();
    match error.classify() {
        Category::Data => Problem::invalid(words),
        Category::Io | Category::Syntax | Category::Eof => Problem::new(Code::MalformedJson).because(words),
    }
}

/// How much of a body is read, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit {
    /// At most so many bytes.
    pub(crate) bytes: usize,
    /// For at most so long.
    pub(crate) timeout: Duration,
}

/// Takes the request as it came. It reads nothing and rejects nothing.
pub(crate) fn arrival() -> BoxedFilter<(Arrival,)> {
    let pieces = warp::body::stream().map(|stream| -> Pieces { Box::pin(pieces(stream)) });
    warp::ext::get::<Peer>()
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(pieces)
        .map(|peer, method, headers, pieces| Arrival { peer, method, headers, pieces })
        .boxed()
}

fn pieces<B: Buf>(
    stream: impl Stream<Item = Result<B, warp::Error>> + Send + Sync,
) -> impl Stream<Item = Result<Bytes, warp::Error>> + Send + Sync {
    stream.map(|piece| piece.map(|mut buffer| buffer.copy_to_bytes(buffer.remaining())))
}

impl Arrival {
    /// A header's text, when it is there and is text.
    pub(crate) fn header(&self, name: impl Into<HeaderName>) -> Option<&str> {
        self.headers.get(name.into())?.to_str().ok()
    }

    /// Who is behind the request: the other end, or whom a proxy on this machine names. Only the last address of the header is the proxy's
    /// own word; those before it are the caller's.
    pub(crate) fn origin(&self) -> IpAddr {
        let peer = self.peer.address.ip().to_canonical();
        let told = self.headers.get_all("x-forwarded-for").iter().next_back().and_then(|line| line.to_str().ok());
        let named = told.and_then(|line| line.rsplit(',').next()?.trim().parse().ok());
        household(named.filter(|_| peer.is_loopback()).unwrap_or(peer))
    }

    /// Whether the way from whoever asks is encrypted: up to here, or up to a proxy on this machine that says so.
    pub(crate) fn is_encrypted(&self) -> bool {
        let told = self.headers.get("x-forwarded-proto").filter(|_| self.peer.address.ip().to_canonical().is_loopback());
        self.peer.encrypted || told.is_some_and(|scheme| scheme.as_bytes().trim_ascii().eq_ignore_ascii_case(b"https"))
    }

    /// Whether the body is declared as `media`, whatever its parameters.
    pub(crate) fn is(&self, media: &str) -> bool {
        let declared = self.header(CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default();
        declared.trim().eq_ignore_ascii_case(media)
    }

    /// Reads a JSON body; gives also its bytes.
    ///
    /// # Errors
    /// As [`Self::bytes`], 415, and 400 for what is not JSON or not a `T`.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self, limit: BodyLimit) -> Result<(T, Bytes), Problem> {
        if !self.is("application/json") {
            return Err(Problem::new(Code::UnsupportedMediaType).because("send application/json"));
        }
        let bytes = self.bytes(limit).await?;
        serde_json::from_slice::<IgnoredAny>(&bytes).map_err(|error| unreadable(&error))?;
        // serde would take an array for a struct, field by field.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(Problem::invalid("send a JSON object"));
        }
        let value = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
        Ok((value, bytes))
    }

    /// Reads the body.
    ///
    /// # Errors
    /// 411 without a length, 413 beyond the limit, 408 when it takes too long, 400 when it breaks off.
    pub(crate) async fn bytes(&mut self, limit: BodyLimit) -> Result<Bytes, Problem> {
        let declared = self.header(CONTENT_LENGTH).ok_or(Problem::new(Code::LengthRequired))?;
        let declared: usize = declared.parse().map_err(|_| Problem::new(Code::BodyTooLarge))?;
        if declared > limit.bytes {
            return Err(Problem::new(Code::BodyTooLarge).because(format!("{} bytes are allowed", limit.bytes)));
        }
        let read = tokio::time::timeout(limit.timeout, self.collect(declared)).await;
        read.map_err(|_| Problem::new(Code::BodyTimeout))?
    }

    async fn collect(&mut self, declared: usize) -> Result<Bytes, Problem> {
        let mut whole = BytesMut::with_capacity(declared);
        while let Some(piece) = self.pieces.next().await {
            let piece = piece.map_err(|_| Problem::new(Code::MalformedJson).because("the body broke off"))?;
            if whole.len().saturating_add(piece.len()) > declared {
                return Err(Problem::new(Code::BodyTooLarge));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}
