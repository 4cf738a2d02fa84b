//! The dispatchers' board: the build output of `server/board`, embedded in the binary.

use rust_embed::{Embed, EmbeddedFile};
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    path::FullPath,
};

use super::{
    reply::{Response, body},
    routes::get,
};

/// Files whose names carry a hash of their content never change.
const HASHED: &str = "assets/";
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Shown when the board was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Linecrew</title>\
    <h1>The server runs, the board is not built</h1>\
    <p>Build it with <code>cargo xtask board</code> and start the server again. The API under <code>/v1</code> works without it.</p></html>";

/// In a debug build the files are read from the source tree at each request, in a release build they are in the binary.
#[derive(Embed)]
#[folder = "board/dist"]
#[allow_missing = true]
struct Board;

/// `/` and every file of the board.
pub(super) fn routes() -> BoxedFilter<(Response,)> {
    let known = warp::path::full().and_then(|path: FullPath| async move { find(path.as_str()).ok_or_else(warp::reject::not_found) });
    known.and(get()).and(warp::header::headers_cloned()).map(|asset, headers| serve(&asset, &headers)).boxed()
}

/// A file of the board, or the page in its place.
struct Asset {
    kind: &'static str,
    cache: HeaderValue,
    etag: Option<HeaderValue>,
    bytes: std::borrow::Cow<'static, [u8]>,
}

/// The board routes within the page, after `#`: only `/` leads to it, so a mistyped address is still not found.
fn find(path: &str) -> Option<Asset> {
    let name = match path.strip_prefix('/')? {
        "" => "index.html",
        "v1" => return None,
        name if name.starts_with("v1/") => return None,
        name => name,
    };
    match Board::get(name) {
        Some(file) => Some(of_file(name, file)),
        None if name == "index.html" => {
            let bytes = NOT_BUILT.as_bytes().into();
            Some(Asset { kind: "text/html; charset=utf-8", cache: REVALIDATE, etag: None, bytes })
        }
        None => None,
    }
}

fn of_file(name: &str, file: EmbeddedFile) -> Asset {
    let digest: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Asset {
        kind: kind(name),
        cache: if name.starts_with(HASHED) { IMMUTABLE } else { REVALIDATE },
        etag: HeaderValue::try_from(format!("\"{digest}\"")).ok(),
        bytes: file.data,
    }
}

fn serve(asset: &Asset, headers: &HeaderMap) -> Response {
    let known = headers.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    let etag = asset.etag.as_ref().and_then(|etag| etag.to_str().ok());
    let unchanged = etag.is_some_and(|etag| known.split(',').any(|known| known.trim() == etag));
    let mut reply = if unchanged { body("") } else { body(asset.bytes.to_vec()) };
    if unchanged {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(CACHE_CONTROL, asset.cache.clone());
    headers.extend(asset.etag.clone().map(|etag| (ETAG, etag)));
    reply
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
