//! One request over one connection.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{Request, Response, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use linecrew_protocol::limits::MAX_WIRE_BYTES;

use super::{Endpoint, ServerAddress, TransportError, limits::MAX_PROBLEM_BYTES, tls::Duplex};

/// Sends `body` and reads the answer. The connection serves no second request: a phone's link has changed by then.
pub(super) async fn post(
    stream: Box<dyn Duplex>,
    address: &ServerAddress,
    endpoint: Endpoint,
    body: Vec<u8>,
) -> Result<Vec<u8>, TransportError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(TransportError::Http)?;
    let exchange = async {
        let response = sender.send_request(request(address, endpoint, body)).await.map_err(TransportError::Http)?;
        answer(response).await
    };
    // The connection's own failure reaches `exchange` as well, with what it interrupted.
    let driving = async {
        let _ended = connection.await;
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        answer = exchange => answer,
        never = driving => match never {},
    }
}

fn request(address: &ServerAddress, endpoint: Endpoint, body: Vec<u8>) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = hyper::Method::POST;
    *request.uri_mut() = address.target(endpoint.path()).parse().unwrap_or_default();
    let headers = request.headers_mut();
    if let Ok(host) = header::HeaderValue::from_str(&address.authority()) {
        headers.insert(header::HOST, host);
    }
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(endpoint.content_type()));
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    request
}

async fn answer(response: Response<Incoming>) -> Result<Vec<u8>, TransportError> {
    let status = response.status();
    let limit = if status.is_success() { MAX_WIRE_BYTES } else { MAX_PROBLEM_BYTES };
    let body = read(response.into_body(), limit).await;
    if status.is_success() {
        return body;
    }
    // An error page that is cut off or endless is still only an error page.
    Err(TransportError::of_status(status.as_u16(), &body.unwrap_or_default()))
}

async fn read(body: Incoming, limit: usize) -> Result<Vec<u8>, TransportError> {
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(TransportError::TooLarge),
        Err(error) => match error.downcast::<hyper::Error>() {
            Ok(error) => Err(TransportError::Http(*error)),
            Err(other) => Err(TransportError::Broken(std::io::Error::other(other))),
        },
    }
}
