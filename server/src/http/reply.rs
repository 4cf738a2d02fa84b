//! Replies: JSON, and the headers that every reply carries.

use bytes::Bytes;
use serde::Serialize;
use warp::http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS},
};

use super::problem::Problem;

/// A reply.
pub(crate) type Response = warp::reply::Response;

/// What a page from here may load and who may frame it. `style-src` permits style attributes, which the board's framework writes.
const CONTENT_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
                              base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A reply with these bytes, 200 and nothing else.
pub(crate) fn body(bytes: impl Into<Bytes>) -> Response {
    Response::new(bytes.into().into())
}

/// A JSON reply.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let mut response = body(bytes);
            *response.status_mut() = status;
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// What a handler answered, as a reply: 200 with JSON, or a problem.
pub(crate) fn answer<T: Serialize>(answer: Result<T, Problem>) -> Response {
    match answer {
        Ok(value) => json(StatusCode::OK, &value),
        Err(problem) => problem.into_response(),
    }
}

/// Adds what no reply may lack. A handler that chose its own caching keeps it.
pub(crate) fn secure(response: &mut Response) {
    const ALWAYS: [(HeaderName, HeaderValue); 4] = [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY)),
    ];
    // The reply to an upgrade is part of a phone's reconnect, where every byte counts, and no page.
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return;
    }
    let headers: &mut HeaderMap = response.headers_mut();
    headers.extend(ALWAYS);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
