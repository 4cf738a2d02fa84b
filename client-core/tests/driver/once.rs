//! Syncing in requests.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::BoxFuture};
use linecrew_client::{
    CommandError, EditStatus, EditsFilter,
    driver::{DriverOptions, SyncDriver, SyncStop},
    transport::{Cleartext, Distrust, Endpoint, MessageStream, ServerAddress, Stage, TcpTransport, Transport, TransportError},
};
use linecrew_protocol::{Reason, ids::DocumentId, model::kinds::SURVEY};
use linecrew_sqlite::Execution;
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::{
    office::{CREW, Office, person},
    phone::{Phone, report, sign_in_of},
    switchboard::{Line, Switchboard, agree},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A phone that has fetched `items`, and the board.
async fn ready(items: usize) -> (Arc<Switchboard>, Phone, Vec<DocumentId>) {
    let mut office = Office::new();
    let items = (0..items).map(|_| office.dispatch(CREW)).collect();
    let (board, phone) = (Switchboard::new(office), Phone::new(1));
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete(), "{report:?}");
    (board, phone, items)
}

fn unsafe_edits(phone: &Phone) -> usize {
    phone.client.edits(EditsFilter { unsafe_only: true, ..EditsFilter::default() }).unwrap().len()
}

#[tokio::test]
async fn everything_goes_out_and_comes_in_and_is_proven_equal() {
    let (board, phone, items) = ready(3).await;
    for item in &items {
        phone.client.accept(*item).unwrap();
        phone.client.arrive(*item).unwrap();
    }
    board.office().dispatch(CREW);
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!((report.pushed, report.accepted, report.quarantined, report.equal), (6, 6, 0, Some(true)));
    assert!(agree(&board, &phone));
    let before = board.requests.load(Ordering::Relaxed);
    let idle = board.driver(&phone).sync_once(PATIENCE).await;
    assert_eq!((idle.pushed, idle.received, idle.equal), (0, 0, Some(true)));
    assert_eq!(board.requests.load(Ordering::Relaxed) - before, 1, "an unchanged reconnect is one round trip");
}

#[tokio::test]
async fn a_locked_phone_is_opened_by_its_next_sync_and_hands_in_what_waited() {
    let (board, phone, items) = ready(1).await;
    phone.client.accept(items[0]).unwrap();
    phone.host.advance(72 * 3_600_000);
    assert!(matches!(phone.client.arrive(items[0]), Err(CommandError::Locked(_))));
    // A server that does not answer is no contact.
    board.set(Line::Down);
    assert!(!board.driver(&phone).sync_once(Duration::from_millis(200)).await.is_complete());
    assert!(phone.client.is_locked().unwrap());
    board.set(Line::Good);
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!((report.accepted, phone.client.is_locked().unwrap(), unsafe_edits(&phone)), (1, false, 0));
    assert!(agree(&board, &phone));
    phone.client.arrive(items[0]).unwrap();
}

#[tokio::test]
async fn forms_come_with_the_first_sync_and_a_survey_is_filled_with_them() {
    let mut office = Office::new();
    office.publish("meter_test");
    let item = office.order(SURVEY, CREW, json!({ "form": { "form": "meter_test", "version": 1 } }));
    let (board, phone) = (Switchboard::new(office), Phone::new(1));
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete() && report.equal == Some(true), "{report:?}");
    assert_eq!(phone.client.forms().unwrap().len(), 1);
    phone.client.accept(item).unwrap();
    phone.client.arrive(item).unwrap();
    phone.client.answer(item, "seals_whole", json!(true)).unwrap();
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete() && report.accepted == 3, "{report:?}");
    assert!(agree(&board, &phone));
}

#[tokio::test]
async fn more_than_one_request_can_carry_goes_in_several() {
    let (board, phone, items) = ready(10).await;
    // 12 KB each: 720 KB together, and a request carries 512.
    for line in 0..60 {
        phone.client.note(items[line % 10], "电".repeat(4_000)).unwrap();
    }
    let before = board.requests.load(Ordering::Relaxed);
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!((report.pushed, report.accepted), (60, 60));
    assert!(board.requests.load(Ordering::Relaxed) - before >= 2);
    assert!(agree(&board, &phone));
}

#[tokio::test]
async fn nothing_but_the_servers_word_makes_an_edit_safe() {
    for line in [Line::Portal, Line::Down, Line::LosesAnswers, Line::BlackHole, Line::PortalRefuses, Line::Refuses, Line::Busy] {
        let (board, phone, items) = ready(1).await;
        phone.client.accept(items[0]).unwrap();
        board.set(line);
        let begun = Instant::now();
        let report = board.driver(&phone).sync_once(Duration::from_millis(150)).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{line:?}");
        assert_eq!((report.still_pending, report.accepted, unsafe_edits(&phone)), (Some(1), 0, 1), "{line:?}: {report:?}");
        let stopped = report.stopped.unwrap();
        let as_expected = match line {
            Line::Portal => matches!(stopped, SyncStop::NotOurs(_)),
            Line::BlackHole => matches!(stopped, SyncStop::Deadline),
            Line::Refuses => matches!(stopped, SyncStop::TokenRefused),
            Line::Busy => stopped.retry_after_ms() == Some(30_000),
            _ => matches!(stopped, SyncStop::Transport(_)),
        };
        assert!(as_expected, "{line:?}: {stopped:?}");
        let shown = phone.client.edits(EditsFilter::default()).unwrap().pop().unwrap().status;
        assert_eq!(shown, if line == Line::LosesAnswers { EditStatus::Sent } else { EditStatus::SavedHere }, "{line:?}");
        board.set(Line::Good);
        assert!(board.driver(&phone).sync_once(PATIENCE).await.is_complete(), "{line:?}");
        assert!(agree(&board, &phone), "{line:?}");
    }
}

