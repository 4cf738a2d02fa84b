//! A collector's day as the cashier sees it.

use linecrew_protocol::{
    ids::{DocumentId, SessionId},
    model::collection::{Act, Amounts, Fen, book::Lease},
};
use serde_json::{Value, json};

use crate::{
    client::Client,
    collector::{Collector, PHONE, closed},
    server::{GULOU, MEI, Server},
};

const SESSION: SessionId = SessionId::from_bytes([5; 16]);

struct Day {
    server: Server,
    mei: Collector,
    hua: Client,
    book: DocumentId,
    lease: Lease,
}

/// Mei has drawn a book, holds three receivables of 100 yuan each, and has opened a session with 50 yuan of change.
async fn day() -> Day {
    let server = Server::start().await;
    let mut mei = Collector::mei(&server).await;
    let hua = server.machine("hua").await;
    hua.post("/v1/collection/books", &json!({"collector": MEI, "device": PHONE})).await.ok();
    let item = |number: u8| {
        json!({"reference": format!("B-{number}"), "account": format!("A-{number}"), "customer": format!("客户 {number}"), "period": "2026-10",
            "amount": 10_000, "collector": "mei"})
    };
    let bill = json!({"district": GULOU, "items": [item(1), item(2), item(3)]});
    assert_eq!(hua.post("/v1/collection/receivables", &bill).await.ok()["created"], 3);
    mei.pull(&server).await;
    let (book, lease) = mei.books().remove(0);
    mei.begin(&server, book, &lease, SESSION, Fen(5_000)).await;
    Day { server, mei, hua, book, lease }
}

impl Day {
    async fn collect(&mut self, number: u32, amount: Fen) {
        let due = self.mei.due()[usize::try_from(number).unwrap() - 1];
        let act = self.mei.receipt(due, self.lease.ticket(number), SESSION, amount);
        self.mei.do_well(&self.server, self.book, act).await;
    }

    async fn act(&mut self, act: Act) {
        self.mei.do_well(&self.server, self.book, act).await;
    }

    async fn show(&self) -> Value {
        self.hua.get(&format!("/v1/collection/sessions/{SESSION}")).await.ok()
    }

    fn path(&self, act: &str) -> String {
        format!("/v1/collection/sessions/{SESSION}/{act}")
    }
}

