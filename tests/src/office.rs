//! The office: a dispatcher, or the hotline's machine, at the server's REST interface (docs/api.md).
//!
//! It sits beside the server and has no faulty link. While the server restarts it asks again, within [`PATIENCE`]; a report has its key, so
//! asking twice takes it once. Other calls may find that the first attempt was carried out after all and say so with a conflict.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use linecrew_protocol::{
    enrolment::InviteCode,
    ids::{BatchId, CrewId, DistrictId, DocumentId, InstallationId},
    model::work::NewOrder,
    time::Timestamp,
};
use linecrew_server::store::{
    BoardDetail, BoardRow, CrewWithMembers, DistrictRecord, PhoneRecord,
    refused::{DecisionRecord, RefusedBatch},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

mod board;
mod collection;
mod http;

pub use board::{BoardStream, News};
pub use collection::Bill;
use http::{Call, call};
pub use http::{CallError, Problem};

/// How long an office waits for a server that is gone.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Work as a customer or a planner orders it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewReport {
    /// Where.
    pub district: DistrictId,
    /// What.
    #[serde(flatten)]
    pub order: NewOrder,
    /// When it was taken; now when absent.
    pub reported_at: Option<Timestamp>,
}

/// What an office says about the server's refusals and its own attempts.
pub type Said<T> = Result<T, CallError>;

/// Somebody who is signed in at the REST interface.
#[derive(Debug, Clone)]
pub struct Office {
    server: SocketAddr,
    username: String,
    password: String,
    token: Arc<Mutex<String>>,
}

/// An invitation, as far as a phone needs it.
#[derive(Debug, Clone, Deserialize)]
pub struct Invited {
    /// The one-time code.
    pub code: InviteCode,
    /// What a QR code would hold.
    pub link: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct Refused {
    batches: Vec<RefusedBatch>,
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    #[serde(default)]
    next: Option<String>,
}

impl Office {
    /// Signs in as a machine: with a bearer token.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn sign_in(server: SocketAddr, username: &str, password: &str) -> Said<Self> {
        let token = Arc::default();
        let office = Self { server, username: username.to_owned(), password: password.to_owned(), token };
        office.renew().await?;
        Ok(office)
    }

