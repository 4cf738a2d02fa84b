//! Whose data is on a phone, over REST.

use serde_json::json;

use crate::server::{FIRST, GULOU, Server, taken};

const PHONE: &str = "01931c6e-7d00-7000-8000-0000000000f3";

#[tokio::test(flavor = "multi_thread")]
async fn only_who_runs_the_system_reads_whose_data_is_on_a_phone() {
    let server = Server::start().await;
    let (lin, root) = (server.machine("lin").await, server.machine("root").await);
    server.phone("chen", PHONE).await;
    let item = taken(&lin, GULOU, "1").await;
    lin.post(&format!("/v1/work/{}/steps/assigned", item["id"].as_str().unwrap()), &json!({"crew": FIRST})).await.ok();
    let path = format!("/v1/phones/{PHONE}/exposure");
    let exposure = root.get(&path).await.ok();
    let exposed = &exposure["items"][0];
    assert_eq!((&exposed["number"], &exposed["customer"]), (&item["number"], &json!("陈秀英")));
    assert_eq!((&exposed["telephone"], &exposed["address"]), (&json!("0591-87654321"), &json!("东街口 12 号")));
    assert_eq!(exposure["doubts"], json!(["lists_too_much", "never_heard_of", "behind", "former_crew"]));
    for who in [&lin, &server.machine("shen").await, &server.machine("chen").await] {
        who.get(&path).await.problem(403, "not_permitted");
    }
    root.get(&path.replace("f3", "f4")).await.problem(404, "not_found");
}
