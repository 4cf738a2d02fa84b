//! What the office decides about refused edits (rule 12).

use linecrew_protocol::{
    ids::DocumentId,
    key::{Signature, Statement},
};
use serde_json::{Value, json};

use crate::{
    client::Client,
    fitter::accepts_late,
    server::{CHEN, FIRST, GULOU, LIN, PASSWORD, Server, taken},
};

const PHONE: &str = "01931c6e-7d00-7000-8000-0000000000f2";

struct Office {
    server: Server,
    lin: Client,
    item: DocumentId,
}

/// Chen took an item over offline, and his phone was revoked before it sent that.
async fn office() -> Office {
    let server = Server::start().await;
    let lin = server.board("lin").await;
    let item: DocumentId = taken(&lin, GULOU, "1").await["id"].as_str().unwrap().parse().unwrap();
    lin.post(&format!("/v1/work/{item}/steps/assigned"), &json!({"crew": FIRST})).await.ok();
    server.phone("chen", PHONE).await;
    let chen = server.store.account(CHEN).await.unwrap().unwrap().principal(PHONE.parse().unwrap());
    let lost = async {
        lin.post(&format!("/v1/phones/{PHONE}/revoke"), &json!({"reason": "lost"})).await.ok();
    };
    // The socket would look at the signature; the store does not.
    let unsigned = |_: &Statement<'_>| Signature::from_bytes([0; 64]);
    assert!(!accepts_late(&*server.store, &chen, (FIRST, item), unsigned, lost).await);
    Office { server, lin, item }
}

impl Office {
    async fn listed(&self) -> Value {
        self.lin.get("/v1/quarantine").await.ok()
    }

    async fn decision(&self, decision: &str) -> Value {
        let batch = self.listed().await["batches"][0]["id"].clone();
        json!({"batch": batch, "decision": decision, "reason": "confirmed by telephone"})
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_admitted_once_and_the_item_says_who_decided() {
    let office = office().await;
    let listed = office.listed().await;
    let (batch, item) = (&listed["batches"][0], &listed["items"][0]);
    assert_eq!((&batch["family"], &batch["admissible"], &batch["person_name"]), (&json!("revoked"), &json!(true), &json!("人 chen")));
    assert_eq!((&item["batch"], &item["event_kind"], &batch["edits"]), (&batch["id"], &json!("accepted"), &json!([1])));
    let admit = office.decision("admit").await;
    let decided = office.lin.post("/v1/quarantine/decisions", &admit).await.ok();
    assert_eq!((&decided["edits"][0]["fate"], &decided["by_name"], &decided["by"]), (&json!("accepted"), &json!("人 lin"), &json!(LIN)));
    assert_eq!(office.lin.post("/v1/quarantine/decisions", &admit).await.ok(), decided, "the same again");
    let other = json!({"batch": admit["batch"], "decision": "dismiss", "reason": "no"});
    office.lin.post("/v1/quarantine/decisions", &other).await.problem(409, "state_conflict");
    assert_eq!(office.listed().await, json!({"items": [], "batches": []}));
    let detail = office.lin.get(&format!("/v1/work/{}", office.item)).await.ok();
    assert_eq!((&detail["phase"], &detail["decisions"]), (&json!("accepted"), &json!([decided])));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_decide_learns_nothing() {
    let office = office().await;
    let admit = office.decision("admit").await;
    let (wu, shen) = (office.server.machine("wu").await, office.server.machine("shen").await);
    assert_eq!(wu.get("/v1/quarantine").await.ok(), json!({"items": [], "batches": []}));
    wu.post("/v1/quarantine/decisions", &admit).await.problem(404, "not_found");
    assert_eq!(shen.get("/v1/quarantine").await.ok(), office.listed().await, "an auditor reads");
    shen.post("/v1/quarantine/decisions", &admit).await.problem(403, "not_permitted");
    let reply = office.server.login(&json!({"username": "lin", "password": PASSWORD, "cookie": true})).await;
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let foreign = office.server.client().with("Cookie", &cookie);
    foreign.post("/v1/quarantine/decisions", &admit).await.problem(403, "csrf_header_required");
    let bad = [
        json!({"batch": admit["batch"], "decision": "retry", "reason": "x"}),
        json!({"batch": admit["batch"], "decision": "admit", "reason": "  "}),
        json!({"batch": admit["batch"], "decision": "admit", "reason": "字".repeat(201)}),
        json!({"batch": admit["batch"], "decision": "admit"}),
    ];
    for body in bad {
        office.lin.post("/v1/quarantine/decisions", &body).await.problem(400, "invalid_field");
    }
    let unknown = json!({"batch": office.item, "decision": "dismiss", "reason": "x"});
    office.lin.post("/v1/quarantine/decisions", &unknown).await.problem(404, "not_found");
    assert_eq!(office.listed().await["batches"][0]["id"], admit["batch"], "nothing was decided");
}
