//! The two ways into a sync session: a WebSocket that stays open, and one request with one answer.

use std::sync::Arc;

use hyper::upgrade::OnUpgrade;
use linecrew_protocol::limits::MAX_WIRE_BYTES;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{CONNECTION, CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
    },
};

use crate::sync_session;

use super::{
    App,
    problem::{Code, Problem},
    reply::{Response, body},
    request::{Arrival, BodyLimit, arrival},
    routes::{only, with},
    socket::PhoneSocket,
};

const MEDIA: &str = "application/cbor";
const VERSION: &str = "13";
/// Base64 of the 16 random bytes of a handshake key (RFC 6455 section 4.1).
const KEY_CHARS: usize = 24;

/// `/v1/sync`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let socket = warp::path!("v1" / "sync")
        .and(only(Method::GET, "GET, POST"))
        .and(arrival())
        .and(warp::ext::optional::<OnUpgrade>())
        .and(with(app))
        .map(|arrival: Arrival, upgrade, app: Arc<App>| {
            open(&arrival, upgrade, &app).unwrap_or_else(|problem| {
                let mut reply = problem.into_response();
                reply.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
                reply.headers_mut().insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION));
                reply
            })
        });
    let once = warp::path!("v1" / "sync").and(only(Method::POST, "GET, POST")).and(arrival()).and(with(app));
    let once =
        once.then(|arrival: Arrival, app: Arc<App>| async move { once_of(arrival, &app).await.unwrap_or_else(Problem::into_response) });
    socket.or(once).unify().boxed()
}

/// Answers the handshake and leaves the session to a task. Nobody is authenticated yet: the session's first frame does that.
fn open(arrival: &Arrival, upgrade: Option<OnUpgrade>, app: &App) -> Result<Response, Problem> {
    let key = handshake_key(arrival)?;
    let upgrade = upgrade.ok_or(Problem::new(Code::UpgradeRequired))?;
    let (deps, peer) = (app.sync_deps(), arrival.peer.clone());
    tokio::spawn(async move {
        // The upgrade fails when the peer goes before it has read the reply.
        if let Ok(upgraded) = upgrade.await {
            sync_session::run(deps, PhoneSocket::of(upgraded).await).await;
        }
        drop(peer);
    });
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|_| Problem::new(Code::Internal))?;
    let mut reply = body("");
    *reply.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = reply.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    Ok(reply)
}

/// The key of a WebSocket handshake that is one (RFC 6455 section 4.2.1).
fn handshake_key(arrival: &Arrival) -> Result<&str, Problem> {
    if !names(arrival, CONNECTION, "upgrade") || !names(arrival, UPGRADE, "websocket") {
        return Err(Problem::new(Code::UpgradeRequired));
    }
    if arrival.header(SEC_WEBSOCKET_VERSION) != Some(VERSION) {
        return Err(Problem::new(Code::UpgradeRequired).because(format!("Sec-WebSocket-Version {VERSION} is spoken")));
    }
    let key = arrival.header(SEC_WEBSOCKET_KEY).filter(|key| key.len() == KEY_CHARS && key.ends_with("=="));
    key.ok_or(Problem::invalid("Sec-WebSocket-Key is not 16 bytes in base64"))
}

fn names(arrival: &Arrival, header: HeaderName, token: &str) -> bool {
    arrival.header(header).is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
}

async fn once_of(mut arrival: Arrival, app: &App) -> Result<Response, Problem> {
    if !arrival.is(MEDIA) {
        return Err(Problem::new(Code::UnsupportedMediaType).because(format!("send {MEDIA}")));
    }
    let limit = BodyLimit { bytes: MAX_WIRE_BYTES, timeout: app.limits.body_timeout };
    let message = arrival.bytes(limit).await?;
    let mut reply = body(sync_session::once(app.sync_deps(), &message).await);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    Ok(reply)
}
