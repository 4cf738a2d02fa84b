//! Tokens end in the middle of the day, and nobody notices; a sign-in ends, and nothing is lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use linecrew_client::{
    Client,
    driver::{DriverOptions, LinkState, SyncDriver, SyncReport, SyncStop},
    transport::{Endpoint, MessageStream, Transport, TransportError},
};
use linecrew_protocol::{ids::DocumentId, time::Timestamp};
use linecrew_sqlite::Execution;

use crate::{
    office::{CREW, OTHER_CREW, Office, person},
    phone::{Phone, inline, sign_in_of},
    registry::ACCESS_MS,
    running::Running,
    switchboard::{Line, Switchboard, Way, agree},
};

const PATIENCE: Duration = Duration::from_secs(20);
const URL: &str = "http://localhost";

pub(crate) fn options() -> DriverOptions {
    DriverOptions { execution: Execution::Inline, ..DriverOptions::new(1) }
}

/// A phone that has just been enrolled and has synced, and its item.
pub(crate) async fn enrolled() -> (Arc<Switchboard>, Phone, DocumentId) {
    let mut office = Office::new();
    let item = office.dispatch(CREW);
    let (board, phone) = (Switchboard::new(office), Phone::bare(1, CREW, inline()));
    let code = board.registry().invite(person(1));
    phone.client.enrol(&board.way(), URL, &code, "a phone").await.unwrap();
    assert!(sync(&board, &phone.client).await.is_complete());
    (board, phone, item)
}

pub(crate) async fn sync(board: &Arc<Switchboard>, client: &Client) -> SyncReport {
    board.driver_of(client, options()).sync_once(PATIENCE).await
}

/// How many refreshes were answered.
fn refreshed(board: &Switchboard) -> usize {
    board.registry().refreshed
}

#[tokio::test]
async fn a_token_is_replaced_before_it_ends_by_the_servers_clock() {
    let (board, phone, item) = enrolled().await;
    board.pass(ACCESS_MS / 2, &phone);
    // Whatever the wall clock says.
    phone.host.set_wall(Timestamp::from_unix_millis(4_000_000_000_000));
    assert!(sync(&board, &phone.client).await.is_complete());
    assert_eq!(refreshed(&board), 0);
    phone.host.set_wall(Timestamp::from_unix_millis(0));
    board.pass(ACCESS_MS / 2 - 50_000, &phone);
    phone.client.accept(item).unwrap();
    assert!(sync(&board, &phone.client).await.is_complete());
    assert_eq!(refreshed(&board), 1, "50 seconds before its end");
    assert!(agree(&board, &phone));
    board.pass(3 * ACCESS_MS, &phone);
    assert!(sync(&board, &phone.client).await.is_complete());
    assert_eq!((refreshed(&board), board.registry().asked), (2, 2));
}

#[tokio::test]
async fn a_phone_that_knows_no_time_tries_the_token_that_it_has() {
    let (board, phone) = (Switchboard::new(Office::new()), Phone::bare(1, CREW, inline()));
    let long_ago = linecrew_client::SignIn { token_expires_at: Timestamp::from_unix_millis(1), ..sign_in_of(person(1), CREW) };
    let _ready = phone.client.sign_in(long_ago).unwrap();
    assert!(board.driver(&phone).sync_once(PATIENCE).await.is_complete());
    assert_eq!(board.registry().asked, 0);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let (board, phone, item) = enrolled().await;
    phone.client.accept(item).unwrap();
    board.registry().forget_access();
    let report = sync(&board, &phone.client).await;
    assert!(report.is_complete() && report.accepted == 1, "{report:?}");
    assert_eq!(board.registry().asked, 1);
    board.set(Line::Refuses);
    let stopped = sync(&board, &phone.client).await.stopped;
    assert!(matches!(stopped, Some(SyncStop::TokenRefused)), "{stopped:?}");
    assert_eq!(board.registry().asked, 2);
    assert!(phone.client.account().unwrap().signed_in);
    board.set(Line::Good);
    assert!(sync(&board, &phone.client).await.is_complete());
}

