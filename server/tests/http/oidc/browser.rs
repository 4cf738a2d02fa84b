//! A browser that signs in: it keeps cookies and goes where it is sent.

use linecrew_protocol::ids::PersonId;
use linecrew_server::{
    auth::OidcSettings,
    clock::{Clock as _, SystemClock},
    store::register::{Identity, Linked, NewLink},
};
use serde_json::json;

use super::provider::Provider;
use crate::{
    client::Reply,
    server::{LIN, Server},
};

/// Who dispatches, at the provider.
pub(crate) const LIN_THERE: &str = "7f3a-lin";

/// A server with a provider at which Lin is known, and its settings changed.
pub(crate) async fn server_with(provider: &Provider, change: impl FnOnce(&mut OidcSettings)) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = provider.settings(folder.path());
    change(&mut settings);
    let server = Server::with(|config| config.oidc = Some(settings)).await;
    assert_eq!(link(&server, provider.issuer(), LIN_THERE, LIN).await, Linked::Done);
    server
}

pub(crate) async fn pair() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = server_with(&provider, |_| {}).await;
    (provider, server)
}

pub(crate) async fn link(server: &Server, issuer: &str, subject: &str, person: PersonId) -> Linked {
    let identity = Identity { issuer: issuer.to_owned(), subject: subject.to_owned() };
    server.store.link(NewLink { identity, person, by: LIN, now: SystemClock.now() }).await.unwrap()
}

/// A sign-in that has begun.
pub(crate) struct UnderWay {
    /// Where the board was sent.
    pub(crate) url: String,
    /// What the browser keeps.
    pub(crate) cookie: String,
}

pub(crate) async fn begun(server: &Server) -> Reply {
    server.client().with("X-Linecrew", "board").post("/v1/oidc/begin", &json!({})).await
}

pub(crate) async fn begin(server: &Server) -> UnderWay {
    let reply = begun(server).await;
    let cookie = cookie(&reply, "linecrew_oidc").unwrap();
    UnderWay { url: reply.ok()["url"].as_str().unwrap().to_owned(), cookie }
}

/// Comes back from the provider with this query.
pub(crate) async fn come_back(server: &Server, cookie: Option<&str>, query: &str) -> Reply {
    let browser = server.client();
    let browser = cookie.map_or(browser.clone(), |cookie| browser.with("Cookie", cookie));
    browser.get(&format!("/v1/oidc/callback?{query}")).await
}

/// From the button to the end.
pub(crate) async fn sign_in(server: &Server, provider: &Provider, subject: &str) -> Reply {
    let under_way = begin(server).await;
    come_back(server, Some(&under_way.cookie), &provider.authorize(&under_way.url, subject)).await
}

/// `name=value` of a cookie that a reply sets.
pub(crate) fn cookie(reply: &Reply, name: &str) -> Option<String> {
    set_cookie(reply, name).map(|line| line.split(';').next().unwrap().to_owned()).filter(|pair| !pair.ends_with('='))
}

/// The whole line with which a reply sets, or clears, a cookie.
pub(crate) fn set_cookie(reply: &Reply, name: &str) -> Option<String> {
    let lines = reply.headers.iter().filter(|(header, _)| header == "set-cookie").map(|(_, line)| line);
    lines.into_iter().find(|line| line.starts_with(&format!("{name}="))).cloned()
}

/// Checks that nobody got in, and that the page says no more than it should.
#[track_caller]
pub(crate) fn refused(reply: &Reply, status: u16, words: &str) {
    let page = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(reply.status, status, "{page}");
    assert_eq!(set_cookie(reply, "linecrew_session"), None, "a session for somebody who was refused");
    assert_eq!(reply.header("location"), None);
    assert_eq!((reply.header("content-type"), reply.header("cache-control")), (Some("text/html; charset=utf-8"), Some("no-store")));
    assert!(page.contains(words), "{page}");
    for secret in ["code-", "7f3a", "eyJ", "nonce", "audience", "signature", "s+cret"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
}