fn cash(fen: i64) -> Value {
    json!({"cash": fen, "cheque": 0, "terminal": 0})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_collected_deposited_confirmed_and_written_off() {
    let mut day = day().await;
    day.collect(1, Fen(10_000)).await;
    day.collect(2, Fen(12_000)).await;
    let open = day.show().await;
    assert_eq!((&open["state"], &open["receipts"], &open["collected"]), (&json!("open"), &json!(2), &cash(22_000)));
    assert_eq!((&open["overdue"], &open["float"], &open["closed_at"]), (&json!(false), &json!(5_000), &Value::Null));
    let acts: Vec<&str> = open["entries"].as_array().unwrap().iter().map(|entry| entry["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["session_opened", "receipt", "receipt"]);
    let receipt = &open["entries"][2];
    assert_eq!((&receipt["ticket"], &receipt["amount"], &receipt["prepaid"]), (&json!(day.lease.ticket(2)), &json!(12_000), &json!(2_000)));
    assert_eq!((&receipt["account"], &receipt["customer"], &receipt["period"]), (&json!("A-2"), &json!("客户 2"), &json!("2026-10")));
    assert_eq!((&receipt["method"], &receipt["state"], &receipt["signed"]), (&json!("cash"), &json!("counted"), &json!(false)));
    assert_eq!(receipt["hash"].as_str().unwrap().len(), 64);

    day.hua.post(&day.path("settle"), &json!({})).await.problem(409, "state_conflict");
    let amounts = Amounts::cash(Fen(22_000));
    day.act(Act::Deposited { session: SESSION, slip: "S-1".into(), bank: "工行".into(), amounts }).await;
    day.act(closed(SESSION, Fen(5_000), Fen(5_000), 2, None)).await;
    let deposit = json!({"slip": "S-1", "cash": 22_000});
    let confirmed = day.hua.post(&day.path("deposits"), &deposit).await.ok();
    assert_eq!(confirmed["deposits"], json!([{"slip": "S-1", "bank": "工行", "declared": cash(22_000), "confirmed": cash(22_000)}]));
    assert_eq!((&confirmed["state"], &confirmed["to_deposit"]), (&json!("closed"), &cash(0)));
    assert!(confirmed.get("entries").is_none(), "a session, not its detail");
    day.hua.post(&day.path("deposits"), &deposit).await.problem(409, "state_conflict");

    let settled = day.hua.post(&day.path("settle"), &json!({})).await.ok();
    assert_eq!((&settled["state"], &settled["deposit_break"], &settled["count_break"]), (&json!("settled"), &json!(0), &json!(0)));
    day.hua.post(&day.path("settle"), &json!({})).await.problem(409, "state_conflict");
    day.hua.post(&day.path("deposits"), &json!({"slip": "S-2", "cash": 1})).await.problem(409, "state_conflict");
    let due = day.hua.get("/v1/collection/receivables").await.ok();
    let of = |number: usize| {
        let due = &due["items"][number];
        [&due["paid"], &due["prepaid"], &due["written_off"]].map(|fen| fen.as_i64().unwrap())
    };
    assert_eq!([of(0), of(1), of(2)], [[10_000, 0, 10_000], [10_000, 2_000, 10_000], [0, 0, 0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_by_day() {
    let day = day().await;
    let list = day.hua.get("/v1/collection/sessions").await.ok();
    let today = list["day"].as_str().unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let item = &list["items"][0];
    assert_eq!((&item["session"], &item["day"], &item["collector"]["id"]), (&json!(SESSION), &json!(today), &json!(MEI)));
    assert_eq!((&item["device"], &item["book"], &item["district"]), (&json!(PHONE), &json!(day.book), &json!(GULOU)));
    let on = async |date: &str| day.hua.get(&format!("/v1/collection/sessions?day={date}")).await.ok();
    assert_eq!(on(today).await, list);
    assert_eq!(on("2020-02-29").await, json!({"day": "2020-02-29", "items": []}));
    // Another district's people see nothing of it.
    let wu = day.server.machine("wu").await;
    assert_eq!(wu.get("/v1/collection/sessions").await.ok()["items"], json!([]));
    wu.get(&format!("/v1/collection/sessions/{SESSION}")).await.problem(404, "not_found");
    wu.post(&day.path("deposits"), &json!({"slip": "S-1", "cash": 1})).await.problem(404, "not_found");
    wu.post(&day.path("settle"), &json!({})).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_break_needs_a_reason_and_is_decided_by_name() {
    let mut day = day().await;
    day.collect(1, Fen(10_000)).await;
    // Ten yuan are missing from the bag, and five more from the deposit.
    day.act(closed(SESSION, Fen(14_000), Fen(5_000), 1, Some("少收一张"))).await;
    let shown = day.show().await;
    assert_eq!((&shown["count_break"], &shown["count_reason"]), (&json!(1_000), &json!("少收一张")));
    assert_eq!((&shown["to_deposit"], &shown["open_flags"]), (&cash(9_000), &json!(1)));
    day.hua.post(&day.path("deposits"), &json!({"slip": "S-1"})).await.problem(400, "invalid_field");
    day.hua.post(&day.path("deposits"), &json!({"slip": "S-1", "cash": -1, "terminal": 5})).await.problem(400, "invalid_field");
    day.hua.post(&day.path("deposits"), &json!({"slip": "S-1", "cash": 8_500})).await.ok();
    let refused = day.hua.post(&day.path("settle"), &json!({})).await.problem(409, "state_conflict");
    assert!(refused["detail"].as_str().unwrap().contains("5.00"), "{refused}");
    let settled = day.hua.post(&day.path("settle"), &json!({"reason": "银行少点"})).await.ok();
    assert_eq!((&settled["deposit_break"], &settled["deposit_reason"]), (&json!(500), &json!("银行少点")));

    let flags = day.hua.get("/v1/collection/flags").await.ok();
    let mut kinds: Vec<&str> = flags["items"].as_array().unwrap().iter().map(|flag| flag["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["count_break", "deposit_break"]);
    let flag = flags["items"].as_array().unwrap().iter().find(|flag| flag["kind"] == "count_break").unwrap();
    assert_eq!((&flag["amount"], &flag["session"], &flag["resolved"]), (&json!(1_000), &json!(SESSION), &Value::Null));
    assert_eq!(flag["choices"], json!(["collector_makes_good", "company_bears"]));
    let resolve = format!("/v1/collection/books/{}/flags/resolve", day.book);
    let decide = |choice: &str| json!({"flag": flag["flag"], "choice": choice, "note": "按规定"});
    day.hua.post(&resolve, &decide("count")).await.problem(400, "invalid_field");
    day.hua.post(&resolve, &json!({"flag": "count_break/x", "choice": "company_bears", "note": ""})).await.problem(404, "not_found");
    let decided = day.hua.post(&resolve, &decide("company_bears")).await.ok();
    assert_eq!((&decided["resolved"]["choice"], &decided["resolved"]["by_name"]), (&json!("company_bears"), &json!("人 hua")));
    day.hua.post(&resolve, &decide("company_bears")).await.problem(409, "state_conflict");
    assert_eq!(day.hua.get("/v1/collection/flags").await.ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(day.hua.get("/v1/collection/flags?all=true").await.ok()["items"].as_array().unwrap().len(), 2);
    let shown = day.show().await;
    assert_eq!((shown["flags"].as_array().unwrap().len(), &shown["open_flags"]), (2, &json!(1)));
}
