//! The board's session cookie: out of reach for scripts, never sent by a foreign page. And the one of a sign-in at an OpenID Connect provider, which
//! comes back when that provider sends the browser here (Lax) and says nothing but that it is the same browser.

use std::{net::IpAddr, time::Duration};

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
/// No neighbour under the same domain can set one that begins like this (RFC 6265bis section 4.1.3.2); it needs encryption.
const SIGN_IN_NAME: &str = "__Host-linecrew_oidc";
/// On this machine, in the clear.
const SIGN_IN_NAME_HERE: &str = "linecrew_oidc";

/// The token in the request's cookie.
pub(super) fn token(arrival: &Arrival) -> Option<&str> {
    value_of(NAME, arrival)
}

/// What the browser got when its sign-in at the provider began.
pub(super) fn sign_in(arrival: &Arrival) -> Option<&str> {
    value_of(sign_in_name(arrival), arrival)
}

fn value_of<'a>(wanted: &str, arrival: &'a Arrival) -> Option<&'a str> {
    let cookies = arrival.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == wanted).then_some(value))
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
    written((NAME, token), "Strict", expires_at.since_ms(now) / 1000, arrival)
}

/// The `Set-Cookie` that signs it out.
pub(super) fn clear(arrival: &Arrival) -> Option<HeaderValue> {
    written((NAME, ""), "Strict", 0, arrival)
}

/// The `Set-Cookie` with which a sign-in at the provider begins.
pub(super) fn set_sign_in(secret: &str, lasts: Duration, arrival: &Arrival) -> Option<HeaderValue> {
    written((sign_in_name(arrival), secret), "Lax", lasts.as_secs(), arrival)
}

/// The `Set-Cookie` with which it ends.
pub(super) fn clear_sign_in(arrival: &Arrival) -> Option<HeaderValue> {
    written((sign_in_name(arrival), ""), "Lax", 0, arrival)
}

fn sign_in_name(arrival: &Arrival) -> &'static str {
    if is_secure(arrival) { SIGN_IN_NAME } else { SIGN_IN_NAME_HERE }
}

fn written((name, value): (&str, &str), same_site: &str, max_age_s: u64, arrival: &Arrival) -> Option<HeaderValue> {
    let secure = if is_secure(arrival) { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}; Max-Age={max_age_s}{secure}");
    HeaderValue::try_from(cookie).ok()
}

fn is_secure(arrival: &Arrival) -> bool {
    arrival.peer.encrypted || !is_loopback(arrival)
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
