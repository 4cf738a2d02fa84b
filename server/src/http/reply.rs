//! Replies: JSON, and the headers that every reply carries.

use bytes::Bytes;
use serde::Serialize;
use warp::http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
};

use super::problem::Problem;

/// A reply.
pub(crate) type Response = warp::reply::Response;

/// What a page from here may load and who may frame it: files of its own, nothing inline, and nothing that the board does not use. The
/// board's tests run under the same policy (server/board/tests/mock) and fail on a violation.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                              base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What a page from here may ask of the browser: nothing. `*` is no value of this header, so the powerful ones are named.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
                           geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), \
                           picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), \
                           xr-spatial-tracking=()";
/// A browser that has been here once speaks no cleartext to this name for a year (RFC 6797).
const TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=31536000");

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
pub(crate) fn secure(response: &mut Response, encrypted: bool) {
    const ALWAYS: [(HeaderName, HeaderValue); 6] = [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY)),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    ];
    // The reply to an upgrade is part of a phone's reconnect, where every byte counts, and no page.
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return;
    }
    let headers: &mut HeaderMap = response.headers_mut();
    headers.extend(ALWAYS);
    headers.extend(encrypted.then_some((STRICT_TRANSPORT_SECURITY, TRANSPORT_SECURITY)));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
