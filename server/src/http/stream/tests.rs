use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    model::person::{Grant, Role},
};
use serde_json::json;
use tokio::sync::watch;

use super::*;
use crate::{
    auth::{AttemptLimits, Attempts, Lifetimes, Passwords, SigningKey, Tokens},
    clock::SystemClock,
    config::{HttpLimits, UtcOffset},
    live::{BOARD_BACKLOG, Live},
    run::open_store,
    store::{Account, BoardRow, Effects, NewPerson, Organisation, PersonBrief, PhoneRecord},
};

const LIN: PersonId = PersonId::from_bytes([1; 16]);

struct Desk {
    app: Arc<App>,
    _data: tempfile::TempDir,
    _closing: watch::Sender<bool>,
}

async fn desk() -> Desk {
    let data = tempfile::tempdir().unwrap();
    let store: Arc<dyn crate::store::Store> = open_store(data.path(), UtcOffset::CHINA).unwrap();
    let roles = vec![Grant { role: Role::Dispatcher, district: None }];
    let lin = NewPerson {
        id: LIN,
        name: "林".into(),
        username: "lin".into(),
        password_hash: "x".into(),
        roles,
        crew: None,
        qualifications: Vec::new(),
    };
    store.import(Organisation { people: vec![lin], ..Organisation::default() }).await.unwrap();
    let (closing, closed) = watch::channel(false);
    let app = App {
        store,
        clock: Arc::new(SystemClock),
        live: Live::new(),
        tokens: Arc::new(Tokens::new(SigningKey::of_seed([1; 32]).unwrap(), Lifetimes::default())),
        passwords: Passwords::new().unwrap(),
        attempts: Attempts::new(AttemptLimits::default()),
        enrolments: Attempts::new(AttemptLimits::default()),
        renewals: Attempts::new(AttemptLimits::default()),
        verifications: Attempts::new(AttemptLimits::default()),
        oidc: None,
        oidc_attempts: Attempts::new(AttemptLimits::default()),
        shares: Arc::default(),
        utc_offset: UtcOffset::CHINA,
        limits: HttpLimits::default(),
        tls: None,
        closing: closed,
    };
    Desk { app: Arc::new(app), _data: data, _closing: closing }
}

impl Desk {
    async fn watch(&self) -> mpsc::Receiver<Bytes> {
        self.watch_as(Role::Dispatcher).await
    }

    async fn watch_as(&self, role: Role) -> mpsc::Receiver<Bytes> {
        let mut account: Account = self.app.store.account(LIN).await.unwrap().unwrap();
        account.roles = vec![Grant { role, district: None }];
        let caller = Caller { account, expires_at: self.app.clock.now().plus_ms(60_000) };
        let sight = BoardSight::of(&caller).unwrap();
        Board::open(&self.app, caller, sight)
    }
}

fn row(revision: u64) -> BoardRow {
    let now = Timestamp::from_unix_millis(1_790_000_000_000);
    let row = json!({
        "id": "05050505-0505-0505-0505-050505050505", "number": "20261123-0001", "kind": "repair_dispatch", "state": "reported",
        "phase": "new", "district": "06060606-0606-0606-0606-060606060606", "crew": null, "lead": null, "priority": "normal",
        "area_class": "urban", "customer": {"name": "陈"}, "site": {"address": "东街口"}, "about": {}, "reported_at": now,
        "appointment": null, "late_events": 0, "clocks": [], "attachments": {"total": 0, "stored": 0},
        "next": {"office": [], "crew": []}, "attention": [],
    });
    let row = serde_json::from_value(row).unwrap();
    BoardRow { revision, updated_at: now, row }
}

fn phone(number: u8, pending_edits: u64) -> PhoneRecord {
    let person = PersonBrief { id: LIN, name: "林".into() };
    PhoneRecord {
        installation: InstallationId::from_bytes([number; 16]),
        name: String::new(),
        person,
        crew: None,
        connected: true,
        last_contact: None,
        pending_edits,
        oldest_pending_at: None,
        needs_attention: 0,
        behind_entries: 0,
        app_version: String::new(),
        enrolled_at: None,
        revoked_at: None,
        revoked_reason: None,
    }
}

async fn next(messages: &mut mpsc::Receiver<Bytes>) -> (String, serde_json::Value) {
    let message = timeout(Duration::from_secs(20), messages.recv()).await.expect("nothing is said").expect("the stream ended");
    let text = std::str::from_utf8(&message).unwrap();
    let (event, data) = text.strip_prefix("event: ").unwrap().split_once("\ndata: ").unwrap();
    (event.to_owned(), serde_json::from_str(data.strip_suffix("\n\n").unwrap()).unwrap())
}