#[tokio::test]
async fn a_live_phone_survives_the_end_of_its_token() {
    let (board, phone, item) = enrolled().await;
    let running = Running::start(&board, &phone).await;
    for round in 1..4 {
        running.is_cut_off().await;
        board.registry().forget_access();
        phone.client.note(item, format!("round {round}")).unwrap();
        running.tries(Line::Good);
        running.is_live().await;
        assert_eq!(refreshed(&board), round);
    }
    assert!(!running.asked_for_a_person(), "nobody had to sign in");
}

#[tokio::test]
async fn a_live_phone_whose_new_tokens_are_refused_too_goes_on_by_itself() {
    let (board, phone, item) = enrolled().await;
    let running = Running::start(&board, &phone).await;
    running.is_cut_off().await;
    running.tries(Line::Refuses);
    phone.client.accept(item).unwrap();
    let is_refused =
        |link: &LinkState| matches!(link, LinkState::Offline { why: Some(why), .. } if matches!(**why, SyncStop::TokenRefused));
    running.shows("the second refusal", is_refused).await;
    running.tries(Line::Good);
    running.is_live().await;
    assert!(!running.asked_for_a_person(), "nobody had to sign in");
}

#[tokio::test]
async fn a_lost_answer_to_a_refresh_costs_nothing() {
    let (board, phone, item) = enrolled().await;
    phone.client.accept(item).unwrap();
    for _ in 0..3 {
        board.pass(ACCESS_MS, &phone);
        board.set(Line::LosesAnswers);
        let report = sync(&board, &phone.client).await;
        assert!(matches!(report.stopped, Some(SyncStop::Transport(_))), "{report:?}");
    }
    assert_eq!(refreshed(&board), 3, "the server has given tokens each time");
    board.set(Line::Good);
    assert!(sync(&board, &phone.client).await.is_complete());
    assert!(agree(&board, &phone));
}

#[tokio::test]
async fn nothing_but_the_servers_own_refusal_ends_a_sign_in() {
    for line in [Line::Portal, Line::PortalRefuses, Line::Busy, Line::Down, Line::BlackHole] {
        let (board, phone, item) = enrolled().await;
        phone.client.accept(item).unwrap();
        board.pass(ACCESS_MS, &phone);
        board.set(line);
        let stopped = board.driver_of(&phone.client, options()).sync_once(Duration::from_millis(150)).await.stopped.unwrap();
        let as_expected = match line {
            Line::Portal => matches!(stopped, SyncStop::NotTokens(_)),
            Line::BlackHole => matches!(stopped, SyncStop::Deadline),
            Line::Busy => stopped.retry_after_ms() == Some(30_000),
            _ => matches!(stopped, SyncStop::Transport(_)),
        };
        assert!(as_expected, "{line:?}: {stopped:?}");
        assert!(phone.client.account().unwrap().signed_in, "{line:?}");
        board.set(Line::Good);
        assert!(sync(&board, &phone.client).await.is_complete(), "{line:?}");
        assert!(agree(&board, &phone), "{line:?}");
    }
}

#[tokio::test]
async fn a_sign_in_that_has_ended_keeps_everything_and_asks_no_more() {
    let (board, phone, item) = enrolled().await;
    phone.client.accept(item).unwrap();
    board.registry().only_token("none that this phone has");
    for _ in 0..3 {
        let report = sync(&board, &phone.client).await;
        assert!(matches!(report.stopped, Some(SyncStop::NeedsSignIn)), "{report:?}");
        assert_eq!(report.still_pending, Some(1));
    }
    assert_eq!(board.registry().asked, 1, "the refresh token was forgotten with its refusal");
    let account = phone.client.account().unwrap();
    assert_eq!((account.person, account.signed_in, account.signed_in_until), (person(1), false, None));
    phone.client.arrive(item).unwrap();
    assert_eq!(phone.rows().len(), 1);
    let code = board.registry().invite(person(1));
    phone.client.enrol(&board.way(), URL, &code, "a phone").await.unwrap();
    let report = sync(&board, &phone.client).await;
    assert!(report.is_complete() && report.accepted == 2, "{report:?}");
}

