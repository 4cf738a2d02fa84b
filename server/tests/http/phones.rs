use serde_json::json;

use crate::server::{FIRST, Server};

const PHONE: &str = "01931c6e-7d00-7000-8000-000000000001";

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_listed_from_its_first_sign_in() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    assert_eq!(lin.get("/v1/phones").await.ok(), json!({"items": []}));
    server.phone("chen", PHONE).await;
    let phones = lin.get("/v1/phones").await.ok();
    let phone = &phones["items"][0];
    assert_eq!(phone["installation"], PHONE);
    assert_eq!(phone["person"]["name"], "人 chen");
    assert_eq!(phone["crew"], json!(FIRST));
    assert_eq!(phone["connected"], false);
    assert_eq!(phone["pending_edits"], 0);
    // A dispatcher of another district has nothing to do with it.
    let wu = server.machine("wu").await;
    assert_eq!(wu.get("/v1/phones").await.ok(), json!({"items": []}));
}
