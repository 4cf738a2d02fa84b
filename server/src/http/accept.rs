//! Accepts connections and serves HTTP/1.1 on them.
//!
//! `warp::serve` sets no timer, so that a half-sent header stays open for ever (measured, warp 0.4.3). This loop sets one, bounds how many
//! connections there are, and survives running out of file descriptors. With a certificate the TLS handshake comes first; it holds a place, has a limit of
//! its own, and nobody else waits for it.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{sleep, timeout},
};
use warp::{filters::BoxedFilter, http::HeaderMap};

use super::{
    App,
    connections::Connections,
    path,
    problem::{Code, Problem},
    reply::{Response, secure},
    request::Peer,
    stall::StallGuard,
    tls,
};

/// hyper's own bounds, above ours: a header that only just exceeds ours still gets a problem document, a huge one a bare 431.
const HARD_HEADER_BYTES: usize = 64 * 1024;
const HARD_HEADER_FIELDS: usize = 128;
/// The first pause after the system refused a connection; it doubles up to a second.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_ACCEPT_PAUSE: Duration = Duration::from_secs(1);
/// When a place may be free again.
const FULL_RETRY_MS: u64 = 5_000;

/// Everything behind the accept loop.
pub(super) type Routes = BoxedFilter<(Response,)>;

/// Ends when the last connection has ended.
pub(super) struct LastGone(mpsc::Receiver<Infallible>);

impl LastGone {
    /// Waits for it, at most for `farewell`.
    pub(super) async fn wait(mut self, farewell: Duration) {
        if timeout(farewell, self.0.recv()).await.is_err() {
            tracing::warn!(farewell_ms = farewell.as_millis(), "some connections had to be cut");
        }
    }
}

/// Accepts until `shutdown`. Connections go on; [`LastGone`] tells when they have ended.
pub(super) async fn accept(app: &Arc<App>, routes: &Routes, listener: &TcpListener, shutdown: impl Future<Output = ()>) -> LastGone {
    let (connections, last_gone) = Connections::new(app.limits.connections, app.limits.connections_per_address);
    let full = full();
    let mut shutdown = pin!(shutdown);
    let mut pause = ACCEPT_PAUSE;
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => return LastGone(last_gone),
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                pause = ACCEPT_PAUSE;
                match connections.take(address.ip()) {
                    Some(slot) => {
                        let peer = Peer { address, encrypted: app.tls.is_some(), _slot: Arc::new(slot) };
                        tokio::spawn(serve(stream, peer, Arc::clone(app), routes.clone()));
                    }
                    None => turn_away(&stream, address, app.tls.is_none().then_some(&*full)),
                }
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                // Out of file descriptors or memory: others have to end before anybody can come in.
                tracing::warn!(error = %error, pause_ms = pause.as_millis(), "no connection could be accepted");
                sleep(pause).await;
                pause = pause.saturating_mul(2).min(LONGEST_ACCEPT_PAUSE);
            }
        }
    }
}

/// Whether the peer went away between connecting and being accepted.
fn is_the_peers(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted)
}

/// What a connection is told when all places are taken.
fn full() -> Vec<u8> {
    let problem = Problem::new(Code::Busy).because("too many connections are open").retry_after_ms(FULL_RETRY_MS).json();
    let mut reply = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: {}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n",
        FULL_RETRY_MS.div_ceil(1000),
        problem.len()
    );
    reply.push_str(&problem);
    reply.into_bytes()
}

/// Says so, if it can be said in the clear, and closes, without waiting for anything: there may be thousands at the door.
fn turn_away(stream: &TcpStream, address: SocketAddr, full: Option<&[u8]>) {
    tracing::debug!(peer.address = %address.ip(), "turned a connection away");
    full.and_then(|full| stream.try_write(full).ok());
}

async fn serve(stream: TcpStream, peer: Peer, app: Arc<App>, routes: Routes) {
    // Frames and replies are written whole; waiting for more to send only adds a round trip.
    stream.set_nodelay(true).ok();
    // Beneath TLS, so that it sees what the peer takes and not what is buffered for it.
    let stream = StallGuard::new(stream, app.limits.write_timeout);
    match &app.tls {
        None => serve_http(stream, peer, &app, routes).await,
        Some(acceptor) => {
            if let Some(stream) = tls::handshake(acceptor, stream, &app).await {
                serve_http(stream, peer, &app, routes).await;
            }
        }
    }
}

async fn serve_http<S>(stream: S, peer: Peer, app: &Arc<App>, routes: Routes)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut http = http1::Builder::new();
    // The same timer closes a connection that stays idle between two requests (hyper 1.12 starts it with each wait for a header).
    http.timer(TokioTimer::new()).header_read_timeout(app.limits.header_timeout);
    http.max_headers(HARD_HEADER_FIELDS).max_header_size(HARD_HEADER_BYTES).max_buf_size(2 * HARD_HEADER_BYTES);
    let inner = TowerToHyperService::new(warp::service(routes));
    let io = TokioIo::new(stream);
    let service = service_fn(|request| {
        let (inner, peer, app) = (inner.clone(), peer.clone(), Arc::clone(app));
        async move { Ok::<_, Infallible>(respond(&inner, request, peer, &app).await) }
    });
    let mut connection = pin!(http.serve_connection(io, service).with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.going_down() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %super::Chain(&error), "a connection ended badly");
    }
}

/// Answers one request, in a task of its own: a panic costs one reply, and a caller who hangs up does not cut a commit from its news.
async fn respond<S>(inner: &S, mut request: Request<Incoming>, peer: Peer, app: &App) -> Response
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    let begun = std::time::Instant::now();
    let encrypted = peer.encrypted;
    let (method, path) = (request.method().clone(), path::to_log(request.uri().path()));
    let mut response = if is_too_large(request.headers(), app) {
        Problem::new(Code::HeaderTooLarge).into_response()
    } else {
        request.extensions_mut().insert(peer);
        match tokio::spawn(inner.call(request)).await {
            Ok(Ok(response)) => response,
            Err(panic) => Problem::internal(&panic).into_response(),
        }
    };
    secure(&mut response, encrypted);
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    tracing::debug!(http.method = %method, http.path = path, http.status = status, http.took_us = took.as_micros(), "answered");
    response
}

fn is_too_large(headers: &HeaderMap, app: &App) -> bool {
    let bytes = headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())).fold(0, usize::saturating_add);
    headers.len() > app.limits.header_fields || bytes > app.limits.header_bytes
}
