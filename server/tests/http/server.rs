//! A server of one's own, with some people in it.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use linecrew_protocol::{
    ids::{CrewId, DistrictId, PersonId},
    model::person::{Grant, Role},
};
use linecrew_server::{
    Config, UtcOffset,
    auth::hash_password,
    clock::SystemClock,
    open_store, run_with,
    store::{CrewRecord, DistrictRecord, NewPerson, Organisation, Store},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    client::{Client, Reply},
    handset::{Handset, invited_anew, tokens},
};

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const GULOU: DistrictId = DistrictId::from_bytes([0xd1; 16]);
pub(crate) const TAIJIANG: DistrictId = DistrictId::from_bytes([0xd2; 16]);
/// Who dispatches everywhere.
pub(crate) const LIN: PersonId = PersonId::from_bytes([1; 16]);
/// Who repairs in the first crew.
pub(crate) const CHEN: PersonId = PersonId::from_bytes([4; 16]);
/// Who collects money in Gulou.
pub(crate) const MEI: PersonId = PersonId::from_bytes([8; 16]);
/// Who collects money in Taijiang.
pub(crate) const TAO: PersonId = PersonId::from_bytes([9; 16]);
/// A crew in Gulou.
pub(crate) const FIRST: CrewId = CrewId::from_bytes([0xc1; 16]);
/// A crew in Taijiang.
pub(crate) const SECOND: CrewId = CrewId::from_bytes([0xc2; 16]);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) data: TempDir,
    pub(crate) store: Arc<dyn Store>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(change, |store| store).await
    }

    /// A server whose store is wrapped, to make it fail.
    pub(crate) async fn on(change: impl FnOnce(&mut Config), wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = open_store(data.path(), UtcOffset::CHINA).unwrap();
        store.import(people()).await.unwrap();
        let store = wrap(store);
        let mut config = Config::new(data.path());
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = Arc::clone(&store);
        let task = tokio::spawn(async move {
            let shutdown = async { stopped.await.unwrap_or_default() };
            run_with(config, served, Arc::new(SystemClock), listener, shutdown).await.unwrap();
        });
        Self { address, data, store, stop: Some(stop), task }
    }

    /// Asks the server to stop and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.stop.take().unwrap().send(()).ok();
        self.task.await.unwrap();
    }

    /// Begins to stop it.
    pub(crate) fn begin_to_stop(&mut self) {
        self.stop.take().unwrap().send(()).ok();
    }

    /// Somebody without a sign-in.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub(crate) async fn login(&self, body: &Value) -> Reply {
        self.client().post("/v1/login", body).await
    }

    /// Somebody with a bearer token.
    pub(crate) async fn machine(&self, username: &str) -> Client {
        let reply = self.login(&json!({"username": username, "password": PASSWORD})).await;
        self.client().bearer(reply.ok()["access_token"].as_str().unwrap())
    }

    /// The board of somebody: the cookie, and the header that the board's scripts send with it.
    pub(crate) async fn board(&self, username: &str) -> Client {
        let reply = self.login(&json!({"username": username, "password": PASSWORD, "cookie": true})).await;
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        self.client().with("Cookie", &cookie).with("X-Linecrew", "board")
    }

    /// Enrols a phone and gives its access token.
    pub(crate) async fn phone(&self, username: &str, installation: &str) -> String {
        let (person, _) = self.store.password_hash(username.to_owned()).await.unwrap().unwrap();
        let code = invited_anew(self, person).await;
        tokens(&Handset::of(self, installation).enrol(&code).await).access_token
    }
}

/// `lin` dispatches everywhere, `wu` in Taijiang only, `bot` takes reports, `chen` repairs in the first crew, `root` runs it all, `shen`
/// audits, `hua` is the cashier in Gulou, `mei` collects money there and `tao` in Taijiang.
fn people() -> Organisation {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| hash_password(PASSWORD).unwrap());
    let person = |number: u8, username: &str, role: Role, district: Option<DistrictId>, crew: Option<CrewId>| NewPerson {
        id: PersonId::from_bytes([number; 16]),
        name: format!("人 {username}"),
        username: username.to_owned(),
        password_hash: hash.clone(),
        roles: vec![Grant { role, district }],
        crew,
        qualifications: Vec::new(),
    };
    let crew = |id, name: &str, district| CrewRecord { id, name: name.to_owned(), district };
    let district = |id, name: &str| DistrictRecord { id, name: name.to_owned() };
    Organisation {
        districts: vec![district(GULOU, "鼓楼"), district(TAIJIANG, "台江")],
        crews: vec![crew(FIRST, "一班", GULOU), crew(SECOND, "二班", TAIJIANG)],
        people: vec![
            person(1, "lin", Role::Dispatcher, None, None),
            person(2, "wu", Role::Dispatcher, Some(TAIJIANG), None),
            person(3, "bot", Role::Integrator, None, None),
            person(4, "chen", Role::RepairCrew, Some(GULOU), Some(FIRST)),
            person(5, "root", Role::Admin, None, None),
            person(6, "shen", Role::Auditor, None, None),
            person(7, "hua", Role::Cashier, Some(GULOU), None),
            person(8, "mei", Role::Collector, Some(GULOU), None),
            person(9, "tao", Role::Collector, Some(TAIJIANG), None),
        ],
    }
}

/// A report from the hotline.
pub(crate) fn report(district: DistrictId) -> Value {
    json!({
        "kind": "repair_dispatch", "district": district, "customer": {"name": "陈秀英", "phone": "0591-87654321"},
        "site": {"address": "东街口 12 号", "street_code": "350102001"}, "area_class": "urban",
        "about": {"fault": {"category": "no_power", "description": "整栋楼没电"}}, "priority": "urgent",
    })
}

/// Takes a report and gives its row.
pub(crate) async fn taken(client: &Client, district: DistrictId, key: &str) -> Value {
    client.with("Idempotency-Key", key).post("/v1/work", &report(district)).await.ok()
}
