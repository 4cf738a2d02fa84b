//! The public keys with which anybody can verify this server's tokens.

use std::sync::Arc;

use serde::Serialize;
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};

use super::{
    App,
    reply::{Response, json},
    routes::{get, with},
};
use crate::auth::PublicKeyView;

/// A reader who knows a key for so long misses a rotation for so long; the old key verifies for hours.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// RFC 7517 section 8.5.2.
const MEDIA: HeaderValue = HeaderValue::from_static("application/jwk-set+json");

#[derive(Serialize)]
struct KeySetResponse {
    keys: Vec<PublicKeyView>,
}

/// `/.well-known/jwks.json`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let keys = warp::path!(".well-known" / "jwks.json").and(get()).and(with(app));
    let keys = keys.map(|app: Arc<App>| {
        let mut reply = json(StatusCode::OK, &KeySetResponse { keys: app.tokens.public_keys(app.clock.now()) });
        reply.headers_mut().insert(CONTENT_TYPE, MEDIA);
        reply.headers_mut().insert(CACHE_CONTROL, CACHED);
        reply
    });
    keys.boxed()
}