#[tokio::test]
async fn a_board_that_falls_behind_is_told_everything_anew_and_goes_on() {
    let desk = desk().await;
    let mut messages = desk.watch().await;
    assert_eq!(next(&mut messages).await.0, "snapshot");
    let behind = u64::try_from(BOARD_BACKLOG).unwrap() * 3;
    for revision in 0..behind {
        desk.app.live.publish(&Effects { rows: vec![row(revision)], ..Effects::default() });
    }
    let mut items = 0;
    while next(&mut messages).await.0 == "item" {
        items += 1;
    }
    assert!(items < BOARD_BACKLOG, "the snapshot came after {items} items");
    desk.app.live.publish(&Effects { rows: vec![row(behind)], ..Effects::default() });
    loop {
        let (event, data) = next(&mut messages).await;
        if event == "item" && data["revision"] == behind {
            return;
        }
    }
}

#[tokio::test]
async fn a_chatty_phone_is_heard_once_a_second() {
    let desk = desk().await;
    let mut messages = desk.watch().await;
    assert_eq!(next(&mut messages).await.0, "snapshot");
    let begun = Instant::now();
    desk.app.live.publish_phone(phone(1, 0));
    assert_eq!(next(&mut messages).await.0, "phone");
    assert!(begun.elapsed() < Duration::from_millis(900), "the first report waits for nothing");
    for pending in 1..=100 {
        desk.app.live.publish_phone(phone(1, pending));
        desk.app.live.publish_phone(phone(2, pending));
    }
    let heard = [next(&mut messages).await.1, next(&mut messages).await.1];
    assert!(begun.elapsed() >= PACE_OF_PHONES, "{:?}", begun.elapsed());
    assert_eq!([&heard[0]["pending_edits"], &heard[1]["pending_edits"]], [100, 100]);
    assert!(messages.try_recv().is_err());
}

#[tokio::test]
async fn receipts_of_a_busy_day_are_heard_once_a_second() {
    let desk = desk().await;
    let mut messages = desk.watch().await;
    assert_eq!(next(&mut messages).await.0, "snapshot");
    let begun = Instant::now();
    let receipt = Effects { collection: true, ..Effects::default() };
    desk.app.live.publish(&receipt);
    let revision = desk.app.store.revision().await.unwrap();
    assert_eq!(next(&mut messages).await, ("collection".to_owned(), json!({"revision": revision})));
    assert!(begun.elapsed() < Duration::from_millis(900), "the first one waits for nothing");
    for _ in 0..100 {
        desk.app.live.publish(&receipt);
    }
    assert_eq!(next(&mut messages).await.0, "collection");
    assert!(begun.elapsed() >= PACE_OF_PHONES, "{:?}", begun.elapsed());
    assert!(messages.try_recv().is_err());
    desk.app.live.publish(&Effects::default());
    desk.app.live.publish_phone(phone(1, 0));
    assert_eq!(next(&mut messages).await.0, "phone", "nothing about money changed");
}

#[tokio::test]
async fn a_dispatcher_hears_that_edits_were_refused_and_a_cashier_does_not() {
    let desk = desk().await;
    let mut messages = desk.watch().await;
    let mut cashier = desk.watch_as(Role::Cashier).await;
    assert_eq!((next(&mut messages).await.0, next(&mut cashier).await.0), ("snapshot".into(), "snapshot".into()));
    let begun = Instant::now();
    for _ in 0..100 {
        desk.app.live.publish(&Effects { refused: true, ..Effects::default() });
    }
    let revision = desk.app.store.revision().await.unwrap();
    assert_eq!(next(&mut messages).await, ("quarantine".to_owned(), json!({"revision": revision})));
    desk.app.live.publish(&Effects { refused: true, ..Effects::default() });
    assert_eq!(next(&mut messages).await.0, "quarantine");
    assert!(begun.elapsed() >= PACE_OF_PHONES, "{:?}", begun.elapsed());
    desk.app.live.publish_phone(phone(1, 0));
    assert_eq!(next(&mut messages).await.0, "phone");
    assert_eq!(next(&mut cashier).await.0, "phone", "refused edits are no business of theirs");
}

/// Between two reports of one phone.
const PACE_OF_PHONES: Duration = Duration::from_secs(1);

#[tokio::test]
async fn who_stops_watching_costs_nothing() {
    let desk = desk().await;
    let messages = desk.watch().await;
    assert!(desk.app.live.has_boards());
    drop(messages);
    let begun = Instant::now();
    while desk.app.live.has_boards() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the stream goes on for nobody");
        tokio::task::yield_now().await;
    }
}