    /// Takes a report. `key` names it: the same key and report give the same item.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn take_report(&self, key: &str, report: &NewReport) -> Said<BoardRow> {
        let mut body = serde_json::to_value(report).expect("a report is JSON");
        // `reported_at` is optional, not nullable.
        if let Some(fields) = body.as_object_mut().filter(|_| report.reported_at.is_none()) {
            fields.remove("reported_at");
        }
        self.ask(Call { method: "POST", path: "/v1/work", token: None, key: Some(key), body: Some(&body) }).await
    }

    /// Gives an item to a crew.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn assign(&self, item: DocumentId, crew: CrewId) -> Said<BoardRow> {
        self.step(item, "assigned", json!({"crew": crew})).await
    }

    /// Gives an item to another crew.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn reassign(&self, item: DocumentId, crew: CrewId, reason: &str) -> Said<BoardRow> {
        self.step(item, "assigned", json!({"crew": crew, "reason": reason})).await
    }

    /// Withdraws an item.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn cancel(&self, item: DocumentId, reason: &str) -> Said<BoardRow> {
        self.step(item, "cancelled", json!({"reason": reason})).await
    }

    /// Notes what the customer said afterwards.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn follow_up(&self, item: DocumentId, result: &str) -> Said<BoardRow> {
        self.step(item, "followed_up", json!({"result": result})).await
    }

    /// Closes an item.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn archive(&self, item: DocumentId) -> Said<BoardRow> {
        self.step(item, "archived", json!({})).await
    }

    /// Decides about an attention item.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn resolve(&self, item: DocumentId, attention: &str, choice: &str) -> Said<BoardRow> {
        self.step(item, "resolved", json!({"attention": attention, "choice": choice, "note": ""})).await
    }

    /// All items, newest first.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn list(&self) -> Said<Vec<BoardRow>> {
        let mut rows = Vec::new();
        let mut before = String::new();
        loop {
            let page: Page<BoardRow> = self.look(&format!("/v1/work?limit=500{before}")).await?;
            rows.extend(page.items);
            let Some(next) = page.next else { return Ok(rows) };
            before = format!("&before={next}");
        }
    }

    /// One item with its history and what of it is in quarantine.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn detail(&self, item: DocumentId) -> Said<BoardDetail> {
        self.look(&format!("/v1/work/{item}")).await
    }

    /// All phones.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn phones(&self) -> Said<Vec<PhoneRecord>> {
        Ok(self.look::<Page<_>>("/v1/phones").await?.items)
    }

    /// Invites a person to enrol a phone.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn invite(&self, username: &str) -> Said<Invited> {
        self.invite_for(username, 15).await
    }

    /// The same for so many minutes.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn invite_for(&self, username: &str, minutes: u32) -> Said<Invited> {
        let body = json!({"username": username, "valid_minutes": minutes});
        self.ask(Call { method: "POST", path: "/v1/invites", token: None, key: None, body: Some(&body) }).await
    }

    /// Revokes a phone.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn revoke(&self, installation: InstallationId, reason: &str) -> Said<PhoneRecord> {
        let (path, body) = (format!("/v1/phones/{installation}/revoke"), json!({"reason": reason}));
        self.ask(Call { method: "POST", path: &path, token: None, key: None, body: Some(&body) }).await
    }

    /// All crews.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn crews(&self) -> Said<Vec<CrewWithMembers>> {
        Ok(self.look::<Page<_>>("/v1/crews").await?.items)
    }

    /// All districts.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn districts(&self) -> Said<Vec<DistrictRecord>> {
        Ok(self.look::<Page<_>>("/v1/districts").await?.items)
    }

    /// Opens the board's stream.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn watch(&self) -> Said<BoardStream> {
        BoardStream::open(self.server, &self.token()).await
    }

    /// Takes any step of the office's.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn step(&self, item: DocumentId, step: &str, body: Value) -> Said<BoardRow> {
        let path = format!("/v1/work/{item}/steps/{step}");
        self.ask(Call { method: "POST", path: &path, token: None, key: None, body: Some(&body) }).await
    }

    /// Refused edits that nobody has decided about, as batches.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn refused(&self) -> Said<Vec<RefusedBatch>> {
        Ok(self.look::<Refused>("/v1/quarantine").await?.batches)
    }

    /// Admits a batch of refused edits as it stands.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn admit(&self, batch: BatchId) -> Said<DecisionRecord> {
        self.decide_refused(batch, "admit", "confirmed by telephone").await
    }

    /// Lets a batch of refused edits be: they stay as they are, and nobody has to look at them any more.
    ///
    /// # Errors
    /// The server refused, or is not there.
    pub async fn dismiss(&self, batch: BatchId) -> Said<DecisionRecord> {
        self.decide_refused(batch, "dismiss", "settled by telephone").await
    }

    async fn decide_refused(&self, batch: BatchId, decision: &str, reason: &str) -> Said<DecisionRecord> {
        let body = json!({"batch": batch, "decision": decision, "reason": reason});
        self.ask(Call { method: "POST", path: "/v1/quarantine/decisions", token: None, key: None, body: Some(&body) }).await
    }

    async fn look<T: DeserializeOwned>(&self, path: &str) -> Said<T> {
        self.ask(Call { method: "GET", path, token: None, key: None, body: None }).await
    }

    /// Asks; a token that has expired, or belongs to another life of the server, is replaced once.
    async fn ask<T: DeserializeOwned>(&self, question: Call<'_>) -> Said<T> {
        let answer = self.ask_once(&question).await;
        if answer.as_ref().err().and_then(CallError::code) != Some("unauthenticated") {
            return answer;
        }
        self.renew().await?;
        self.ask_once(&question).await
    }

    async fn ask_once<T: DeserializeOwned>(&self, question: &Call<'_>) -> Said<T> {
        patiently(self.server, &Call { token: Some(&self.token()), ..*question }).await
    }

    async fn renew(&self) -> Said<()> {
        let body = json!({"username": self.username, "password": self.password});
        let login = Call { method: "POST", path: "/v1/login", token: None, key: None, body: Some(&body) };
        let Token { access_token } = patiently(self.server, &login).await?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = access_token;
        Ok(())
    }

    fn token(&self) -> String {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Asks until there is an answer.
async fn patiently<T: DeserializeOwned>(server: SocketAddr, question: &Call<'_>) -> Said<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match call(server, question).await {
            Err(error) if error.may_pass() && Instant::now() < deadline => sleep(Duration::from_millis(20)).await,
            answer => return answer,
        }
    }
}
