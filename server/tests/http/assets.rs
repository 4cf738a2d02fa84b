use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_there_whether_or_not_it_was_built() {
    let server = Server::start().await;
    let page = server.client().get("/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "scripts and styles come from here alone: {policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_are_cached_by_their_content() {
    let server = Server::start().await;
    let page = String::from_utf8(server.client().get("/").await.body).unwrap();
    let Some(script) = page.split('"').find(|text| text.starts_with("/assets/") && text.ends_with(".js")) else {
        assert!(page.contains("cargo xtask board"), "a page that says how to build the board");
        return;
    };
    let asset = server.client().get(script).await;
    assert_eq!(asset.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let etag = asset.header("etag").unwrap();
    let again = server.client().with("If-None-Match", etag).get(script).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(server.client().with("If-None-Match", "\"other\"").get(script).await.body, asset.body);
}