#[tokio::test]
async fn an_answer_cut_anywhere_makes_nothing_safe_that_is_not() {
    let (board, phone, items) = ready(20).await;
    let mut whole = 0;
    for cut in 0..400 {
        let saved = phone.client.note(items[cut % 20], "x").unwrap();
        board.set(Line::CutsAt(cut));
        let report = board.driver(&phone).sync_once(PATIENCE).await;
        let edit = phone.client.edits(EditsFilter { newest: Some(1), ..EditsFilter::default() }).unwrap().pop().unwrap();
        assert_eq!(edit.event, saved.event);
        let safe = matches!(edit.status, EditStatus::Safe { .. });
        assert_eq!(report.still_pending, Some(u64::from(!safe)), "cut at {cut}: {report:?}");
        assert!(report.stopped.is_some() || safe, "cut at {cut}: {report:?}");
        whole += usize::from(safe);
        board.set(Line::Good);
        assert!(board.driver(&phone).sync_once(PATIENCE).await.is_complete());
    }
    assert!((50..350).contains(&whole), "{whole} of 400 answers were whole: the cuts hit nothing, or everything");
    assert!(agree(&board, &phone));
}

#[tokio::test]
async fn a_refused_edit_is_reported_and_the_rest_goes_on() {
    let (board, phone, items) = ready(2).await;
    let refused = phone.client.accept(items[0]).unwrap();
    phone.client.accept(items[1]).unwrap();
    board.office().refuse.insert((phone.client.installation(), refused.device_seq), Reason::RuleViolated);
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!((report.accepted, report.quarantined), (1, 1));
    assert_eq!(phone.client.inbox().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_token_touches_no_edit() {
    let (board, phone, items) = ready(1).await;
    board.registry().only_token("another");
    phone.client.complete_repair(items[0], report()).unwrap_err();
    phone.client.accept(items[0]).unwrap();
    let stopped = board.driver(&phone).sync_once(PATIENCE).await.stopped;
    assert!(matches!(stopped, Some(SyncStop::NeedsSignIn)), "{stopped:?}");
    phone.client.sign_out().unwrap();
    let stopped = board.driver(&phone).sync_once(PATIENCE).await.stopped;
    assert!(matches!(stopped, Some(SyncStop::NeedsSignIn)), "{stopped:?}");
    phone.client.arrive(items[0]).unwrap();
    let mut again = sign_in_of(person(1), CREW);
    again.token = "another".to_owned();
    let _ready = phone.client.sign_in(again).unwrap();
    let report = board.driver(&phone).sync_once(PATIENCE).await;
    assert!(report.is_complete() && report.accepted == 2, "{report:?}");
}

/// A way on which every request fails alike.
struct Fails(fn() -> TransportError);

impl Transport for Fails {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn MessageStream>, TransportError>> {
        async { Err((self.0)()) }.boxed()
    }

    fn post(&self, _: Endpoint, _: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, TransportError>> {
        async { Err((self.0)()) }.boxed()
    }
}

/// How many edits are counted as sent on that way, and how the one that waits is shown.
async fn sent_by(phone: &Phone, way: impl Transport + 'static) -> (u64, EditStatus, SyncStop) {
    let options = DriverOptions { execution: Execution::Inline, ..DriverOptions::new(1) };
    let report = SyncDriver::new(phone.client.clone(), Arc::new(way), options).sync_once(PATIENCE).await;
    let shown = phone.client.edits(EditsFilter::default()).unwrap().pop().unwrap().status;
    (report.pushed, shown, report.stopped.unwrap())
}

#[tokio::test]
async fn an_edit_counts_as_sent_only_when_there_was_a_connection_to_send_it_on() {
    let (_board, phone, items) = ready(1).await;
    phone.client.accept(items[0]).unwrap();
    let before: [fn() -> TransportError; 5] = [
        || TransportError::Connect { server: String::new(), source: std::io::ErrorKind::ConnectionRefused.into() },
        || TransportError::Untrusted { server: String::new(), why: Distrust::UnknownIssuer, source: std::io::Error::other("no") },
        || TransportError::NotEncrypted { server: String::new(), source: std::io::Error::other("no") },
        || TransportError::TimedOut(Stage::Connecting),
        || TransportError::TimedOut(Stage::Encrypting),
    ];
    for fails in before {
        let (sent, shown, stopped) = sent_by(&phone, Fails(fails)).await;
        assert_eq!((sent, shown), (0, EditStatus::SavedHere), "{stopped:?}");
    }
    // Somebody answers who speaks no TLS.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let address = ServerAddress::parse(&url, Cleartext::LoopbackOnly).unwrap();
    let portal = tokio::spawn(async move { listener.accept().await.unwrap().0.write_all(b"HTTP/1.1 302 Found\r\n\r\n").await });
    let (sent, shown, stopped) = sent_by(&phone, TcpTransport::new(address)).await;
    assert!(matches!(stopped, SyncStop::Transport(TransportError::NotEncrypted { .. })), "{stopped:?}");
    assert_eq!((sent, shown), (0, EditStatus::SavedHere));
    portal.await.unwrap().unwrap();
    // From here on nobody can know whether it arrived.
    let after: [fn() -> TransportError; 3] = [
        || TransportError::NotOurs { status: 502 },
        || TransportError::TimedOut(Stage::Answering),
        || TransportError::Broken(std::io::ErrorKind::ConnectionReset.into()),
    ];
    for fails in after {
        let (sent, _, stopped) = sent_by(&phone, Fails(fails)).await;
        assert_eq!(sent, 1, "{stopped:?}");
    }
}
