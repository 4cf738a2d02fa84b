use serde_json::{Value, json};

use crate::{
    collector::Collector,
    server::{GULOU, MEI, Server},
};

const PATH: &str = "/v1/collection/receivables";

fn item(reference: &str, amount: i64) -> Value {
    json!({"reference": reference, "account": "3501-1", "customer": "陈秀英", "address": "东街口 12 号", "period": "2026-10", "amount": amount,
        "collector": "mei"})
}

fn bill(items: &[Value]) -> Value {
    json!({"district": GULOU, "items": items})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_billed_is_listed_and_reaches_the_phone_of_its_round() {
    let server = Server::start().await;
    let mut mei = Collector::mei(&server).await;
    let (bot, hua) = (server.machine("bot").await, server.machine("hua").await);
    let first = bill(&[item("B-1", 8_640), item("B-2", 5)]);
    assert_eq!(bot.post(PATH, &first).await.ok(), json!({"created": 2, "unchanged": 0, "refused": []}));
    assert_eq!(bot.post(PATH, &first).await.ok(), json!({"created": 0, "unchanged": 2, "refused": []}));
    let listed = hua.get(PATH).await.ok();
    let due = &listed["items"][0];
    assert_eq!((&due["reference"], &due["amount"], &due["state"]), (&json!("B-1"), &json!(8_640), &json!("open")));
    assert_eq!((&due["paid"], &due["prepaid"], &due["written_off"]), (&json!(0), &json!(0), &json!(0)));
    assert_eq!(due["collector"], json!({"id": MEI, "name": "人 mei"}));
    mei.pull(&server).await;
    assert_eq!(mei.due().len(), 2);

    let withdraw = format!("{PATH}/{}/withdraw", due["receivable"].as_str().unwrap());
    hua.post(&withdraw, &json!({"reason": ""})).await.problem(400, "invalid_field");
    assert_eq!(hua.post(&withdraw, &json!({"reason": "已在柜台缴费"})).await.ok()["state"], "withdrawn");
    hua.post(&withdraw, &json!({"reason": "已在柜台缴费"})).await.problem(409, "state_conflict");
    let open = hua.get(&format!("{PATH}?open=true&collector={MEI}")).await.ok();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    assert_eq!(open["items"][0]["reference"], "B-2");
    let nobodys = hua.get(&format!("{PATH}?collector={GULOU}")).await.ok();
    assert_eq!(nobodys["items"], json!([]));
    mei.pull(&server).await;
    assert_eq!(mei.due().len(), 1, "what was withdrawn has left the phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_receivable_is_named_and_its_neighbours_are_taken() {
    let server = Server::start().await;
    let bot = server.machine("bot").await;
    bot.post(PATH, &bill(&[item("B-1", 8_640)])).await.ok();
    let mut unknown = item("B-3", 1);
    unknown["collector"] = json!("chen");
    let mut bare = item("B-4", 1);
    bare.as_object_mut().unwrap().remove("account");
    let mut curious = item("B-5", 1);
    curious["rate"] = json!(0.5);
    let items = [item("B-1", 9_999), item("B-2", 1), unknown, bare, curious, item("B-6", 0), item("", 1), json!(5), item("B-7", 2)];
    let answer = bot.post(PATH, &bill(&items)).await.ok();
    assert_eq!((&answer["created"], &answer["unchanged"]), (&json!(2), &json!(0)));
    let refused = answer["refused"].as_array().unwrap();
    let words = |place: usize| refused[place]["detail"].as_str().unwrap();
    let places: Vec<u64> = refused.iter().map(|refused| refused["index"].as_u64().unwrap()).collect();
    assert_eq!(places, [0, 2, 3, 4, 5, 6, 7]);
    for (place, named) in [(0, "B-1"), (1, "collector"), (2, "account"), (3, "rate"), (4, "amount"), (5, "reference")] {
        assert!(words(place).contains(named), "{}", words(place));
    }
    let amounts = server.machine("hua").await.get(PATH).await.ok();
    assert_eq!(amounts["items"].as_array().unwrap().len(), 3);
    assert_eq!(amounts["items"][0]["amount"], 8_640, "what is due stays as it was billed");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_bills_and_how_much_at_once_is_bounded() {
    let server = Server::start().await;
    let bot = server.machine("bot").await;
    for nobody in ["shen", "chen", "mei"] {
        server.machine(nobody).await.post(PATH, &bill(&[item("B-1", 1)])).await.problem(403, "not_permitted");
    }
    let nowhere = json!({"district": MEI, "items": []});
    bot.post(PATH, &nowhere).await.problem(400, "invalid_field");
    bot.post(PATH, &json!({"items": []})).await.problem(400, "invalid_field");
    let many: Vec<Value> = (0..2_001).map(|number| json!(number)).collect();
    bot.post(PATH, &bill(&many)).await.problem(400, "invalid_field");
    let large = "x".repeat(1024 * 1024);
    bot.post(PATH, &bill(&[json!(large)])).await.problem(413, "body_too_large");
    let items: Vec<Value> = (0..600).map(|number| item(&format!("B-{number}"), 100)).collect();
    assert_eq!(bot.post(PATH, &bill(&items)).await.ok()["created"], 600, "more than 64 KiB, and more than one transaction");
}
