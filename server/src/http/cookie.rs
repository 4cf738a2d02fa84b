//! The board's session cookie: out of reach for scripts, never sent by a foreign page.

use std::net::IpAddr;

use linecrew_protocol::time::Timestamp;
use warp::http::{
    HeaderValue,
    header::{COOKIE, HOST},
};

use super::{
    problem::{Code, Problem},
    request::Arrival,
};

const NAME: &str = "linecrew_session";

/// The token in the request's cookie.
pub(super) fn token(arrival: &Arrival) -> Option<&str> {
    let cookies = arrival.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == NAME).then_some(value))
}

/// Refuses a request that changes something unless it carries the header that only the board's own scripts can set: a foreign page would
/// need this server's consent (CORS) for it, which it never gets.
pub(super) fn refuse_foreign_pages(arrival: &Arrival) -> Result<(), Problem> {
    match arrival.headers.get("x-linecrew") {
        Some(value) if value == "board" => Ok(()),
        _ => Err(Problem::new(Code::CsrfHeaderRequired)),
    }
}

/// The `Set-Cookie` that signs the board in until `expires_at`.
pub(super) fn set(token: &str, expires_at: Timestamp, now: Timestamp, arrival: &Arrival) -> Option<HeaderValue> {
    written(token, expires_at.since_ms(now) / 1000, arrival)
}

/// The `Set-Cookie` that signs it out.
pub(super) fn clear(arrival: &Arrival) -> Option<HeaderValue> {
    written("", 0, arrival)
}

fn written(value: &str, max_age_s: u64, arrival: &Arrival) -> Option<HeaderValue> {
    let secure = if !arrival.peer.encrypted && is_loopback(arrival) { "" } else { "; Secure" };
    let cookie = format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
    HeaderValue::try_from(cookie).ok()
}

/// Whether browser and server are on one machine and the browser knows it. Behind a proxy the host is the public name, so that the cookie
/// stays `Secure` there, although the proxy too connects from this machine.
fn is_loopback(arrival: &Arrival) -> bool {
    let Some(host) = arrival.header(HOST) else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let loopback = name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    loopback && arrival.peer.address.ip().to_canonical().is_loopback()
}