#[tokio::test]
async fn who_somebody_is_now_comes_with_the_tokens() {
    let (board, phone, _) = enrolled().await;
    board.registry().move_to(OTHER_CREW);
    board.pass(ACCESS_MS, &phone);
    assert!(sync(&board, &phone.client).await.is_complete());
    let account = phone.client.account().unwrap();
    assert_eq!((account.crew, account.crew_name), (Some(OTHER_CREW), Some(format!("crew {}", OTHER_CREW.short()))));
    assert_eq!(phone.rows().len(), 0, "the former crew's item has left");
    // Nobody else gets in by way of a refresh.
    board.registry().belongs_to(phone.client.installation(), person(2));
    board.pass(ACCESS_MS, &phone);
    let stopped = sync(&board, &phone.client).await.stopped;
    assert!(matches!(stopped, Some(SyncStop::NeedsSignIn)), "{stopped:?}");
    assert_eq!(phone.client.account().unwrap().person, person(1));
}

#[tokio::test]
async fn one_process_refreshes_once_and_two_do_not_log_each_other_out() {
    let (board, phone, _) = enrolled().await;
    board.yields.store(3, Ordering::Relaxed);
    board.pass(ACCESS_MS, &phone);
    let (one, two) = tokio::join!(sync(&board, &phone.client), sync(&board, &phone.client));
    assert!(one.is_complete() && two.is_complete(), "{one:?} {two:?}");
    assert_eq!(board.registry().asked, 1);
    let other = Client::open(&phone.path(), crate::phone::key_of(&phone.path()), phone.host.clone(), inline()).unwrap();
    other.set_device_key(phone.keystore.clone());
    for round in 1..4 {
        board.pass(ACCESS_MS, &phone);
        let (one, two) = tokio::join!(sync(&board, &phone.client), sync(&board, &other));
        assert!(one.is_complete() && two.is_complete(), "round {round}: {one:?} {two:?}");
    }
    assert_eq!(board.registry().asked, 7, "the two were at it together");
}

/// A way on which another process gets tokens three times while one refresh is under way.
struct Overtaken {
    way: Way,
    board: Arc<Switchboard>,
    other: Client,
    /// Whether the server hears of the slow one first, and its answer comes last.
    answers_late: bool,
    done: AtomicBool,
}

impl Overtaken {
    async fn overtake(&self) {
        for _ in 0..3 {
            self.board.registry().forget_access();
            assert!(sync(&self.board, &self.other).await.is_complete());
            let mut office = self.board.office();
            office.now = office.now.plus_ms(1);
        }
    }
}

impl Transport for Overtaken {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn MessageStream>, TransportError>> {
        self.way.connect()
    }

    fn post(&self, endpoint: Endpoint, body: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, TransportError>> {
        if endpoint != Endpoint::Token || self.done.swap(true, Ordering::Relaxed) {
            return self.way.post(endpoint, body);
        }
        async move {
            if !self.answers_late {
                self.overtake().await;
            }
            let answer = self.way.post(endpoint, body).await;
            assert_eq!(answer.is_ok(), self.answers_late, "a token of three refreshes ago is worth nothing");
            if self.answers_late {
                self.overtake().await;
            }
            answer
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_refresh_that_was_overtaken_by_another_process_logs_nobody_out() {
    for answers_late in [false, true] {
        let (board, phone, item) = enrolled().await;
        phone.client.accept(item).unwrap();
        let other = Client::open(&phone.path(), crate::phone::key_of(&phone.path()), phone.host.clone(), inline()).unwrap();
        other.set_device_key(phone.keystore.clone());
        let way = Overtaken { way: board.way(), board: Arc::clone(&board), other, answers_late, done: AtomicBool::new(false) };
        board.registry().forget_access();
        let report = SyncDriver::new(phone.client.clone(), Arc::new(way), options()).sync_once(PATIENCE).await;
        assert!(report.is_complete(), "answers late: {answers_late}: {report:?}");
        assert!(phone.client.account().unwrap().signed_in);
        // What is stored is what the server takes.
        board.pass(ACCESS_MS, &phone);
        assert!(sync(&board, &phone.client).await.is_complete(), "answers late: {answers_late}");
        assert!(agree(&board, &phone));
    }
}
